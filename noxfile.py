"""The workbench's menu: `nox -s VERB -- FLAGS`. It imports nothing of `harness`.

All sessions share one virtual environment, `.nox/workbench`. It is made with venv
and pip, which follow the user's own pip configuration (uv does not read that), and
always in the versions of `constraints.txt`. `nox -s lock` refreshes that file.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"  # nox.project.dependency_groups
nox.options.default_venv_backend = "none"
nox.options.sessions = ["apply", "test"]

ROOT = Path(__file__).resolve().parent
PROJECT = nox.project.load_toml(str(ROOT / "pyproject.toml"))
LOCK = ROOT / "constraints.txt"
FOLDER = ROOT / ".nox" / "workbench"
PYTHON = FOLDER / "bin" / "python"
STAMP = FOLDER / "installed.json"
OLDEST = "3.6"  # Python under which Django 1.11 is tested
LEAST = PROJECT["project"]["requires-python"].removeprefix(">=")

VERBS = {
    "apply": "Apply every candidate to its base: cleanly, by three-way merge, or not.",
    "test": "Run upstream's tests on bases and candidates; report what each patch breaks.",
    "matrix": "Candidates on many releases and Pythons: --plan, --budget 2h; goes on where it was.",
    "impact": "What does a patch of CPython break in the projects that stand on it?",
    "report": "Show the last report again (--format …), --compare A B, --open or --serve them.",
    "diffs": "Write diffs that can be sent upstream, with their proof; say which are ready.",
    "lab": "One exchange between a server and a client by hand, printed as a timeline.",
    "bisect": "Find where a test's behaviour changes: --good SPEC --bad SPEC --test ID.",
    "history": "Behaviour by release of Django and CPython, and the first release of every change.",
    "clean": "Show what the workbench keeps, and how much; remove what is old.",
    "bench": "Measure the workbench against a plain loop that does the same work.",
    "edit": "Print the folder in which a candidate's commits can be worked on: -- NAME.",
    "refresh": "Write the commits of that folder back to patches/: -- NAME.",
    "new": "Make the skeleton of a candidate: -- NAME --ticket N.",
    "completion": "Print the completion script of a shell: -- bash, zsh or fish.",
}


# The environment -----------------------------------------------------------------------


@contextmanager
def flocked(session: nox.Session, name: str, kind: int) -> Iterator[None]:
    """Hold a lock between nox runs; the kernel takes it from a run that is killed."""
    FOLDER.parent.mkdir(exist_ok=True)
    with FOLDER.with_name(f"workbench.{name}").open("a") as stream:
        try:
            fcntl.flock(stream, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            session.log("waiting for another nox run that makes or uses the environment")
            fcntl.flock(stream, kind)
        yield


def wanted(*groups: str) -> list[str]:
    """The requirements of the project and of some of its groups, as pyproject.toml has them."""
    names = nox.project.dependency_groups(PROJECT, *groups)
    return [*PROJECT["project"]["dependencies"], *names]


def installed(digest: str) -> set[str]:
    """The groups that are in the environment; empty if it has to be made anew.

    That is so if the lock or the requirements have changed, and if the Python from
    which it was made has gone or has become another one.
    """
    try:
        stamp = json.loads(STAMP.read_text("utf-8"))
        is_same = (stamp["digest"], stamp["python"]) == (digest, python_file())
    except (OSError, ValueError, KeyError):
        return set()
    return set(stamp["groups"]) if is_same else set()


def python_file() -> list[str | int]:
    """The file that the environment's Python is, and its size and time; another Python in
    its place has others. Raises ``OSError`` if it has gone."""
    state = PYTHON.stat()
    return [os.path.realpath(PYTHON), state.st_size, state.st_mtime_ns]


@contextmanager
def environment(session: nox.Session, *groups: str) -> Iterator[str]:
    """The workbench's own Python, with what it needs and with some groups beside it.

    Two runs at once share it: one makes it and the other waits, and it is not made
    anew under a run that uses it.
    """
    needed = {"workbench", *groups}
    text = json.dumps([LOCK.read_text("utf-8"), wanted(*PROJECT["dependency-groups"])])
    digest = hashlib.sha256(text.encode()).hexdigest()
    with ExitStack() as stack:
        with flocked(session, "making", fcntl.LOCK_EX):
            present = installed(digest)
            if not present:
                with flocked(session, "using", fcntl.LOCK_EX):
                    make(session)
            if needed - present:
                # Python compiles what it imports, which is a part of what is installed.
                pip = (str(PYTHON), "-m", "pip", "install", "--quiet", "--no-compile")
                session.run_install(*pip, *wanted(*sorted(groups)), "-c", str(LOCK))
                there = sorted(present | needed)
                stamp = {"digest": digest, "groups": there, "python": python_file()}
                STAMP.write_text(json.dumps(stamp), "utf-8")
            stack.enter_context(flocked(session, "using", fcntl.LOCK_SH))
        yield str(PYTHON)


def make(session: nox.Session) -> None:
    """An environment without packages, where an older one may have been."""
    if sys.version_info[:2] < tuple(map(int, LEAST.split("."))):
        session.error(f"the workbench needs Python {LEAST}; install nox with that or a newer one")
    shutil.rmtree(FOLDER, ignore_errors=True)
    session.run_install(sys.executable, "-m", "venv", str(FOLDER))


# The menu ------------------------------------------------------------------------------


def asked_for(words: list[str]) -> list[str]:
    """The groups that a verb's flags need beside what every verb needs; the environment has a
    flag of its own (``WORKBENCH_STORE``)."""
    given = " ".join(words).replace("=", " ").split()
    is_dask = "--scheduler" in given or ("--engine", "dask") in pairwise(given) or "scale" in given
    is_shared = "--store" in given or bool(os.environ.get("WORKBENCH_STORE"))
    return [*["dask"] * is_dask, *["store"] * is_shared]


def harness(session: nox.Session, verb: str, *words: str) -> None:
    """Run a verb with the session's own flags, from where the user is."""
    with environment(session, *asked_for(session.posargs)) as python:
        session.chdir(session.invoked_from)
        # The verb's own exit status is its answer (--fail-on); nox passes it on as failure.
        command = (python, "-m", "harness", verb, *words, *session.posargs)
        session.run(*command, env={"PYTHONPATH": str(ROOT)})


