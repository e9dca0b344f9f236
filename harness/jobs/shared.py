"""A store that several machines share, behind the one in the workbench's folder.

Owns: what stands in it, which answers of it are believed, and that it never holds up the work.
Must not know how bytes get there. A store is a help and no need: one that is late, that can
not be reached, or that holds something else than it should is told of once, and is as good
as empty.

An entry stands under the key of its job *and* all that tells machines apart
(``system.machine``), and carries both: so only a machine that is the same as this one
answers, and base and patched trees are compared on one kind of machine. Its digest finds
damage, its key what was put in the wrong place. Neither finds a lie: who can write to the
store can say anything, as who can write to the workbench's folder can.
"""

from __future__ import annotations

import platform
import sys
import threading
import time
from collections.abc import Callable
from functools import cache

import msgspec

from ..model import JobEnd, Result, SpuriousError, Value
from ..system.blobs import SECONDS, Blobs, LateError
from ..system.digests import digest, digest_of_value
from ..system.machine import Machine

KEPT = (JobEnd.COMPLETED, JobEnd.CUT_OFF)
FOLDER = "results-1"  # another shape of entries gets another one
NAME_DIGITS = 32
MOST_LOG = 4 << 20  # bytes of a log that go along, its end
# Seconds for which a store in trouble is not asked again: at first, and at most. Each time that
# it is still in trouble they are twice as many.
PAUSE, LONGEST_PAUSE = 2.0, 60.0

Tell = Callable[[str], None]


class Entry(Value, frozen=True):
    """A result, the key that it was put under, the machine that made it and what that is
    called, and what its job printed, if that was kept."""

    key: str
    machine: Machine
    host: str
    result: Result
    log: bytes | None = None


# Made here, once: msgspec crashes when two threads first decode a type at the same time.
ENTRIES = msgspec.json.Decoder(Entry)


class SharedStore:
    """The entries below ``url`` that were made on machines like ``machine``.

    ``tell`` gets a line for each kind of trouble, once. Raises ``RequestError`` for a URL that
    can not be a store.
    """

    def __init__(
        self,
        url: str,
        machine: Machine,
        tell: Tell,
        *,
        seconds: float = SECONDS,
        pause: float = PAUSE,
    ) -> None:
        self.url = url
        self._blobs = Blobs(url, seconds)
        self._machine = machine
        self._tell = tell
        self._pause = pause
        self._lock = threading.Lock()
        self._told: set[str] = set()
        self._rests: dict[str, float] = {}
        self._rests_until: dict[str, float] = {}

    def get(self, key: str) -> Entry | None:
        """The entry of that key from a machine like this one, or None if there is none that
        can be believed."""
        data = self._request("asked", lambda: self._blobs.read(self.name(key)))
        if data is None:
            return None
        entry, wrong = _read(data)
        if entry is not None and (entry.key, entry.machine) != (key, self._machine):
            entry, wrong = None, "what stands there belongs to another job or machine"
        if entry is None:
            self._once("wrong", f"{wrong} ({self.name(key)}); it is taken for none")
        return entry

    def put(self, key: str, result: Result, log: bytes | None) -> None:
        """Keep a result for others, if it says something about the patch."""
        if result.ended not in KEPT:
            return
        end = None if log is None else log[-MOST_LOG:]
        entry = Entry(key, self._machine, platform.node(), result, end)
        body = msgspec.json.encode(entry)
        data = digest(body).encode() + b"\n" + body
        self._request("filled", lambda: self._blobs.write(self.name(key), data))

    def name(self, key: str) -> str:
        """Where the entry of a key from such a machine stands."""
        name = digest_of_value((key, self._machine))[:NAME_DIGITS]
        return f"{FOLDER}/{name[:2]}/{name}.json"

    def _request(self, what: str, work: Callable[[], bytes | None]) -> bytes | None:
        """What the store answers; None if it does not, or did not a short time ago."""
        if time.monotonic() < self._rests_until.get(what, 0.0):
            return None
        try:
            answer = work()
        except SpuriousError as error:
            self._rest(what)
            kind = f"{what} late" if isinstance(error, LateError) else what
            self._once(kind, f"it can not be {what} ({error}); the work goes on without it")
            return None
        self._rests.pop(what, None)
        return answer

    def _rest(self, what: str) -> None:
        with self._lock:
            if time.monotonic() < self._rests_until.get(what, 0.0):
                return  # another job met the same trouble
            rest = self._rests.get(what, self._pause)
            self._rests_until[what] = time.monotonic() + rest
            self._rests[what] = min(2 * rest, max(LONGEST_PAUSE, self._pause))

    def _once(self, kind: str, text: str) -> None:
        with self._lock:
            if kind in self._told:
                return
            self._told.add(kind)
        self._tell(f"store {self._blobs.url}: {text}")


def _read(data: bytes) -> tuple[Entry | None, str]:
    """An entry, or why the bytes are none."""
    recorded, _, body = data.partition(b"\n")
    if digest(body).encode() != recorded:
        return None, "its bytes are not those that were written"
    try:
        entry = ENTRIES.decode(body)
    except msgspec.MsgspecError:
        return None, "what stands there has another shape"
    if entry.result.ended not in KEPT:
        return None, "what stands there is no result of a job"
    return entry, ""


@cache
def in_this_process(url: str, machine: Machine) -> SharedStore:
    """The store of that URL for a process that does jobs for another one: each of its jobs
    uses it, so that its trouble is told once. There is no display here to tell it on."""
    return SharedStore(url, machine, lambda text: print(text, file=sys.stderr, flush=True))
