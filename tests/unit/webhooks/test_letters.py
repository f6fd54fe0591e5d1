"""What is sent proves who sent it."""

import time

import pytest

from ivr.metrics.webhooks import OUTCOMES
from ivr.webhooks.letters import signature
from ivr.webhooks.receiver import Told
from tests.unit.webhooks.conftest import SECRET
from tests.webhook_example import example

BODY = b'{"id": 1}'


def test_the_signature_is_what_openssl_makes_of_it() -> None:
    # printf '1700000000.{"id": 1}' | openssl dgst -sha256 -hmac a-secret-of-both
    digest = "457689bc129e5ca8e23ba95aa5339cd11d334f561396a509a3421d3abfd88576"
    assert signature(SECRET, BODY, 1_700_000_000.9) == f"t=1700000000,v1={digest}"


@pytest.mark.parametrize(
    ("age_s", "body", "secret", "genuine"),
    [
        (0, BODY, SECRET, True),
        (0, BODY + b" ", SECRET, False),
        (0, BODY, "another", False),
        (400, BODY, SECRET, False),
    ],
)
def test_the_example_for_receivers_tells_what_is_genuine(
    age_s: float, body: bytes, secret: str, genuine: bool
) -> None:
    header = signature(SECRET, BODY, time.time() - age_s)
    assert example()(header, body, secret) is genuine


@pytest.mark.parametrize("header", ["", "t=1,v1=zz", "v1=,t="])
def test_the_example_takes_any_header(header: str) -> None:
    assert example()(header, BODY, SECRET) is False


def test_metrics_know_every_outcome() -> None:
    assert set(OUTCOMES) == set(Told)
