"""What `ivr check` says of sensitive input that would be spoken, and of secrets in addresses."""

from textwrap import dedent, indent

import pytest

from ivr.flow import read_flows
from ivr.model.credentials import is_credential
from ivr.nodes import NODE_TYPES
from ivr.site import load_site, read_site

SITE = """
numbers: {"600": main}
skills: {}
teams: {care: Care}
agents: {ana: {name: Ana, extension: 1001, team: care}}
queues: {care: {title: Care, skills: ""}}
http: {crm: {url: "https://crm.example.com"}}
emergency: {say: Please hold., ring: [1001]}
"""
VARIABLES = """
start: first
variables:
  pin: {type: digits}
  code: {type: digits}
  account: {type: digits}
  balance: {type: number}
  account_age: {type: number}
  right: {type: flag}
nodes:
"""
PIN = """
first:
  type: collect
  sensitive: true
  prompt: Your PIN, please.
  into: pin
  max: 6
  next: second
  no_input: bye
  no_match: bye
"""
BYE = "bye: {type: hangup}\n"
SPEAKS_PIN = "second: {type: say, prompt: [You typed, {digits: pin}], next: bye}\n"


def told(**flows: str) -> list[str]:
    """The messages about these flows, each being what is below `nodes`."""
    files = {
        f"{name}.yaml": f"flow: {name}\n{VARIABLES}{indent(dedent(text), '  ')}"
        for name, text in flows.items()
    }
    found = read_flows(files, load_site(SITE, "site.yaml"), NODE_TYPES)
    return [problem.message for problem in found.problems]


OVERHEARD = "'pin' is sensitive input, and would be recorded and overheard here"
LOGGED = "is sensitive, and addresses end up in logs"


def test_a_typed_secret_is_not_read_out_where_it_can_be_overheard() -> None:
    assert told(main=PIN + SPEAKS_PIN + BYE) == [OVERHEARD]


def test_a_typed_secret_is_followed_from_a_node_that_is_wrong_otherwise() -> None:
    assert told(main=PIN.replace("max: 6", "max: six") + SPEAKS_PIN + BYE) == [
        "max: 'six' is not a whole number",
        OVERHEARD,
    ]


def test_in_a_sensitive_node_it_may_be() -> None:
    confirmed = PIN.replace("max: 6", "max: 6\n  confirm: {digits: pin}").replace("second", "bye")
    assert told(main=confirmed + BYE) == []


def test_a_sensitive_node_may_say_another_secret_too() -> None:
    again = PIN.replace("first:", "second:", 1).replace("next: second", "next: bye")
    again = again.replace("into: pin", "into: code\n  confirm: [For, {digits: pin}]")
    assert told(main=PIN + again + BYE) == []
    in_the_open = again.replace("sensitive: true", "sensitive: false")
    assert told(main=PIN + in_the_open + BYE) == [OVERHEARD]


def test_what_is_computed_from_a_secret_is_as_secret() -> None:
    copy = "second: {type: set, values: {code: pin}, next: third}\n"
    speaks = "third: {type: say, prompt: {spell: code}, next: bye}\n"
    assert told(main=PIN + copy + speaks + BYE) == [OVERHEARD.replace("pin", "code")]


def test_a_question_it_answers_by_yes_or_no_is_no_secret() -> None:
    asks = "second: {type: set, values: {right: 'pin == \"1234\"'}, next: third}\n"
    speaks = "third: {type: say, prompt: {spell: right}, next: bye}\n"
    assert told(main=PIN + asks + speaks + BYE) == []


def test_a_variable_set_anew_holds_no_secret_any_more() -> None:
    wiped = "second: {type: set, values: {pin: '\"\"'}, next: third}\n"
    assert told(main=PIN + wiped + SPEAKS_PIN.replace("second", "third", 1) + BYE) == []


def test_only_ways_on_which_the_secret_was_typed_count() -> None:
    before = "first: {type: say, prompt: [Now, {digits: pin}], next: second}\n"
    asked_later = PIN.replace("first:", "second:", 1).replace("next: second", "next: bye")
    assert told(main=before + asked_later + BYE) == []


def test_what_is_taken_as_a_secret_in_one_node_is_not_taken_in_the_open_in_another() -> None:
    again = PIN.replace("first:", "second:", 1).replace("next: second", "next: bye")
    again = again.replace("sensitive: true", "confirm: {digits: pin}")
    assert told(main=PIN + again + BYE) == ["'pin' is sensitive in node 'first', and not here"]
    assert told(main=PIN + again.replace("pin", "account") + BYE) == []


