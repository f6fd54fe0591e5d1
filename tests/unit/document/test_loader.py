"""Reading YAML: text stays text, every place is known, every mistake is told."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ivr.document import Document, DocumentError, Mark, load_document, loader
from ivr.document.loader import DEPTH_MAX, PROBLEMS_MAX, TEXT_CHARS_MAX


def problems_of(text: str) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        load_document(text, "f.yaml")
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    "word", ["no", "on", "010", "1:30", "~", "null", "1e3", "2026-12-24", ".5"]
)
def test_every_scalar_is_text_as_written(word: str) -> None:
    assert load_document(f"key: {word}\n", "f.yaml").value == {"key": word}


def test_keys_and_values_know_their_place() -> None:
    document = load_document("a: 1\nb:\n  - x\n  - {c: d}\n", "f.yaml")
    assert document.mark(("b", 1, "c"), key=True) == Mark(4, 6, 19)
    assert document.mark(("b", 1, "c")) == Mark(4, 9, 22)


def test_a_path_that_is_not_there_is_placed_at_what_should_hold_it() -> None:
    document = load_document("a:\n  b: c\n", "f.yaml")
    assert document.mark(("a", "b", "deeper")) == document.mark(("a", "b"))


@pytest.mark.parametrize(("written", "column"), [("abc", 7), ('"abc"', 8), ("'abc'", 8)])
def test_a_place_inside_a_text_is_exact(written: str, column: int) -> None:
    document = load_document(f"key: {written}\n", "f.yaml")
    assert document.inside(("key",), 1).column == column


def test_a_place_inside_a_folded_text_is_its_beginning() -> None:
    document = load_document("key: >-\n  one\n  two\n", "f.yaml")
    assert document.inside(("key",), 5) == document.mark(("key",))


def test_all_mistakes_are_told_at_once() -> None:
    text = "a: &x 1\nb: *x\na: 2\n? [q]\n: z\n<<: {t: u}\nc: !!str 3\n: v\n"
    assert problems_of(text.replace("\n: v\n", "\n")) == [
        "f.yaml:1:4: anchor '&x' (anchors are not used; write it out)",
        "f.yaml:2:4: alias '*x' (aliases are not used; write it out)",
        "f.yaml:3:1: 'a' is written twice (first written in line 1)",
        "f.yaml:4:3: a key must be one word (quote texts that begin with { or [)",
        "f.yaml:6:1: merge key '<<' (merging is not supported; write it out)",
        "f.yaml:7:4: tags are not used (every value is plain text: leave the tag out)",
    ]


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("", "1:1", "the file is empty"),
        ("# only a comment\n", "1:1", "the file is empty"),
        ("a: 1\n---\nb: 2\n", "2:1", "a second document"),
        ("a: b: c", "1:5", "mapping values are not allowed here"),
        ("a:\n\tb: 1", "2:1", "not readable"),
        ("a: \x00", "1:4", "not allowed"),
        ('a: "\\ud800"', "1:4", "surrogate"),
        ('a: "\\r\\n"', "1:4", "control character"),
        ('a: "\\U00110000"', "1:7", "not readable"),
        ("%YAML " + "9" * 5000 + ".1\n---\na", "1:7", "not readable"),
        ("[" * 500, f"1:{DEPTH_MAX + 1}", "deeper"),
        ("a: " + "x" * 10_001, "1:4", "longer than"),
        ("x" * (TEXT_CHARS_MAX + 1), "1:1", "larger than"),
        ("[" + "x," * 50_001 + "]", "1:", "more than 50000 values"),
    ],
)
def test_what_cannot_be_read_is_refused_in_place(text: str, where: str, what: str) -> None:
    (problem,) = problems_of(text)
    assert problem.startswith(f"f.yaml:{where}")
    assert what in problem


@pytest.mark.parametrize(
    ("text", "where", "hint"),
    [
        ("a:\n\tb: 1", "2:1", "indent by spaces: YAML takes no tabs"),
        ("a: Note: closed", "1:8", "a text with a colon in it needs quotes around it; or this"),
        ('a: "our "best" ones"', "1:10", "a text goes on behind its closing quote"),
        ('a:\n  b: "c\n  d: e\n', "2:6", "the quote that opens here is never closed"),
        ("a:\n    b: 1\n   c: 2\n", "3:4", "this line is indented neither like the one above nor"),
        ("a: {b: 1\nc: 2\n", "2:2", "a comma is missing, or a bracket is not closed"),
        ("a: 1\nb\nc: 2\n", "3:1", "a colon is missing after the key, or a text needs quotes"),
    ],
)
def test_slips_of_every_day_are_told_with_what_to_do(text: str, where: str, hint: str) -> None:
    (problem,) = problems_of(text)
    assert problem.startswith(f"f.yaml:{where}: not readable as YAML")
    assert f"({hint}" in problem


def test_a_flood_of_mistakes_is_cut_off() -> None:
    assert len(problems_of("a: 1\n" * 1000)) == PROBLEMS_MAX


SNIPPETS = st.lists(
    st.sampled_from(
        [*"ab-:{}[],&*!?|>#%\"'é \n\t", "b: ", "\n  ", "&x", "*x", "<<: ", "---", "\\U00110000"]
    ),
    max_size=30,
).map("".join)


@given(st.one_of(st.text(max_size=60), SNIPPETS))
@example("\ud800")
@example("? {a: b}\n: c\n? {a: b}\n: d")
@example("%TAG ! x\n---\n!a b")
def test_any_text_ends_in_a_document_or_in_problems(text: str) -> None:
    try:
        outcome: Document | DocumentError = load_document(text, "f.yaml")
    except DocumentError as error:
        outcome = error
    if isinstance(outcome, DocumentError):
        assert outcome.problems
        assert all(one.line >= 1 and one.column >= 1 for one in outcome.problems)
    else:
        assert outcome.marks


WORDS = st.sampled_from(
    [
        "a",
        "b c",
        "'q: r'",
        '"x\\ny"',
        "1:30",
        "no",
        "# note",
        "- ",
        "? ",
        "b?",
        "?c",
        ": ",
        "{",
        "}",
        "[",
        "]",
        ", ",
    ]
)
SIGNS = st.sampled_from(
    ["|", ">-", "*x", "&x ", "!t ", "<<", "~", "é", "u://h/p#f", "@", "`", "a:b", ":c", "''"]
)
LINES = st.builds(
    lambda depth, key, words: " " * depth + key + "".join(words),
    st.integers(0, 6),
    st.sampled_from(["", "k: ", "m:", "- ", "- k: ", '"k": ', "? "]),
    st.lists(WORDS | SIGNS, max_size=4),
)


@given(st.lists(LINES, max_size=8).map("\n".join))
def test_the_quick_reader_reads_what_the_other_reads_or_nothing(text: str) -> None:
    quick = loader.read_quickly(text, "f.yaml")
    if quick is not None:
        slow = loader.read_carefully(text, "f.yaml")
        assert (quick.value, quick.marks, quick.key_marks) == (
            slow.value,
            slow.marks,
            slow.key_marks,
        )


def test_ordinary_files_are_read_quickly() -> None:
    files = sorted(Path("dialplans").glob("**/*.yaml"))
    assert files
    assert [file for file in files if not loader.read_quickly(file.read_text("utf-8"), "f")] == []


@pytest.mark.parametrize("text", ["{a: Which one?, b: c}", "[Sure?, Really?]"])
@pytest.mark.parametrize("strange", ["{}\n", "{}\r\n", "# a\ttab\n{}\n"])
def test_a_question_mark_within_words_is_read_by_both(text: str, strange: str) -> None:
    read = load_document(strange.format(text), "f.yaml")
    assert read.value == loader.read_carefully(text, "f.yaml").value
    assert "?" in str(read.value)
