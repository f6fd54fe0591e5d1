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
    ("header", "body", "secret", "genuine"),
    [
        (signature(SECRET, BODY, time.time()), BODY, SECRET, True),
        (signature(SECRET, BODY, time.time()), BODY + b" ", SECRET, False),
        (signature(SECRET, BODY, time.time()), BODY, "another", False),
        (signature(SECRET, BODY, time.time() - 400), BODY, SECRET, False),
        ("", BODY, SECRET, False),
        ("t=1,v1=zz", BODY, SECRET, False),
    ],
)
def test_the_example_for_receivers_tells_what_is_genuine(
    header: str, body: bytes, secret: str, genuine: bool
) -> None:
    assert example()(header, body, secret) is genuine


def test_metrics_know_every_outcome() -> None:
    assert set(OUTCOMES) == set(Told)
