"""What a patch of an interpreter breaks in the projects that stand on it: the real command line.

Each miniature project below is a source distribution with one test of ``colorsys``, and shows
one of the states that a project can end in.
"""

from __future__ import annotations

import colorsys
import inspect
import platform
import shutil
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from support.local_index import archive
from support.tiny import DONE, HANG, MATCHED, PROJECT, UNDONE, WRONG, ProcessResult, Workbench, diff
from support.wheels import wheels

from harness.model import ImpactState
from harness.pythons import interpreters
from harness.system.home import Home

LIBRARY = PROJECT / "tests" / "tiny_library"
PATCH = "cpython/hue"
CANDIDATE = """\
title = "other colours"
ticket = ""
origin = "made for the workbench's own tests"
credit = []
series = ["0001.patch"]
"""
# Compiled files are all that outlives a run: the first one leaves a note there.
FLAKES = """\
        import os, sys
        try:
            os.close(os.open(os.path.join(sys.pycache_prefix, "note"), os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return v, v, v
        return v, v, 2 * v"""
CHANGES = {
    "        return 0.0, 0.0, v": "        return 0.5, 0.0, v",
    "        return 0.0, l, 0.0": "        return 0.5, l, 0.0",
    "        return v, v, v": FLAKES,
    "        return l, l, l": "        return (l, l, l)",
}
# project: what its one test says, and the state that this ends in
TESTS: dict[str, tuple[str, ImpactState]] = {
    "grey": ("colorsys.rgb_to_hsv(1.0, 1.0, 1.0) == (0.0, 0.0, 1.0)", ImpactState.REGRESSED),
    "mended": ("colorsys.rgb_to_hls(1.0, 1.0, 1.0) == (0.5, 1.0, 0.0)", ImpactState.FIXED),
    "moody": ("colorsys.hsv_to_rgb(0.0, 0.0, 1.0) == (1.0, 1.0, 1.0)", ImpactState.FLAKY),
    "wrong": ("colorsys.hls_to_rgb(0.0, 1.0, 0.0) == (2, 2, 2)", ImpactState.BROKEN_ALREADY),
    "right": ("colorsys.hls_to_rgb(0.0, 1.0, 0.0) == (1, 1, 1)", ImpactState.UNAFFECTED),
    "idle": ("colorsys.ONE_THIRD < 0.5", ImpactState.NO_EVIDENCE),
    "bare": ("", ImpactState.UNTESTABLE),
    "old": ("colorsys.ONE_SIXTH < 0.5", ImpactState.UNTESTABLE),
}
STATES = {name: state for name, (_, state) in TESTS.items()}


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Workbench:
    """The command line with these projects, all judged, once for all processes."""
    found = interpreters.find(Home(tmp_path_factory.mktemp("home")))
    same = [python for python in found if python.version == platform.python_version()]
    if not any(python.has_tests for python in same):
        pytest.skip("needs the running Python with its `test` package: `pyenv install 3.13`")
    root = tmp_path_factory.getbasetemp()
    folder = (root if worker_id == "master" else root.parent) / "impact"
    with FileLock(folder.with_suffix(".lock")):
        folder.mkdir(exist_ok=True)
        workbench = Workbench(folder)
        workbench.env["PIP_FIND_LINKS"] = str(folder / "wheels")
        done = folder / "report.json"
        if not done.exists():
            wheels(folder / "wheels")
            write_projects(folder / "patches", folder / "wheels")
            finished = impact(workbench)
            assert finished.status == UNDONE, finished.out + finished.err
            (folder / "printed.txt").write_text(finished.out, "utf-8")
            shutil.copy(workbench.home / "reports/report.json", done)
    return workbench


