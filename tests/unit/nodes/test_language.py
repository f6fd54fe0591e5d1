"""Languages: which callers may have chosen where, what has to be translated, what they hear."""

from textwrap import dedent

import pytest

from ivr.document import DocumentError
from ivr.flow import Flow, load_flows
from ivr.flow.languages import languages_spoken
from ivr.nodes import NODE_TYPES
from ivr.nodes.base import Visit
from ivr.nodes.prompt import texts
from ivr.nodes.walk import walk
from ivr.ports import Spoken
from ivr.site import load_site
from ivr.spoken import GRAMMARS, WORDINGS
from ivr.testing.call import FakeCall
from ivr.testing.clock import VirtualClock
from ivr.testing.lookups import FakeLookups
from ivr.testing.queues import FakeQueues, FixedCalendars
from ivr.testing.steps import Press
from ivr.testing.trace import EventList
from tests.unit.nodes.support import SITE, NoCalendars

SITE_OF_THREE = load_site(
    SITE
    + """
languages:
  en: {title: English, voice: en-us}
  fr: {title: Français, voice: fr-fr, wording: {apology: "Désolé."}}
  de: {title: Deutsch, voice: de}
""",
    "site.yaml",
)

CHOICE = """
start: choice
variables: {wish: {type: text, default: de}}
nodes:
  choice:
    type: menu
    prompt:
      - For English, press 1.
      - fr: Pour le français, appuyez sur 2.
        en: For French, press 2.
    choices: {"1": hello, "2": french, "3": wish}
    no_input: hello
    no_match: hello
  french: {type: language, language: fr, next: hello}
  wish: {type: language, variable: wish, next: bye, unknown: hello}
  hello:
    type: say
    prompt: {en: Hello., fr: [Bonjour., {digits: caller}]}
    next: more
  more: {type: goto, flow: more}
  bye: {type: hangup, prompt: {en: Bye., fr: Salut., de: Tschüs.}}
"""

CIRCLE = """
start: choice
nodes:
  choice: {type: menu, prompt: Choose., choices: {"2": french}, no_input: bye, no_match: bye}
  french: {type: language, language: fr, next: again}
  again:
    type: menu
    prompt: {en: Again., fr: Encore.}
    choices: {"1": again}
    timeout_s: 1s
    no_input_retries: 0
    no_input: again
    no_match: bye
  bye: {type: goto, flow: more}
"""

MORE = """
start: greeting
nodes:
  greeting: {type: say, prompt: {file: jingle}, next: line}
  line: {type: queue, queue: sales, announce: [{after: 1s, position: true}], next: bye,
         otherwise: bye}
  bye: {type: hangup, prompt: {en: Bye., fr: Au revoir.}}
"""


def read(choice: str = CHOICE, more: str = MORE, sounds: tuple[str, ...] = ("jingle",)):
    files = {"main.yaml": f"flow: main\n{dedent(choice)}", "more.yaml": f"flow: more\n{more}"}
    return load_flows(files, SITE_OF_THREE, NODE_TYPES, sound_exists=sounds.__contains__)


def complaints(choice: str = CHOICE, more: str = MORE, sounds: tuple[str, ...] = ("jingle",)):
    with pytest.raises(DocumentError) as refused:
        read(choice, more, sounds)
    return [str(problem) for problem in refused.value.problems]


async def told(flows: dict[str, Flow], *keys: str) -> tuple[FakeCall, FakeQueues, Visit]:
    clock = VirtualClock(1000.0)
    call, queues = FakeCall(clock, [Press(key) for key in keys], caller="12"), FakeQueues()
    calendars = FixedCalendars(NoCalendars(), {})
    visit = Visit(call, queues, calendars, clock, EventList(), SITE_OF_THREE, FakeLookups(clock))
    await walk(flows, "main", visit)
    return call, queues, visit


def test_a_language_is_spoken_from_where_it_is_chosen_on_also_in_other_flows() -> None:
    assert languages_spoken(read(), SITE_OF_THREE) == {
        ("main", "choice"): {"en"},
        ("main", "french"): {"en"},
        ("main", "wish"): {"en"},
        ("main", "hello"): {"en", "fr"},
        ("main", "more"): {"en", "fr"},
        ("main", "bye"): {"en", "de", "fr"},
        ("more", "greeting"): {"en", "fr"},
        ("more", "line"): {"en", "fr"},
        ("more", "bye"): {"en", "fr"},
    }


async def test_who_chose_nothing_hears_the_default_language() -> None:
    call, queues, _ = await told(read(), "1")
    assert call.heard[1:] == ["Hello.", "<jingle>", "Bye."]
    assert queues.requests[0].language == "en"
    assert call.languages == []


async def test_who_chose_french_hears_french_everywhere() -> None:
    call, queues, visit = await told(read(), "2")
    assert call.heard[1:] == ["Bonjour. un deux", "<jingle>", "Au revoir."]
    assert queues.requests[0].language == "fr"
    assert call.languages == ["fr"], "Asterisk's own sounds come in it, too"
    assert visit.lasting_variables["language"] == "fr"


