"""Fits an overlay to a state of the upstream, by one way at a time.

Owns: what each way does with which file, and when it does not fit. Pure: it is given the
state's texts and a merge. Must not know git, nor what a run then says.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping

from ...model import OverlayWay, Project
from ...upstreams import kind_of
from . import cutting, grafting
from .places import Place, is_test_file, module_name, places, sources_of, test_at
from .source import read_source
from .values import Laid, LaidTest, Misfit, OverlaidFile, Overlay

TextOf = Callable[[str], str | None]
"""The text of a file on the state; None where there is none."""
Merge = Callable[[str, str, str], str | None]
"""Ours with what changed from base to theirs; None if they are at odds."""
Names = dict[str, set[str]]

NO_TEST = "none of the tests is in {}"
AT_ODDS = "{}: what the state has there is at odds with it"
NO_FILE = "{}: the state has no such file"
NOT_READ = "{}: this Python can not read it"
LOST = "{}: the tests are not in what comes of it"
INHERITED = "{}.{} is inherited from {}"
NO_CHANGE = "{}: nothing says what of it is new"


def laid(
    overlay: Overlay,
    way: OverlayWay,
    tests: Iterable[str],
    text_of: TextOf,
    project: Project,
    merge: Merge,
) -> Laid | Misfit:
    """The files of a state with the overlay, and what the ``tests`` are called there.

    Tests that the overlay does not have are those of the state. The files may be as the
    state has them already.
    """
    return _Fitting(overlay, tuple(tests), text_of, project, merge).by(way)


class _Unfit(Exception):
    """Carries the reason out of a way."""


class _Fitting:
    def __init__(
        self,
        overlay: Overlay,
        tests: tuple[str, ...],
        text_of: TextOf,
        project: Project,
        merge: Merge,
    ) -> None:
        self._overlay = overlay
        self._tests = tests
        self._text_of = text_of
        self._project = project
        self._merge = merge
        self._sources = sources_of(overlay)
        self._places = places(self._sources, tests, project)
        self._having = frozenset(place.path for place in self._places.values())
        self._files = {file.path: file for file in overlay.files if file.new is not None}

    def by(self, way: OverlayWay) -> Laid | Misfit:
        ways: dict[OverlayWay, Callable[[], Laid]] = {
            OverlayWay.WHOLE_FILES: self._whole_files,
            OverlayWay.HUNKS: self._hunks,
            OverlayWay.FUNCTION: self._function,
            OverlayWay.MODULE: self._module,
        }
        try:
            return ways[way]()
        except _Unfit as unfit:
            return Misfit(way, str(unfit))

    def _whole_files(self) -> Laid:
        texts = {path: file.new for path, file in self._files.items() if file.new is not None}
        return Laid(OverlayWay.WHOLE_FILES, texts, self._as_they_are(), self._having)

    def _hunks(self) -> Laid:
        if all(file.old == file.new for file in self._files.values()):
            raise _Unfit(NO_CHANGE.format(self._overlay.origin))
        wanted = self._wanted()
        texts = {}
        for path, file in self._files.items():
            merged = self._merged(file)
            if merged is not None:
                texts[path] = merged
            elif path in wanted or not is_test_file(path):
                raise _Unfit(AT_ODDS.format(path))
        for path, (names, functions) in wanted.items():
            if not grafting.has_all(texts[path], names, functions):
                raise _Unfit(LOST.format(path))
        return Laid(OverlayWay.HUNKS, texts, self._as_they_are(), self._having)

    def _function(self) -> Laid:
        texts = self._support()
        for path, (names, functions) in self._needing().items():
            file, text = self._files[path], self._text_of(path)
            if text is None:
                raise _Unfit(NO_FILE.format(path))
            onto, old = read_source(text), read_source(file.old or "")
            if onto is None:
                raise _Unfit(NOT_READ.format(path))
            module = module_name(path, self._project)
            new = self._sources[path]
            texts[path] = grafting.graft(onto, new, old, names, functions, module)
            if not grafting.has_all(texts[path], names, functions):
                raise _Unfit(LOST.format(path))
        return Laid(OverlayWay.FUNCTION, texts, self._as_they_are(), self._having)

    def _module(self) -> Laid:
        texts = self._support()
        for place in self._places.values():
            having = self._having_it(place) if place.owner else None
            if having is not None and having.path != place.path:
                raise _Unfit(INHERITED.format(place.owner, place.name, having.path))
        for path, (names, functions) in self._needing().items():
            beside = cutting.path_beside(path)
            called = (module_name(path, self._project), module_name(beside, self._project))
            source = self._sources[path]
            texts[beside] = cutting.module_of(source, path, names, functions, called)
            if not grafting.has_all(texts[beside], names, functions):
                raise _Unfit(LOST.format(beside))
        tests = self._as_they_are()
        for test, place in self._places.items():
            tests[test] = test_at(place, cutting.path_beside(place.path), self._project)
        return Laid(
            OverlayWay.MODULE, texts, tests, frozenset(map(cutting.path_beside, self._having))
        )

    def _support(self) -> dict[str, str]:
        """The files that are no tests: new ones whole, others as far as they can be merged."""
        found = {}
        for path, file in self._files.items():
            if path not in self._having and not is_test_file(path):
                merged = self._merged(file)
                if merged is not None:
                    found[path] = merged
        return found

    def _merged(self, file: OverlaidFile) -> str | None:
        """What the state has, with what is new; what it has not, whole."""
        assert file.new is not None
        ours = self._text_of(file.path)
        if ours is None or ours == file.new:
            return file.new
        # A file that both have and nothing was before is at odds, but for the same text.
        return self._merge(ours, file.old or "", file.new)

    def _wanted(self) -> dict[str, tuple[Names, set[str]]]:
        """For each file, the members of its classes and the functions that are wanted."""
        found: dict[str, tuple[Names, set[str]]] = {}
        for place in self._places.values():
            names, functions = found.setdefault(place.path, ({}, set()))
            if not place.owner:
                functions.add(place.name)
                continue
            names.setdefault(place.owner, set())
            having = self._having_it(place)
            if having is not None:
                others, _ = found.setdefault(having.path, ({}, set()))
                others.setdefault(having.owner, set()).add(place.name)
        return found

    def _having_it(self, place: Place) -> Place | None:
        """The class that a test stands in: its own, or a base, which may be in another file
        of the overlay. None if the overlay has none of it."""
        source = self._sources[place.path]
        if owner := source.owner(place.owner, place.name):
            return place._replace(owner=owner)
        bases = {
            ast.unparse(base).rpartition(".")[2]
            for each in source.ancestors(place.owner)
            for base in each.bases
        }
        for path, other in self._sources.items():
            for name in bases & other.classes.keys() if path != place.path else ():
                if owner := other.owner(name, place.name):
                    return place._replace(path=path, owner=owner)
        return None

    def _needing(self) -> dict[str, tuple[Names, set[str]]]:
        found = self._wanted()
        if not found:
            raise _Unfit(NO_TEST.format(self._overlay.origin))
        return found

    def _as_they_are(self) -> dict[str, LaidTest]:
        kind = kind_of(self._project)
        return {
            test: test_at(self._places[test], self._places[test].path, self._project)
            if test in self._places
            else LaidTest(test, tuple(filter(None, [kind.label_of_test(test)])))
            for test in self._tests
        }


def changed(files: Mapping[str, str], text_of: TextOf) -> dict[str, str]:
    """Those of the files that the state has not as they are."""
    return {path: text for path, text in files.items() if text_of(path) != text}
