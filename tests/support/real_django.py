"""A release of Django from the package index, for the tests that are marked `real`."""

from __future__ import annotations

from harness.model import Interpreter
from harness.pythons import interpreters
from harness.system.home import Home
from harness.upstreams import django

RELEASE = "6.1.3"


def python_here(home: Home) -> Interpreter:
    """The newest Python of this machine that runs the release."""
    need = interpreters.Need(RELEASE, None, django.pythons(RELEASE))
    return interpreters.choose(need, None, interpreters.find(home))
