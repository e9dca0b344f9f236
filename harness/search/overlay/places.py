"""Where a test stands, told from its id: the file, the class, the function.

Owns: going from ids to names and back by what a kind of project calls its tests. Must not
know how a file is changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import NamedTuple

from ...model import Project
from ...upstreams import kind_of
from .source import Source, read_source
from .values import LaidTest, Overlay

ANY = "*"
TEST_FILES = ("test*.py", "*_test.py", "tests.py")


class Place(NamedTuple):
    """A test in a file: its class (empty for a function), its name, and what of the id is
    behind it: parameters."""

    path: str
    owner: str
    name: str
    rest: str = ""


def is_test_file(path: str) -> bool:
    """Whether a file is called as modules of tests are."""
    return any(fnmatchcase(path.rpartition("/")[2], pattern) for pattern in TEST_FILES)


def sources_of(overlay: Overlay) -> dict[str, Source]:
    """The Python files of an overlay that can be read, by path."""
    found = {}
    for file in overlay.files:
        source = read_source(file.new) if file.new and file.path.endswith(".py") else None
        if source is not None:
            found[file.path] = source
    return found


def places(
    sources: Mapping[str, Source], tests: Iterable[str], project: Project
) -> dict[str, Place]:
    """Where those of the tests are that stand in one of the files."""
    found = {}
    for test in tests:
        for path, source in sources.items():
            place = _place(test, path, source, project)
            if place is not None:
                found[test] = place
                break
    return found


def test_at(place: Place, path: str, project: Project) -> LaidTest:
    """The same test in the file at ``path``."""
    kind = kind_of(project)
    tests = f"{kind.tests_folder(project)}/"
    names = (place.owner, place.name) if place.owner else (place.name,)
    pattern = kind.test_pattern(path, tests, names).removesuffix(ANY)
    return LaidTest(pattern + place.rest, kind.labels_of([path], tests))


def module_name(path: str, project: Project) -> str:
    """What the file at ``path`` is imported as, if ids of its tests tell."""
    kind = kind_of(project)
    name = kind.test_pattern(path, f"{kind.tests_folder(project)}/", ())
    return name if all(map(str.isidentifier, name.split("."))) else ""


def _place(test: str, path: str, source: Source, project: Project) -> Place | None:
    for owner in sorted(source.classes, key=len, reverse=True):
        behind = _behind(test, path, (owner, ANY), project)
        if behind:
            return Place(path, owner, *behind)
    behind = _behind(test, path, (ANY,), project)
    return Place(path, "", *behind) if behind and behind[0] in source.functions else None


def _behind(
    test: str, path: str, names: tuple[str, ...], project: Project
) -> tuple[str, str] | None:
    """The name at the place of the star, and what follows it."""
    kind = kind_of(project)
    pattern = kind.test_pattern(path, f"{kind.tests_folder(project)}/", names)
    head = pattern.partition(ANY)[0]
    found = re.match(r"\w+", test[len(head) :]) if test.startswith(head) else None
    return (found[0], test[len(head) + len(found[0]) :]) if found else None
