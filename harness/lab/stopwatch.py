"""How long something takes that somebody waits for, by name.

Owns the samples of one test. Knows nothing else: what they are compared with, and what is
too long, is decided elsewhere.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Stopwatch:
    """The samples that were taken so far: seconds, by what was waited for."""

    samples: dict[str, list[float]] = field(default_factory=dict)

    @contextmanager
    def measure(self, name: str) -> Iterator[None]:
        """Take what goes on in this block as a sample, unless it fails."""
        began = time.monotonic()
        yield
        self.samples.setdefault(name, []).append(round(time.monotonic() - began, 6))
