"""Which process holds something, and whether it still runs: a killed one of this machine holds nothing."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def this_process() -> str:
    """Machine, number and start: what no other process has."""
    pid = os.getpid()
    return f"{_machine()}|{pid}|{_started(pid)}"


def is_dead(process: str | None) -> bool:
    """Whether the holder was a process of this machine that is no more; of others only the time can tell."""
    machine, _, rest = (process or "").partition("|")
    pid, _, started = rest.partition("|")
    return machine == _machine() and _started(int(pid)) != started


def _machine() -> str:
    """Where process numbers mean the same: this boot, this namespace of processes."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return socket.gethostname()


def _started(pid: int) -> str:
    """When a process began, in the machine's own count; empty where there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""
