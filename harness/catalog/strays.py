"""Patches from anywhere, as a candidate: whose they are, and which files they mean.

Owns: how an upstream is told from paths, and what is said where it can not be. Must not
know how a patch is read, nor what else is in the catalog.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ..model import UTF_8, CandidateName, RequestError
from . import patchfile
from .candidate import Candidate, Description
from .intake.names import stripped
from .intake.patches import UNSAID, IncomingPatch, read_patches
from .intake.refusals import in_one_line
from .upstream import Upstream

# The paths in the tree of an upstream, by its name; empty where there is no tree to ask.
TreeFiles = Callable[[str], Collection[str]]


def unknown_files(upstream: str) -> Collection[str]:
    """Where no tree is asked."""
    return ()


VERSION = re.compile(r"(?<![\w.])\d{1,2}\.\d{1,2}(?:\.\d{1,2})?(?![\w]|\.\d)")


# Of a patch that ``git apply -p1`` takes as it stands.
GITS_OWN = re.compile(r"^(?:diff --git |--- (?:\"?a/|/dev/null))", re.M)


class Stray(NamedTuple):
    """A patch from anywhere, by the name of its file.

    ``level`` is how many folders somebody said that have to be stripped, or ``UNSAID``.
    """

    name: str
    patch: IncomingPatch
    level: int = UNSAID

    @property
    def versions(self) -> set[str]:
        """Releases in its names: ``django-5.2.6/`` above a tree, ``docs/releases/5.2.8.txt``."""
        names = [self.name, *(name for pair in self.patch.pairs for name in pair.names)]
        return {found for name in names for found in VERSION.findall(name)}

    def placed(self, upstream: Upstream, files: TreeFiles) -> Stray:
        """It with the level at which its files are in the upstream's tree, if its paths
        leave that open."""
        levels = self.patch.levels(upstream.owns) if self.level == UNSAID else []
        if len(levels) < 2:
            return self
        there = files(upstream.name)
        usual = self._level(upstream)
        best = max(levels, key=lambda level: (self.patch.found_in(there, level), level == usual))
        return self._replace(level=best if self.patch.found_in(there, best) else usual)

    def found_in(self, upstream: Upstream, files: TreeFiles) -> int:
        """How many of the files that it changes are in the upstream's tree."""
        placed = self.placed(upstream, files)
        return self.patch.found_in(files(upstream.name), placed._level(upstream))

    def part_for(self, upstream: Upstream, is_wanted: Callable[[str], bool]) -> Stray | None:
        """It with nothing but the files at paths of the upstream that are wanted, if any.

        A file that is moved counts with both of its paths.
        """
        level = self._level(upstream)
        files = tuple(
            file
            for file in self.patch.diff.files
            if any(is_wanted(stripped(name, level)) for name in file.names.names)
        )
        diff = self.patch.diff._replace(files=files, after=())
        part = self.patch._replace(diff=diff)
        # With fewer names the level could look like another one.
        return self._replace(patch=part, level=level) if files else None

    def text_for(self, upstream: Upstream) -> str:
        """Its text as ``git apply -p1`` reads it in a tree of the upstream."""
        return self.patch.text(self._level(upstream))

    def owned(self, upstream: Upstream) -> dict[tuple[str, ...], str]:
        """The files in it that are of the upstream: their names as written, and the path."""
        level = self._level(upstream)
        found = {}
        for pair in self.patch.pairs:
            paths = [stripped(name, level) for name in pair.names]
            if all(map(upstream.owns, paths)):
                found[(self.name, *pair.names)] = paths[-1]
        return found

    def _level(self, upstream: Upstream) -> int:
        if self.level != UNSAID:
            return self.level
        return self.patch.level(upstream.owns, upstream.name)[0]


def in_file(path: Path) -> list[Stray]:
    """The patches in one file, in order; ``RequestError`` if it has none."""
    try:
        found = read_patches(path.read_bytes(), str(path))
    except OSError as error:
        raise RequestError(f"{path}: {error.strerror}; give the path of a file") from None
    if len(found) == 1:
        return [Stray(path.name, found[0])]
    return [Stray(f"{path.name}:{number}", patch) for number, patch in enumerate(found, 1)]


