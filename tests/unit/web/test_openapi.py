"""The description of the API: valid, complete, and the same as the pages hold."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from ivr.model.access import Role
from ivr.web.openapi import reference
from ivr.web.pages import PAGES
from ivr.web.server import TABLE
from tests.unit.web.house import TOKENS, House

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "openapi.json"


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    await house.server.start()
    yield house
    await house.server.close()


def test_a_public_validator_finds_nothing_wrong_with_it() -> None:
    assert [
        one.message for one in OpenAPIV31SpecValidator(json.loads(reference())).iter_errors()
    ] == []


async def test_what_is_served_is_what_the_reference_holds(house: House) -> None:
    status, said = await house.ask("GET", "/api/openapi.json", TOKENS[Role.AGENT])
    assert (status, said) == (200, json.loads(PAGE.read_text("utf-8")))


def test_every_route_below_api_is_described_with_its_permission(house: House) -> None:
    paths = json.loads(reference())["paths"]
    described = {
        (method.upper(), path): one["x-permission"]
        for path, methods in paths.items()
        for method, one in methods.items()
    }
    assert described == {
        (one.method, one.path): one.permission.value
        for one in house.app[TABLE].values()
        if one.path not in PAGES and not one.path.startswith("/static/")
    }


def test_what_validates_is_what_is_described() -> None:
    paths = json.loads(reference())["paths"]
    (points,) = [
        one
        for one in paths["/api/calls/{call}/priority"]["post"]["parameters"]
        if one["in"] == "query"
    ]
    assert (points["required"], points["schema"]["minimum"], points["schema"]["maximum"]) == (
        True,
        -100,
        100,
    )
