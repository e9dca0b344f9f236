"""Django: what is special about it.

Owns: where its version stands, which Pythons run which release, what its tests need,
and how they are called. Must not know: candidates, jobs, how a suite is run.
"""

from __future__ import annotations

import ast
import contextlib
import io
import re
import socket
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from packaging.version import InvalidVersion, Version

from ..model import Interpreter, Project, Source
from . import metadata, modules, touched
from .building import BuildRules
from .command import PlainCommand
from .untested import Untested

SOURCES: tuple[Source, ...] = (Source.SDIST, Source.DEB, Source.GIT, Source.PATH)
IS_INTERPRETER = False
IS_INSTALLED = True
SUITE = "django"
LAB_FAMILY = "django"
LOAD_SERVER = "runserver"
OLDEST = "1.11"
IMPORT_SETUP = "workbench_imports_django"
BUILDING: BuildRules | None = None
LAB_CODE: tuple[str, ...] = (
    "django/core/servers/*",
    "django/core/handlers/*",
    "django/core/management/commands/runserver.py",
    "django/contrib/staticfiles/handlers.py",
    "django/contrib/staticfiles/management/commands/runserver.py",
    "django/test/testcases.py",
)
# What the handlers of its server are given when they run for real.
REAL_OBJECTS: tuple[type, ...] = (io.BufferedReader, io.BufferedWriter, socket.socket)

UNTESTED: tuple[Untested, ...] = (
    Untested("documentation", ("docs/*",), "a build of the docs (`make -C docs html`) can"),
    Untested(
        "metadata",
        ("pyproject.toml", "setup.py", "setup.cfg", "MANIFEST.in"),
        "a build of the package (`python -m build`) can",
    ),
    Untested("JavaScript tests", ("js_tests/*", "package.json", "Gruntfile.js"), "`npm test` can"),
    Untested(
        "settings of tools",
        ("tox.ini", ".*", "scripts/*", "extras/*", "eslint.config.*"),
        "the tools that read them can",
    ),
    Untested("words", ("AUTHORS", "*.rst", "*.md", "LICENSE*", "INSTALL"), "readers can"),
)

MARKER = "django/__init__.py"
ALWAYS = ("asgiref", "sqlparse", "tzdata")

# Python 3.6 gets the versions that were seen to work: later ones of some say that they run
# on it and do not.
PINS = {
    "3.6": (
        "asgiref==3.4.1",
        "sqlparse==0.4.4",
        "pytz==2024.1",
        "typing_extensions==4.1.1",
        "tzdata",
    ),
}

# The oldest and newest Python of each series: from its own documentation (docs/faq/
# install.txt), lowered where a newer one was seen to break the first releases of a series.
# Requires-Python says the oldest as well; the newest stands in no metadata.
PYTHONS = {
    "1.11": ("3.4", "3.7"),
    "2.0": ("3.4", "3.7"),
    "2.1": ("3.5", "3.7"),
    "2.2": ("3.5", "3.9"),
    "3.0": ("3.6", "3.9"),
    "3.1": ("3.6", "3.9"),
    "3.2": ("3.6", "3.10"),
    "4.0": ("3.8", "3.10"),
    "4.1": ("3.8", "3.11"),
    "4.2": ("3.8", "3.11"),
    "5.0": ("3.10", "3.12"),
    "5.1": ("3.10", "3.13"),
    "5.2": ("3.10", "3.13"),
    "6.0": ("3.12", "3.14"),
    "6.1": ("3.12", "3.14"),
}
# The first release of a series that runs on a newer one (from the same pages).
NEWER = {
    "4.2": (Version("4.2.8"), "3.12"),
    "5.2": (Version("5.2.8"), "3.14"),
    "6.1": (Version("6.1.3"), "3.15"),
}

TESTS = "tests"
ALL = "all"
# Folders that are called like everything in them.
GENERAL = frozenset({"django", "core", "contrib", "db", "models"})
# runtests.py refuses it with any other database.
NEEDS_SPATIAL_DATABASE = frozenset({"gis_tests"})
# For what everything uses, and no test is called after. All tests would take half an hour;
# which of them run the change is found by looking.
SAMPLE = ("basic", "handlers", "test_runner")
# What the names of tests do not tell, and imports neither: they import `django.db.models`.
AREAS: dict[str, tuple[str, ...]] = {
    "django/db/models/": (
        "aggregation",
        "annotations",
        "basic",
        "expressions",
        "lookup",
        "model_fields",
        "ordering",
        "queries",
    ),
    "django/db/backends/": ("backends", "introspection", "schema", "transactions"),
    "django/conf/": ("settings_tests",),
    "django/http/": ("httpwrappers", "requests_tests", "responses"),
    "django/core/management/": ("admin_scripts", "user_commands"),
    "django/utils/translation/": ("i18n",),
    "django/urls/": ("urlpatterns", "urlpatterns_reverse"),
}


def index_name(project: Project) -> str:
    """Its name on package indexes."""
    return project.index or "Django"


def release_source(version: str, found: Sequence[Interpreter]) -> Source:
    """Every release is on the package indexes."""
    return Source.SDIST


