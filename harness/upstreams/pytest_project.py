"""Any Python project whose tests run under pytest; ``upstream.toml`` says the rest.

Owns: what such projects have in common: metadata that says what they need, and test
files as labels. Must not know any one project.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from ..model import Interpreter, Project, RequestError, Source
from . import metadata, modules
from .building import BuildRules
from .command import PlainCommand
from .untested import Untested, classes_of

SOURCES: tuple[Source, ...] = (Source.SDIST, Source.GIT, Source.PATH)
IS_INTERPRETER = False
IS_INSTALLED = True
SUITE = "pytest"
LAB_FAMILY = ""
IMPORT_SETUP = ""
BUILDING: BuildRules | None = None
LAB_CODE: tuple[str, ...] = ()
LOAD_SERVER = ""
ALL = "all"
OLDEST = ""
# What is read by people; all else of it may be read by its tests.
UNTESTED: tuple[Untested, ...] = (
    Untested("documentation", ("*.md", "*.rst"), "a build of the docs can"),
)
REAL_OBJECTS: tuple[type, ...] = ()


def index_name(project: Project) -> str:
    """``index`` of upstream.toml, else the upstream's own name."""
    return project.index or project.name


def release_source(version: str, found: Sequence[Interpreter]) -> Source:
    """A release is on the package indexes."""
    return Source.SDIST


def version_of(folder: Path, project: Project) -> str:
    """What the tree's metadata says."""
    return metadata.version(folder)


def pythons(version: str) -> tuple[str, str] | None:
    """Nothing is known but what the metadata says."""
    return None


def requirements(folder: Path, python: Interpreter, project: Project) -> tuple[str, ...]:
    """Its own dependencies, pytest, and what ``upstream.toml`` says that its tests need.

    Raises ``RequestError`` for an extra or a dependency group that the tree has not.
    """
    lines = [*(metadata.dependencies(folder) or ())]
    for what, names, get in (
        ("extra", project.extras, metadata.extra),
        ("dependency group", project.groups, metadata.dependency_group),
    ):
        for name in names:
            found = get(folder, name)
            if found is None:
                raise RequestError(
                    f"patches/{project.name}/upstream.toml: this release of {project.name} has "
                    f"no {what} {name!r}; name what its tests need with `requires`"
                )
            lines += found
    chosen = metadata.fitting([*lines, *project.requires], python)
    chosen.setdefault("pytest", "pytest")
    return tuple(sorted(chosen.values()))


def import_path(folder: Path) -> tuple[Path, ...]:
    """``src`` where there is one, else the top."""
    source = folder / "src"
    return (source,) if source.is_dir() else (folder,)


def imported_as(path: str, folder: Path, project: Project) -> tuple[str, str] | None:
    """Its packages, and test files, from the first folder above that is no package."""
    top = PurePosixPath(path).parent
    while (folder / top / "__init__.py").exists():
        top = top.parent
    own = {place.relative_to(folder).as_posix() for place in import_path(folder)}
    is_package = top.as_posix() in own and (top.parts != () or "/" in path)
    if not (is_package or (path.startswith(f"{tests_folder(project)}/") and _is_test_file(path))):
        return None
    name = modules.imported_name(PurePosixPath(path).relative_to(top).as_posix())
    return (top.as_posix(), name) if name else None


def patchable(source: Source) -> tuple[str, ...]:
    """Whatever the source has."""
    return ()


def is_library_only(paths: Iterable[str]) -> bool:
    """Nothing of it is built."""
    return True


def is_built_from(path: str) -> bool:
    """Nothing is built."""
    return False


def labels_of(paths: Iterable[str], tests: str) -> tuple[str, ...]:
    """The test files themselves; the whole folder if only helpers are touched."""
    touched = [path for path in paths if path.startswith(tests)]
    files = [path for path in touched if _is_test_file(path)]
    return tuple(dict.fromkeys(files or ([tests.rstrip("/")] if touched else [])))


def tests_folder(project: Project) -> str:
    """The folder of its tests, as a path in a tree."""
    return project.tests.rstrip("/")


def labels_touched(paths: Iterable[str], folder: Path, project: Project) -> tuple[str, ...]:
    """All of them: such a suite takes seconds."""
    return (ALL,) if any(not classes_of([path], UNTESTED) for path in paths) else ()


def modules_of(paths: Iterable[str]) -> tuple[str, ...]:
    """No tree stands on a tree of it."""
    return ()


def label_of_test(test: str) -> str:
    """The file of ``tests/test_x.py::test_y[param]``."""
    file, colons, _ = test.partition("::")
    return file if colons and file.endswith(".py") else ""


def test_pattern(path: str, tests: str, names: Sequence[str]) -> str:
    """Node ids: ``tests/test_x.py::Tests::test_y``, with any parameters."""
    return "::".join((path, *names)) + "*"


def debian_packages(wanted: str) -> tuple[str, ...]:
    """Debian is no source of it."""
    return ()


def lab_tree(folder: Path) -> Path | None:
    """The lab has no server of it."""
    return None


def plain_command(folder: Path, labels: Sequence[str]) -> PlainCommand:
    """``python -m pytest LABELS`` at the top of the tree."""
    return PlainCommand(("-m", "pytest", *labels), folder, import_path(folder))


def _is_test_file(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py"))
