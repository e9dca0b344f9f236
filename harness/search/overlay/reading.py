"""What a person has in hand becomes an overlay: a patch, a commit, a folder, a test file.

Owns: telling which of them it is, and where a file belongs. Must not know states, nor how an
overlay is fitted to one. Whatever fits nowhere is refused in one line.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import Path, PurePosixPath

from ...catalog.upstream import Upstream
from ...model import RequestError, Tree
from ...sources.provider import Provider
from ...upstreams import kind_of
from . import fixes
from .places import is_test_file
from .values import Fix, OverlaidFile, Overlay

LEFT_OUT = re.compile(r"(?:^|/)(?:\.[^/]*|__pycache__|[^/]*\.(?:pyc|orig|rej|swp))(?:/|$)|~$")
MOST = 3


def overlay_of(words: str, upstream: Upstream, bad: Tree, provider: Provider) -> Overlay:
    """The overlay that ``words`` name: a file, a folder, ``PATH_IN_TREE=FILE`` or a commit.

    ``bad`` is the tree that it is said to be for. Raises ``RequestError`` in one line for
    what is none of these, or has no test, or fits nowhere in that tree.
    """
    place, _, rest = words.partition("=")
    if rest and not Path(words).exists() and place != upstream.name:
        return _file_at(place, Path(rest), upstream, bad, provider)
    path = Path(rest if place == upstream.name and rest else words)
    if path.is_dir():
        return _folder(path, upstream, bad, provider)
    if path.is_file() and not is_patch(path):
        return _file(path, upstream, bad, provider)
    return fixes.tests_of(fix_of(words, upstream, bad, provider), words, upstream.project)


def fix_of(words: str, upstream: Upstream, bad: Tree, provider: Provider) -> Fix:
    """The change that ``words`` name: a patch's file, or a commit of the upstream's history.

    Raises ``RequestError`` as ``overlay_of`` does.
    """
    place, _, rest = words.partition("=")
    path = Path(rest if place == upstream.name and rest else words)
    if path.is_file():
        return fixes.of_patch(path, upstream, bad, provider)
    if path.is_dir():
        raise RequestError(f"{path}: a folder is no change; name a patch or a commit")
    if "/" in words or path.suffix in (".py", ".patch", ".diff"):
        raise RequestError(f"{words}: there is no such file; give the path of one, or a commit")
    if not upstream.url:
        raise RequestError(f"{words}: {upstream.name} has no git repository to look it up in")
    return fixes.of_commit(words, upstream.project, provider)


def is_patch(path: Path) -> bool:
    """Whether a file is meant as a patch: all but Python, which may have one in a string."""
    return path.suffix != ".py"


def _folder(path: Path, upstream: Upstream, bad: Tree, provider: Provider) -> Overlay:
    """A folder laid out like the tree's top, or like its folder of tests."""
    tests = kind_of(upstream.project).tests_folder(upstream.project)
    names = sorted(
        file.relative_to(path).as_posix()
        for file in path.rglob("*")
        if file.is_file() and not file.is_symlink()
    )
    names = [name for name in names if not LEFT_OUT.search(name)]
    below = [name for name in names if name.startswith(f"{tests}/")]
    if below:
        found = {name: path / name for name in below}
    else:
        there = {_first(each.removeprefix(f"{tests}/")) for each in _tests(bad, tests, provider)}
        found = {f"{tests}/{name}": path / name for name in names}
        if not found or not any(_first(name) in there for name in names):
            raise RequestError(
                f"{path}: it is laid out neither like a tree of {upstream.name} nor like its "
                f"{tests}/; put each file where the tree has it"
            )
    return _overlay({name: _read(file) for name, file in found.items()}, str(path), bad, provider)


def _file(path: Path, upstream: Upstream, bad: Tree, provider: Provider) -> Overlay:
    """A file whose place the end of its path tells: the longer an end fits, the better."""
    tests = kind_of(upstream.project).tests_folder(upstream.project)
    ends = path.absolute().parts
    known = [each for each in _tests(bad, tests, provider) if each.endswith(f"/{path.name}")]
    alike = {each: _common_end(PurePosixPath(each).parts, ends) for each in known}
    best = sorted(each for each in known if alike[each] == max(alike.values()))
    how = f"say where it belongs: PATH_IN_TREE={path}"
    if not best:
        raise RequestError(f"{path}: {bad.base} has no {path.name} below {tests}/; {how}")
    if len(best) > 1:
        some = ", ".join(best[:MOST]) + (f" and {len(best) - MOST} more" * (len(best) > MOST))
        raise RequestError(f"{path}: it could be {some}; {how}")
    return _overlay({best[0]: _read(path)}, str(path), bad, provider)


def _file_at(place: str, path: Path, upstream: Upstream, bad: Tree, provider: Provider) -> Overlay:
    tests = kind_of(upstream.project).tests_folder(upstream.project)
    if not path.is_file():
        raise RequestError(f"{path}: there is no such file; give PATH_IN_TREE=FILE")
    parts = PurePosixPath(place).parts
    if not place.startswith(f"{tests}/") or ".." in parts or not is_test_file(place):
        raise RequestError(
            f"{place}: a test of {upstream.name} stands below {tests}/, in a file such as "
            f"{tests}/x/tests.py or test_x.py"
        )
    return _overlay({place: _read(path)}, str(path), bad, provider)


def _overlay(texts: dict[str, str], origin: str, bad: Tree, provider: Provider) -> Overlay:
    old = provider.trees.files.texts(bad, texts)
    return Overlay(tuple(OverlaidFile(p, old[p], new) for p, new in texts.items()), origin)


def _tests(bad: Tree, tests: str, provider: Provider) -> Collection[str]:
    return [path for path in provider.trees.paths(bad) if path.startswith(f"{tests}/")]


def _first(path: str) -> str:
    return path.partition("/")[0]


def _common_end(one: Sequence[str], other: Sequence[str]) -> int:
    pairs = zip(reversed(one), reversed(other), strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        raise RequestError(f"{path}: {error.strerror}; give the path of a file") from None
