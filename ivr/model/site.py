"""The site: numbers, agents, queues, calendars. One file describes it; this is its shape.

The models validate values; references between them (an agent's skill, a number's flow) are checked
by `ivr.site`, which knows file, line and column.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, get_args

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    field_validator,
)

from ivr.model.hours import Calendar, Day, TimeOfDay
from ivr.model.recording import RecordPolicy
from ivr.model.reports import ScheduledReport, SmtpServer
from ivr.model.screen_pop import ScreenPop
from ivr.model.shape import Model
from ivr.model.units import OneOrMany, Seconds
from ivr.model.webhook import Webhook
from ivr.spoken import WORDINGS, LanguageKey
from ivr.spoken.wording import Rewording, Wording

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""A key: lower case letters, digits and underscores; it becomes a metric label and a file name."""

Extension = Annotated[str, Field(pattern=r"^[0-9]{2,10}$")]
DialString = Annotated[str, Field(pattern=r"^\+?[0-9]{2,15}$")]
Title = Annotated[str, Field(min_length=1, max_length=80, pattern=r'^[^\x00-\x1f"<>;|]+$')]
Proficiency = Annotated[int, Field(ge=1, le=10)]
PRIORITY_MAX = 100
"""Points; one is worth a minute of waiting."""


class QueueTerms(Model):
    """How one agent stands to one queue."""

    priority: Annotated[int, Field(ge=-PRIORITY_MAX, le=PRIORITY_MAX)] = 0
    """Added, for this agent alone, to the priority of this queue's calls."""
    delay_s: Annotated[Seconds, Field(ge=0, le=86400)] = 0
    """The agent gets calls of this queue only after they have effectively waited this long."""


class Break(Model):
    """A pause that comes by itself; a conversation under way is finished first."""

    days: list[Day]
    start: TimeOfDay
    """In the site's time zone."""
    length_s: Annotated[Seconds, Field(gt=0, le=43200)]
    reason: Name


class Agent(Model):
    """A person with a phone, on the desk or in the browser."""

    name: Title
    extension: Extension
    team: Name
    role: Literal["agent", "supervisor"] = "agent"
    skills: dict[Name, Proficiency] = {}
    queues: dict[Name, QueueTerms] = {}
    """Only where the agent differs from everybody else who has the skills."""
    weight: Annotated[float, Field(gt=0, le=1000)] = 1
    """Share of the calls under the strategy `weighted_random`."""
    wrap_up: Annotated[Seconds, Field(ge=0, le=86400)] | Literal["until_ready"] | None = None
    """Instead of the queue's `wrap_up_s`: a time, or until the agent says ready."""
    breaks: list[Break] = []
    listed: bool = True
    """Callers find the name in a `directory` node."""
    language: LanguageKey | None = None
    """In which this agent is told things; else the one in which every call begins."""
    phone: Literal["sip", "browser"] = "sip"
    """`browser`: the phone is the page `/desk`; `sip`: any SIP phone."""


class Phone(Model):
    """A SIP account of somebody who calls in: a test phone, a door station, a gateway."""

    name: Title
    extension: Extension
    listed: bool = False
    """Callers find the name in a `directory` node."""


StrategyName = Literal[
    "longest_idle",
    "best_skilled",
    "least_skilled",
    "least_occupied",
    "round_robin",
    "weighted_random",
]


class Relaxation(Model):
    """One step of the timeline along which a call asks for less, or weighs more."""

    after: Annotated[Seconds, Field(gt=0, le=604800)]
    """Seconds since the call joined this queue."""
    lower: dict[Name, Proficiency] = {}
    """Skill -> what is enough from now on, wherever the expression asks for more."""
    drop: list[Name] = []
    """Skills no longer asked for."""
    add: str = ""
    """A further skill expression: who satisfies it may serve as well."""
    priority: Annotated[int, Field(ge=0, le=100)] = 0
    """Added to the call's priority."""


class Miss(Model):
    """What an offer that failed does to the agent: a pause, a rest that ends by itself, nothing."""

    pause: bool = False
    rest_s: Annotated[Seconds, Field(ge=0, le=86400)] = 0


