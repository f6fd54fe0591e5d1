"""One IVR verb per file, an explicit registry, and the walk that carries a call through a flow.

Invariant: nodes see ports only. No Asterisk word, no sleep, no timer: the same node runs on a live
channel, in the terminal and in a flow test. A hang-up passes through every node and is handled in
the walk alone.
"""

from collections.abc import Mapping

from ivr.nodes.base import Node
from ivr.nodes.branch import Branch
from ivr.nodes.callback import Callback
from ivr.nodes.collect import Collect
from ivr.nodes.consent import Consent
from ivr.nodes.dial import Dial
from ivr.nodes.directory import Directory
from ivr.nodes.goto import Goto
from ivr.nodes.hangup import Hangup
from ivr.nodes.hours import Hours
from ivr.nodes.http import Http
from ivr.nodes.language import Language
from ivr.nodes.menu import Menu
from ivr.nodes.queue import Queue
from ivr.nodes.record import Record
from ivr.nodes.return_ import Return
from ivr.nodes.say import Say
from ivr.nodes.set import Set
from ivr.nodes.split import Split
from ivr.nodes.subflow import Subflow
from ivr.nodes.survey import Survey
from ivr.nodes.voicemail import Voicemail

NODE_TYPES: Mapping[str, type[Node]] = {
    "branch": Branch,
    "callback": Callback,
    "collect": Collect,
    "consent": Consent,
    "dial": Dial,
    "directory": Directory,
    "goto": Goto,
    "hangup": Hangup,
    "hours": Hours,
    "http": Http,
    "language": Language,
    "menu": Menu,
    "play": Say,
    "queue": Queue,
    "record": Record,
    "return": Return,
    "say": Say,
    "set": Set,
    "split": Split,
    "subflow": Subflow,
    "survey": Survey,
    "voicemail": Voicemail,
}
"""`type:` in YAML -> node class. `play` is `say` by another name."""
