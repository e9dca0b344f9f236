"""What a process has to say is said, whatever becomes of its clock."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest
from support.tiny import DEADLINE

from harness.jobs.engines import clocks

if TYPE_CHECKING:
    from distributed.comm.core import Comm

pytest.importorskip("distributed", reason="needs Dask: pip install distributed")
HOUR = 3600.0


async def received(pause: float, moved: list[float]) -> list[str]:
    """What comes of two messages, with the sender's clock set back between them."""
    from distributed.batched import BatchedSend
    from distributed.comm.core import connect, listen

    found: list[str] = []
    both = asyncio.Event()

    async def hear(comm: Comm) -> None:
        while len(found) < 2:
            found.extend(await comm.read())
        both.set()

    async with listen("tcp://127.0.0.1:0", hear) as listener:
        comm = await connect(listener.contact_address)
        sender = BatchedSend(interval=pause)
        sender.start(comm)
        sender.send("before")
        while not found:
            await asyncio.sleep(0)
        moved.append(-HOUR)
        sender.send("after")
        await asyncio.wait_for(both.wait(), DEADLINE)
        await comm.close()
    return found


def test_a_clock_that_is_set_back_keeps_nothing_back(monkeypatch: pytest.MonkeyPatch) -> None:
    from distributed import batched

    moved: list[float] = []
    monkeypatch.setattr(batched, "time", lambda: time.time() + sum(moved))
    clocks.steady()
    assert asyncio.run(received(0.1, moved)) == ["before", "after"]