class Misses(Model):
    """What each kind of failed offer does to the agent. The caller always keeps the place."""

    no_answer: Miss = Miss(pause=True)
    rejected: Miss = Miss(pause=True)
    busy: Miss = Miss(rest_s=10)
    unreachable: Miss = Miss(rest_s=30)
    consecutive_max: Annotated[int, Field(ge=0, le=100)] = 0
    """Offers in a row an agent may miss before a pause, whatever the above says; 0: no limit."""


class Callback(Model):
    """Callers may hang up and be called when their turn comes; their place in line is kept."""

    first: Literal["agent", "customer"] = "agent"
    """Whom to ring first once the turn has come."""
    attempts_max: Annotated[int, Field(ge=1, le=20)] = 3
    retry_after_s: Annotated[Seconds, Field(ge=1, le=86400)] = 300
    ring_timeout_s: Annotated[Seconds, Field(ge=5, le=120)] = 30
    active_max: Annotated[int, Field(ge=1, le=1000)] = 5
    """Call-backs of this queue that ring or talk at the same time."""
    expires_s: Annotated[Seconds, Field(ge=60, le=604800)] = 14400
    """Nobody is called any more when the request is older than this."""


AtOnce = Annotated[int, Field(ge=1, le=10)]
"""Interactions of one channel that fill an agent."""
VOICE = "voice"
"""The channel of calls. A call takes the whole agent."""


class Recording(Model):
    """Rules for every recording."""

    agent_pause_s_max: Annotated[Seconds, Field(ge=5, le=3600)] = 300
    """A recording that an agent has paused goes on by itself after this time."""


Days = Annotated[int, Field(ge=1, le=36500)]


class Retention(Model):
    """How long things are kept; what is left out is kept for ever."""

    recordings_days: Days | None = None
    """Sound of recordings; a queue may say otherwise for its own."""
    messages_days: Days | None = None
    """Voice messages, listened to or not."""
    events_days: Days | None = None
    """The journal's events: what happened in each call, and with it the figures of those days."""


class Disposition(Model):
    """What became of a talk, as agents choose it."""

    title: Title
    group: Title | None = None
    """Choices of the same group stand together."""


