"""What is run on every state of a search.

Owns: that value, and the job that it makes of a state. Must not know how a search goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..model import Job, TracedFile, Value
from .states import State


class SuiteSelection(Value, frozen=True):
    """What is run on every state: a suite's labels, narrowed to tests by a regex."""

    suite: str
    labels: tuple[str, ...]
    select: str
    timeout: float = 900.0
    test_timeout: float = 20.0

    def job(self, state: State, attempt: int, traced: tuple[TracedFile, ...] = ()) -> Job:
        """The run number ``attempt`` on that state; 1 is the first."""
        return Job(
            suite=self.suite,
            trees=state.trees,
            python=state.python,
            labels=state.labels or self.labels,
            select=select_of(state.tests.values()) if state.tests else self.select,
            attempt=attempt,
            timeout=self.timeout,
            test_timeout=self.test_timeout,
            traced=traced,
        )


def select_of(tests: Iterable[str]) -> str:
    """A pattern that only these ids match."""
    return "|".join(f"^{re.escape(test)}$" for test in sorted(set(tests)))
