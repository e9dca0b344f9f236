"""Every way by which a test is laid over a state that lacks it, and where each does not fit."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support.values import CPYTHON, DJANGO

from harness.model import OverlayWay, Project
from harness.search.overlay.fitting import laid
from harness.search.overlay.values import Laid, LaidTest, Misfit, OverlaidFile, Overlay
from harness.system.home import Home
from harness.trees.trees import Trees

PATH = "tests/birds/tests.py"
MODELS = "tests/birds/models.py"
WANTED = "birds.tests.Flight.test_lands"
LIBRARY = Project("library", "pytest_project")

# What the test was written for, before and after.
OLD = '''\
"""Birds."""
import unittest
from os import path


class Flight(unittest.TestCase):
    def setUp(self):
        self.height = 3

    def test_rises(self):
        self.assertEqual(self.height, 3)
'''
NEW = '''\
"""Birds."""
import unittest
from math import inf, pi
from os import path

LIMIT = inf


def falling(height):
    return height - 3


class Flight(unittest.TestCase):
    ground = 0

    def setUp(self):
        self.height = 3

    def test_rises(self):
        self.assertEqual(self.height, 3)

    @unittest.skipIf(LIMIT < 0, "there is no sky")
    def test_lands(self):
        self.check(falling(self.height))

    def check(self, height):
        self.assertEqual(height, self.ground)


class Others(Flight):
    def test_other(self):
        self.fail(pi)
'''
# A state long before: another beginning, another test at the same place.
STATE = """\
import sys
import unittest


class Song(unittest.TestCase):
    def test_sings(self):
        pass


class Flight(unittest.TestCase):
    def setUp(self):
        self.height = 3

    def test_flaps(self):
        pass


if __name__ == "__main__":
    unittest.main()
