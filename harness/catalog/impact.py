"""``impact.toml`` as values: the projects whose tests say what a patch of an interpreter breaks.

Owns: that format. Must not know whether a project imports what a patch touches, nor results.
"""

from __future__ import annotations

import msgspec

from ..model import Value
from .upstream import Deselected, Upstream


class Dependent(Value, frozen=True):
    """A project that may stand on what a patch touches, and ``why`` it is on the list.

    ``version`` pins a release, so that a verdict can be repeated; empty is the newest.
    ``helpers`` are packages installed for its tests, by the names that are imported, whose own
    imports count as well. The rest is that of ``Upstream``: a project with a folder of its own
    in ``patches/`` has it there.
    """

    name: str
    why: str
    version: str = ""
    helpers: tuple[str, ...] = ()
    index: str = ""
    url: str = ""
    tests: str = "tests"
    requires: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    python: str = ""
    deselect: tuple[Deselected, ...] = ()

    @property
    def settings(self) -> tuple[str, ...]:
        """The fields that say what kind of project it is, as far as they are given."""
        blank = Dependent("", "")
        names = ("index", "url", "tests", "requires", "extras", "groups", "python")
        return tuple(name for name in names if getattr(self, name) != getattr(blank, name))

    def upstream(self, kind: str, known: Upstream | None) -> Upstream:
        """It as an upstream of that kind, or as the one that it is already."""
        if known is not None:
            more = tuple(each for each in self.deselect if each not in known.deselect)
            return msgspec.structs.replace(known, deselect=known.deselect + more)
        return Upstream(
            kind=kind,
            name=self.name,
            index=self.index,
            url=self.url,
            tests=self.tests,
            requires=self.requires,
            extras=self.extras,
            groups=self.groups,
            python=self.python,
            deselect=self.deselect,
        )


class ImpactList(Value, frozen=True):
    """``impact.toml`` of an interpreter: its dependents, and the ``kind`` that they are of."""

    kind: str
    project: tuple[Dependent, ...] = ()