def add(name: str, text: str, verb: str, *words: str) -> None:
    """Put a verb of the workbench on the menu."""

    def run(session: nox.Session) -> None:
        harness(session, verb, *words)

    run.__doc__ = text
    nox.session(name=name)(run)


def suspects() -> dict[str, str]:
    """The commits that a candidate takes back (``[reverts]``), and their subjects."""
    found = {}
    for path in sorted(ROOT.glob("patches/*/*/candidate.toml")):
        try:
            reverts = nox.project.load_toml(str(path)).get("reverts", {})
        except (OSError, ValueError):
            continue  # what is wrong with it, every verb says
        commit = str(reverts.get("commit", ""))
        if re.fullmatch(r"[0-9a-f]{40}", commit):
            found[commit] = str(reverts.get("subject", commit))
    return found


for verb, text in VERBS.items():
    add(verb, text, verb)
for commit, subject in suspects().items():
    text = f"Is a commit the cause? Before it, after it, without it: {subject}"
    add(f"bisect-{commit[:7]}", text, "bisect", "--suspect", commit)


@nox.session
def selftest(session: nox.Session) -> None:
    """The workbench's own tests."""
    run_tests(session, *session.posargs)


@nox.session(name="coverage")
def cover(session: nox.Session) -> None:
    """The same with a floor for what they cover; it takes half as much CPU again."""
    # Each of thousands of processes writes a file: where that is memory it takes no time.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as data:
        reports = ("--cov=harness", "--cov-report=term:skip-covered")
        run_tests(session, *reports, *session.posargs, COVERAGE_FILE=f"{data}/coverage")


