"""The miniature upstream, and the workbench's real command line in a folder of its own.

For tests only. Nothing here imports ``harness``: what a test starts is
``python -m harness``, in a process, with an environment in which no index, no
configuration and no home folder of the user can be reached by accident.
"""

from __future__ import annotations

import contextlib
import difflib
import io
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

import msgspec

from support import started

TESTS = Path(__file__).resolve().parent.parent
PROJECT = TESTS.parent
UPSTREAM = TESTS / "tiny_upstream"
PATCHES = TESTS / "tiny_patches"
SERVER = UPSTREAM / "django" / "server.py"

DEADLINE = 240.0  # seconds; nothing takes as long, and a test that does has hung
POLL = 0.01  # seconds between two looks at something that tells nobody when it changes
HANG = 2.0  # seconds after which a test of the miniature counts as hung; others take none

QUICK = ("--repeat", "1")
DONE, MATCHED, WRONG, UNDONE, STOPPED = 0, 1, 2, 3, 130  # exit statuses


class ProcessResult(NamedTuple):
    """A command line that has ended."""

    status: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The one line that a wrong request gets; more or fewer are an error here."""
        (line,) = self.err.strip().splitlines()
        return line


class Workbench:
    """The command line in ``folder``, with the workbench's own folder below it.

    ``given`` are the flags that it has unless a call says otherwise.
    """

    def __init__(self, folder: Path, **env: str) -> None:
        self.folder = folder
        self.home = folder / "workbench"
        self.given = {
            "--django": str(UPSTREAM),
            "--cpython": "none",
            "--patches": str(PATCHES),
            "--suite": "django:servers",
            "--python": platform.python_version(),
            "--test-timeout": str(HANG),
        }
        user = folder / "user"
        user.mkdir(exist_ok=True)
        self.env = without_configuration() | {
            "PATH": few_folders(),
            "HOME": str(user),
            "PYENV_ROOT": str(user),
            "PYTHONPATH": str(PROJECT),
            "WORKBENCH_HOME": str(self.home),
            "PIP_NO_INDEX": "1",
            "COLUMNS": "200",
            **env,
        }

    def command(self, verb: str, *words: str | Path) -> list[str]:
        """``verb`` with the miniature in place of Django, unless ``words`` say otherwise."""
        given = [str(word) for word in words]
        for flag, value in self.given.items():
            if flag not in given:
                given += [flag, value]
        return [sys.executable, "-m", "harness", verb, *given]

    def run(self, verb: str, *words: str | Path, deadline: float = DEADLINE) -> ProcessResult:
        """Run a verb to its end, for which it has ``deadline`` seconds."""
        command = self.command(verb, *words)
        if started.can_start(self.env):
            with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
                streams = out.fileno(), err.fileno()
                status = started.run(command[2:], self.folder, self.env, *streams, deadline)
                said = []
                for stream in (out, err):
                    stream.seek(0)
                    text = io.TextIOWrapper(stream, "utf-8")
                    said.append(text.read())
                    text.detach()
            return ProcessResult(status, *said)
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=deadline,
            check=False,
        )
        return ProcessResult(done.returncode, done.stdout, done.stderr)

    @contextlib.contextmanager
    def start(
        self, verb: str, *words: str | Path, err: IO[str] | None = None
    ) -> Iterator[subprocess.Popen[str]]:
        """Start a verb, with its standard error in ``err``; it has ended when the block has."""
        process = subprocess.Popen(
            self.command(verb, *words),
            cwd=self.folder,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=err or subprocess.PIPE,
            text=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    def report(self, file: Path | None = None) -> dict[str, Any]:
        """The report in ``file``, or the last one, as anybody reads it."""
        kept = self.folder / "report.json"
        path = file or (kept if kept.exists() else self.home / "reports" / "report.json")
        return dict(msgspec.json.decode(path.read_bytes()))

    def candidates(self, file: Path | None = None) -> dict[str, dict[str, Any]]:
        """The last report's candidates by name."""
        return {each["name"]: each for each in self.report(file)["candidates"]}

    def kept(self, folder: str) -> dict[Path, int]:
        """Every file below one of the workbench's folders, and when it was written."""
        files = (path for path in (self.home / folder).rglob("*") if path.is_file())
        return {path: path.stat().st_mtime_ns for path in files}


def without_configuration() -> dict[str, str]:
    """This process's environment without the user's package indexes and proxies."""
    ours = ("PIP_", "UV_", "GIT_", "WORKBENCH_", "PYTEST_")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(ours) and not name.lower().endswith("_proxy")
    }
    return kept | {"PIP_CONFIG_FILE": os.devnull, "UV_NO_CONFIG": "1"}


def few_folders() -> str:
    """A PATH with what the workbench calls, and without other Pythons' folders."""
    tools = filter(None, map(shutil.which, ("git", "bwrap", "unshare", "mount", "sh")))
    return os.pathsep.join(dict.fromkeys([os.path.dirname(tool) for tool in tools]))


def until(condition: Callable[[], object]) -> None:
    """Return as soon as ``condition`` holds; for what can not be waited for otherwise."""
    deadline = time.monotonic() + DEADLINE
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        pause.wait(POLL)


def content(folder: Path) -> dict[str, str]:
    """The text of every file below ``folder``, by its path there."""
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def before() -> dict[str, str]:
    """The miniature's release 0.0.9, for which the candidate ``merges`` was made."""
    files = content(UPSTREAM)
    server = files["django/server.py"]
    files["django/server.py"] = server.replace("(connection)", "(connection, when=None)", 1)
    files["django/__init__.py"] = files["django/__init__.py"].replace("0, 1, 0", "0, 0, 9")
    return files


def copied(source: Path, target: Path) -> Path:
    """A copy of a folder without what running it left there."""
    return Path(shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__")))


def changed_in(checkout: Path) -> str:
    """What git says that somebody changed there."""
    command = ["git", "status", "--porcelain"]
    said = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True)
    return said.stdout


def diff(old: str, new: str, path: str = "django/server.py") -> str:
    """A patch that turns one text into the other."""
    lines = difflib.unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), f"a/{path}", f"b/{path}"
    )
    return "".join(lines)


def patch(old: str, new: str) -> str:
    """A patch that replaces some words of the miniature's ``django/server.py``."""
    text = SERVER.read_text("utf-8")
    assert text.count(old) == 1
    return diff(text, text.replace(old, new))
