"""A project under pytest is judged with nothing but an upstream.toml: the real command line.

The miniature library of tests/tiny_library hangs, crashes, flakes and loses tests with
the candidates below, as the miniature of Django does with its own.
"""

from __future__ import annotations

import colorsys
import inspect
import platform
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from support.tiny import HANG, PROJECT, ProcessResult, Workbench, copied, diff
from support.wheels import wheels

from harness.model import Isolation
from harness.pythons import interpreters
from harness.system import sandbox
from harness.system.home import Home

LIBRARY = PROJECT / "tests" / "tiny_library"
SOURCE = "src/tiny_library/__init__.py"
TESTS = "tests/test_library.py"
UPSTREAM = 'kind = "pytest_project"\n'
CANDIDATE = """\
title = "one change"
ticket = ""
origin = "made for the workbench's own tests"
credit = []
series = ["0001.patch"]
"""
TOTAL = "return sum(numbers) if numbers else None"
FEATURE = "return True"
NAME = 'return "Hello, " + name'
# Compiled files are all that outlives a run: the first one leaves a note there.
FLAKES = """\
import os, sys
    try:
        os.close(os.open(os.path.join(sys.pycache_prefix, "note"), os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return "Hello, " + name
    return name"""

# name: what it changes, the verdict, and the one test whose change is looked at
CANDIDATES: dict[str, tuple[tuple[str, str, str], str, tuple[str, str]]] = {
    "fixes": ((SOURCE, TOTAL, "return sum(numbers)"), "fixes", ("test_total[[]-0]", "fixed")),
    "breaks": ((SOURCE, NAME, "return name"), "breaks", ("test_greeting", "broken")),
    "hangs": (
        (SOURCE, NAME, "import threading\n    threading.Event().wait()"),
        "breaks",
        ("test_greeting", "broken"),
    ),
    "crashes": ((SOURCE, NAME, "import os\n    os.abort()"), "breaks", ("test_greeting", "broken")),
    "flakes": ((SOURCE, NAME, FLAKES), "unproven", ("test_greeting", "flaky")),
    "skips": ((SOURCE, FEATURE, "return False"), "breaks", ("test_feature", "newly-skipped")),
    "vanishes": (
        (TESTS, "def test_greeting", "def no_test_greeting"),
        "neutral",
        ("test_greeting", "turned-off"),
    ),
    "ungathered": (
        (SOURCE, "def feature()", "def renamed()"),
        "breaks",
        ("tests/test_library.py", "new-failing"),
    ),
    "neutral": ((SOURCE, "one thing each", "one single thing each"), "neutral", ("", "")),
}


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Workbench:
    """The command line with a folder of candidates for the miniature library, all judged,
    once for all processes."""
    root = tmp_path_factory.getbasetemp()
    folder = (root if worker_id == "master" else root.parent) / "library"
    with FileLock(folder.with_suffix(".lock")):
        folder.mkdir(exist_ok=True)
        workbench = Workbench(folder)
        workbench.env["PIP_FIND_LINKS"] = str(folder / "wheels")
        done = folder / "report.json"
        if not done.exists():
            wheels(folder / "wheels")
            write_candidates(folder / "patches")
            copied(LIBRARY, folder / "tree")
            finished = judge(workbench)
            assert finished.status == 0, finished.out + finished.err
            # Other runs in this folder write reports of their own; this one stays.
            shutil.copy(workbench.home / "reports/report.json", done)
    return workbench


def write_candidates(patches: Path) -> None:
    write(patches / "library" / "upstream.toml", UPSTREAM)
    for name, ((path, old, new), _, _) in CANDIDATES.items():
        text = (LIBRARY / path).read_text("utf-8")
        assert old in text
        own = patches / "library" / name
        write(own / "candidate.toml", CANDIDATE)
        write(own / "0001.patch", diff(text, text.replace(old, new), path))


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def judge(workbench: Workbench, *words: str | Path, verb: str = "test") -> ProcessResult:
    """The verb with the miniature library in place of everything else."""
    folder = workbench.folder
    return workbench.run(
        *(verb, "--base", f"library={folder}/tree", "--patches", folder / "patches"),
        *("--suite", "pytest", "--repeat", "2", "--test-timeout", str(HANG), *words),
        *("--python", platform.python_version(), "--django", "none"),
    )


