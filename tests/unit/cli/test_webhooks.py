"""`ivr webhooks`: what is under way, what is dead, again, and a test."""

import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ivr.cli import main
from ivr.journal.entry import Entry
from ivr.webhooks.letters import Letter
from ivr.webhooks.outbox import Outbox
from tests.unit.webhooks.conftest import SECRET
from tests.webhook_example import example

SMALL = Path(__file__).parents[2] / "e2e" / "small"
SITE = """
http: {{crm: {{url: "{url}"}}}}
webhooks:
  crm_calls: {{target: crm, path: /hooks, secret: signing, events: [call.*]}}
"""


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        genuine = example()(self.headers["X-Ivr-Signature"], body, SECRET)
        is_test = json.loads(body)["type"] == "webhook.test"
        self.send_response(204 if genuine and is_test and self.path == "/hooks" else 403)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Instance:
    def __init__(self, directory: Path, url: str) -> None:
        self.directory = directory
        for file in SMALL.glob("*.yaml"):
            more = SITE.format(url=url) if file.name == "site.yaml" else ""
            (directory / file.name).write_text(file.read_text("utf-8") + more)

    def run(self, *words: str) -> Result:
        where = ["--state-dir", str(self.directory), "--dialplans", str(self.directory)]
        return CliRunner().invoke(main, ["webhooks", *words, *where])

    def json(self, *words: str) -> Any:
        result = self.run(*words, "--format", "json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def has_letters(self) -> None:
        def letter(number: int) -> Letter:
            return Letter(Entry(number, "a", number, 1000, "call.ended", None, "{}"), 5.0)

        outbox = Outbox(self.directory / "webhooks.db")
        outbox.take("crm_calls", 3, [letter(1), letter(2)], [letter(3)])
        outbox.bury("crm_calls", letter(2), "gone", 9.0)
        outbox.close()


@pytest.fixture
def instance(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Instance:
    monkeypatch.setenv("IVR_SECRET_SIGNING", SECRET)
    return Instance(tmp_path, url)


def test_list_tells_where_each_goes_and_what_waits(instance: Instance, url: str) -> None:
    instance.has_letters()
    (found,) = instance.json("list")["webhooks"]
    assert found.pop("oldest_s") > 0
    assert found == {
        "webhook": "crm_calls",
        "url": f"{url}/hooks",
        "events": ["call.*"],
        "waiting": 1,
        "dead": 2,
    }
    assert re.search(r"crm_calls .*/hooks +call\.\* +1 ", instance.run("list").stdout)


def test_before_anything_was_told_nothing_is_dead(instance: Instance) -> None:
    assert instance.json("list")["webhooks"][0]["dead"] == 0
    assert instance.json("dead") == {"dead": []}
    assert instance.json("retry", "crm_calls")["again"] == 0


def test_dead_letters_are_told_and_tried_again(instance: Instance) -> None:
    instance.has_letters()
    dead = instance.json("dead", "crm_calls")["dead"]
    assert [(one["id"], one["reason"]) for one in dead] == [(2, "gone"), (3, "overflow")]
    assert "overflow" in instance.run("dead").stdout
    assert instance.json("retry", "crm_calls", "3")["again"] == 1
    assert [one["id"] for one in instance.json("dead")["dead"]] == [2]
    assert "crm_calls: 1 to be tried again" in instance.run("retry", "crm_calls").stdout


def test_a_test_event_is_signed_and_taken(instance: Instance) -> None:
    told = {"webhook": "crm_calls", "outcome": "delivered"}
    assert instance.json("test", "crm_calls") == told


def test_a_test_event_that_is_refused_fails(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_SECRET_SIGNING", "another")
    result = instance.run("test", "crm_calls")
    assert result.exit_code == 1
    assert "crm_calls has not taken the event: refused" in result.output


def test_a_webhook_nobody_knows_is_named(instance: Instance) -> None:
    result = instance.run("retry", "crm")
    assert result.exit_code == 1
    assert "there is no webhook 'crm' in the site; there are: crm_calls" in result.output