def write_projects(patches: Path, index: Path) -> None:
    """The interpreter with its list and a candidate, and releases of the projects."""
    write(patches / "cpython/upstream.toml", 'kind = "cpython"\nprefixes = ["Lib/"]\n')
    old = new = inspect.getsource(colorsys)
    for before, after in CHANGES.items():
        assert new.count(before) == 1
        new = new.replace(before, after)
    write(patches / PATCH / "0001.patch", diff(old, new, "Lib/colorsys.py"))
    write(patches / PATCH / "candidate.toml", CANDIDATE)
    library = (LIBRARY / "src/tiny_library/__init__.py").read_text("utf-8")
    write(patches / "library/upstream.toml", 'kind = "pytest_project"\n')
    text = diff(library, library + "\n", "src/tiny_library/__init__.py")
    write(patches / "library/neutral/0001.patch", text)
    write(patches / "library/neutral/candidate.toml", CANDIDATE)
    listed = ['kind = "pytest_project"']
    for name, (test, _) in TESTS.items():
        files = {"pyproject.toml": about(name), "first.py": "import colorsys\n"}
        if test:
            text = f"import colorsys\n\n\ndef test_it():\n    assert {test}\n"
            files["tests/test_colours.py"] = text
        release(index, name, files)
        listed.append(f'[[project]]\nname = "{name}"\nversion = "1.0"\nwhy = "it has colours"')
    release(index, "blind", {"pyproject.toml": about("blind"), "tests/test_it.py": "import json\n"})
    listed.append('[[project]]\nname = "blind"\nwhy = "it should have colours"')
    write(patches / "cpython/impact.toml", "\n".join(listed))


def about(name: str) -> str:
    python = "<3" if name == "old" else ">=3.8"
    return (
        f'[project]\nname = "{name}"\nversion = "1.0"\nrequires-python = "{python}"\n'
        "dependencies = []\n"
    )


def release(index: Path, name: str, files: dict[str, str]) -> None:
    (index / f"{name}-1.0.tar.gz").write_bytes(archive(f"{name}-1.0", files))


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def impact(workbench: Workbench, *words: str | Path, verb: str = "impact") -> ProcessResult:
    """The verb on the running Python, with the candidate unless another patch is given."""
    patches = ("--patches", workbench.folder / "patches")
    candidate = () if "--patch" in words or verb == "report" else ("--candidate", PATCH)
    base = ("--cpython", platform.python_version(), "--test-timeout", str(HANG))
    return workbench.run(verb, *patches, *candidate, *base, "--repeat", "2", *words)


def found(workbench: Workbench, file: Path | None = None) -> dict[str, Any]:
    (only,) = workbench.report(file)["impacts"]
    told: dict[str, Any] = only
    return told


def project(workbench: Workbench, name: str) -> dict[str, Any]:
    (told,) = [each for each in found(workbench)["projects"] if each["project"] == name]
    return dict(told)


@pytest.mark.parametrize("name", TESTS)
def test_each_project_ends_in_its_state(standing: Workbench, name: str) -> None:
    told = project(standing, name)
    assert ImpactState(told["state"]) is STATES[name], told["why"]


def test_one_that_regresses_says_so_of_the_patch(standing: Workbench) -> None:
    assert found(standing)["verdict"] == "breaks"
    assert found(standing)["ground"]["upstream"] == "cpython"
    (broken,) = project(standing, "grey")["broken"]
    assert broken == "tests/test_colours.py::test_it"


def test_it_is_told_which_module_is_imported_where(standing: Workbench) -> None:
    (use,) = project(standing, "right")["uses"]
    assert use == {
        "module": "colorsys",
        "files": ["first.py", "tests/test_colours.py"],
        "through": "",
    }
    assert found(standing)["modules"] == ["colorsys"]


def test_what_is_not_imported_is_not_run(standing: Workbench) -> None:
    assert "blind" not in {each["project"] for each in found(standing)["projects"]}
    hints = standing.report()["hints"]
    assert f"{PATCH}: blind: not run, they import none of colorsys" in hints


def test_why_nothing_is_known_is_told(standing: Workbench) -> None:
    assert "there are no tests below tests/" in project(standing, "bare")["why"]
    assert "Python" in project(standing, "old")["why"]
    assert project(standing, "idle")["reached"] == 0
    assert project(standing, "wrong")["failing"] == ["tests/test_colours.py::test_it"]