def changes(
    workbench: Workbench, name: str, upstream: str = "library", file: Path | None = None
) -> dict[str, dict[str, Any]]:
    candidate = workbench.candidates(file)[f"{upstream}/{name}"]
    return {each["test"]: each for each in candidate["changes"]}


@pytest.mark.parametrize("name", CANDIDATES)
def test_each_candidate_gets_its_verdict(library: Workbench, name: str) -> None:
    _, verdict, (test, kind) = CANDIDATES[name]
    assert library.candidates()[f"library/{name}"]["verdict"] == verdict
    found = {id_: each["kind"] for id_, each in changes(library, name).items()}
    if test:
        (told,) = [each for id_, each in found.items() if id_.endswith(test)]
        assert told == kind
    else:
        assert found == {}


def test_ids_are_node_ids_wherever_the_tree_stands(library: Workbench) -> None:
    """A parameter that names a file of the tree is the same on both sides."""
    assert list(changes(library, "breaks")) == ["tests/test_library.py::test_greeting"]


def test_the_packages_are_compiled_once_for_all_candidates(library: Workbench) -> None:
    if sandbox.level() is not Isolation.SANDBOX:
        pytest.skip("bytecode is shared in the full sandbox alone; install bubblewrap")
    found = (library.home / "pycache").rglob("envs/*/lib/*/site-packages")
    links = [path for path in found if path.is_symlink()]
    assert len(links) >= len(CANDIDATES)
    assert all((link / "_pytest").is_dir() for link in links)


def test_a_hang_is_told_with_its_stack_and_a_crash_with_its_end(library: Workbench) -> None:
    (hang,) = changes(library, "hangs").values()
    assert (hang["patched"], hang["group"]) == ("hung", "hang")
    assert "in greeting" in hang["detail"]
    (crash,) = changes(library, "crashes").values()
    assert crash["patched"] == "crashed"


def test_a_file_that_can_not_be_collected_is_named_with_its_error(library: Workbench) -> None:
    candidate = library.candidates()["library/ungathered"]
    assert candidate["notes"] == [
        "not-run: tests/test_library.py can not be collected: "
        "AttributeError: module 'tiny_library' has no attribute 'feature'"
    ]
    assert changes(library, "ungathered")["tests/test_library.py"]["patched"] == "error"


def test_select_takes_a_part_of_the_ids(library: Workbench, tmp_path: Path) -> None:
    words = ("--select", r"test_total\[", "--candidate", "library/fixes")
    finished = judge(library, *words, "--json", tmp_path / "report.json")
    assert finished.status == 0, finished.err
    assert library.candidates(tmp_path / "report.json")["library/fixes"]["tests"] == 3


def test_a_label_is_a_file(library: Workbench, tmp_path: Path) -> None:
    words = ("--suite", "pytest:tests/inner/other_test.py", "--candidate", "library/neutral")
    finished = judge(library, *words, "--json", tmp_path / "report.json")
    candidates = library.candidates(tmp_path / "report.json")
    assert candidates["library/neutral"]["tests"] >= 1, finished.err
    finished = judge(library, "--suite", "pytest:tests/gone.py", "--candidate", "library/neutral")
    assert finished.status == 3
    assert "pytest:tests/gone.py: this tree of library has no such tests" in finished.out


def test_a_patch_from_anywhere_is_for_the_upstream_that_was_named(
    library: Workbench, tmp_path: Path
) -> None:
    text = (LIBRARY / "pyproject.toml").read_text("utf-8")
    mine = write(tmp_path / "mine.diff", diff(text, text + "# more\n", "pyproject.toml"))
    finished = judge(library, "--patch", mine, "--json", tmp_path / "report.json")
    assert finished.status == 0, finished.err
    candidate = library.candidates(tmp_path / "report.json")["library/mine"]
    assert (candidate["verdict"], candidate["counts"]) == ("unproven", {})


COLOURS = """\
import colorsys


def test_white_has_no_hue() -> None:
    assert colorsys.rgb_to_hsv(1.0, 1.0, 1.0) == (0.0, 0.0, 1.0)
"""


