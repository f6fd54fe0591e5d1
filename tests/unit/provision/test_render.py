"""Asterisk's configuration: what is in it, and what can never get into it."""

import re
import stat
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.model.errors import UserError
from ivr.model.site import Agent, Outbound, Phone, Site
from ivr.provision.paths import paths_of
from ivr.provision.render import (
    caller_name,
    prepare_asterisk,
    put_in_place,
    render_asterisk,
    render_files,
)
from ivr.provision.secrets import Secrets
from ivr.settings import Settings

SECRETS = Secrets(
    ami="amisecret",
    agi="agisecret",
    api="apisecret",
    sip={"1001": "pw1001", "1009": "pw1009", "2001": "pw2001"},
    pins={"1009": "123456"},
)


def render(settings: Settings, site: Site) -> dict[str, str]:
    return render_files(settings, site, SECRETS, paths_of(settings))


def sections(text: str) -> list[tuple[str, Mapping[str, str]]]:
    """(header as written, options) in order; comments and empty lines left out."""
    found: list[tuple[str, dict[str, str]]] = []
    for line in text.splitlines():
        content = line.split(";", 1)[0].strip()
        if content.startswith("["):
            found.append((content, {}))
        elif content:
            name, _, value = content.partition("=")
            found[-1][1][name.strip()] = value.strip()
    return found


def test_agent_is_one_endpoint_with_its_login_and_its_contacts(
    settings: Settings, site: Site
) -> None:
    found = sections(render(settings, site)["pjsip.conf"])
    headers = [header for header, _ in found]
    assert headers.count("[1001](phone)") == 1
    assert headers.count("[1001](login)") == 1
    assert headers.count("[1001](contacts)") == 1
    assert dict(found)["[1001](phone)"] == {
        "context": "ivr-agents",
        "auth": "1001",
        "aors": "1001",
        "callerid": '"Ana Silva" <1001>',
        "set_var": "IVR_EXT=1001",
        "allow_transfer": "yes",
        "device_state_busy_at": "1",
        "allow_subscribe": "yes",
        "mailboxes": "1001@ivr",
        "mwi_subscribe_replaces_unsolicited": "yes",
    }
    assert dict(found)["[1001](contacts)"] == {"mailboxes": "1001@ivr"}
    assert dict(found)["[2001](contacts)"] == {}
    assert dict(found)["[1001](login)"] == {"username": "1001", "password": "pw1001"}


def test_phone_of_a_caller_reaches_only_the_callers_context(settings: Settings, site: Site) -> None:
    phone = dict(sections(render(settings, site)["pjsip.conf"]))["[2001](phone)"]
    assert phone["context"] == "ivr-callers"
    assert "set_var" not in phone


def test_trunk_exists_only_where_the_site_names_one(settings: Settings, site: Site) -> None:
    assert "[trunk]" not in render(settings, site)["pjsip.conf"]
    outbound = Outbound(allow=["+1555*"], trunk_host="sip.example.com:5070")
    text = render(settings, site.model_copy(update={"outbound": outbound}))["pjsip.conf"]
    assert "contact = sip:sip.example.com:5070" in text
    assert dict(sections(text))["[trunk](phone)"]["context"] == "ivr-callers"
    order = dict(sections(text))["[global]"]["endpoint_identifier_order"]
    assert order.startswith("ip,"), "callers outside may have the number of an extension"


def test_phone_in_a_browser_talks_over_the_websocket_and_encrypts(
    settings: Settings, site: Site
) -> None:
    before = render(settings, site)
    assert "(browser)" not in before["pjsip.conf"]
    assert dict(sections(before["rtp.conf"]))["[general]"]["icesupport"] == "no"

    agents = {
        name: agent.model_copy(update={"phone": "browser"}) if agent.extension == "1001" else agent
        for name, agent in site.agents.items()
    }
    files = render(settings, site.model_copy(update={"agents": agents}))
    found = dict(sections(files["pjsip.conf"]))
    assert found["[1001](browser)"]["context"] == "ivr-agents"
    assert found["[browser](!,phone)"]["webrtc"] == "yes"
    assert found["[browser](!,phone)"]["transport"] == "transport-ws"
    assert found["[transport-ws]"]["protocol"] == "ws"
    assert "[1009](phone)" in found
    assert dict(sections(files["rtp.conf"]))["[general]"]["icesupport"] == "yes"