def test_only_steady_tests_count_for_what_of_the_change_was_run(standing: Workbench) -> None:
    """Those that fail with and without it, and that of moods, prove nothing of it."""
    (file,) = found(standing)["files"]
    assert file["path"] == "cpython:Lib/colorsys.py"
    text = inspect.getsource(colorsys)
    for before, after in CHANGES.items():
        text = text.replace(before, after)
    lines = text.splitlines()
    ran = {lines[number - 1].strip() for number in file["reached"]}
    assert ran == {"return 0.5, 0.0, v", "return 0.5, l, 0.0", "return (l, l, l)"}
    assert {lines[number - 1].strip() for number in file["lines"]} > ran


def test_the_table_has_every_project(standing: Workbench) -> None:
    printed = (standing.folder / "printed.txt").read_text("utf-8")
    for name, state in STATES.items():
        (line,) = [row for row in printed.splitlines() if row[2:].startswith(f"{name} ")]
        said = "could not be tested" if state is ImpactState.UNTESTABLE else state.value
        assert said.replace("-", " ") in line
    assert f"{PATCH} breaks 1 of {len(TESTS)} projects: breaks." in printed
    page = (standing.home / "reports/report.html").read_text("utf-8")
    assert "judged by what stands on it" in page


@pytest.mark.parametrize(("word", "status"), [("broken", MATCHED), ("never", UNDONE)])
def test_the_exit_status_is_that_of_test(standing: Workbench, word: str, status: int) -> None:
    """Two projects could not be tested, so that some of the work was not done."""
    report = ("--json", standing.folder / "report.json", "--fail-on", word)
    assert impact(standing, *report, verb="report").status == status


def test_a_project_may_be_named(standing: Workbench, tmp_path: Path) -> None:
    """What was run before is not run again, and one that imports nothing says so."""
    words = ("--project", "right", "--project", "blind", "--json", tmp_path / "report.json")
    finished = impact(standing, *words)
    assert finished.status == DONE, finished.err
    told = {each["project"]: each for each in found(standing, tmp_path / "report.json")["projects"]}
    assert [*told] == ["right", "blind"]
    assert told["blind"]["why"] == "it imports none of them"
    assert found(standing, tmp_path / "report.json")["verdict"] == "unproven"


def test_a_patch_from_anywhere_is_judged_by_what_stands_on_its_upstream(
    standing: Workbench, tmp_path: Path
) -> None:
    text = inspect.getsource(colorsys)
    other = text.replace("        return l, l, l", "        return l, l, l + 1")
    mine = write(tmp_path / "planted.diff", diff(text, other, "Lib/colorsys.py"))
    words = ("--patch", mine, "--project", "right", "--fail-on", "broken")
    finished = impact(standing, *words, "--json", tmp_path / "report.json")
    assert finished.status == MATCHED, finished.err
    (told,) = found(standing, tmp_path / "report.json")["projects"]
    assert (told["state"], told["reached"]) == ("regressed", 1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--project", "gray"), "has 'gray'; did you mean grey?"),
        (("--project", "zzz"), "has 'zzz'; known: grey, mended"),
        (("--candidate", "cpython/hues"), "did you mean cpython/hue?"),
        (("--candidate", "library/neutral"), "impact is for patches of cpython"),
    ],
    ids=["near", "far", "candidate", "upstream"],
)
def test_a_wrong_name_is_one_line(standing: Workbench, words: tuple[str, ...], said: str) -> None:
    finished = impact(standing, *words)
    assert finished.status == WRONG
    assert said in finished.error


def test_the_report_can_be_shown_again(standing: Workbench) -> None:
    printed = impact(standing, "--json", standing.folder / "report.json", verb="report").out
    assert f"{PATCH} breaks 1 of {len(TESTS)} projects" in printed
