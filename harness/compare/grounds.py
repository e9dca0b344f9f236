"""Grounds: the trees that stacks are judged on, alone and on a patched interpreter.

Owns: which projects judge what, and making their grounds. Must not know suites' labels or
results. What can not be had is a note; the rest of the work still goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from ..catalog.catalog import Catalog
from ..model import (
    Ground,
    Note,
    NoteKind,
    RequestError,
    Stack,
    WorkbenchError,
)
from ..request import Request
from ..sources.provider import Provider
from ..upstreams import kind_of

T = TypeVar("T")


def left_out(text: str) -> Note:
    """A note that something that was asked for was not done."""
    return Note(NoteKind.LEFT_OUT, text)


class Grounds:
    """The grounds of one request, for some stacks."""

    def __init__(
        self, request: Request, provider: Provider, catalog: Catalog, stacks: Iterable[Stack]
    ) -> None:
        self._request = request
        self._provider = provider
        self._catalog = catalog
        self._stacks = tuple(stacks)

    def is_interpreter(self, upstream: str) -> bool:
        """Whether a tree of that upstream is a Python."""
        return kind_of(self._provider.project(upstream)).IS_INTERPRETER

    def changed(self) -> list[str]:
        """The upstreams that some stack changes, in the catalog's order."""
        changed = {upstream for stack in self._stacks for upstream in stack.upstreams}
        return [name for name in self._catalog.upstreams if name in changed]

    def of_base(self, spec: str, upstream: str) -> Ground:
        """A base with the Python that runs it; an interpreter runs with its own."""
        tree = self._provider.base(spec, upstream)
        wanted = None if self.is_interpreter(upstream) else self._request.python or None
        python = self._provider.python_for(tree, wanted)
        return Ground((tree,), python, tells_python=bool(self._request.pythons))

    def on_interpreter(self, ground: Ground, interpreter: Ground) -> Ground:
        """A ground on a tree that is a Python: the project inherits from its library.

        Raises ``WorkbenchError`` if the project does not run on that version of it.
        """
        if not interpreter.python.path:
            raise WorkbenchError(f"no Python {interpreter.python.version} is installed")
        tree = ground.trees[0]
        self._provider.python_for(tree, among=[interpreter.python])
        return Ground((tree, interpreter.trees[0]), interpreter.python, ground.tells_python)

    def every(self, judges: Callable[[str], bool]) -> tuple[list[Ground], list[Note]]:
        """Every ground that a stack may be judged on: alone, and one on the other.

        ``judges`` tells whether a chosen suite runs on an upstream.
        """
        notes: list[Note] = []
        alone: dict[bool, list[Ground]] = {True: [], False: []}
        interpreters = [name for name in self.changed() if self.is_interpreter(name)]
        # An interpreter is wanted below others, even if no test of its own is.
        wanted = [
            upstream
            for upstream in (*self._subjects(), *interpreters)
            if judges(upstream) or upstream in interpreters
        ]
        self._bring(wanted)
        for upstream in wanted:
            found, missing = self.attempt(upstream, self.of_base)
            alone[self.is_interpreter(upstream)] += found
            notes += missing
        crossed = []
        for ground in alone[False]:
            for interpreter in alone[True]:
                try:
                    crossed.append(self.on_interpreter(ground, interpreter))
                except WorkbenchError as error:
                    base, text = ground.trees[0].base, str(error).partition(";")[0]
                    notes.append(left_out(f"{base} on {interpreter} is left out: {text}"))
        return [*alone[False], *alone[True], *crossed], notes

    def attempt(self, upstream: str, make: Callable[[str, str], T]) -> tuple[list[T], list[Note]]:
        """What can be had of an upstream's bases, and notes of what can not."""
        found, notes = [], []
        for spec in self._request.specs(upstream):
            try:
                found.append(make(spec, upstream))
            except RequestError:
                raise
            except WorkbenchError as error:
                notes.append(left_out(f"{upstream} {spec}: {error}"))
        return found, notes

    def _bring(self, upstreams: Iterable[str]) -> None:
        """Take in the bases side by side. What can not be had is told when it is asked for."""

        def bring(upstream: str) -> None:
            for spec in self._request.specs(upstream):
                with suppress(WorkbenchError):
                    tree = self._provider.base(spec, upstream)
                    self._provider.trees.checkout(tree)

        with ThreadPoolExecutor(thread_name_prefix="base") as threads:
            list(threads.map(bring, upstreams))

    def _subjects(self) -> list[str]:
        """The projects whose tests judge: those changed, and what stands on a changed
        interpreter, by name or by that interpreter's `dependents`."""
        changed = self.changed()
        judges = {name for name in changed if not self.is_interpreter(name)}
        for name in changed:
            if self.is_interpreter(name):
                judges |= {*self._catalog.upstream(name).dependents, *self._request.bases}
        return [
            name
            for name in self._catalog.upstreams
            if name in judges and not self.is_interpreter(name)
        ]
