"""Prompts: how they are written, what they play, and every text they need beforehand."""

import pytest
from pydantic import ValidationError

from ivr.nodes.prompt import Prompt, spoken_texts, texts
from ivr.ports import SoundFile, Spoken
from ivr.spoken import CHARACTERS, WORDINGS
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
    assert {Spoken(word, "en") for word in CHARACTERS["en"].values()} < texts(plan, site())


def test_a_number_reads_as_its_digits() -> None:
    prompt = Prompt.model_validate([{"digits": "n"}])
    assert spoken_texts(prompt.audio({"n": 42.0})) == "four two"