def test_asterisks_web_server_has_nothing_but_the_websocket(settings: Settings, site: Site) -> None:
    general = dict(sections(render(settings, site)["http.conf"]))["[general]"]
    assert (general["bindaddr"], general["bindport"]) == ("127.0.0.1", "8089")
    assert (general["enable_static"], general["enable_status"]) == ("no", "no")
    assert dict(sections(render(settings, site)["manager.conf"]))["[general]"]["webenabled"] == "no"


def test_manager_account_has_the_least_classes_and_lets_only_this_machine_in(
    settings: Settings, site: Site
) -> None:
    found = dict(sections(render(settings, site)["manager.conf"]))
    account = found["[ivr]"]
    assert account["secret"] == "amisecret"
    assert set(account["write"].split(",")) == {"call", "originate", "agent", "user", "reporting"}
    assert set(account["read"].split(",")) == {"call", "agent", "user", "system", "dtmf"}
    assert account["deny"] == "0.0.0.0/0.0.0.0"
    assert account["permit"] == "127.0.0.0/255.0.0.0"
    assert found["[general]"]["bindaddr"] == "127.0.0.1"


def test_text_a_caller_sent_can_neither_hide_nor_forge_an_event(
    settings: Settings, site: Site
) -> None:
    account = dict(sections(render(settings, site)["manager.conf"]))["[ivr]"]
    wanted = re.compile(account["eventfilter"])
    assert wanted.search("Event: Hangup\r\nCallerIDName: Event: VarSet\r\n")
    assert not wanted.search("Event: VarSet\r\nValue: Event: Hangup\r\n")


def test_dangerous_functions_stay_off(settings: Settings, site: Site) -> None:
    files = render(settings, site)
    assert "live_dangerously = no" in files["asterisk.conf"]
    for module in ("func_shell", "app_system", "app_externalivr", "app_disa", "res_ari"):
        assert module not in files["modules.conf"]


def test_every_path_asterisk_writes_to_lies_in_the_state_directory(
    settings: Settings, site: Site
) -> None:
    directories = re.findall(r"^ast\w+ => (.+)$", render(settings, site)["asterisk.conf"], re.M)
    assert len(directories) >= 6
    for directory in directories:
        assert Path(directory).is_relative_to(settings.state_dir.resolve())


def test_music_class_without_files_of_its_own_plays_ours(settings: Settings, site: Site) -> None:
    ours = str(settings.state_dir.resolve() / "asterisk/moh/default")
    found = dict(sections(render(settings, site)["musiconhold.conf"]))
    assert found["[jazz]"]["directory"] == found["[default]"]["directory"] == ours
    own = settings.dialplans / "music" / "jazz"
    own.mkdir(parents=True)
    (own / "blues.wav").touch()
    found = dict(sections(render(settings, site)["musiconhold.conf"]))
    assert found["[jazz]"]["directory"] == ours.replace("default", "classes/jazz")


HOSTILE = st.text(
    alphabet=st.characters(codec="utf-8", exclude_characters="") | st.sampled_from('\\${}[]#=,\t"'),
    min_size=1,
    max_size=40,
)


@hypothesis.settings(deadline=None, max_examples=50)
@given(name=HOSTILE)
def test_name_adds_no_line_and_leaves_its_quotes_by_no_means(name: str) -> None:
    settings = Settings()
    phone = Phone.model_construct(name=name, extension="2001")
    site = _site_with(phone)
    try:
        text = render(settings, site)["pjsip.conf"]
    except UserError:
        return
    plain = render(settings, _site_with(Phone(name="x", extension="2001")))["pjsip.conf"]
    assert text.count("\n") == plain.count("\n")
    line = next(line for line in text.split("\n") if line.endswith("<2001>"))
    assert re.fullmatch(r'callerid = "[^"\\<>;\r\x00]*" <2001>', line)


