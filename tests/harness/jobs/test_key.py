"""The key of a job: another one as soon as anything that decides about its result is another."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from support.installed import library, program
from support.tiny import PROJECT
from support.values import BASE, JOB, PATCHED

from harness.jobs.key import key_of
from harness.model import Isolation, Job, Stack
from harness.suites import SUITES
from harness.system import digests

WIRE = msgspec.structs.replace(JOB, suite="regression", labels=("runserver",))
CONTROL = msgspec.structs.replace(WIRE, trees=(), labels=("gunicorn",))
KEYS = """
import sys, msgspec
from harness.jobs.key import key_of
from harness.model import Isolation, Job
for job in msgspec.json.decode(sys.stdin.buffer.read(), type=list[Job]):
    print(key_of(job, {}, Isolation.NONE))
"""


def key(job: Job) -> str:
    return key_of(job, {}, Isolation.NONE)


@pytest.mark.parametrize(
    "change",
    [
        {"suite": "cpython"},
        {"trees": (PATCHED,)},
        {"trees": (BASE, PATCHED)},
        {"labels": ("other",)},
        {"select": "x"},
        {"only": ("a", "b")},
        {"attempt": 2},
        {"timeout": 1.0},
        {"test_timeout": 1.0},
        {"python": msgspec.structs.replace(JOB.python, build="another build")},
    ],
    ids=lambda change: next(iter(change)),
)
def test_everything_that_a_job_says_is_in_its_key(change: dict[str, object]) -> None:
    assert key(msgspec.structs.replace(JOB, **change)) != key(JOB)


def test_what_a_candidate_is_called_is_not_in_the_key() -> None:
    renamed = msgspec.structs.replace(PATCHED, stack=Stack.read("django/renamed"), commit="e" * 40)
    jobs = [msgspec.structs.replace(JOB, trees=(tree,)) for tree in (PATCHED, renamed)]
    assert key(jobs[0]) == key(jobs[1])


def test_packages_and_isolation_are_in_the_key() -> None:
    assert key_of(JOB, {"asgiref": "3.9"}, Isolation.NONE) != key(JOB)
    assert key_of(JOB, {}, Isolation.SANDBOX) != key(JOB)


def keys(*folders: Path, path: str = "") -> dict[str, str]:
    """The keys of three jobs in a process with more libraries, and other programs."""
    jobs = {"django": JOB, "wire": WIRE, "control": CONTROL}
    env = {"PATH": path or os.environ["PATH"]}
    env["PYTHONPATH"] = os.pathsep.join(map(str, (*folders, PROJECT)))
    done = subprocess.run(
        [sys.executable, "-c", KEYS],
        input=msgspec.json.encode(list(jobs.values())),
        env=env,
        capture_output=True,
        check=True,
    )
    return dict(zip(jobs, done.stdout.decode().split(), strict=True))


def other(one: dict[str, str], two: dict[str, str]) -> set[str]:
    return {job for job in one if one[job] != two[job]}


@pytest.fixture(scope="module")
def now() -> dict[str, str]:
    return keys()


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("h11", {"wire", "control"}),
        ("pytest", {"wire", "control"}),
        ("urllib3", {"wire", "control"}),  # requests needs it, and nothing of ours names it
        ("gunicorn", {"control"}),
        ("cheroot", set()),
        ("ruff", set()),
    ],
)
def test_another_version_of_a_library_that_takes_part_is_another_key(
    tmp_path: Path, now: dict[str, str], name: str, changed: set[str]
) -> None:
    """The tree's own tests run in the tree's Python, which has none of these libraries."""
    assert other(now, keys(library(tmp_path, name, "0.0.1"))) == changed


@pytest.mark.parametrize("name", ["node", "curl", "nft"])
def test_a_program_that_is_installed_later_is_another_key(tmp_path: Path, name: str) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    before = keys(path=str(empty))
    assert other(before, keys(path=str(empty))) == set()
    after = keys(path=str(program(tmp_path / "bin", name)))
    assert other(before, after) == {"wire", "control"}


@pytest.fixture
def ticket(tmp_path: Path) -> Path:
    """A folder of behaviours."""
    (tmp_path / "behaviours.toml").write_text('upstream = "django"\n', "utf-8")
    return tmp_path


def test_every_suite_says_what_takes_part(ticket: Path) -> None:
    for name, suite in SUITES.items():
        labels = (str(ticket),) if name == "behaviours" else WIRE.labels
        job = msgspec.structs.replace(WIRE, suite=name, labels=labels)
        assert suite.participants(job) is not None


def test_a_tickets_folder_is_in_the_keys_of_its_own_results_only(ticket: Path) -> None:
    """Whatever is in it, its bytecode excepted."""
    own = msgspec.structs.replace(JOB, suite="behaviours", labels=(str(ticket),))
    jobs = [own, JOB, WIRE]
    found = [[key(job) for job in jobs]]
    for name in ("__pycache__/x.pyc", "rows.sql"):
        (ticket / name).parent.mkdir(exist_ok=True)
        (ticket / name).write_text("more", "utf-8")
        digests.digest_of_folder.cache_clear()
        found.append([key(job) for job in jobs])
    assert found[0] == found[1]
    assert [one == two for one, two in zip(*found[1:], strict=True)] == [False, True, True]
