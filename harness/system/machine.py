"""What this machine is, as far as that decides about what tests do on it.

Owns: finding that out, and telling two machines apart. Must not know what is compared.

Two machines are alike when all of it is the same, and then they may stand for one another.
It is strict on purpose: a result that is not shared costs time, and one that is shared though
the machines differ may show as a breakage of a patch that breaks nothing. How much memory
there is, is no part: where it runs out that is the machine's fault, and never a result.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import psutil

from ..model import Value
from .digests import digest_of_value
from .room import cores

# What Linux says of one processor; a virtual machine's model name alone hides its generation.
PROCESSOR = (
    *("vendor_id", "model name", "cpu family", "model", "stepping", "flags"),
    *("CPU implementer", "CPU part", "CPU variant", "CPU revision", "Features"),
)
LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib")


class Machine(Value, frozen=True):
    """The kernel and its build, the distribution, the C library, the processor and how many of
    them, the shared libraries (name and size, as a digest), the programs that are found by
    name (a digest), the file system of the workbench's folder, and whether its user is root.
    """

    kernel: str
    distribution: str
    libc: str
    processor: str
    cores: int
    libraries: str
    programs: str
    filesystem: str
    is_root: bool


@cache
def here(folder: Path) -> Machine:
    """This machine, with the workbench's folder at ``folder``; looked at once in a process."""
    about = platform.uname()
    return Machine(
        kernel=f"{about.system} {about.release} {about.version} {about.machine}",
        distribution=_distribution(),
        libc=" ".join(platform.libc_ver()),
        processor=_processor(),
        cores=cores(),
        libraries=digest_of_value(_libraries()),
        programs=digest_of_value(_programs()),
        filesystem=_filesystem(folder),
        is_root=os.geteuid() == 0,
    )


def _distribution() -> str:
    try:
        about = platform.freedesktop_os_release()
    except OSError:
        return ""
    return f"{about['ID']} {about.get('VERSION_ID', '')}".strip()


def _processor() -> str:
    try:
        first = Path("/proc/cpuinfo").read_text("utf-8").partition("\n\n")[0]
    except OSError:
        return platform.processor()
    lines = [line.partition(":") for line in first.splitlines()]
    said = {name.strip(): value.strip() for name, _, value in lines}
    return "; ".join(said[name] for name in PROCESSOR if name in said)


def _libraries() -> list[tuple[str, int]]:
    """Names with their version, and sizes, of what a loader finds without being told where."""
    machine = f"{platform.machine()}-linux-gnu"
    places = (path for name in LIBRARIES for path in (name, f"{name}/{machine}"))
    found = set()
    for entry in _entries(places):
        if ".so" in entry.name and entry.is_file():
            found.add((os.path.basename(os.path.realpath(entry.path)), entry.stat().st_size))
    return sorted(found)


def _programs() -> list[str]:
    """Tests skip, or go another way, where a program is missing."""
    path = os.environ.get("PATH") or os.defpath
    return sorted({entry.name for entry in _entries(path.split(os.pathsep))})


def _entries(folders: Iterable[str]) -> Iterable[os.DirEntry[str]]:
    for real in dict.fromkeys(map(os.path.realpath, folders)):
        try:
            with os.scandir(real) as entries:
                yield from entries
        except OSError:
            continue


def _filesystem(folder: Path) -> str:
    """The kind of the file system that a folder is on; empty if that can not be told."""
    real = folder.resolve()
    mounted = {part.mountpoint: part.fstype for part in psutil.disk_partitions(all=True)}
    above = (mounted.get(str(place)) for place in (real, *real.parents))
    return next((kind for kind in above if kind), "")
