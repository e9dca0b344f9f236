"""The servers of a test session: each started once, when it is first wanted.

Owns which servers run. A server that a test left busy or broken is replaced,
so that no test inherits the trouble of another.
"""

from __future__ import annotations

from contextlib import ExitStack
from types import TracebackType
from typing import Self

from .children import ChildFailed
from .kinds import SERVERS
from .servers import RunningServer, serve
from .target import Target


class Rig:
    """Servers of one target by name; all ended at the end of the ``with`` block."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._running: dict[str, tuple[RunningServer, ExitStack]] = {}
        self._failed: dict[str, ChildFailed] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for name in list(self._running):
            self.end(name)

    def server(self, name: str) -> RunningServer:
        """The running server ``name``; ChildFailed when it does not come up (and at
        once when it did not come up before)."""
        if name in self._failed:
            raise self._failed[name]
        if name not in self._running:
            stack = ExitStack()
            try:
                running = stack.enter_context(serve(SERVERS[name], self.target))
            except ChildFailed as error:
                self._failed[name] = error
                raise
            self._running[name] = (running, stack)
        return self._running[name][0]

    def end(self, name: str) -> None:
        """End the server ``name``, if it runs."""
        if name in self._running:
            _, stack = self._running.pop(name)
            stack.close()

    def tidy(self, name: str) -> None:
        """After a test: end the server if it is gone or does not become free."""
        if name in self._running:
            running = self._running[name][0]
            if running.child.process.poll() is not None or running.wait_free():
                self.end(name)
