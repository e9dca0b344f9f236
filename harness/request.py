"""What was asked for, as one frozen value.

Owns: the fields of a request and their defaults. Must not know a command line, a tree or
a verb's work: it is what the command line is turned into, and what another process gets.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from .model import Stack, Value

DEFAULT = "default"
"""The SPEC of a base that nobody named: the upstream's own default."""

# The most at once: jobs that hang do nothing but wait, and many of them wait side by side.
# How many of those that work run beside each other, the machine tells (`system/room.py`).
JOBS = 8 * (os.cpu_count() or 1)


EFFORT_NAMES = ("quick", "normal", "thorough")
"""What `--effort` can be; `compare/comparison.py` says what each stands for."""

ENGINE_NAMES = ("threads", "processes", "dask")
"""What `--engine` can be; `jobs/engines` has them."""


class Request(Value, frozen=True):
    """What was asked for, checked as far as that needs no tree.

    ``bases`` has the SPECs of the upstreams that were named; none at all means that an
    upstream is left out. ``folder`` is where the candidates are, empty for the workbench's
    own. Times are in seconds. The other fields are the flags of the same names
    (``harness.cli.options``).
    """

    verb: str = ""
    bases: Mapping[str, tuple[str, ...]] = {}
    candidates: tuple[Stack, ...] = ()
    patches: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    each: bool = False
    fuzz: bool = False
    suites: tuple[str, ...] = ()
    select: str = ""
    python: str = ""
    pythons: tuple[str, ...] = ()
    repeat: int = 3
    effort: str = "normal"
    jobs: int = JOBS
    timeout: float = 900.0
    test_timeout: float = 20.0
    budget: float | None = None
    plan: bool = False
    json: str = ""
    written: tuple[str, ...] = ()
    fail_on: str = "never"
    cache: bool = True
    engine: str = "threads"
    scheduler: str = ""
    store: str = ""
    mirrors: Mapping[str, str] = {}
    folder: str = ""
    format: str = "terminal"
    compare: tuple[str, ...] = ()
    open: bool = False
    serve: bool = False
    suspect: str = ""
    good: str = ""
    bad: str = ""
    tests: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    overlay: str = ""
    fix: str = ""
    command: str = ""
    any_failure: bool = False
    first_parent: bool = False
    proof: bool = True
    noise: float = 0.01
    replay: str = ""
    oldest: str = ""
    measure: tuple[str, ...] = ()
    against: str = ""
    labelled: str = ""
    name: str = ""
    ticket: str = ""
    onto: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    shell: str = ""
    older_than: str = ""
    everything: bool = False
    folders: tuple[str, ...] = ()

    @property
    def is_named(self) -> bool:
        """Whether the user said which candidates are meant, one by one."""
        return bool(self.candidates or self.patches or self.series)

    def specs(self, upstream: str) -> tuple[str, ...]:
        """The SPECs of an upstream's bases; its default if it was not named, none if it
        was left out."""
        return self.bases.get(upstream, (DEFAULT,))
