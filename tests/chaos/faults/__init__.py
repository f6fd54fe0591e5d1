"""Every fault by its name. One file each."""

from collections.abc import Mapping

from tests.chaos.fault import Fault
from tests.chaos.faults import (
    agi_flood,
    ami_cut,
    ami_garbage,
    ami_refused,
    ami_stalled,
    asterisk_killed,
    broken_reload,
    clock_stepped,
    database_held,
    network_bad,
    partition,
    prompts_deleted,
    recordings_full,
    server_frozen,
    server_killed,
    server_stopped,
)

FAULTS: Mapping[str, Fault] = {
    "server-killed": server_killed.FAULT,
    "server-stopped": server_stopped.FAULT,
    "server-frozen": server_frozen.FAULT,
    "asterisk-killed": asterisk_killed.FAULT,
    "ami-cut": ami_cut.FAULT,
    "ami-refused": ami_refused.FAULT,
    "ami-stalled": ami_stalled.FAULT,
    "ami-garbage": ami_garbage.FAULT,
    "agi-flood": agi_flood.FAULT,
    "database-held": database_held.FAULT,
    "prompts-deleted": prompts_deleted.FAULT,
    "broken-reload": broken_reload.FAULT,
    "network-bad": network_bad.FAULT,
    "partition": partition.FAULT,
    "recordings-full": recordings_full.FAULT,
    "clock-stepped": clock_stepped.FAULT,
}
