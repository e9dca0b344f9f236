"""What was asked for, as one frozen value.

Owns: the fields of a request. Must not know a command line, a tree or a verb's
work: it is what the command line is turned into, and what another process gets.
"""

from __future__ import annotations

from .model import Value


class Request(Value, frozen=True):
    """What was asked for, checked as far as that needs no tree."""

    verb: str
    django: tuple[str, ...]
    cpython: tuple[str, ...]
    candidates: tuple[str, ...]
    patches: tuple[str, ...]
    suites: tuple[str, ...]
    select: str
    python: str
    repeat: int
    jobs: int
    timeout: float
    test_timeout: float
    json: str
    fail_on: str
    cache: bool
    engine: str
    mirrors: dict[str, str]
    format: str
    folder: str
    suspect: str = ""
    good: str = ""
    bad: str = ""
    test: str = ""
    noise: float = 0.01
    replay: str = ""
    oldest: str = ""
    measure: tuple[str, ...] = ()
    name: str = ""
    ticket: str = ""
    onto: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
