"""The call centre that is measured: one Asterisk with our server and `app_queue` side by side.

Each way of distributing calls has desks of its own. A desk is one number, one line of callers and
one agent, so that whoever hangs up is always the one who is rung next.
"""

import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ivr.cli.dialplans import load_dialplans
from ivr.cli.setup import say
from ivr.provision.instance import Instance
from ivr.provision.render import render_asterisk
from ivr.provision.rootfs import ensure_asterisk
from ivr.provision.secrets import Secrets, load_or_create_secrets
from ivr.provision.tools import ensure_server_tools
from ivr.settings import Settings

CALLER = "9001"
SPARE = "9002"
"""A phone at no desk."""

RTP_PORTS = (24000, 27999)


@dataclass(frozen=True)
class Way:
    """One way of distributing calls."""

    key: str
    title: str
    record: bool = False
    queue: str | None = None
    """Settings of an `app_queue` queue; None: our server."""


OURS = Way("ivr", "ivr")
RECORDED = Way("ivr_recorded", "ivr, every talk recorded", record=True)
BEST = Way(
    "app_queue_best",
    "app_queue, best settings",
    queue="strategy = rrmemory\nautofill = yes\nringinuse = no\nretry = 1\nwrapuptime = 0\n",
)
"""`retry` counts in whole seconds and 0 means the default, so 1 is the least there is."""
DEFAULT = Way("app_queue_default", "app_queue, defaults", queue="")
WAYS = (OURS, RECORDED, BEST, DEFAULT)


@dataclass(frozen=True)
class Desk:
    way: Way
    name: str
    number: str
    agent: str
    """The agent's extension."""


@dataclass(frozen=True)
class Centre:
    """The running centre."""

    settings: Settings
    secrets: Secrets
    instance: Instance
    version: str
    """Asterisk's."""


def desks(way: Way, count: int) -> list[Desk]:
    """`count` (up to 99) desks; always the same ones."""
    base = 100 * (1 + WAYS.index(way))
    return [
        Desk(way, f"{way.key}_{n}", f"7{base + n}", f"1{base + n}") for n in range(1, count + 1)
    ]


Documents = Mapping[str, Mapping[str, Any]]
"""What stands in the files of a centre's dialplans, by name without `.yaml`."""

Extra = Callable[[Settings], dict[str, str]]
"""What a peer needs beside our configuration of Asterisk: file -> lines to be added to it."""


def centre_of_desks(desk_count: int) -> AbstractAsyncContextManager[Centre]:
    """The centre in which every way has that many desks."""
    all_desks = [desk for way in WAYS for desk in desks(way, desk_count)]
    return running_centre(_documents(all_desks), lambda _: _with_app_queue(all_desks))


@asynccontextmanager
async def running_centre(documents: Documents, extra: Extra) -> AsyncIterator[Centre]:
    """Asterisk and server on ports of their own; nothing of it remains, unless it failed."""
    ensure_server_tools(say)
    home = ensure_asterisk(say)
    directory = Path(tempfile.mkdtemp(prefix="ivr-bench-"))
    settings = _settings(directory)
    settings.dialplans.mkdir()
    for name, document in documents.items():
        text = yaml.safe_dump(dict(document), sort_keys=False)
        (settings.dialplans / f"{name}.yaml").write_text(text, "utf-8")
    peer = extra(settings)
    site = load_dialplans(settings.dialplans).site
    secrets = load_or_create_secrets(settings.secrets_dir, site)
    paths = render_asterisk(settings, site, secrets, extra=peer)
    instance = Instance(settings, home, paths)
    try:
        await instance.start(say)
        yield Centre(settings, secrets, instance, home.version)
    except Exception:
        say(f"logs are kept in {directory}")
        raise
    else:
        await instance.stop()
        shutil.rmtree(directory)
    finally:
        await instance.stop()


def _settings(directory: Path) -> Settings:
    sip, ami, agi, http = free_ports(4)
    return Settings(
        state_dir=directory / "state",
        dialplans=directory / "dialplans",
        sip_port=sip,
        ami_port=ami,
        agi_port=agi,
        http_port=http,
        rtp_start=RTP_PORTS[0],
        rtp_end=RTP_PORTS[1],
    )


def free_ports(count: int) -> list[int]:
    """Ports nobody uses now, for TCP and for UDP alike."""
    ports: list[int] = []
    with ExitStack() as held:
        while len(ports) < count:
            stream = held.enter_context(socket.socket())
            stream.bind(("127.0.0.1", 0))
            port: int = stream.getsockname()[1]
            datagrams = held.enter_context(socket.socket(type=socket.SOCK_DGRAM))
            try:
                datagrams.bind(("127.0.0.1", port))
            except OSError:
                continue
            ports.append(port)
    return ports


def _documents(all_desks: list[Desk]) -> Documents:
    ours = [desk for desk in all_desks if desk.way.queue is None]
    flows = {desk.name: queue_flow(desk.name) for desk in ours}
    return {"site": _site(all_desks, ours), **flows}


def queue_flow(queue: str) -> dict[str, Any]:
    """Callers go straight into the queue of the same name, and the call ends with the talk."""
    line = {"type": "queue", "queue": queue, "next": "end", "otherwise": "end"}
    return {"flow": queue, "start": "line", "nodes": {"line": line, "end": {"type": "hangup"}}}


def _site(all_desks: list[Desk], ours: list[Desk]) -> dict[str, Any]:
    return {
        "numbers": {desk.number: desk.name for desk in ours},
        "skills": {desk.name: desk.name for desk in ours},
        "teams": {"all": "All"},
        "agents": {
            desk.name: {
                "name": desk.name,
                "extension": desk.agent,
                "team": "all",
                "skills": {desk.name: "5"} if desk in ours else {},
            }
            for desk in all_desks
        },
        "phones": {
            "callers": {"name": "Callers", "extension": CALLER},
            "spare": {"name": "Spare", "extension": SPARE},
        },
        "queues": {
            desk.name: {
                "title": desk.name,
                "skills": f"{desk.name} >= 1",
                "wrap_up_s": "0",
                "record": "true" if desk.way.record else "false",
            }
            for desk in ours
        },
        "emergency": {"say": "Sorry.", "ring": [all_desks[0].agent]},
    }


def _with_app_queue(all_desks: list[Desk]) -> dict[str, str]:
    """What has to be added to our configuration so that `app_queue` serves its desks."""
    queues, extensions = ["[general]"], ["[ivr-callers](+)"]
    for desk in all_desks:
        if desk.way.queue is None:
            continue
        queues += [f"[{desk.name}]", desk.way.queue + f"member => PJSIP/{desk.agent}"]
        extensions += [
            f"exten => {desk.number},1,Answer()",
            f" same => n,Queue({desk.name})",
            " same => n,Hangup()",
        ]
    return {
        "modules.conf": "load = app_queue.so\n",
        "queues.conf": "\n".join(queues) + "\n",
        "extensions.conf": "\n".join(extensions) + "\n",
    }
