"""What several test modules share."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings
from support.local_index import Release, archive, serve
from support.tiny import Workbench, before

from harness.system.home import Home

# How long an example takes says something about the machine, and nothing about the code.
settings.register_profile("workbench", deadline=None)
settings.load_profile("workbench")


def pytest_configure() -> None:
    """Let Ctrl-C reach what the tests start.

    A shell that runs the tests in its background has it ignored (POSIX, Shell
    Command Language, 2.11), and whoever is started inherits that.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests that need the package index reach it; no other leaves this machine."""
    for item in items:
        if item.get_closest_marker("real"):
            item.add_marker("enable_socket")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty workbench folder."""
    return Home(tmp_path / "home")


@pytest.fixture
def workbench(tmp_path: Path) -> Workbench:
    """The command line in a folder where nothing was done yet."""
    return Workbench(tmp_path)


@pytest.fixture(scope="session")
def judged(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Workbench:
    """A folder in which every candidate of the miniature was judged, once for all processes.

    https://pytest-xdist.readthedocs.io/en/stable/how-to.html#making-session-scoped-fixtures-execute-only-once
    """
    root = tmp_path_factory.getbasetemp()
    shared = (root if worker_id == "master" else root.parent) / "judged"
    with FileLock(shared.with_suffix(".lock")):
        done = shared / "report.json"
        shared.mkdir(exist_ok=True)
        workbench = Workbench(shared)
        if not done.exists():
            with serve() as index:
                data = archive("django-0.0.9", before())
                index.add("django", Release("django-0.0.9.tar.gz", data))
                workbench.env.pop("PIP_NO_INDEX")
                workbench.env["PIP_INDEX_URL"] = index.url
                for verb in ("apply", "test"):
                    finished = workbench.run(verb)
                    assert finished.status == 0, finished.out + finished.err
                    (shared / f"{verb}.out").write_text(finished.out, "utf-8")
                    (shared / f"{verb}.err").write_text(finished.err, "utf-8")
            # Other runs in this folder write reports and lists of their own; these stay.
            shutil.copy(workbench.home / "reports/jobs.txt", shared / "jobs.txt")
            shutil.copy(workbench.home / "reports/report.json", done)
    return Workbench(shared)
