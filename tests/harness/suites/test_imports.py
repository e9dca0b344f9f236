"""Modules of real trees are compiled and imported; whatever stops that is an outcome."""

from __future__ import annotations

import ast
import os
import platform
import sys
from pathlib import Path

import msgspec
from support.tiny import HANG
from support.values import BASE, JOB

from harness.model import Interpreter, JobEnd, Outcome, Status
from harness.suites import PROGRAMS, imports
from harness.suites.place import JobWorkspace
from harness.system import sandbox

OWN = Interpreter(
    os.path.realpath(sys.executable), platform.python_version(), sys.version, sys.prefix, False
)
FINE, HANGS, ENDS = "x = 1\n", "while True: pass\n", "import os\nos._exit(3)\n"


def tried(tmp_path: Path, *python: str, **files: str) -> dict[str, Outcome]:
    """The outcomes of modules of a package `django`, by name."""
    tree = tmp_path / "tree"
    (tree / "django").mkdir(parents=True)
    (tree / "django" / "__init__.py").write_text("", "utf-8")
    for name, text in files.items():
        (tree / "django" / f"{name}.py").write_text(text, "utf-8")
    for name in ("scratch", "pycache"):
        (tmp_path / name).mkdir()
    place = JobWorkspace(
        checkouts={"django": tree},
        python=python or (sys.executable,),
        python_path=(),
        readable=(),
        pycache=tmp_path / "pycache",
        scratch=tmp_path / "scratch",
        log=tmp_path / "log.txt",
        isolation=sandbox.level(),
    )
    labels = tuple(f"django:django/{name}.py" for name in (*files, "gone"))
    job = msgspec.structs.replace(
        JOB,
        suite=imports.NAME,
        trees=(BASE,),
        python=OWN,
        labels=labels,
        test_timeout=HANG / imports.AS_LONG_AS,
    )
    result = imports.run(job, place)
    assert result.ended is JobEnd.COMPLETED
    return {Path(name).stem: outcome for name, outcome in result.outcomes.items()}


def test_each_module_has_its_outcome_and_one_that_is_not_there_has_none(tmp_path: Path) -> None:
    found = tried(tmp_path, fine=FINE, ends=ENDS, name="y = x\n", syntax="x = (\n", last=FINE)
    assert {name: outcome.status for name, outcome in found.items()} == {
        "fine": Status.PASSED,
        "ends": Status.CRASHED,
        "name": Status.ERROR,
        "syntax": Status.ERROR,
        "last": Status.PASSED,
    }
    where = tmp_path / "tree" / "django" / "name.py"
    assert found["name"].reason == f"NameError: name 'x' is not defined ({where}, line 1)"
    assert found["syntax"].reason.startswith("SyntaxError: ")


def test_a_module_that_hangs_does_not_stop_the_next(tmp_path: Path) -> None:
    found = tried(tmp_path, hangs=HANGS, fine=FINE)
    assert (found["hangs"].status, found["fine"].status) == (Status.HUNG, Status.PASSED)


def test_a_reason_survives_whatever_is_in_it(tmp_path: Path) -> None:
    found = tried(tmp_path, odd="raise ValueError('\"\\\\ \\x00 \\U0001f40d \\ud800')\n")
    assert found["odd"].reason.startswith('ValueError: "\\ \x00 \U0001f40d ?')


def test_a_python_that_does_not_start_is_what_is_wrong_with_every_module(tmp_path: Path) -> None:
    found = tried(tmp_path, sys.executable, "-X", "no-such-option=", "--nonsense", fine=FINE)
    assert found["fine"].status is Status.ERROR
    assert found["fine"].reason.startswith("Python does not start: ")


def test_the_program_needs_nothing_that_a_patch_of_the_library_may_have_broken() -> None:
    text = (PROGRAMS / "import_modules.py").read_text("utf-8")
    nodes = ast.walk(ast.parse(text))
    found = {alias.name for n in nodes if isinstance(n, ast.Import) for alias in n.names}
    assert found <= set(sys.builtin_module_names)