def text_of(path: Path, text: str, upstream: Upstream) -> str:
    """The patch of a candidate as ``git apply -p1`` reads it; ``text`` is what the file has.

    What git wrote stays as it is. A diff from elsewhere, such as one that was posted in a
    ticket, is kept byte for byte, and its names are read as those of a patch from anywhere.
    """
    if GITS_OWN.search(text):
        return text
    found = in_file(path)
    if len(found) != 1:
        raise RequestError(f"{path}: {len(found)} patches in one file; give each its own")
    return found[0].text_for(upstream)


def candidate_of(
    strays: Sequence[Stray], name: CandidateName, upstream: Upstream, about: str, path: Path
) -> Candidate:
    """The candidate that applies them in order. Raises ``RequestError`` if one may not be
    applied at all."""
    texts = {each.name: each.text_for(upstream) for each in strays}
    for each, text in texts.items():
        patchfile.check(text, str(path) if len(texts) == 1 else f"{path}: {each}")
    return Candidate(
        name=name,
        about=Description(title=about, ticket="", origin=str(path), credit=(), series=(*texts,)),
        patches=texts,
        encodings={s.name: s.patch.encoding for s in strays if s.patch.encoding != UTF_8},
        versions=tuple(sorted({v for s in strays for v in s.versions})),
        remarks=tuple(f"{s.name}: {s.patch.remark}" for s in strays if s.patch.remark),
    )


def upstream_of(
    strays: Sequence[Stray],
    upstreams: Mapping[str, Upstream],
    asked: Collection[str],
    where: str,
    flag: str,
    files: TreeFiles = unknown_files,
) -> str:
    """The name of the upstream that the patches are for, told from the paths in them.

    Where these fit several upstreams, it is the one whose tree has the files. Files that
    are nobody's, such as ``README``, go with the others. Raises ``RequestError`` if none or
    several fit.
    """
    owned = {
        name: {key: path for stray in strays for key, path in stray.owned(each).items()}
        for name, each in upstreams.items()
    }
    most = max(map(len, owned.values()), default=0)
    some = {name: files for name, files in owned.items() if files}
    fitting = [n for n in some if all(some[n].keys() >= rest.keys() for rest in some.values())]
    if some and not fitting:
        raise RequestError(f"{where}: {in_one_line(_divided(some))}")
    # Where upstream.toml does not say what paths look like, being asked for is enough.
    named = [name for name, each in upstreams.items() if name in asked and not each.prefixes]
    for choice in ([name for name in fitting if name in asked], fitting, named):
        if len(choice) == 1:
            return choice[0]
    there = {n: sum(s.found_in(upstreams[n], files) for s in strays) for n in fitting}
    having = [name for name in fitting if there[name] and there[name] == max(there.values())]
    if len(having) == 1:
        return having[0]
    for stray in strays:
        # That a name reaches outside of every tree is said before whose it could be.
        patchfile.check(stray.patch.text(max(stray.level, 0)), where)
    paths = sorted({path for stray in strays for path in stray.patch.paths(stray.level)})
    known = " or ".join(f"{name}={where}" for name in fitting or upstreams)
    found = f"more than one upstream ({', '.join(fitting)})" if most else "no known upstream"
    raise RequestError(
        f"{where}: its paths ({in_one_line(', '.join(paths[:3]))}) fit {found}; say {flag} {known}"
    )


def _divided(owned: Mapping[str, Mapping[tuple[str, ...], str]]) -> str:
    """What is said of patches in one file for two upstreams: a path of each."""
    told = []
    for name, files in owned.items():
        others = {key for other, keys in owned.items() if other != name for key in keys}
        told += [f"{min(files[k] for k in files.keys() - others)} is of {name}"] * bool(
            files.keys() - others
        )
    return f"it is for several upstreams: {', '.join(told)}; give each its own file"