class Queue(Model):
    """Where calls wait for an agent."""

    title: Title
    channel: Name = VOICE
    """What comes in here: calls, or one of the site's `channels`."""
    extension: Annotated[str, Field(pattern=r"^([0-9]{2,10})?$")] = ""
    """What agents dial to hand a caller on to this queue; empty: they cannot."""
    skills: str = ""
    """Skill expression every call of this queue asks for, e.g. `billing >= 5 and lang_fr >= 3`.

    `team_NAME >= 1` asks for a member of a team.
    """
    prefer: Annotated[list[str], Field(max_length=3)] = []
    """Skill expressions that only rank: agents who satisfy the first come first, and so on."""
    relax: Annotated[list[Relaxation], Field(max_length=20)] = []
    skip_unstaffed: bool = True
    """Skip a step that nobody logged in satisfies when a later one is satisfied by somebody."""
    strategy: StrategyName = "longest_idle"
    ring_several: Annotated[int, Field(ge=1, le=10)] = 1
    """Phones that ring for one call at the same time; the first to answer has it."""
    priority: Annotated[int, Field(ge=-PRIORITY_MAX, le=PRIORITY_MAX)] = 0
    ring_timeout_s: Annotated[Seconds, Field(ge=3, le=600)] = 15
    misses: Misses = Misses()
    wrap_up_s: Annotated[Seconds, Field(ge=0, le=86400)] = 10
    dispositions: Annotated[dict[Name, Title | Disposition], Field(max_length=100)] = {}
    """What agents can say became of a talk: code -> title, or title and group."""
    disposition_required: bool = False
    """No wrap-up ends before the agent has given one of `dispositions`."""
    disposition_s_max: Annotated[Seconds, Field(ge=5, le=3600)] = 120
    """Who has given none so long after the end of the wrap-up time is paused."""
    script: Annotated[str, Field(max_length=4000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")] = ""
    """What agents are to say, shown at the desk; headings by `#`, lists by `-` or `1.`, and
    `**strong**` are shown as such."""
    screen_pop: ScreenPop = ""
    """Address of another system's page about the caller: `https://crm.example/find?phone={caller}`.
    Filled in are `caller`, `call`, `queue`, `agent`, and variables of the flow, none sensitive."""
    screen_pop_auto: bool = False
    """It opens by itself when the talk begins, not by the agent's click alone."""
    whisper: bool = False
    """Tell the agent queue and wait ("Billing, waited two minutes") before the two are joined."""
    accept_key: Annotated[str, Field(pattern=r"^[0-9*]?$")] = ""
    """Key (never #) by which the agent takes the call after picking up; empty: none is needed."""
    redial_grace_s: Annotated[Seconds, Field(ge=0, le=86400)] = 0
    """Who hangs up while waiting and calls again within this time has the old place; 0: off."""
    transfer_patience_s: Annotated[Seconds, Field(ge=0, le=86400)] = 60
    """How long a caller sent to an agent who is busy waits for them alone, before whoever serves
    this queue may take the call; 0: a busy agent is refused."""
    callback: Callback | None = None
    wait_s_max: Annotated[Seconds, Field(ge=1, le=2678400)] = 1800
    length_max: Annotated[int, Field(ge=1, le=10000)] = 500
    """Callers who may wait here. Nobody who has a place is turned away: not after a restart, an
    agent's lost phone or a transfer back, nor who calls again in time."""
    music: Name = "default"
    record: RecordPolicy = "always"
    """Conversations are recorded: `always`, `never`, or `with_consent` from a `consent` node.

    `true` and `false` mean always and never.
    """
    recordings_days: Days | None = None
    """Recordings are kept for so long; left out: as `retention` says."""
    service_level_s: Annotated[Seconds, Field(ge=0, le=86400)] = 20
    service_level_target: Annotated[float, Field(gt=0, le=1)] = 0.8

    def disposition(self, code: str) -> Disposition | None:
        """None when the queue has no such code."""
        found = self.dispositions.get(code)
        return Disposition(title=found) if isinstance(found, str) else found


class Hook(Model):
    """What is told of something that has happened: a system of the site, by `POST`."""

    target: Name
    """A key of the site's `http`."""
    path: Annotated[str, Field(pattern=r"^/[A-Za-z0-9/._~%-]{0,200}$")] = "/"
    """Below the target's url."""


class Mailbox(Model):
    """Where callers leave messages, and whose phones show that there are some."""

    title: Title
    """Told to owners who have several mailboxes."""
    agents: list[Name] = []
    """They own it: their phones show new messages, and `*97` plays them."""
    teams: list[Name] = []
    """Everybody in these teams owns it, too."""
    notify: Hook | None = None
    """Told of each new message."""
    messages_max: Annotated[int, Field(ge=1, le=1000)] = 100
    """A caller finds a mailbox with so many messages full."""


def _one_or_many(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _inside(path: str) -> str:
    if path.startswith("/") or ".." in path.split("/"):
        raise ValueError(f"{path!r} lies outside the directory of the site file")
    return path


MusicSource = Annotated[str, Field(pattern=r"^[^\x00-\x1f]{1,200}$"), AfterValidator(_inside)]
"""A sound file or a directory of them, relative to the site file."""


HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9\-]{1,60}$")]
HeaderValue = Annotated[str, Field(pattern=r"^[ -~]{0,500}$")]


class Secret(Model):
    """A value that stands in no file of the site: `ivr` reads it from its state directory."""

    secret: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
    before: HeaderValue = ""
    """Put before the secret, for example `Bearer ` with a blank at the end."""


class Emergency(Model):
    """What callers get when the server cannot be reached."""

    say: Annotated[str, Field(min_length=1, max_length=500)]
    ring: list[Extension]
    ring_timeout_s: Annotated[Seconds, Field(ge=3, le=600)] = 30


class Overload(Model):
    """When new callers are turned away, and how; whoever is in the house is not touched.

    They are, whatever stands here, while the server itself can hardly keep up.
    """

    calls_max: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Callers in flows, in line and in talks; whoever calls beyond that is turned away."""
    overflow: Annotated[str, Field(pattern=r"^(\+?[0-9]{2,15})?$")] = ""
    """Rung for whoever is turned away: an extension, or a number that `outbound` allows."""
    cause: Literal["congestion", "busy"] = "congestion"
    """What the network is told: SIP 503, or 486 as of a telephone that is in use."""
    answer: bool = False
    """Take the call to say that all lines are busy; else it is said before, which costs the caller
    nothing, but not every carrier lets it through."""


class Outbound(Model):
    """Which external numbers flows may dial; empty means none."""

    allow: list[Annotated[str, Field(pattern=r"^\+?[0-9]{1,15}\*?$")]] = []
    """Exact numbers, or prefixes ending in `*`."""
    trunk_host: Annotated[str, Field(pattern=r"^[A-Za-z0-9.\-]*(:[0-9]{1,5})?$")] = ""
    """SIP host (and port) of the trunk that carries them. Who calls from there is a caller outside,
    whatever the number says; phones come from other addresses."""

    def permits(self, number: str) -> bool:
        """Whether the list holds the number itself, or a prefix of it (written `prefix*`)."""
        return any(
            number.startswith(entry[:-1]) if entry.endswith("*") else number == entry
            for entry in self.allow
        )


class HttpTarget(Model):
    """Another system that flows may ask while a caller is on the line."""

    url: Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.\-\[\]:]+(/[^\s?#{}]*)?$")]
    """What every request's address begins with; flows add a path, never a host."""
    headers: dict[HeaderName, HeaderValue | Secret] = {}
    ca_file: str = ""
    """Certificates to trust instead of the machine's own; for a system inside the house."""
    at_once_max: Annotated[int, Field(ge=1, le=1000)] = 20
    """Requests under way at the same time; more wait their turn, within their own time-out."""


EspeakVoice = Annotated[str, Field(pattern=r"^[a-zA-Z0-9+\-]{2,40}$")]
"""A voice of espeak-ng, which `espeak-ng --voices` lists."""


class PiperVoice(Model):
    """A voice of piper, a neural engine that is installed separately."""

    engine: Literal["piper"]
    model: Annotated[str, Field(pattern=r"^/[^\x00-\x1f]{1,200}\.onnx$")]
    """Full path of the model; its settings lie beside it, in a file of that name with `.json`."""


Voice = EspeakVoice | PiperVoice


class Language(Model):
    """A language callers are served in."""

    title: Title
    voice: Voice
    wording: Rewording = Rewording()
    """What the server says of itself in this language, where the built-in phrases do not fit."""


class Site(Model):
    """Everything the administrator describes in `dialplans/site.yaml`."""

    numbers: dict[DialString, Name]
    """Dialled number -> flow."""
    skills: dict[Name, Title]
    teams: dict[Name, Title]
    agents: dict[Name, Agent]
    queues: dict[Name, Queue]
    channels: dict[Name, AtOnce] = {}
    """Channels beside voice -> how many interactions of it an agent handles at the same time."""
    mailboxes: dict[Name, Mailbox] = {}
    calendars: dict[Name, Calendar] = {}
    phones: dict[Name, Phone] = {}
    pause_reasons: dict[Annotated[str, Field(pattern=r"^[1-9]$")], Name] = {}
    """Key pressed with the pause feature code -> reason."""
    emergency: Emergency
    outbound: Outbound = Outbound()
    overload: Overload = Overload()
    http: dict[Name, HttpTarget] = {}
    """Systems that flows may ask, by the name flows use."""
    webhooks: dict[Name, Webhook] = {}
    """Systems that are told of what happens."""
    music: dict[
        Name,
        Annotated[
            list[MusicSource], BeforeValidator(_one_or_many), Field(min_length=1), OneOrMany()
        ],
    ] = {}
    """Music class -> directory or files; a class not named here is the directory `music/NAME`."""
    recording: Recording = Recording()
    retention: Retention = Retention()
    reports: dict[Name, ScheduledReport] = {}
    """Reports made by the clock."""
    smtp: SmtpServer | None = None
    """Whoever takes e-mail from this house."""
    timezone: str = "UTC"
    """Of agents' breaks, of reports, and of the day the strategy `least_occupied` looks at."""
    voice: Voice = "en-us"
    """Of a site that speaks one language, which is that of the voice unless `language` says so."""
    languages: Annotated[dict[LanguageKey, Language], Field(min_length=1)] | None = None
    """What callers can be served in; takes the place of `voice` and `wording`."""
    language: LanguageKey | None = None
    """The one in which every call begins, and agents who have none are told; else the first of
    `languages`."""
    wording: Rewording = Rewording()
    """What the server says of itself, where the built-in phrases do not fit."""

    @field_validator("languages")
    @classmethod
    def _instead_of_one_voice(
        cls, languages: dict[LanguageKey, Language] | None, info: ValidationInfo
    ) -> dict[LanguageKey, Language] | None:
        if languages is not None and info.data.get("voice") != cls.model_fields["voice"].default:
            raise ValueError("each of the languages has a voice: leave out the site's own `voice`")
        return languages

    @field_validator("language")
    @classmethod
    def _is_spoken(cls, language: LanguageKey | None, info: ValidationInfo) -> LanguageKey | None:
        languages = info.data.get("languages")
        if language is not None and languages is not None and language not in languages:
            raise ValueError(f"{language!r} is not among the languages")
        return language

    @field_validator("wording")
    @classmethod
    def _belongs_to_a_language(cls, wording: Rewording, info: ValidationInfo) -> Rewording:
        if wording != Rewording() and info.data.get("languages") is not None:
            raise ValueError("phrases belong to a language: move them below `languages`")
        return wording

    @property
    def default_language(self) -> LanguageKey:
        if self.language is not None:
            return self.language
        if self.languages is not None:
            return next(iter(self.languages))
        known: tuple[LanguageKey, ...] = get_args(LanguageKey)
        voice = self.voice if isinstance(self.voice, str) else self.voice.model.split("/")[-1]
        return next((one for one in known if one == voice[:2].lower()), "en")

    def recordings_days(self, queue: str) -> int | None:
        """How long this queue's recordings are kept; empty: those flows make. None: for ever."""
        own = self.queues[queue].recordings_days if queue in self.queues else None
        return self.retention.recordings_days if own is None else own

    @property
    def keeps_everything(self) -> bool:
        """Whether nothing ever grows old enough to be deleted."""
        own = [queue.recordings_days for queue in self.queues.values()]
        return self.retention == Retention() and own == [None] * len(own)

    @property
    def voices(self) -> Mapping[LanguageKey, Voice]:
        """The languages callers can be served in, and who speaks them."""
        if self.languages is None:
            return {self.default_language: self.voice}
        return {key: one.voice for key, one in self.languages.items()}

    def spoken(self, language: str = "") -> LanguageKey:
        """This language if callers can be served in it, else the default one."""
        return next((one for one in self.voices if one == language), self.default_language)

    def language_of(self, agent: str = "") -> LanguageKey:
        """In which this agent is told things; of nobody known, the default one."""
        known = self.agents.get(agent)
        return self.spoken(known.language or "" if known else "")

    @property
    def desk_languages(self) -> frozenset[LanguageKey]:
        """Those in which anybody at the desk is told things."""
        return frozenset((self.default_language, *map(self.language_of, self.agents)))

    def words(self, language: str = "") -> Wording:
        """The phrases in this language, else in the default one."""
        key = self.spoken(language)
        replaced = self.wording if self.languages is None else self.languages[key].wording
        return replaced.of(WORDINGS[key])

    @property
    def people(self) -> Sequence[Agent | Phone]:
        """Everybody with a telephone of the house: the agents and the others."""
        return (*self.agents.values(), *self.phones.values())

    @property
    def has_browser_phones(self) -> bool:
        return any(agent.phone == "browser" for agent in self.agents.values())

    @property
    def extensions(self) -> frozenset[str]:
        return frozenset(one.extension for one in self.people)