def version_of(folder: Path, project: Project) -> str:
    """From the tuple ``VERSION``; a development branch is ``6.2.dev``."""
    text = (folder / MARKER).read_text("utf-8")
    match = re.search(r"^VERSION\s*=\s*(\(.*?\))", text, re.MULTILINE)
    try:
        major, minor, micro, stage, number = ast.literal_eval(match[1] if match else "")
    except SyntaxError as error:
        raise ValueError(f"{MARKER} names no version") from error
    name = f"{major}.{minor}.{micro}" if micro else f"{major}.{minor}"
    if stage == "final":
        return name
    if stage == "alpha" and number == 0:  # how Django marks its development branches
        return f"{name}.dev"
    return f"{name}{ {'alpha': 'a', 'beta': 'b', 'rc': 'rc'}[stage] }{number}"


def pythons(version: str) -> tuple[str, str] | None:
    """The oldest and newest Python of the release's series, newer for its later releases."""
    try:
        release = Version(version)
    except InvalidVersion:
        return None
    series = ".".join(map(str, (*release.release, 0)[:2]))
    known = PYTHONS.get(series)
    since, newer = NEWER.get(series, (release, ""))
    return (known[0], newer) if known and newer and release >= since else known


def requirements(folder: Path, python: Interpreter, project: Project) -> tuple[str, ...]:
    """What it declares, and what its tests always import; pytz where its own test
    requirements name it."""
    if python.minor in PINS:
        return PINS[python.minor]
    declared = metadata.dependencies(folder)
    if declared == []:
        return ()  # it says that it needs nothing
    chosen = metadata.fitting(declared or (), python)
    extra = ("pytz",) if _tests_need(folder, "pytz") else ()
    for name in (*ALWAYS, *extra):
        chosen.setdefault(name, name)
    return tuple(sorted(chosen.values()))


def import_path(folder: Path) -> tuple[Path, ...]:
    """The top of the checkout."""
    return (folder,)


def imported_as(path: str, folder: Path, project: Project) -> tuple[str, str] | None:
    """Its package, and the folders of tests, which import each other from ``tests``."""
    top, _, inner = path.partition("/")
    if top == "django":
        name = modules.imported_name(path)
        return ("", name) if name else None
    name = modules.imported_name(inner) if top == TESTS and "/" in inner else ""
    return (TESTS, name) if name else None


def patchable(source: Source) -> tuple[str, ...]:
    """Every source of it has everything."""
    return ()


def is_library_only(paths: Iterable[str]) -> bool:
    """It is all Python."""
    return True


def is_built_from(path: str) -> bool:
    """Nothing is built."""
    return False


def labels_of(paths: Iterable[str], tests: str) -> tuple[str, ...]:
    """Dotted names of the test modules, or the folder that a touched helper is in."""
    return modules.labels_of(paths, tests)


def tests_folder(project: Project) -> str:
    """The folder of its tests, as a path in a tree."""
    return TESTS


def labels_touched(paths: Iterable[str], folder: Path, project: Project) -> tuple[str, ...]:
    """Folders below ``tests``; a few of every kind for code that none is known for."""
    tests = folder / TESTS
    labels = {each.name for each in tests.glob("*") if _has_tests(each)}
    found: list[str] = []
    for path in paths:
        parts = PurePosixPath(path).parts
        if parts[0] == TESTS:
            found += parts[1:2] if len(parts) > 2 else SAMPLE
        elif parts[0] == "django":
            named = touched.named_after(path, labels, GENERAL)
            area = [each for place, own in AREAS.items() if path.startswith(place) for each in own]
            users = touched.labels_importing(tests, [touched.module_of(path)])
            found += [*named, *area, *users] or SAMPLE
    known = tuple(dict.fromkeys(each for each in found if each in labels))
    return known if known or not set(SAMPLE) & set(found) else (ALL,)


def modules_of(paths: Iterable[str]) -> tuple[str, ...]:
    """No tree stands on a tree of it."""
    return ()


def label_of_test(test: str) -> str:
    """The folder of tests, which is the first part of the id."""
    return test.partition(".")[0] if re.fullmatch(r"\w+(\.\w+)+", test) else ""


def test_pattern(path: str, tests: str, names: Sequence[str]) -> str:
    """An id is the dotted name: ``servers.tests.LiveServerViews.test_404``."""
    return modules.dotted(path, tests, names)


def debian_packages(wanted: str) -> tuple[str, ...]:
    """One for every version; which of them Debian has depends on its suites."""
    return ("python-django",)


def lab_tree(folder: Path) -> Path | None:
    """The lab's servers of this family are made from the tree."""
    return folder


def plain_command(folder: Path, labels: Sequence[str]) -> PlainCommand:
    """``cd tests; PYTHONPATH=.. python runtests.py LABELS --parallel=1``."""
    arguments = ("runtests.py", *labels, "--parallel=1")
    return PlainCommand(arguments, folder / "tests", import_path(folder))


def _has_tests(folder: Path) -> bool:
    """Whether runtests.py runs tests of a folder here: some only have models for others."""
    if folder.name in NEEDS_SPATIAL_DATABASE or not (folder / "__init__.py").exists():
        return False
    return any(folder.rglob("test*.py"))


def _tests_need(folder: Path, name: str) -> bool:
    for file in (folder / "tests" / "requirements").glob("*.txt"):
        with contextlib.suppress(OSError, UnicodeDecodeError):
            if re.search(rf"^{name}\b", file.read_text("utf-8"), re.MULTILINE):
                return True
    return False
