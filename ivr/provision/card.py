"""The card shown when everything runs: what to dial, which accounts, where the numbers are."""

from collections.abc import Mapping, Sequence

from ivr.model.site import Site
from ivr.provision.address import reached_at
from ivr.provision.secrets import Secrets
from ivr.settings import Settings


def card(
    settings: Settings,
    site: Site,
    secrets: Secrets,
    *,
    codes: Mapping[str, str],
    notes: Sequence[str] = (),
) -> str:
    """`codes`: what is dialled -> what it does. The text holds passwords: for the terminal only."""
    web = reached_at(settings.bind, settings.http_port)
    sections = [
        _section("Dial", {number: f"call flow '{flow}'" for number, flow in site.numbers.items()}),
        f"Phones register at {reached_at(settings.sip_bind, settings.sip_port)} (UDP); "
        "user name and extension are the same",
        _section("Agents", _agents(site, secrets)),
        _section(
            "Callers",
            {
                phone.extension: f"password {secrets.sip[phone.extension]}   {phone.name}"
                for phone in site.phones.values()
            },
        ),
        _section("Agents dial", codes),
        f"Console: http://{web}/ and /wallboard, /recordings; agents /desk\nMetrics: http://{web}/metrics",
        *notes,
        "Stop: Ctrl-C",
    ]
    body = "\n\n".join(section for section in sections if section)
    line = "-" * 78
    return f"{line}\n{body}\n{line}"


def _agents(site: Site, secrets: Secrets) -> dict[str, str]:
    rows = {}
    for agent in site.agents.values():
        skills = ", ".join(f"{skill} {level}" for skill, level in agent.skills.items())
        pin = secrets.pins.get(agent.extension)
        what = f"{agent.role}, PIN {pin}" if pin else skills
        rows[agent.extension] = f"password {secrets.sip[agent.extension]}   {agent.name} ({what})"
    return rows


def _section(title: str, rows: Mapping[str, str]) -> str:
    if not rows:
        return ""
    width = max(len(key) for key in rows)
    return "\n".join([title, *(f"  {key:<{width}}  {text}" for key, text in rows.items())])
