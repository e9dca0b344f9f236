"""What the machines of a cluster offer, what a job needs, and which of them gets it.

Owns: the words in which a worker announces itself (Dask's resources), and the choice. Must
not know Dask. A machine is a host with a workbench's folder: what is compared with one
another stays on one, and two workers that share a folder are one machine.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from ...lab.kinds import SERVERS
from ...lab.parts import parts_of
from ...model import Isolation, Job, Source, Value
from ...pythons import interpreters
from ...suites import SUITES
from ...system import sandbox
from ...system.digests import digest_of_programs, digest_of_value
from ...system.home import PROJECT, Home
from ...system.installed import MISSING, program_file
from ...upstreams import kind_of

MACHINE, WORKBENCH, PYTHON = "machine", "workbench", "python"
ISOLATION, PROGRAM, SLOT = "isolation", "program", "slot"
BOOT = Path("/proc/sys/kernel/random/boot_id")


class Machine(Value, frozen=True):
    """A host and a workbench's folder there, with what its workers offer together.

    ``threads`` is how many jobs it does at once, ``least`` how many its smallest worker does.
    """

    name: str
    offers: frozenset[str]
    threads: int
    least: int

    def lacks(self, needs: Iterable[str]) -> tuple[str, ...]:
        """What of some needs it does not offer."""
        return tuple(need for need in needs if need not in self.offers)


def announced(home: Home) -> tuple[str, ...]:
    """What this process offers as a worker, for a folder of its own or a shared one."""
    found = interpreters.find(home)
    levels = list(Isolation)
    return (
        _named(MACHINE, name_of(home)),
        _named(WORKBENCH, version()),
        *sorted({_named(PYTHON, text) for p in found for text in (p.version, p.minor)}),
        *(_named(ISOLATION, each) for each in levels[levels.index(sandbox.level()) :]),
        *(_named(PROGRAM, each) for each in _programs() if program_file(each) != MISSING),
    )


def needs(job: Job) -> tuple[str, ...]:
    """What a worker has to offer for a job: as much as this machine would do it with."""
    programs = SUITES[job.suite].participants(job).programs
    here = [each for each in programs if each in _programs() and program_file(each) != MISSING]
    return (
        *for_all(),
        *_python(job),
        _named(ISOLATION, sandbox.level()),
        *(_named(PROGRAM, each) for each in sorted(here)),
    )


def for_all() -> tuple[str, ...]:
    """What every job needs."""
    return (_named(WORKBENCH, version()),)


def _python(job: Job) -> tuple[str, ...]:
    if not job.python.path:
        return ()
    return (_named(PYTHON, job.python.minor if is_built(job) else job.python.version),)


def is_built(job: Job) -> bool:
    """Whether the Python of a job is built from one of its trees."""
    return any(
        kind_of(tree.base.project).IS_INTERPRETER and tree.base.source is not Source.INSTALLED
        for tree in job.trees
    )


def machines(workers: Iterable[Mapping[str, float]]) -> dict[str, Machine]:
    """The machines by name, from the resources of workers; other workers are nobody's."""
    found: dict[str, Machine] = {}
    for resources in workers:
        names = [each for each in resources if each.startswith(f"{MACHINE}:")]
        if len(names) != 1:
            continue
        name, threads = names[0].partition(":")[2], int(resources.get(SLOT, 1))
        known = found.get(name) or Machine(name, frozenset(resources), 0, threads)
        # What only some of its workers offer is not the machine's.
        offers = known.offers & frozenset(resources)
        least = min(known.least, threads)
        found[name] = Machine(name, offers, known.threads + threads, least)
    return found


def choose(
    fleet: Iterable[Machine],
    needed: tuple[str, ...],
    load: Mapping[str, int],
    refused: Iterable[str] = (),
) -> Machine | None:
    """The machine with most room for what needs that; one that only lacks a Python may get it.

    ``load`` is how much each has to do, and ``refused`` are names of those that can not.
    """
    able = [each for each in fleet if each.name not in refused]
    others = [need for need in needed if not need.startswith(f"{PYTHON}:")]
    for wanted in (needed, others):
        fitting = [each for each in able if not each.lacks(wanted)]
        if fitting:
            return min(fitting, key=lambda each: (load.get(each.name, 0) / each.threads, each.name))
    return None


def nobody(fleet: Iterable[Machine], needed: tuple[str, ...], refused: Mapping[str, str]) -> str:
    """Why no machine does a job, in one line for people."""
    every = sorted(fleet, key=lambda each: each.name)
    if not every:
        return "no worker with the workbench is there; notes/0030-on-several-machines.md says how"
    told = [f"{m.name}: {refused.get(m.name) or _missing(m.lacks(needed))}" for m in every]
    return f"no worker can do this: {'; '.join(told)}"


def _missing(lacks: Iterable[str]) -> str:
    words = []
    for kind, _, what in (each.partition(":") for each in lacks):
        if kind == WORKBENCH:
            words.append("it has another version of the workbench")
        elif kind == PYTHON:
            words.append(f"it has no Python {what}")
        else:
            words.append(f"it has no {kind} {what}")
    return " and ".join(words)


def name_of(home: Home) -> str:
    """What a machine is called: the host, and what tells this folder and start of it apart."""
    status = home.folder().stat()
    boot = BOOT.read_text("ascii").strip() if BOOT.exists() else ""
    what = (str(home.root), status.st_dev, status.st_ino, boot)
    return f"{platform.node() or os.name}-{digest_of_value(what)[:8]}"


@cache
def version() -> str:
    """What names the workbench's own files, and those of the suites that it brings along."""
    folders = {PROJECT / "harness", *(path for suite in SUITES.values() for path in suite.FILES)}
    return digest_of_value([digest_of_programs(folder) for folder in sorted(folders)])[:12]


@cache
def _programs() -> tuple[str, ...]:
    """Programs that take part in some suite."""
    return parts_of(SERVERS).programs


def _named(kind: str, what: str) -> str:
    return f"{kind}:{what}"
