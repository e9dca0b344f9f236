"""``candidate.toml`` as values: a named patch series for one upstream.

Owns: that format, as far as one file goes, and which of a candidate's texts is meant for
a version. Must not know upstreams.
"""

from __future__ import annotations

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from ..model import UTF_8, CandidateName, Patch, Value
from . import patchfile


class Flip(Value, frozen=True):
    """A test that a candidate is meant to change, with the reason.

    With a ``wait`` it is only how long that takes, and what the test says must stay.
    """

    test: str
    why: str
    wait: str = ""


class Survivor(Value, frozen=True):
    """A fault that the candidate's own tests may miss, with the reason.

    ``line`` is the text of the line that it is put into, ``mutation`` its name, both as
    ``diffs`` tells them.
    """

    line: str
    mutation: str
    why: str


class Variant(Value, frozen=True):
    """The same change as another text, for a range of versions."""

    versions: str
    made_for: str
    series: tuple[str, ...]


class Reverts(Value, frozen=True):
    """The upstream commit that a candidate takes back, and the releases around it.

    ``commit`` is its full id (40 hexadecimal digits), ``subject`` its first line.
    ``last_without`` and ``first_with`` are neighbouring releases of one series;
    ``before`` are the last releases of older series, which never had it.
    """

    commit: str
    subject: str
    last_without: str
    first_with: str
    before: tuple[str, ...] = ()


class Description(Value, frozen=True):
    """``candidate.toml`` as it is written.

    ``ticket`` is what it is for, or several; the first is the one that its commit names.
    ``suites`` are the tests that judge it (``NAME[:LABEL]``); without any, the paths that it
    touches tell. ``files`` are patterns of the paths that it may touch, ``pull_request`` says why
    upstream should want it; a ``draft`` may still be without its patches.
    """

    title: str
    ticket: str | tuple[str, ...]
    origin: str
    credit: tuple[str, ...]
    series: tuple[str, ...]
    made_for: str = ""
    stacks_on: tuple[str, ...] = ()
    variant: tuple[Variant, ...] = ()
    flips: tuple[Flip, ...] = ()
    survivors: tuple[Survivor, ...] = ()
    reverts: Reverts | None = None
    suites: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    pull_request: str = ""
    draft: bool = False

    @property
    def tickets(self) -> tuple[str, ...]:
        """What it is for; nothing for a patch from anywhere."""
        several = (self.ticket,) if isinstance(self.ticket, str) else self.ticket
        return tuple(filter(None, several))


class Candidate(Value, frozen=True):
    """A named patch series for one upstream.

    ``patches`` holds every text by name, ``encodings`` how its bytes are had from it where
    that is not UTF-8. ``fuzz`` is that of ``model.Patch``. One that
    is judged ``in_place`` is judged on what it stacks on, not on the base. ``versions`` are
    releases that the names in a patch from anywhere speak of, ``remarks`` what had to be
    mended or left out to take it in.
    """

    name: CandidateName
    about: Description
    patches: dict[str, str]
    encodings: dict[str, str] = {}
    fuzz: bool = False
    in_place: bool = False
    versions: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def paths(self) -> set[str]:
        """Every path that its own series touches."""
        return {p for name in self.about.series for p in patchfile.check(self.patches[name], name)}

    @property
    def upstream(self) -> str:
        """``django`` of ``django/peek-drain``."""
        return self.name.upstream

    def alternatives(self, version: str) -> list[tuple[Patch, ...]]:
        """The candidate's own series, the text that is meant for ``version`` first."""
        fitting = [v for v in self.about.variant if _covers(v.versions, version)]
        others = [v for v in self.about.variant if v not in fitting]
        default = Variant("", self.about.made_for, self.about.series)
        return [
            tuple(self._patch(name, each.made_for) for name in each.series)
            for each in [*fitting, default, *others]
        ]

    def _patch(self, name: str, made_for: str) -> Patch:
        encoding = self.encodings.get(name, UTF_8)
        return Patch(self.name, name, self.patches[name], made_for, encoding, self.fuzz)


def _covers(versions: str, version: str) -> bool:
    try:
        return Version(version) in SpecifierSet(versions, prereleases=True)
    except InvalidVersion:
        return False
