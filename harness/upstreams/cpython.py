"""CPython: what is special about it.

Owns: where its version stands, which source has what of it, how its tests are called,
and that a tree of it is a Python. Must not know: candidates, jobs, how it is built or
run.
"""

from __future__ import annotations

import io
import re
import socket
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from ..model import Interpreter, Project, Source
from . import modules, touched
from .building import BuildRules, in_patterns
from .command import PlainCommand
from .untested import Untested

SOURCES: tuple[Source, ...] = (Source.INSTALLED, Source.DEB, Source.GIT, Source.PATH)
IS_INTERPRETER = True
IS_INSTALLED = False
SUITE = "cpython"
LAB_FAMILY = "stdlib"
LOAD_SERVER = "httpserver"
OLDEST = "3.6"
IMPORT_SETUP = ""
LAB_CODE: tuple[str, ...] = ("Lib/socketserver.py", "Lib/http/server.py", "Lib/wsgiref/*")
# What the handlers of its servers are given when they run for real.
REAL_OBJECTS: tuple[type, ...] = (io.BufferedReader, io.BufferedWriter, socket.socket)

UNTESTED: tuple[Untested, ...] = (
    Untested("documentation", ("Doc/*",), "a build of the docs (`make -C Doc html`) can"),
    Untested("news", ("Misc/*",), "`make patchcheck` can"),
    Untested("settings of tools", (".*", "Tools/*"), "the tools that read them can"),
    Untested("words", ("README*", "LICENSE*"), "readers can"),
)
# Where no test is called as a file in C, these are run: a build that is broken shows in any.
AREAS: dict[str, tuple[str, ...]] = {
    "Include": ("test_builtin", "test_capi"),
    "Modules": ("test_builtin", "test_sys"),
    "Objects": ("test_builtin", "test_gc", "test_types"),
    "Parser": ("test_ast", "test_grammar", "test_syntax"),
    "Python": ("test_builtin", "test_compile", "test_grammar", "test_sys"),
}
BUILD = ("configure*", "Makefile.pre.in", "pyconfig.h.in", "config.*", "install-sh", "m4/*")
BUILT = ("test_builtin", "test_sysconfig")

MARKER = "Include/patchlevel.h"
# What no build here reads; but for these of the library, which stand frozen in the executable
# (all but the importers from 3.11 on) or make its modules.
LIBRARY = ("Lib/", "Doc/", "Misc/", "Mac/", "PC/", "PCbuild/", ".", "README", "netlify.toml")
FROZEN = (
    *("Lib/importlib/_bootstrap*.py", "Lib/importlib/util.py", "Lib/importlib/machinery.py"),
    *("Lib/__hello__.py", "Lib/__phello__/*"),
    *(f"Lib/{name}.py" for name in ("abc", "codecs", "io", "os", "runpy", "site", "stat")),
    *(f"Lib/{name}.py" for name in ("_collections_abc", "_sitebuiltins", "zipimport")),
    *(f"Lib/{name}.py" for name in ("genericpath", "ntpath", "posixpath")),
)
BUILDERS = ("Lib/distutils/*", "Lib/sysconfig*")
MODULES = "Modules/Setup*"
BUILDING: BuildRules | None = BuildRules(
    anew=(*BUILD, MODULES, "Modules/makesetup", "Modules/config.c.in", MARKER),
    # distutils compares times, and nothing of how a module is compiled.
    parts=("setup.py", *BUILDERS),
    made=("build", "pybuilddir.txt"),
    doubtful=("build/lib*/*_failed*",),
    unneeded=(
        *("*.o", "*.a", "*.pyc", "build/temp*", "config.*", "Makefile.pre", "python-config*"),
        *("Programs/_freeze*", "Programs/_bootstrap*", "Parser/pgen"),
    ),
)
MINORS = range(9, 30)  # what "any version" is looked for as; one that is not there costs nothing
PACKAGE = "test."
TESTS = "Lib/test"
LIBRARY_CODE = "Lib"


def index_name(project: Project) -> str:
    """It is on no package index."""
    return ""


def release_source(version: str, found: Sequence[Interpreter]) -> Source:
    """An interpreter here that carries its tests, else Debian's copy of the release."""
    own = [python for python in found if python.has_tests]
    here = any(version in (python.version, python.minor) for python in own)
    return Source.INSTALLED if here else Source.DEB


def version_of(folder: Path, project: Project) -> str:
    """``PY_VERSION``, without the plus of a checkout between releases."""
    text = (folder / MARKER).read_text("utf-8")
    match = re.search(r'^#define\s+PY_VERSION\s+"([^"+]+)', text, re.MULTILINE)
    if match is None:
        raise ValueError(f"{MARKER} names no version")
    return match[1]