@pytest.mark.parametrize("dependents", [True, False])
@pytest.mark.parametrize("suites", ["", 'suites = ["cpython:test_colorsys", "regression"]\n'])
def test_a_patch_of_cpython_is_judged_below_a_project_that_stands_on_it(
    library: Workbench, tmp_path: Path, dependents: bool, suites: str
) -> None:
    """No test of CPython's own is chosen; its tree is still what the project runs on.

    Nor does it matter that the candidate names the suites of others."""
    found = interpreters.find(Home(tmp_path / "home"))
    if not any(
        python.version == platform.python_version() and python.has_tests for python in found
    ):
        pytest.skip("needs the running Python with its `test` package: `pyenv install 3.13`")
    patches = tmp_path / "patches"
    write(patches / "library/upstream.toml", UPSTREAM)
    told = 'dependents = ["library"]\n' if dependents else ""
    write(patches / "cpython/upstream.toml", 'kind = "cpython"\nprefixes = ["Lib/"]\n' + told)
    text = inspect.getsource(colorsys)
    broken = text.replace("return 0.0, 0.0, v", "return 0.5, 0.0, v")
    assert broken != text
    write(patches / "cpython/hue/0001.patch", diff(text, broken, "Lib/colorsys.py"))
    write(patches / "cpython/hue/candidate.toml", CANDIDATE + suites)
    tree = copied(LIBRARY, tmp_path / "tree")
    write(tree / "tests/test_colours.py", COLOURS)
    finished = judge(
        library,
        *("--base", f"library={tree}", "--base", f"cpython={platform.python_version()}"),
        *("--patches", patches, "--candidate", "cpython/hue"),
        *("--json", tmp_path / "report.json"),
    )
    assert finished.status == 0, finished.err
    judged = library.candidates(tmp_path / "report.json")["cpython/hue"]
    assert judged["verdict"] == "breaks"
    assert list(changes(library, "hue", "cpython", tmp_path / "report.json")) == [
        "tests/test_colours.py::test_white_has_no_hue"
    ]


# Bad input --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('kind = "flask"\n', r"there is no kind 'flask'; known are: django, cpython, pytest_pro"),
        ('kind = "pytest-project"\n', "did you mean 'pytest_project'"),
        (UPSTREAM + 'markers = ["x"]\n', "unknown field `markers`"),
        (UPSTREAM + 'name = "other"\n', "an upstream's name is that of its folder"),
        ("index = 3\n", "Object missing required field `kind`|Expected `str`"),
    ],
    ids=["kind", "misspelt", "key", "name", "type"],
)
def test_a_wrong_upstream_toml_is_one_line(
    workbench: Workbench, tmp_path: Path, text: str, said: str
) -> None:
    write(tmp_path / "patches/other/upstream.toml", text)
    finished = workbench.run("apply", "--patches", tmp_path / "patches", "--django", "none")
    assert finished.status == 2
    assert "patches/other/upstream.toml" in finished.error
    assert re.search(said, finished.error)


def test_a_tree_without_tests_is_told(library: Workbench, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    copied(LIBRARY, bare)
    for path in (bare / "tests").rglob("*.py"):
        path.unlink()
    finished = judge(library, "--base", f"library={bare}", "--candidate", "library/neutral")
    assert finished.status == 3
    (note,) = [line for line in finished.out.splitlines() if line.startswith("note: ")][:1]
    assert "there are no tests below tests/ in this tree of library" in note


def test_an_index_name_that_does_not_exist_is_told(library: Workbench) -> None:
    finished = judge(library, "--base", "library=1.0", "--candidate", "library/neutral")
    assert finished.status == 3
    assert "library" in finished.out + finished.err
    assert "Traceback" not in finished.err


def test_two_upstreams_that_claim_a_path_are_both_named(library: Workbench) -> None:
    folder = library.folder / "two"
    for name in ("one", "two"):
        write(folder / name / "upstream.toml", UPSTREAM)
    text = "x\n"
    mine = write(library.folder / "both.diff", diff(text, "y\n", "src/both.py"))
    finished = library.run("apply", "--patch", mine, "--patches", folder, "--django", "none")
    assert finished.status == 2
    assert "fit more than one upstream (one, two); say --patch one=" in finished.error
