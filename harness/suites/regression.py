"""The regression tests: what is promised on the wire, through the wire lab.

Owns: how pytest is run on one tree, and which servers share a job. Must not know
sockets, candidates or verdicts: to the rest these are tests like any other.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from ..lab.clients import CLIENTS
from ..lab.kinds import SERVERS, family_names
from ..lab.links import LINKS
from ..lab.parts import parts_of
from ..lab.target import VARIABLE, Target
from ..model import Job, Project, RequestError, Result
from ..system.home import PROJECT
from ..system.processes import ProcessResult
from ..upstreams import KINDS, kind_of
from . import own_bytecode, recorded
from .participants import Participants
from .place import PROGRAMS, JobWorkspace

TESTS = PROJECT / "tests" / "regression"
LAB = PROJECT / "harness" / "lab"
# What is done with an exchange that is over: it does not decide how one goes.
AFTERWARDS = frozenset(
    [
        *("captures", "cli.py", "diagram.py", "diagram_files.py", "drawing", "flags.py"),
        *("instructions.py", "listing.py", "load.py", "saving.py", "showing.py"),
        "__pycache__",
    ]
)
# What decides about a result beside the trees: part of the key under which it is kept.
FILES: tuple[Path, ...] = (
    *sorted(TESTS.glob("*.py")),
    *(path for path in sorted(LAB.iterdir()) if path.name not in AFTERWARDS),
)
JOINS = True
# Per cent of the processors; with more at work, more processes would only be in each other's way.
IDLE = 60
CONTROL_GROUP = family_names("control")
# Plug-ins of pytest's own that none of the tests uses; each process would load them.
UNUSED = (
    *("debugging", "doctest", "legacypath", "logging", "monkeypatch", "pastebin"),
    *("recwarn", "setuponly", "setupplan", "stepwise", "threadexception", "tmpdir"),
    *("unittest", "unraisableexception", "warnings"),
)


def runs_on(project: Project) -> bool:
    """On every project whose servers the lab can start."""
    return bool(kind_of(project).LAB_FAMILY)


def has(project: Project, tree: Path, label: str) -> bool:
    """Whether it can name a server; a tree need not have the server."""
    return True


def shards(project: Project, tree: Path, labels: tuple[str, ...]) -> list[tuple[str, ...]]:
    """One job for each server of the tree, or for those that belong together; labels
    name servers.

    Raises ``RequestError`` for a label that is no server of any tree.
    """
    families = dict.fromkeys(kind.LAB_FAMILY for kind in KINDS.values() if kind.LAB_FAMILY)
    known = [server for family in families for server in family_names(family)]
    for label in labels:
        if label not in known:
            raise RequestError(f"regression:{label}: no such server; known are: {', '.join(known)}")
    jobs: dict[str, tuple[str, ...]] = {}
    for server in family_names(kind_of(project).LAB_FAMILY):
        if not labels or server in labels:
            word = SERVERS[server].together or server
            jobs[word] = (*jobs.get(word, ()), server)
    return list(jobs.values())


def participants(job: Job) -> Participants:
    """pytest, and the lab's clients, links and servers of the control group."""
    parts = parts_of(job.labels)
    absent = _absent(os.environ.get("PATH", ""))
    return Participants(
        ("pytest", *parts.libraries), parts.programs, own_python=True, absent=absent
    )


@cache
def _absent(path: str) -> tuple[str, ...]:
    """The clients and links that can not be had with that ``PATH``, by what is missing."""
    names: dict[str, list[str]] = {}
    missing = {name: client.missing() for name, client in CLIENTS.items()}
    for name, why in (missing | {name: link.needs() for name, link in LINKS.items()}).items():
        names.setdefault(why, []).append(name)
    return tuple(
        f"on the wire, tests with {', '.join(who)} are skipped on every tree: {why}"
        for why, who in names.items()
        if why
    )


def run(job: Job, place: JobWorkspace) -> Result:
    """Run the tests of the job's servers against its trees."""
    own_bytecode.compiled(TESTS)
    # Of some tests alone it is most of the time to find all the others.
    files = sorted({str(TESTS / test.partition("::")[0]) for test in job.only}) or [str(TESTS)]

    def command(place: JobWorkspace, record: dict[str, str]) -> ProcessResult:
        target = place.scratch / "target.json"
        target.write_bytes(target_of(job, place).to_json())
        # pytest runs in the workbench's own Python, with nothing but this suite's plug-in.
        env = _own_environment(place, PROGRAMS) | record
        env |= {VARIABLE: str(target), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        options = ["-q", "-p", "workbench_pytest", "-p", "no:cacheprovider", "-c", os.devnull]
        options += [word for name in UNUSED for word in ("-p", f"no:{name}")]
        # Ids begin here, and pytest looks at no folder above.
        argv = [sys.executable, "-m", "pytest", *options, "--rootdir", str(TESTS), *files]
        seeing = place._replace(readable=(*place.readable, TESTS, PROJECT / "harness"))
        return seeing.run(argv, cwd=place.folder("cwd"), env=env, deadline=job.timeout)

    return recorded.run(job, place, command, IDLE)


def run_lab(
    module: str,
    words: Sequence[str],
    job: Job,
    place: JobWorkspace,
    deadline: float,
    captures: bool = False,
) -> ProcessResult:
    """Run a program of the lab, ``python -m MODULE WORDS``, in a job's place on its trees.

    With ``captures`` it may open packet sockets."""
    target = place.scratch / "target.json"
    target.write_bytes(target_of(job, place).to_json())
    env = _own_environment(place)
    seeing = place._replace(readable=(*place.readable, PROJECT / "harness"))
    argv = [sys.executable, "-m", module, *words, "--target", str(target)]
    cwd = place.folder("cwd")
    return seeing.run(argv, cwd=cwd, env=env, deadline=deadline, captures=captures)


def _own_environment(place: JobWorkspace, *folders: Path) -> dict[str, str]:
    """That of the Python in which pytest and the lab run, and not what is tested."""
    env = place._replace(python_path=()).environment(PROJECT, *folders)
    return own_bytecode.without_prefix(env)


def target_of(job: Job, place: JobWorkspace) -> Target:
    """What the lab has to be told about a job."""
    control = next((label for label in job.labels if label in CONTROL_GROUP), None)
    tree: Path | None = None
    imported: tuple[Path, ...] = ()
    for each in job.trees:
        kind, checkout = kind_of(each.base.project), place.checkouts[each.base.upstream]
        tree = tree or kind.lab_tree(checkout)
        imported = (*imported, *kind.import_path(checkout))
    own = place.environment(*imported)
    return Target(
        scratch=place.folder("lab"),
        python=(sys.executable,) if control else place.python,
        django=tree,
        control=control,
        env={
            "PYTHONPATH": "" if control else own.get("PYTHONPATH", ""),
            "PYTHONPYCACHEPREFIX": str(place.pycache),
        },
        servers=job.labels,
    )