@pytest.mark.parametrize("char", ["\n", "\r", "\x00", ";"])
def test_value_that_could_start_a_line_or_a_comment_stops_everything(
    settings: Settings, char: str
) -> None:
    site = _site_with(Phone.model_construct(name=f"x{char}[evil]", extension="2001"))
    with pytest.raises(UserError, match="cannot stand in Asterisk's configuration"):
        render(settings, site)


def _site_with(phone: Phone) -> Site:
    agent = Agent(name="Ana", extension="1001", team="care")
    return Site.model_construct(
        numbers={"600": "company"},
        skills={},
        teams={"care": "Care"},
        agents={"ana": agent},
        queues={},
        phones={"caller": phone},
        outbound=Outbound(),
    )


def test_caller_name_keeps_letters_of_every_alphabet() -> None:
    assert caller_name('Zoë "Zed" Ångström \\ <1>') == "Zoë Zed Ångström  1"


def test_rendering_again_changes_nothing_and_leaves_one_set(settings: Settings, site: Site) -> None:
    first = render_asterisk(settings, site, SECRETS).etc.resolve()
    second = render_asterisk(settings, site, SECRETS).etc.resolve()
    assert first == second
    moved = Settings(state_dir=settings.state_dir, dialplans=settings.dialplans, sip_port=5070)
    third = render_asterisk(moved, site, SECRETS).etc.resolve()
    assert [f.name for f in third.parent.glob("etc-*")] == [third.name]
    assert third != first


def test_refused_value_leaves_the_last_good_set_in_place(settings: Settings, site: Site) -> None:
    paths = render_asterisk(settings, site, SECRETS)
    before = {f.name: f.read_text() for f in paths.etc.iterdir()}
    with pytest.raises(UserError):
        render_asterisk(
            settings, _site_with(Phone.model_construct(name="a;b", extension="2001")), SECRETS
        )
    assert {f.name: f.read_text() for f in paths.etc.iterdir()} == before


def test_files_with_passwords_are_their_owners_alone(settings: Settings, site: Site) -> None:
    etc = render_asterisk(settings, site, SECRETS).etc
    assert {stat.S_IMODE(f.stat().st_mode) for f in etc.iterdir()} == {0o600}
    assert stat.S_IMODE(etc.stat().st_mode) == 0o700


def test_extra_text_is_appended_to_the_file_it_names(settings: Settings, site: Site) -> None:
    extra = {"modules.conf": "load = app_queue.so", "queues.conf": "[bench]"}
    etc = render_asterisk(settings, site, SECRETS, extra=extra).etc
    assert (etc / "modules.conf").read_text().endswith("\nload = app_queue.so")
    assert (etc / "queues.conf").read_text() == "\n[bench]"


def test_what_is_prepared_is_in_place_only_when_put_there(settings: Settings, site: Site) -> None:
    render_asterisk(settings, site, SECRETS)
    etc = paths_of(settings).etc
    before = etc.resolve()
    renamed = {
        key: agent.model_copy(update={"name": "Somebody Else"})
        for key, agent in site.agents.items()
    }
    rendered = prepare_asterisk(settings, site.model_copy(update={"agents": renamed}), SECRETS)
    assert etc.resolve() == before
    assert "Somebody Else" not in (etc / "pjsip.conf").read_text()
    put_in_place(rendered)
    assert "Somebody Else" in (etc / "pjsip.conf").read_text()
    assert not before.exists()


def test_what_cannot_be_prepared_leaves_what_is_in_place(settings: Settings, site: Site) -> None:
    render_asterisk(settings, site, SECRETS)
    etc = paths_of(settings).etc
    before = etc.resolve()
    agents = {
        key: agent.model_copy(update={"extension": "1001; evil"})
        for key, agent in site.agents.items()
    }
    secrets = replace(SECRETS, sip={"1001; evil": "pw", "2001": "pw"}, pins={"1001; evil": "1"})
    with pytest.raises(UserError, match="cannot stand in Asterisk's configuration"):
        prepare_asterisk(settings, site.model_copy(update={"agents": agents}), secrets)
    assert etc.resolve() == before
