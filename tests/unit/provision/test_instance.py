"""One instance per state directory; its children get exactly its settings; the card tells all."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from ivr.cli.options import settings_options
from ivr.model.errors import UserError
from ivr.model.site import Site
from ivr.provision.card import card
from ivr.provision.instance import settings_environment, sole_instance
from ivr.provision.paths import paths_of
from ivr.provision.secrets import load_or_create_secrets
from ivr.settings import Settings


def test_second_instance_on_the_same_state_is_refused_until_the_first_ends(
    settings: Settings,
) -> None:
    paths = paths_of(settings)
    with sole_instance(paths), pytest.raises(UserError, match="--state-dir"), sole_instance(paths):
        pass
    with sole_instance(paths):
        pass


def test_child_reads_back_the_settings_it_was_given(tmp_path: Path) -> None:
    given = Settings(
        state_dir=tmp_path / "a b", dialplans=tmp_path, sip_port=5099, http_port=1, rtp_end=30000
    )
    seen: list[Settings] = []

    @click.command()
    @settings_options
    def child(settings: Settings) -> None:
        seen.append(settings)

    result = CliRunner().invoke(child, [], env=settings_environment(given))
    assert result.exception is None
    assert seen == [given]


def test_card_tells_every_account_number_and_code(settings: Settings, site: Site) -> None:
    secrets = load_or_create_secrets(settings.secrets_dir, site)
    text = card(settings, site, secrets, codes={"*10": "log in"}, notes=("A note.",))
    for word in (
        *secrets.sip.values(),
        *secrets.pins.values(),
        *site.numbers,
        "127.0.0.1:5060",
        "http://127.0.0.1:8088/metrics",
        "*10",
        "A note.",
        "Ctrl-C",
    ):
        assert word in text
    assert secrets.ami not in text
    assert secrets.agi not in text