async def test_a_variable_chooses_the_language() -> None:
    call, *_ = await told(read(), "3")
    assert call.heard[1:] == ["Tschüs."]


async def test_a_variable_that_holds_no_language_of_the_site_takes_the_exit_unknown() -> None:
    call, *_ = await told(read(CHOICE.replace("default: de", "default: es")), "3")
    assert call.heard[1] == "Hello."


async def test_expressions_know_the_language() -> None:
    flow = CHOICE.replace(
        "more: {type: goto, flow: more}",
        "more: {type: branch, cases: [{when: language == 'fr', next: bye}], otherwise: on}\n"
        "  on: {type: goto, flow: more}",
    )
    assert (await told(read(flow), "2"))[0].heard[-1] == "Salut."
    assert (await told(read(flow), "1"))[0].heard[-1] == "Bye."


async def test_the_apology_comes_in_the_callers_language_and_the_sites_words() -> None:
    call, *_ = await told(read(CIRCLE), "2")
    assert call.heard[-1] == "Désolé."


def test_all_that_may_be_heard_is_spoken_beforehand_and_nothing_else() -> None:
    said = texts(read(), SITE_OF_THREE)
    positions = {Spoken(one, "fr") for one in SITE_OF_THREE.words("fr").positions()}
    assert positions | {Spoken("Bonjour.", "fr"), Spoken("Désolé.", "fr")} <= said
    assert {Spoken(one, "fr") for one in GRAMMARS["fr"].characters.values()} <= said
    in_german = {one.text for one in said if one.language == "de"}
    assert in_german == {"Tschüs.", WORDINGS["de"].apology}
    assert Spoken("Pour le français, appuyez sur 2.", "fr") not in said, "nobody hears it there"


@pytest.mark.parametrize(
    ("prompt", "place"),
    [
        ("Hello.", "main.yaml:19:13"),
        ("[{file: jingle}, Hello.]", "main.yaml:19:30"),
        ("{en: Hello., de: Hallo.}", "main.yaml:19:13"),
        ("[{en: Hello.}, {fr: Salut., en: Hi.}]", "main.yaml:19:14"),
    ],
)
def test_a_missing_translation_is_shown_at_its_place(prompt: str, place: str) -> None:
    flow = CHOICE.replace("{en: Hello., fr: [Bonjour., {digits: caller}]}", prompt)
    assert complaints(flow) == [
        f"{place}: not said in 'fr', which callers may have chosen here"
        " (write {en: ..., fr: ...})"
    ]


def test_a_text_with_a_language_of_its_own_needs_no_translation_and_is_spoken_beforehand() -> None:
    flows = read(
        CHOICE.replace("{en: Bye.,", "[{text: Adieu., language: fr}, {en: Bye.,", 1).replace(
            "de: Tschüs.}", "de: Tschüs.}]", 1
        )
    )
    assert Spoken("Adieu.", "fr") in texts(flows, SITE_OF_THREE)


def test_the_other_flow_is_held_to_it_too() -> None:
    (problem,) = complaints(more=MORE.replace("{en: Bye., fr: Au revoir.}", "Bye."))
    assert problem.startswith("more.yaml:8:31: not said in 'fr'")


def test_a_language_that_the_site_does_not_have_is_named() -> None:
    assert complaints(CHOICE.replace("de: Tschüs.", "es: Adiós."))[-1].startswith(
        "main.yaml:22:54: there is no language 'es'"
    )
    (problem,) = complaints(CHOICE.replace("language: fr", "language: es"))
    assert "there is no language 'es' (known: de, en, fr)" in problem


def test_a_sound_file_with_a_sister_in_one_language_needs_one_in_each() -> None:
    assert read(sounds=("jingle", "fr/jingle"))
    assert read(sounds=("en/jingle", "fr/jingle"))
    (problem,) = complaints(sounds=("jingle", "de/jingle"))
    assert problem == (
        "more.yaml:5:40: there is no sound file 'jingle' in 'fr'"
        " (put one into sounds/fr/; callers may have chosen it here)"
    )
    (problem,) = complaints(sounds=("welcome",))
    assert "there is no sound file 'jingle' (put a WAV file into sounds/" in problem


@pytest.mark.parametrize(
    ("node", "problem"),
    [
        ("{type: language, next: hello}", "give exactly one of language and variable"),
        ("{type: language, variable: wish, next: hello}", "unknown is the exit for a variable"),
        ("{type: language, language: fr, next: hello, unknown: bye}", "unknown is the exit"),
        ("{type: language, language: it, next: hello}", "'it' is not one of de, en, es, fr"),
    ],
)
def test_a_language_node_is_told_what_to_set(node: str, problem: str) -> None:
    found = complaints(CHOICE.replace("{type: language, language: fr, next: hello}", node))
    assert any(problem in one for one in found)


def test_the_variable_language_is_not_the_flows_to_declare() -> None:
    flow = CHOICE.replace("variables: {wish", "variables: {language: {type: text}, wish")
    assert "'language' is always there and cannot be declared" in complaints(flow)[0]
