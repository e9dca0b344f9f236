"""A line of commits, one of releases, and the real thing, each with the command line."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.line import BROKEN, COMMITS, CULPRIT, LOUD, SERVER, commit, released
from support.local_index import serve
from support.real_django import RELEASE, python_here
from support.real_git import git
from support.tiny import PROJECT, UPSTREAM, ProcessResult, Workbench, content
from support.values import DJANGO

from harness.model import WorkbenchError
from harness.sources import sdist
from harness.system.home import Home


@pytest.fixture(scope="session")
def line(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A repository in which one commit of many makes the greeting loud, and its commits."""
    folder = tmp_path_factory.mktemp("mirror")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    commits = []
    for number in range(COMMITS):
        files = dict(content(UPSTREAM)) | {"django/number.py": f"NUMBER = {number}\n"}
        if number >= CULPRIT:
            files[SERVER] = files[SERVER].replace('f"hello, {name}"', 'f"HELLO, {name}"')
        if number in BROKEN:
            files[SERVER] += "\nthis is no Python\n"
        commits.append(commit(folder, files, f"Number {number}"))
    return folder, commits


@pytest.fixture
def bisect(workbench: Workbench, line: tuple[Path, list[str]]) -> Callable[..., ProcessResult]:
    """`bisect` with that repository as the mirror."""

    def run(*words: str) -> ProcessResult:
        return workbench.run("bisect", "--mirror", f"django={line[0]}", *words)

    return run


@pytest.fixture
def indexed(workbench: Workbench) -> Iterator[Workbench]:
    """The command line with an index of six releases; the fourth changes five places."""
    docs = [("Tests that need the feature are skipped without it.", "Some tests need it.")]
    steady = (
        '    """A candidate makes it fail now and then."""\n    return True',
        '    """A candidate makes it fail now and then."""\n    return 1',
    )
    quiet = [("A candidate waits here for ever.", "It waits.")]
    with serve() as index:
        for release in released({2: quiet, 4: [LOUD, steady, *docs]}):
            index.add("django", release)
        workbench.env.pop("PIP_NO_INDEX")
        workbench.env["PIP_INDEX_URL"] = index.url
        yield workbench


@pytest.fixture
def real(
    workbench: Workbench, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Workbench:
    """The command line with the user's own index, if Django and a Python can be had. All who
    use it share a workbench's folder, with what the bases say; each has a report of its own."""
    root = tmp_path_factory.getbasetemp()
    workbench.home = (root if worker_id == "master" else root.parent) / "real"
    workbench.given["--json"] = str(workbench.folder / "report.json")
    home = Home(workbench.home)
    try:
        sdist.fetch(sdist.resolve(RELEASE, DJANGO, home), home)
        python_here(home)
    except WorkbenchError as error:
        pytest.skip(f"needs Django {RELEASE} and a Python for it: {error}")
    workbench.env = dict(os.environ) | {"WORKBENCH_HOME": str(workbench.home)}
    workbench.env["PYTHONPATH"] = str(PROJECT)
    return workbench
