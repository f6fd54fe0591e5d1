"""Names on a keypad: everybody listed is found by each beginning of the name, nobody else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.model.site import Agent, Phone
from ivr.nodes.key_name import find_people

LETTERS = [
    ("a", "2"), ("Á", "2"), ("c", "2"), ("ç", "2"), ("D", "3"), ("é", "3"), ("f", "3"),
    ("g", "4"), ("İ", "4"), ("ı", "4"), ("j", "5"), ("K", "5"), ("ł", "5"), ("m", "6"),
    ("Ñ", "6"), ("ø", "6"), ("Ö", "6"), ("p", "7"), ("q", "7"), ("R", "7"), ("š", "7"),
    ("ß", "77"), ("t", "8"), ("ü", "8"), ("V", "8"), ("w", "9"), ("x", "9"), ("Ý", "9"),
    ("z", "9"), ("æ", "23"), ("þ", "84"), ("7", "7"), ("0", "0"), ("u\u0308", "8"),
]  # fmt: skip
WORD = st.lists(st.sampled_from(LETTERS), min_size=1, max_size=10)
NAME = st.lists(WORD, min_size=1, max_size=4)
BETWEEN = st.sampled_from([" ", "-", "'", ", "])
LETTERS_MIN = st.integers(min_value=1, max_value=5)


def person(name: str, extension: str = "1001", *, listed: bool = True) -> Agent | Phone:
    return Phone(name=name, extension=extension, listed=listed)


def written(word: list[tuple[str, str]]) -> str:
    return "".join(letter for letter, _ in word)


def names(found: object) -> list[str]:
    return [one.name for one in found]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Ana Silva", "262"),
        ("Ana Silva", "74582"),
        ("Ana Silva", "26274582"),
        ("Silva, Ana", "26274582"),
        ("Zoë Müller", "68553"),
        ("Zoë Müller", "683553"),
        ("Søren Ångström", "76736"),
        ("Søren Ångström", "22647876"),
        ("Jean-Luc O'Neil", "582"),
        ("Jean-Luc O'Neil", "66345"),
        ("Weiß", "93477"),
        ("Li Wei", "54"),
        ("Counter 12", "268683712"),
    ],
)
def test_a_name_is_found_as_it_may_be_spelled(name: str, typed: str) -> None:
    assert names(find_people([person(name)], typed, 3)) == [name]


@pytest.mark.parametrize("typed", ["", "74", "745823", "452", "74*", "1", "#"])
def test_what_spells_no_beginning_finds_nobody(typed: str) -> None:
    assert find_people([person("Ana Silva")], typed, 3) == []


def test_agents_are_listed_unless_the_site_says_otherwise_phones_only_if_it_does() -> None:
    agent = {"name": "Ana", "extension": "1001", "team": "care"}
    phone = {"name": "Ana", "extension": "2001"}
    everybody = [Agent(**agent), Agent(**agent, listed=False), Phone(**phone)]
    assert find_people([*everybody, Phone(**phone, listed=True)], "262", 3) == [
        Agent(**agent),
        Phone(**phone, listed=True),
    ]


def test_the_order_is_by_name_whatever_the_accents_and_the_order_in_the_file() -> None:
    people = [person("Ana B", "12"), person("ána a", "11"), person("Ana B", "10"), person("Äna C")]
    ordered = [one.extension for one in find_people(people, "262", 3)]
    assert ordered == ["11", "10", "12", "1001"]
    assert ordered == [one.extension for one in find_people(people[::-1], "262", 3)]


@given(NAME, BETWEEN, LETTERS_MIN, st.data())
def test_everybody_listed_is_found_by_each_beginning_from_any_word_on(
    spelled: list[list[tuple[str, str]]], between: str, letters_min: int, data: st.DataObject
) -> None:
    name = between.join(map(written, spelled))
    words = ["".join(keys for _, keys in word) for word in spelled]
    first = data.draw(st.integers(min_value=0, max_value=len(words) - 1))
    keys = "".join([*words[first:], *words[:first]])
    everybody = [person("Somebody Else"), person(name)]
    for length in range(letters_min, len(keys) + 1):
        assert name in names(find_people(everybody, keys[:length], letters_min))
    assert name in names(find_people(everybody, words[first], letters_min))


@given(st.lists(st.tuples(NAME, st.booleans()), max_size=8), st.text("0123456789*#", max_size=4))
def test_nobody_unlisted_is_ever_found_and_nobody_twice(
    drawn: list[tuple[list[list[tuple[str, str]]], bool]], typed: str
) -> None:
    people = [
        person(
            " ".join("".join(letter for letter, _ in word) for word in name), f"{n:02}", listed=is_
        )
        for n, (name, is_) in enumerate(drawn)
    ]
    found = find_people(people, typed, 1)
    assert all(one.listed for one in found)
    assert len({one.extension for one in found}) == len(found)


@given(st.text(max_size=80), st.text("23456789", min_size=1, max_size=5))
def test_any_name_at_all_can_be_searched(name: str, typed: str) -> None:
    stranger = Phone.model_construct(name=name, extension="10", listed=True)
    assert find_people([stranger], typed, 1) in ([], [stranger])
