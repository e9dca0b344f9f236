"""Dask's messages do not wait for a clock that was set back.

Owns: that. ``distributed`` sends at most so many batches in a second, and takes the moment of
the next one from the wall clock (``distributed.batched.BatchedSend``): a worker whose clock is
set back by an hour says nothing for an hour, what it did is heard of by nobody, and the client
waits. A scheduler is told by ``dask scheduler --preload harness.jobs.engines.clocks``; clients
and workers of ours do it themselves. Must not know jobs.
"""

from __future__ import annotations

import time


def steady() -> None:
    """Let this process send by a clock that nobody sets. It is no wall clock, so whoever waits
    for a moment of it has it at once, and looks again until it has come: for milliseconds."""
    from distributed import batched

    vars(batched)["time"] = time.monotonic


def dask_setup(service: object) -> None:
    """Dask calls it in the process of a scheduler or a worker, before others see that."""
    steady()