"""
OVERLAY = Overlay((OverlaidFile(PATH, OLD, NEW),), "fix.patch")

Fit = Callable[..., Laid | Misfit]


@pytest.fixture
def fit(home: Home) -> Fit:
    """Fits the overlay to a state of ``files`` by one way; git does the merging."""

    def fit(
        way: OverlayWay,
        files: dict[str, str],
        overlay: Overlay = OVERLAY,
        tests: tuple[str, ...] = (WANTED,),
        project: Project = DJANGO,
    ) -> Laid | Misfit:
        return laid(overlay, way, tests, files.get, project, Trees(home).files.merged)

    return fit


def run(folder: Path, text: str, *tests: str) -> str:
    """What unittest says of tests in a module with that text."""
    (folder / "here.py").write_text(text, "utf-8")
    names = [f"here.{test}" for test in tests] or ["here"]
    argv = [sys.executable, "-m", "unittest", *names]
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
    return done.stderr.strip().splitlines()[-1]


def got(found: Laid | Misfit) -> Laid:
    assert isinstance(found, Laid), found
    return found


def reason(found: Laid | Misfit) -> str:
    assert isinstance(found, Misfit), found
    return found.reason


# Whole files -----------------------------------------------------------------------------


def test_whole_files_are_written_as_they_are(fit: Fit) -> None:
    gone = OverlaidFile("tests/birds/gone.py", "x = 1\n", None)
    found = got(fit(OverlayWay.WHOLE_FILES, {PATH: STATE}, Overlay((*OVERLAY.files, gone), "")))
    assert found.files == {PATH: NEW}
    assert found.tests == {WANTED: LaidTest(WANTED, ("birds.tests",))}


# Hunks -----------------------------------------------------------------------------------


def test_hunks_are_merged_into_what_the_state_has(fit: Fit) -> None:
    state = OLD.replace('"""Birds."""\n', '"""Birds of long ago."""\n# more\n# and more\n\n')
    found = got(fit(OverlayWay.HUNKS, {PATH: state}))
    text = found.files[PATH]
    assert text.startswith('"""Birds of long ago."""')
    assert "def test_lands" in text
    assert found.tests[WANTED].id == WANTED


def test_hunks_that_are_at_odds_with_the_state_are_refused(fit: Fit) -> None:
    assert reason(fit(OverlayWay.HUNKS, {PATH: STATE})) == (
        f"{PATH}: what the state has there is at odds with it"
    )


def test_hunks_of_tests_that_nobody_asked_for_may_be_at_odds(fit: Fit) -> None:
    other = OverlaidFile("tests/birds/test_other.py", "x = 1\n", "x = 2\n")
    overlay = Overlay((*OVERLAY.files, other), "fix.patch")
    found = got(fit(OverlayWay.HUNKS, {PATH: OLD, other.path: "y = 1\n"}, overlay))
    assert list(found.files) == [PATH]
    assert found.modules == {PATH}
    models = OverlaidFile(MODELS, "x = 1\n", "x = 2\n")
    overlay = Overlay((*OVERLAY.files, models), "fix.patch")
    assert MODELS in reason(fit(OverlayWay.HUNKS, {PATH: OLD, MODELS: "y = 1\n"}, overlay))


def test_a_file_of_which_nothing_is_new_has_no_hunks(fit: Fit) -> None:
    same = Overlay((OverlaidFile(PATH, NEW, NEW),), "tests.py")
    assert "nothing says what of it is new" in reason(fit(OverlayWay.HUNKS, {PATH: OLD}, same))


# Function --------------------------------------------------------------------------------


def test_a_test_is_put_into_the_class_that_the_state_has(fit: Fit, tmp_path: Path) -> None:
    text = got(fit(OverlayWay.FUNCTION, {PATH: STATE})).files[PATH]
    assert "class Song" in text
    assert "def test_flaps" in text
    assert "test_rises" not in text
    assert "pi" not in text
    assert run(tmp_path, text, "Flight.test_lands", "Flight.test_flaps") == "OK"
    assert "from math import inf\n" in text
    assert text.index("LIMIT = inf") < text.index("class Flight") < text.index("ground = 0")


def test_a_test_that_the_state_has_in_another_wording_is_replaced(fit: Fit, tmp_path: Path) -> None:
    flaps = "    def test_flaps(self):\n        pass\n"
    state = STATE.replace(flaps, f"    def test_lands(self):\n        self.fail()\n\n{flaps}")
    text = got(fit(OverlayWay.FUNCTION, {PATH: state})).files[PATH]
    assert text.count("def test_lands") == 1
    assert run(tmp_path, text, "Flight.test_lands", "Flight.test_flaps") == "OK"


def test_a_helper_goes_along_where_it_was_changed_with_the_test(fit: Fit, tmp_path: Path) -> None:
    own = "def falling(height):\n    return 0  # as ever\n"
    state = STATE.replace("class Song", f"{own}\n\nclass Song")
    state = state.replace("    def setUp", "    ground = 9\n\n    def setUp")
    text = got(fit(OverlayWay.FUNCTION, {PATH: state})).files[PATH]
    assert text.count("def falling") == text.count("ground = ") == 1
    assert "as ever" not in text
    assert "ground = 0" in text
    assert run(tmp_path, text, "Flight.test_lands") == "OK"
    # What is as it was before the test is that of the state.
    old = OLD.replace("class", "def falling(height):\n    return height - 3\n\n\nclass")
    old = old.replace("    def setUp", "    ground = 0\n\n    def setUp")
    overlay = Overlay((OverlaidFile(PATH, old, NEW),), "fix.patch")
    text = got(fit(OverlayWay.FUNCTION, {PATH: state}, overlay)).files[PATH]
    assert own in text
    assert "ground = 9" in text


def test_what_decorates_a_function_stands_above_it(fit: Fit, tmp_path: Path) -> None:
    path, test = "tests/test_x.py", "tests/test_x.py::test_one"
    new = "def mark(f):\n    return f\n\n\n@mark\ndef test_one():\n    pass\n"
    overlay = Overlay((OverlaidFile(path, None, new),), path)
    state = {path: "def test_one():\n    pass\n"}
    text = got(fit(OverlayWay.FUNCTION, state, overlay, (test,), LIBRARY)).files[path]
    assert text.index("def mark") < text.index("@mark")
    assert text.count("def test_one") == 1


def test_a_test_of_a_base_in_another_file_goes_there(fit: Fit) -> None:
    base = "tests/birds/test_base.py"
    mixed = "from .test_base import Base\n\n\nclass Flight(Base):\n    pass\n"
    new = "class Base:\n    def test_lands(self):\n        pass\n"
    overlay = Overlay(
        (OverlaidFile(PATH, mixed, mixed), OverlaidFile(base, "class Base:\n    x = 1\n", new)), "x"
    )
    state = {PATH: mixed, base: "class Base:\n    y = 1\n"}
    at_odds = f"{base}: what the state has there is at odds with it"
    assert reason(fit(OverlayWay.HUNKS, state, overlay)) == at_odds
    found = got(fit(OverlayWay.FUNCTION, state, overlay))
    assert "def test_lands" in found.files[base]
    assert "y = 1" in found.files[base]
    assert found.files[PATH] == mixed
    assert reason(fit(OverlayWay.MODULE, state, overlay)) == (
        f"Flight.test_lands is inherited from {base}"
    )


def test_a_set_up_that_came_with_the_test_goes_along(fit: Fit) -> None:
    new = NEW.replace("self.height = 3\n", "self.height = 4\n")
    overlay = Overlay((OverlaidFile(PATH, OLD, new),), "fix.patch")
    assert "self.height = 4" in got(fit(OverlayWay.FUNCTION, {PATH: STATE}, overlay)).files[PATH]
    # One that is as before is that of the state.
    state = STATE.replace("self.height = 3", "self.height = 7")
    assert "self.height = 7" in got(fit(OverlayWay.FUNCTION, {PATH: state})).files[PATH]


def test_a_class_that_the_state_has_not_is_brought_with_these_tests_alone(
    fit: Fit, tmp_path: Path
) -> None:
    state = STATE[: STATE.index("class Flight")]
    text = got(fit(OverlayWay.FUNCTION, {PATH: state})).files[PATH]
    assert "test_rises" not in text
    assert run(tmp_path, text) == "OK"


def test_an_inherited_test_goes_into_the_class_that_has_it(fit: Fit, tmp_path: Path) -> None:
    test = "birds.tests.Others.test_lands"
    text = got(fit(OverlayWay.FUNCTION, {PATH: STATE}, tests=(test,))).files[PATH]
    assert run(tmp_path, text, "Others.test_lands") == "OK"
    assert "test_other" not in text


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ({}, "the state has no such file"),
        ({PATH: "print 'a Python of old'\n"}, "this Python can not read it"),
        ({PATH: "class Flight: pass\n"}, "the tests are not in what comes of it"),
    ],
)
def test_a_function_needs_a_file_that_can_take_it(
    fit: Fit, state: dict[str, str], why: str
) -> None:
    assert why in reason(fit(OverlayWay.FUNCTION, state))


# Module ----------------------------------------------------------------------------------


def test_a_module_of_its_own_has_the_test_and_what_it_needs(fit: Fit, tmp_path: Path) -> None:
    found = got(fit(OverlayWay.MODULE, {}))
    ((path, text),) = found.files.items()
    assert path == "tests/birds/test_workbench_overlay_tests.py"
    name = "birds.test_workbench_overlay_tests"
    assert found.tests == {WANTED: LaidTest(f"{name}.Flight.test_lands", (name,))}
    assert run(tmp_path, text) == "OK"
    for part in ("setUp", "LIMIT", "def falling", "def check", "ground = 0", "import inf\n"):
        assert part in text
    for part in ("test_rises", "class Others", "import path", "pi"):
        assert part not in text


def test_parts_that_only_strings_name_go_along(fit: Fit, tmp_path: Path) -> None:
    names = '["birds.tests.Nest", "birds.tests." "Egg", "birds.tests_x"]'
    new = NEW.replace("ground = 0\n", f"ground = 0\n    names = {names}\n")
    new = new.replace("self.ground)", "len(self.names) - 3)")
    new += "\n\nclass Nest:\n    pass\n\n\nclass Egg:\n    pass\n"
    overlay = Overlay((OverlaidFile(PATH, OLD, new),), "fix.patch")
    (text,) = got(fit(OverlayWay.MODULE, {}, overlay)).files.values()
    beside = "birds.test_workbench_overlay_tests"
    assert f'["{beside}.Nest", "{beside}." "Egg", "birds.tests_x"]' in text
    grafted = got(fit(OverlayWay.FUNCTION, {PATH: STATE}, overlay)).files[PATH]
    for made in (text, grafted):
        assert "class Nest" in made
        assert "class Egg" in made
        assert run(tmp_path, made, "Flight.test_lands") == "OK"


def test_a_module_that_hands_its_own_name_on_keeps_all_but_tests(fit: Fit) -> None:
    new = NEW.replace("LIMIT = inf\n", "LIMIT = inf\npages = [path]\n")
    new = new.replace("ground = 0\n", "ground = 0\n    name = __name__\n")
    (text,) = got(fit(OverlayWay.MODULE, {}, _changed(new))).files.values()
    assert "pages = [path]" in text
    assert "from os import path" in text


def test_what_an_unknown_base_may_call_goes_along(fit: Fit) -> None:
    new = NEW.replace("    def check", "    def wind(self):\n        return pi\n\n    def check")
    (text,) = got(fit(OverlayWay.MODULE, {}, _changed(new))).files.values()
    assert "def wind" not in text
    new = new.replace("class Flight(unittest", "class Flight(path.Weather, unittest")
    (text,) = got(fit(OverlayWay.MODULE, {}, _changed(new))).files.values()
    assert "def wind" in text
    assert "import inf, pi" in text


def test_a_member_that_is_used_as_a_decorator_goes_along(fit: Fit, tmp_path: Path) -> None:
    new = NEW.replace("    ground = 0\n", "    ground = 0\n\n    def once(f):\n        return f\n")
    new = new.replace("    @unittest.skipIf", "    @once\n    @unittest.skipIf")
    (text,) = got(fit(OverlayWay.MODULE, {}, _changed(new))).files.values()
    assert run(tmp_path, text) == "OK"


def _changed(new: str) -> Overlay:
    return Overlay((OverlaidFile(PATH, OLD, new),), "fix.patch")


def test_a_test_of_the_standard_library_keeps_its_package(fit: Fit) -> None:
    overlay = Overlay((OverlaidFile("Lib/test/test_birds.py", OLD, NEW),), "x")
    test = "test.test_birds.Flight.test_lands"
    found = got(fit(OverlayWay.MODULE, {}, overlay, (test,), CPYTHON))
    name = "test_workbench_overlay_test_birds"
    assert list(found.files) == [f"Lib/test/{name}.py"]
    assert found.tests == {test: LaidTest(f"test.{name}.Flight.test_lands", (name,))}


def test_functions_with_parameters_and_fixtures_of_pytest_go_along(
    fit: Fit, tmp_path: Path
) -> None:
    text = """\
