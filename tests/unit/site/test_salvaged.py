"""A site file with several mistakes: all told at once, and nothing that only follows from one."""

import pytest

from ivr.document import load_document
from ivr.document.document import Path
from ivr.site import read_site
from tests.unit.site.test_site import CASES, SITE

WHOLE = (
    SITE
    + """\
timezone: Europe/Berlin
outbound: {allow: ["0*"]}
http: {crm: {url: "https://crm.example"}}
mailboxes:
  office: {title: Office, agents: [ana], teams: [care], notify: {target: crm, path: /new}}
webhooks: {all: {target: crm, secret: hook, events: ["*"]}}
languages:
  en: {title: English, voice: en-us}
  de: {title: Deutsch, voice: de}
"""
)


def test_the_site_of_these_tests_is_right() -> None:
    assert read_site(WHOLE, "site.yaml").problems == ()


def test_five_mistakes_of_five_kinds_are_told_at_once() -> None:
    text = (
        SITE.replace("Europe/Berlin", "Europe/Berln")
        .replace("DE-BY", "ZZ")
        .replace("{billing: 8}", "{biling: 8}")
        .replace("extension: 1002", "extension: 10 02")
        .replace("{title: Billing", "{titel: Billing")
    )
    assert [str(one) for one in read_site(text, "site.yaml").problems] == [
        "site.yaml:5:58: skill 'biling' is not declared under skills (did you mean 'billing'?)",
        "site.yaml:6:31: extension: '10 02' is not 2 to 10 digits",
        "site.yaml:10:13: unknown key 'titel' (did you mean 'title'?)",
        "site.yaml:13:15: there is no time zone 'Europe/Berln' (did you mean 'Europe/Berlin'?)",
        "site.yaml:14:15: no holidays are known for country 'ZZ' (a country such as US, or DE-BY)",
    ]


@pytest.mark.parametrize(("old", "new", "expected"), CASES)
def test_a_mistake_is_told_beside_one_that_keeps_the_file_from_being_read(
    old: str, new: str, expected: str
) -> None:
    assert old in SITE
    text = SITE.replace(old, new, 1) + "nonsense: 1\n"
    told = [str(one) for one in read_site(text, "site.yaml").problems]
    assert any(one.startswith(f"site.yaml:{expected}") for one in told), told
    assert any("unknown key 'nonsense'" in one for one in told)


DOCUMENT = load_document(WHOLE, "site.yaml")
LEAVES = sorted(path for path in DOCUMENT.marks if isinstance(DOCUMENT.get(path), str))


@pytest.mark.parametrize("path", LEAVES, ids=lambda path: ".".join(map(str, path)))
def test_what_only_follows_from_a_mistake_is_not_told(path: Path) -> None:
    mark, value = DOCUMENT.mark(path), DOCUMENT.get(path)
    assert isinstance(value, str)
    quotes = 2 if WHOLE[mark.index] == '"' else 0
    after = mark.index + len(value) + quotes
    text = WHOLE[: mark.index] + "{wrong: [kind]}" + WHOLE[after:]
    told = read_site(text, "site.yaml").problems
    assert told
    assert {one.line for one in told} == {mark.line}, [str(one) for one in told]


ENTRIES = sorted(
    path
    for path in DOCUMENT.key_marks
    if len(path) == 2 and path[0] in ("skills", "teams", "agents", "queues", "http")
)


@pytest.mark.parametrize("path", ENTRIES, ids=lambda path: ".".join(map(str, path)))
def test_an_entry_with_a_name_that_is_none_is_one_mistake(path: Path) -> None:
    mark = DOCUMENT.mark(path, key=True)
    text = WHOLE[: mark.index] + "The " + WHOLE[mark.index :]
    [problem] = read_site(text, "site.yaml").problems
    assert problem.message.startswith(f"key 'The {path[1]}' is not a name")


@pytest.mark.parametrize(
    "key", ["skills", "teams", "agents", "queues", "calendars", "phones", "http", "languages"]
)
def test_a_part_of_the_wrong_kind_is_one_mistake(key: str) -> None:
    document = dict(load_document(WHOLE, "site.yaml").value)  # type: ignore[call-overload]
    lines = [line for line in WHOLE.splitlines() if line]
    begin = next(at for at, line in enumerate(lines) if line.startswith(f"{key}:"))
    names = list(document)
    following = names[names.index(key) + 1 :]
    end = len(lines)
    if following:
        end = next(at for at, line in enumerate(lines) if line.startswith(f"{following[0]}:"))
    text = "\n".join([*lines[:begin], f"{key}: [a, list]", *lines[end:]])
    [problem] = read_site(text, "site.yaml").problems
    assert problem.message.startswith(f"{key}: expects")
