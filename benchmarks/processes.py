"""What processes cost: processor time and memory, read from the kernel."""

import os
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def family(pid: int) -> list[int]:
    """The process and all that came from it: Asterisk runs below its sandbox."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return [pid, *(each for child in children for each in family(int(child)))]


def cpu_s(pid: int) -> float:
    """Processor time of the process and its family so far, in seconds."""
    return sum(_cpu_ticks(each) for each in family(pid)) / _TICKS_PER_S


def resident_bytes(pid: int) -> int:
    """Memory of this one process that is in use now."""
    return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * _PAGE_BYTES


def _cpu_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])  # utime and stime; state is field 0 here
