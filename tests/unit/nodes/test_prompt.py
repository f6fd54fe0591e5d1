"""Prompts: how they are written, what they play, and every text they need beforehand."""

import pytest
from pydantic import ValidationError

from ivr.document import DocumentError
from ivr.nodes.prompt import Prompt, spoken_texts, texts
from ivr.ports import SoundFile, Spoken
from ivr.spoken import GRAMMARS, WORDINGS
from ivr.spoken.values import Manner, vocabulary
from tests.unit.nodes.support import flow_of_node, site


def test_a_text_alone_is_a_prompt() -> None:
    assert Prompt.model_validate("Hello.").audio({}) == (Spoken("Hello."),)


def test_a_list_plays_in_order() -> None:
    prompt = Prompt.model_validate(["You typed", {"digits": "n"}, {"file": "asterisk/beep"}])
    assert prompt.audio({"n": "1#"}) == (
        Spoken("You typed"),
        Spoken("one"),
        Spoken("pound"),
        SoundFile("asterisk/beep"),
    )


@pytest.mark.parametrize("wrong", [[], [{}], [{"file": "a", "digits": "b"}], [{"tone": "1"}], 7])
def test_anything_else_is_no_prompt(wrong: object) -> None:
    with pytest.raises(ValidationError):
        Prompt.model_validate(wrong)


def test_a_text_with_a_language_of_its_own_is_said_in_it_to_everybody() -> None:
    prompt = Prompt.model_validate(["Press 1.", {"text": "Appuyez sur le 2.", "language": "fr"}])
    expected = (Spoken("Press 1."), Spoken("Appuyez sur le 2.", "fr"))
    assert prompt.audio({"language": "en"}) == expected


def test_texts_are_those_of_every_node_and_prompt_field() -> None:
    plan = flow_of_node(
        """
        type: menu
        prompt: [Choose., Or not.]
        no_input_prompt: Nothing heard.
        choices: {"1": yes}
        no_input: no
        no_match: no
        """
    )
    assert texts(plan, site()) == {
        Spoken("Choose."),
        Spoken("Or not."),
        Spoken("Nothing heard."),
        Spoken("went to yes"),
        Spoken("went to no"),
        Spoken(WORDINGS["en"].apology, "en"),
    }


def test_texts_hold_the_digit_words_once_digits_are_read_out() -> None:
    plan = flow_of_node(
        "type: say\nprompt: [{digits: caller}]\nnext: yes",
    )
    assert {Spoken(word, "en") for word in GRAMMARS["en"].characters.values()} < texts(plan, site())


def test_a_number_reads_as_its_digits() -> None:
    prompt = Prompt.model_validate([{"digits": "n"}])
    assert spoken_texts(prompt.audio({"n": 42.0})) == "four two"


def test_values_are_said_in_the_language_of_the_call() -> None:
    prompt = Prompt.model_validate(
        [{"money": "due", "currency": "EUR"}, {"de": ["bis", {"date": "day"}], "en": "x"}]
    )
    variables = {"due": 21.5, "day": "2026-12-03", "language": "de"}
    assert spoken_texts(prompt.audio(variables)) == (
        "einundzwanzig Euro und fünfzig Cent bis dritter Dezember zweitausend sechsundzwanzig"
    )
    assert {one.language for one in prompt.audio(variables)} == {"de"}


def test_every_fragment_of_a_value_is_spoken_beforehand() -> None:
    plan = flow_of_node(
        "type: say\nprompt: [{money: due, currency: GBP}]\nnext: yes",
        variables="{due: {type: number}}",
    )
    manner = Manner("money", "GBP")
    assert {Spoken(one, "en") for one in vocabulary(manner, "en")} <= texts(plan, site())
    assert Spoken("euros", "en") not in texts(plan, site())


@pytest.mark.parametrize(
    ("piece", "problem"),
    [
        ("{number: word}", "variable 'word' is a text, and a number is needed here"),
        ("{date: count}", "variable 'count' is a number, and a text is needed here"),
        ("{duration: cuont}", "there is no variable 'cuont' (did you mean 'count'?)"),
        ("{money: count}", "money and currency go together"),
        ("{money: count, currency: EURO}", "'EURO' is not one of CHF, EUR, GBP, USD"),
        ("{number: count, date: word}", "give a text, or one of file, digits, number"),
        ("{digits: pin, language: en}", "only a text has a language of its own"),
        ("{text: Hola., language: es}", "there is no language 'es'"),
        ("{currency: EUR}", "give a text, or one of file, digits, number"),
    ],
)
def test_a_value_that_cannot_be_said_is_refused(piece: str, problem: str) -> None:
    with pytest.raises(DocumentError) as refused:
        flow_of_node(
            f"type: say\nprompt: [Now, {piece}]\nnext: yes",
            variables="{word: {type: text}, count: {type: number}, pin: {type: digits}}",
        )
    assert [problem in str(one) for one in refused.value.problems] == [True]


@pytest.mark.parametrize(
    "piece", ["{date: pin}", "{time: word}", "{spell: count}", "{digits: pin}", "{duration: count}"]
)
def test_digits_are_texts_and_anything_can_be_spelled(piece: str) -> None:
    assert flow_of_node(
        f"type: say\nprompt: [{piece}]\nnext: yes",
        variables="{word: {type: text}, count: {type: number}, pin: {type: digits}}",
    )