import pytest
import sys


@pytest.fixture
def nest(twig):
    return [twig]


@pytest.fixture
def twig():
    return 1


@pytest.fixture(autouse=True)
def always(monkeypatch):
    monkeypatch.setenv("BIRD", "yes")


@pytest.mark.parametrize("n", [1, 2])
def test_nest(nest, n):
    assert nest == [1]


def test_other():
    assert sys
"""
    path = "tests/test_nest.py"
    test = f"{path}::test_nest[2]"
    overlay = Overlay((OverlaidFile(path, None, text),), path)
    found = got(fit(OverlayWay.MODULE, {}, overlay, (test,), LIBRARY))
    beside = "tests/test_workbench_overlay_test_nest.py"
    assert found.tests == {test: LaidTest(f"{beside}::test_nest[2]", (beside,))}
    made = found.files[beside]
    for part in ("def nest", "def twig", "def always"):
        assert part in made
    assert "test_other" not in made
    assert "import sys" not in made
    (tmp_path / "tests").mkdir()
    (tmp_path / beside).write_text(made)
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", beside]
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "2 passed" in done.stdout
    state = {path: "import pytest\n\n\ndef test_old():\n    pass\n"}
    grafted = got(fit(OverlayWay.FUNCTION, state, overlay, (test,), LIBRARY)).files[path]
    (tmp_path / beside).write_text(grafted)
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "3 passed" in done.stdout


# What stands around tests ----------------------------------------------------------------


@pytest.mark.parametrize("way", [OverlayWay.FUNCTION, OverlayWay.MODULE])
def test_support_files_are_merged_or_left_as_the_state_has_them(fit: Fit, way: OverlayWay) -> None:
    base = "".join(f"class Bird{n}: pass\n" for n in range(9))
    support = OverlaidFile(MODELS, base, base + "class Owl: pass\n")
    page = OverlaidFile("tests/birds/page.html", None, "<p>")
    other = OverlaidFile("tests/birds/test_other.py", None, "x = 1\n")
    overlay = Overlay((*OVERLAY.files, support, page, other), "fix.patch")
    state = {PATH: STATE, MODELS: "# Birds\n" + base}
    found = got(fit(way, state, overlay)).files
    assert found[MODELS] == "# Birds\n" + base + "class Owl: pass\n"
    assert found["tests/birds/page.html"] == "<p>"
    # Tests that nobody asked for could keep others from being imported.
    assert "tests/birds/test_other.py" not in found
    state[MODELS] = "# quite another file\n"
    assert MODELS not in got(fit(way, state, overlay)).files


@pytest.mark.parametrize("way", [OverlayWay.FUNCTION, OverlayWay.MODULE])
def test_tests_that_are_not_in_the_overlay_can_not_be_moved(fit: Fit, way: OverlayWay) -> None:
    found = fit(way, {PATH: STATE}, tests=("songs.tests.Song.test_sings",))
    assert reason(found) == "none of the tests is in fix.patch"


def test_a_test_of_the_state_itself_keeps_its_id(fit: Fit) -> None:
    theirs = "songs.tests.Song.test_sings"
    found = got(fit(OverlayWay.MODULE, {PATH: STATE}, tests=(WANTED, theirs)))
    assert found.tests[theirs] == LaidTest(theirs, ("songs",))