def pythons(version: str) -> tuple[str, str] | None:
    """It runs on no other Python than itself."""
    return None


def requirements(folder: Path, python: Interpreter, project: Project) -> tuple[str, ...]:
    """Its tests need nothing."""
    return ()


def import_path(folder: Path) -> tuple[Path, ...]:
    """Nothing is put in the way of a library that its own Python finds."""
    return ()


def imported_as(path: str, folder: Path, project: Project) -> tuple[str, str] | None:
    """What stands below ``Lib``, the tests with it."""
    name = modules.imported_name(path.removeprefix("Lib/"))
    return ("Lib", name) if path.startswith("Lib/") and name else None


def patchable(source: Source) -> tuple[str, ...]:
    """An installed standard library has no docs, NEWS or C code to patch."""
    return ("Lib/*",) if source is Source.INSTALLED else ()


def is_library_only(paths: Iterable[str]) -> bool:
    """Whether one build serves these changes: only Python that is read when it runs, words,
    and what other systems need."""
    return all(path.startswith(LIBRARY) and not in_patterns(path, FROZEN) for path in paths)


def is_built_from(path: str) -> bool:
    """Code in C, what configures, and of the library what is frozen or makes modules."""
    return not is_library_only((path,)) or in_patterns(path, BUILDERS)


def labels_of(paths: Iterable[str], tests: str) -> tuple[str, ...]:
    """Names of the test modules, or the folder that a touched helper is in."""
    return modules.labels_of(paths, tests)


def tests_folder(project: Project) -> str:
    """The folder of its tests, as a path in a tree."""
    return TESTS


def labels_touched(paths: Iterable[str], folder: Path, project: Project) -> tuple[str, ...]:
    """Modules and packages ``test_x``: touched, called as the file, or importing it."""
    tests = folder / TESTS
    labels = {each.stem for each in tests.glob("test_*") if each.suffix == ".py" or each.is_dir()}
    found: list[str] = []
    for path in paths:
        parts = PurePosixPath(path).parts
        if path.startswith(f"{TESTS}/"):
            found.append(PurePosixPath(parts[2]).stem)
        elif parts[0] == LIBRARY_CODE:
            found += [f"test_{name}" for name in _names_of(path)]
            found += touched.labels_importing(tests, modules_of([path]))
        elif in_patterns(path, BUILD):
            found += BUILT
        elif parts[0] in AREAS:
            named = [f"test_{name}" for name in _names_of(path)]
            found += [name for name in named if name in labels] or AREAS[parts[0]]
    return tuple(dict.fromkeys(each for each in found if each in labels))


def modules_of(paths: Iterable[str]) -> tuple[str, ...]:
    """The modules of the standard library."""
    mine = [p.removeprefix("Lib/") for p in paths if p.startswith("Lib/") and TESTS not in p]
    return tuple(filter(None, map(touched.module_of, mine)))


def label_of_test(test: str) -> str:
    """The module of ``test.test_wsgiref.Tests.test_x``."""
    match = re.fullmatch(rf"{re.escape(PACKAGE)}(test_\w+)(\.\w+)*", test)
    return match[1] if match else ""


def test_pattern(path: str, tests: str, names: Sequence[str]) -> str:
    """Ids begin with the package: ``test.test_wsgiref.Tests.test_x``."""
    return PACKAGE + modules.dotted(path, tests, names)


def debian_packages(wanted: str) -> tuple[str, ...]:
    """``python3.13`` for ``3.13`` and ``3.13.15``."""
    minors = [".".join(wanted.split(".")[:2])] if wanted else [f"3.{n}" for n in MINORS]
    return tuple(f"python{minor}" for minor in minors)


def lab_tree(folder: Path) -> Path | None:
    """The lab's servers of this family need nothing but the tree's Python."""
    return None


def plain_command(folder: Path, labels: Sequence[str]) -> PlainCommand:
    """``python -m test -u network LABELS``; without the resource a server test skips itself."""
    return PlainCommand(("-m", "test", "-u", "network", *labels), folder, ())


def _names_of(path: str) -> list[str]:
    """What the test of a module, or of a file in C, may be called after."""
    *folders, stem = PurePosixPath(path).with_suffix("").parts[1:]
    name = stem.removesuffix("module").removesuffix("object")
    plain = [part.strip("_") for part in (*folders, name)]
    return ["_".join(plain), plain[0], plain[-1]]
