"""The workbench's menu: `nox -s VERB -- FLAGS`. It imports nothing of `harness`."""

from __future__ import annotations

import os
from pathlib import Path

import nox

nox.needs_version = ">=2024.4.15"
# venv and pip: they follow the user's own pip configuration, which uv does not read.
nox.options.default_venv_backend = "venv"
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["apply", "test"]

PROJECT = nox.project.load_toml("pyproject.toml")


def install(session: nox.Session, *groups: str) -> None:
    """Install what the workbench needs; on CI in exactly the locked versions."""
    wanted = list(PROJECT["project"]["dependencies"])
    wanted += nox.project.dependency_groups(PROJECT, *groups)
    locked = ["-c", "constraints.txt"] if os.environ.get("CI") else []
    session.install("--quiet", *wanted, *locked)


def harness(session: nox.Session, verb: str, *words: str) -> None:
    """Run a verb with the session's own flags, from where the user is."""
    install(session)
    session.chdir(session.invoked_from)
    root = str(Path(__file__).parent)
    # The verb's own exit status is its answer (--fail-on); nox passes it on as failure.
    session.run("python", "-m", "harness", verb, *words, *session.posargs, env={"PYTHONPATH": root})


@nox.session
def apply(session: nox.Session) -> None:
    """Apply every candidate to its base: cleanly, by three-way merge, or not."""
    harness(session, "apply")


@nox.session
def test(session: nox.Session) -> None:
    """Run upstream's tests on bases and candidates; report what each patch breaks."""
    harness(session, "test")


@nox.session
def report(session: nox.Session) -> None:
    """Show the last report again (--format terminal, markdown or json)."""
    harness(session, "report")


@nox.session
def diffs(session: nox.Session) -> None:
    """Write diffs that can be sent upstream, with their proof; say which are ready."""
    harness(session, "diffs")


@nox.session
def lab(session: nox.Session) -> None:
    """One exchange between a server and a client by hand, printed as a timeline."""
    harness(session, "lab")


@nox.session(name="bisect-934acf1")
def bisect_934acf1(session: nox.Session) -> None:
    """Is the commit that the ticket suspects the cause? Before it, after it, without it."""
    harness(session, "bisect", "--suspect", "934acf1126995f6e6ccba5947ec8f7561633c27f")


@nox.session
def bisect(session: nox.Session) -> None:
    """Find where a test's behaviour changes: --good SPEC --bad SPEC --test ID."""
    harness(session, "bisect")


@nox.session
def history(session: nox.Session) -> None:
    """Behaviour by release of Django and CPython, and the first release of every change."""
    harness(session, "history")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure the workbench against a plain loop that does the same work."""
    harness(session, "bench")


@nox.session
def selftest(session: nox.Session) -> None:
    """The workbench's own tests."""
    install(session, "test")
    session.run("python", "-m", "pytest", "-n", "4", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """ruff, mypy --strict, and the one way in which imports may point."""
    install(session, "lint")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    session.run("lint-imports", env={"PYTHONPATH": "."})
