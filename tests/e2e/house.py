"""A running instance and the people around it, as a scenario sees them."""

import asyncio
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from ivr.ports import Spoken
from ivr.provision.softphone import Softphone
from ivr.speech.prompts import Prompts
from tests.e2e.audio import Sound, read_wav
from tests.e2e.journal import JournalView
from tests.e2e.people import Person, all_hear, tones_of
from tests.e2e.ports import PortBlock
from tests.e2e.stack import SITE, Stack
from tests.e2e.waiting import eventually


class Scrape:
    """What one scrape brought."""

    def __init__(self, text: str) -> None:
        self._samples = [
            sample for family in text_string_to_metric_families(text) for sample in family.samples
        ]

    def total(self, name: str, **labels: str) -> float:
        """Sum of a metric's samples with these labels; `name` without `callcenter_`."""
        return sum(
            sample.value
            for sample in self._samples
            if sample.name == f"callcenter_{name}" and labels.items() <= sample.labels.items()
        )


class House:
    """Phones, journal, metrics and files of one instance, for the length of one test."""

    def __init__(self, stack: Stack, directory: Path, ports: PortBlock) -> None:
        self.stack = stack
        self.settings = stack.settings
        self.journal = JournalView(stack.settings.journal_url)
        self._directory = directory
        self._ports = ports
        self._tones = tones_of(stack.site)
        self._people: list[Person] = []
        self.since = self.journal.newest_id()
        """Number of the last event before this test."""

    async def people(self, *keys: str, light: bool = False) -> Sequence[Person]:
        """Their phones, registered; with a message-waiting light, if that is looked at."""
        people = [self._person(key, light) for key in keys]
        self._people += people
        await asyncio.gather(*(person.phone.start() for person in people))
        return people

    def in_a_browser(self, key: str) -> Person:
        """Somebody whose phone is no softphone of ours; others know them by their tone."""
        return self._person(key, light=False)

    async def agents(self, *keys: str) -> Sequence[Person]:
        """Agents on their phones, logged in one after the other and available."""
        agents = await self.people(*keys)
        for agent in agents:
            await self.log_in(agent)
        return agents

    async def log_in(self, agent: Person) -> None:
        await agent.dials("*10")
        await agent.is_hung_up()
        await self.state(agent, "available")

    async def close(self) -> None:
        self.journal.close()
        await asyncio.gather(*(person.phone.close() for person in self._people))

    # --- what can be seen from outside

    async def call_of(self, caller: Person) -> str:
        """Our id of the call this person made last."""

        def look() -> str:
            started = self.journal.facts("call.started", caller=caller.extension)
            calls = [fact.call for fact in started if fact.id > self.since]
            return str(calls[-1]) if len(calls) == caller.visits else ""

        return await eventually(look, 10.0, f"call {caller.visits} of {caller.key} in the journal")

    async def in_queue_log(self, call: str, *wanted: str) -> list[str]:
        """The call's lines in the queue_log file, once they are these events."""

        def look() -> list[str]:
            lines = Path(self.settings.queue_log).read_text("utf-8").splitlines()
            own = [line for line in lines if line.split("|")[1] == call]
            return own if [line.split("|")[4] for line in own] == list(wanted) else []

        return await eventually(look, 10.0, f"{wanted} of {call} in the queue_log")

    async def calls_an_agent(
        self, caller: Person, number: str, agent: Person, *, within_s: float = 10.0
    ) -> str:
        """The caller dials, the agent picks up, and they hear each other; the call's id."""
        await caller.dials(number)
        await agent.rings(within_s)
        await agent.picks_up()
        await all_hear((caller, [agent]), (agent, [caller]))
        return await self.call_of(caller)

    async def state(self, agent: Person, wanted: str, within_s: float = 10.0) -> None:
        """The agent comes into this state."""
        await eventually(
            lambda: self.journal.state_of(agent.key) == wanted,
            within_s,
            lambda: f"{agent.key} {wanted}, but {self.journal.state_of(agent.key)}",
        )

    async def no_channel_of(self, *people: Person, within_s: float = 5.0) -> None:
        """Asterisk has no channel of theirs any more."""
        deadline = asyncio.get_running_loop().time() + within_s
        while True:
            listing = await self.stack.asterisk.cli("core show channels concise")
            names = [line.split("!")[0] for line in listing.splitlines()]
            left = [n for n in names for p in people if n.startswith(f"PJSIP/{p.extension}-")]
            if not left:
                return
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"channels left behind: {left}")

    async def metrics_text(self) -> str:
        url = f"http://{self.settings.bind}:{self.settings.http_port}/metrics"

        def get() -> str:
            with urllib.request.urlopen(url, timeout=5) as response:
                return str(response.read().decode())

        return await asyncio.to_thread(get)

    async def metric(self, name: str, **labels: str) -> float:
        """Sum of a metric's samples with these labels; `name` without `callcenter_`."""
        return (await self.scrape()).total(name, **labels)

    async def scrape(self) -> "Scrape":
        """All metrics at one moment; reading them takes a while, so do not do it for each one."""
        return Scrape(await self.metrics_text())

    def pin(self, supervisor: Person) -> str:
        return self.stack.secrets.pins[supervisor.extension]

    async def speech(self, text: str, language: str = "") -> Sound:
        """How the server says this, in the site's default language unless told otherwise."""
        site, spoken = self.stack.site, Spoken(text, language)
        prompts = Prompts(self.settings.prompts_dir, SITE / "sounds")
        await prompts.prepare({spoken: site.voices[site.spoken(language)]})
        (sound,) = read_wav(Path(prompts.path(spoken) + ".wav"))
        return sound

    def recording(self, recording: str) -> tuple[Sound, Sound]:
        """Caller's and agent's side."""
        left, right = read_wav(self.settings.recordings_dir / f"{recording}.wav")
        return left, right

    def _person(self, key: str, light: bool) -> Person:
        site = self.stack.site
        extension = (site.agents.get(key) or site.phones[key]).extension
        tone_hz = self._tones[extension]
        phone = Softphone(
            self._directory / key,
            extension,
            self.stack.secrets.sip[extension],
            self.settings.sip_port,
            self._ports.for_phone(),
            tone_hz=tone_hz,
            tones_dir=self._directory.parent,
            light=light,
        )
        return Person(key, phone, tone_hz, self._tones.values())