def run_tests(session: nox.Session, *words: str, **env: str) -> None:
    """pytest in the workbench's environment, on as many workers as keep two cores busy."""
    # A site is built as well.
    with environment(session, "test", "docs", "dask") as python:
        session.run(python, "-m", "pytest", "-n", "4", *words, env=env)


@nox.session
def lint(session: nox.Session) -> None:
    """ruff, mypy --strict, the one way in which imports may point, and old Pythons."""
    programs = sorted(str(folder.relative_to(ROOT)) for folder in ROOT.glob("harness/**/programs"))
    # mypy reads the tests and the site as well, with the types of what they use.
    with environment(session, "lint", "test", "docs", "dask") as python:
        tools = Path(python).parent
        session.run(f"{tools}/ruff", "check", ".")
        session.run(f"{tools}/ruff", "format", "--check", ".")
        session.run(f"{tools}/mypy")
        session.run(f"{tools}/lint-imports", env={"PYTHONPATH": "."})
        session.run(f"{tools}/vermin", "--quiet", f"-t={OLDEST}-", "--violations", *programs)
        session.run(f"{tools}/pre-commit", "validate-config")


@nox.session
def docs(session: nox.Session) -> None:
    """README, notes and reports as a site; fails on a dead link (-- --external: asks the web)."""
    if set(session.posargs) - {"--external"}:
        session.error(f"docs takes --external and nothing else, not {session.posargs}")
    home = Path(session.invoked_from, os.environ.get("WORKBENCH_HOME") or ".workbench")
    site = home / "site"
    shared = ("-W", "--keep-going", "--quiet", "-c", "notes/site", "-d", str(site / ".doctrees"))
    with environment(session, "docs") as python:
        sphinx = (python, "-m", "sphinx", *shared)
        session.run(*sphinx, "-b", "html", ".", str(site), env={"WORKBENCH_HOME": str(home)})
        if session.posargs:
            session.run(*sphinx, "-b", "linkcheck", ".", str(site / ".external"))
    session.log(f"it starts with {site / 'index.html'}")


@nox.session
def faults(session: nox.Session) -> None:
    """What takes minutes: the wire's known faults, and a fleet to which everything happens."""
    with environment(session, "test", "dask") as python:
        session.run(python, "-m", "pytest", "-m", "long", *session.posargs)


@nox.session
def claims(session: nox.Session) -> None:
    """Run what the notes claim that commands print, and compare; list the rest by date."""
    with environment(session) as python:
        path = os.pathsep.join([str(ROOT / "tests"), str(ROOT)])
        session.run(python, "-m", "support.claims", *session.posargs, env={"PYTHONPATH": path})


@nox.session
def lock(session: nox.Session) -> None:
    """Refresh constraints.txt: everything, or `-- --upgrade-package NAME`."""
    with environment(session) as python:
        # uv does not read pip's configuration; the workbench knows how to hand it over.
        code = "import json; from harness.system.index import discover as d; "
        code += "print(json.dumps(d().as_uv_environment()))"
        said = session.run(python, "-c", code, env={"PYTHONPATH": "."}, silent=True, log=False)
        groups = [word for group in PROJECT["dependency-groups"] for word in ("--group", group)]
        # Neither annotations nor URLs: nothing in it depends on where it was made.
        shape = ("--no-annotate", "--no-emit-index-url", "--no-emit-find-links", "--quiet")
        made_by = ("--custom-compile-command", "nox -s lock")
        command = ("pip", "compile", "--universal", "--python-version", LEAST, *shape, *made_by)
        how = session.posargs or ["--upgrade"]
        uv = str(Path(python).with_name("uv"))
        output = ("--output-file", LOCK.name, "pyproject.toml")
        session.run(uv, *command, *groups, *how, *output, env=json.loads(str(said)))