def test_a_secret_given_to_a_called_flow_is_one_there_and_on_the_way_back() -> None:
    call = """
    second:
      type: subflow
      flow: other
      give: {code: pin}
      take: {account: code}
      results: {done: third}
    third: {type: say, prompt: {digits: account}, next: bye}
    """
    other = """
    first: {type: say, prompt: {digits: code}, next: back}
    back: {type: return, result: done}
    """
    found = told(main=PIN + dedent(call) + BYE, other=other)
    assert sorted(found) == [OVERHEARD.replace("pin", name) for name in ("account", "code")]


def test_a_secret_goes_along_to_another_flow() -> None:
    goes = "second: {type: goto, flow: other}\n"
    other = "first: {type: say, prompt: {digits: pin}, next: bye}\n" + BYE
    assert told(main=PIN + goes + BYE, other=other) == [OVERHEARD]


ASKS = """
second:
  type: http
  target: crm
  method: POST
  {field}
  extract: {{balance: {{path: balance, sensitive: true}}}}
  next: third
  error: bye
third:
  type: http
  target: crm
  query: {query}
  next: fourth
  error: bye
fourth: {{type: say, prompt: [Your balance is, {{number: balance}}], next: bye}}
"""


@pytest.mark.parametrize(
    ("field", "query", "name"),
    [
        ("body: {pin: pin}", "{}", ""),
        ("path: '/x/{pin}'", "{}", "pin"),
        ("query: {p: pin}", "{}", "pin"),
        ("body: {pin: pin}", "{b: balance}", "balance"),
    ],
    ids=["posted and spoken like a balance", "path", "query", "a secret answer"],
)
def test_secrets_belong_into_no_address(field: str, query: str, name: str) -> None:
    found = told(main=PIN + ASKS.format(field=field, query=query) + BYE)
    assert found == ([f"{name!r} {LOGGED}"] if name else [])


@pytest.mark.parametrize(
    ("priority", "name"), [("balance", "balance"), ("account_age + 1", "")], ids=["secret", "open"]
)
def test_a_priority_is_written_down_so_no_secret_may_make_it(priority: str, name: str) -> None:
    asks = ASKS.format(field="body: {pin: pin}", query="{}").replace("next: bye}", "next: fifth}")
    line = f"fifth: {{type: queue, queue: care, priority: {priority}, next: bye, otherwise: bye}}\n"
    found = told(main=PIN + asks + line + BYE)
    assert found == (
        [f"{name!r} is sensitive, and this number ends up in the journal"] if name else []
    )


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("query: {api_key: '\"s3cr3t\"'}", "api_key"),
        ('body: {accessToken: \'"s3" + "cr3t"\'}', "accessToken"),
        ("path: '/x?token=s3cr3t'", "token"),
        ("query: {token: account}", ""),
        ("query: {api_key: '\"\"'}", ""),
        ("path: '/x?token={account}'", ""),
        ("query: {key: '\"colour\"', monkey: '\"ape\"'}", ""),
    ],
)
def test_a_credential_is_not_written_into_a_flow(field: str, name: str) -> None:
    node = f"first: {{type: http, target: crm, method: POST, {field}, next: bye, error: bye}}\n"
    expected = [f"{name!r} is written here, where everybody reads it"] if name else []
    assert told(main=node + BYE) == expected


@pytest.mark.parametrize(
    ("header", "bad"),
    [
        ("Authorization: Bearer abc", True),
        ("X-Api-Key: abc", True),
        ("Authorization: {secret: token}", False),
        ("Accept-Language: en", False),
        ("X-Tenant: north", False),
    ],
)
def test_a_credential_is_not_written_into_the_site_file(header: str, bad: bool) -> None:
    system = f'{{url: "https://crm.example.com", headers: {{{header}}}}}'
    text = SITE.replace('{url: "https://crm.example.com"}', system)
    messages = [problem.message for problem in read_site(text, "site.yaml").problems]
    name = header.split(":")[0]
    expected = f"the credential of {name} is written here, where everybody reads it"
    assert messages == ([expected] if bad else [])


def test_names_of_credentials_are_known_however_they_are_written() -> None:
    for name in ("token", "apiKey", "API-KEY", "client_secret", "Proxy-Authorization", "passwd"):
        assert is_credential(name), name
    for name in ("key", "tokens", "secretary", "pass_through", "author", "compass"):
        assert not is_credential(name), name


def flag_into(node: str) -> list[str]:
    return told(main=f"first: {{{node}}}\n{BYE}")


@pytest.mark.parametrize(
    "node",
    [
        "type: survey, survey: s, kind: csat, into: right, prompt: How was it?, next: bye, "
        "no_input: bye, no_match: bye",
        "type: collect, into: right, max: 1, prompt: Well?, next: bye, no_input: bye, "
        "no_match: bye",
        "type: http, target: crm, status: right, next: bye, error: bye",
    ],
    ids=["survey", "collect", "http"],
)
def test_what_is_typed_or_told_does_not_fit_into_a_flag(node: str) -> None:
    assert flag_into(node) == ["variable 'right' is a flag, which takes no such value"]
