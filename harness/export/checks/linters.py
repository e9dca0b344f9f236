"""An upstream's own linters, on what a diff touches, before against after.

Owns: running them from an environment of their own, in a sandbox, with the tree's
settings. Must not know any linter: ``upstream.toml`` names them. What a linter
already said of the base is not the patch's fault.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec
from packaging.version import Version

from ...catalog.upstream import Tool
from ...model import Interpreter, WorkbenchError
from ...pythons import environments
from ...pythons.environments import Environment
from ...sources.provider import Provider
from ...system import processes, sandbox
from ...system.home import Home
from ...system.processes import ProcessResult, Stop
from ..gate import CheckResult, not_asked, unknown, wrong_if_any
from ..squash import SquashedCommit

RUN_SECONDS = 120.0  # a second is normal
OLDEST = Version("3.10")  # of the Pythons that today's linters run on
POSITION = re.compile(r"^(?:\./)?([\w./-]+):\d+(?::\d+)?(?=:)")


def check(squashed: SquashedCommit, tool: Tool, provider: Provider) -> CheckResult:
    """What the tool says of the touched files that it did not say of the base."""
    paths = [
        file.path
        for file in squashed.touched
        if file.after is not None and any(fnmatchcase(file.path, p) for p in tool.files)
    ]
    if not paths:
        return not_asked(f"the diff touches no {' or '.join(tool.files)}")
    assert squashed.patched is not None
    sides = [provider.trees.checkout(tree) for tree in (squashed.base, squashed.patched)]
    if tool.settings and not tool.instead and not (sides[1] / tool.settings).exists():
        return not_asked(f"this tree has no {tool.settings}")
    try:
        python = python_for(provider.found)
        environment = environments.provide(provider.home, python, tool.requires)
        before, after = (
            findings(_tool_output(tool, environment, python, side, paths, provider.home), tool)
            for side in sides
        )
    except WorkbenchError as error:
        return unknown(str(error).splitlines()[0], f"see that {tool.name} can be installed and run")
    packages = ", ".join(tool.requires) or tool.run[0]
    note = f"{packages}, {_settings(tool, sides[1])}"
    told = [each for each, n in (after - before).items() for _ in range(n)]
    return wrong_if_any(told, f"run {tool.name} on these files", note)


def python_for(installed: Sequence[Interpreter]) -> Interpreter:
    """The newest Python here that linters run on; ``WorkbenchError`` if there is none."""
    fitting = [p for p in installed if Version(p.version) >= OLDEST]
    if not fitting:
        raise WorkbenchError(f"no Python {OLDEST} or newer was found; install one")
    return max(fitting, key=lambda python: Version(python.version))


def findings(finished: ProcessResult, tool: Tool) -> Counter[str]:
    """Each finding without its place, so that the base's can be taken away.

    Raises ``WorkbenchError`` if the tool failed and said nothing that is a finding.
    """
    if tool.output == "diff":
        told = _unwanted_lines(finished.stdout.splitlines())
    else:
        # sphinx-lint tells its findings on standard error.
        lines = [*finished.stdout.splitlines(), *finished.stderr.splitlines()]
        told = [POSITION.sub(r"\1", line.strip()) for line in lines if POSITION.match(line)]
    # A formatter that cannot read a file says so with a status above 1.
    if finished.stop is not Stop.EXITED or (not finished.ok and (not told or finished.status > 1)):
        raise WorkbenchError(f"{tool.name} could not be run: {_last_line(finished)}")
    return Counter(told)


def _unwanted_lines(lines: list[str]) -> list[str]:
    """The lines that a formatter would change, each with the file that it is in.

    Where it would only add lines, the lines that it would add.
    """
    told: list[str] = []
    path = ""
    for line in lines:
        if line.startswith("+++ "):
            continue
        if line.startswith("--- "):
            path = line[4:].partition("\t")[0].removesuffix(":before")
        elif line[:1] in "+-" and line.strip():
            told.append(f"{path}: {line[0]} {line[1:]}")
    return told


def _tool_output(
    tool: Tool,
    environment: Environment,
    python: Interpreter,
    side: Path,
    paths: list[str],
    home: Home,
) -> ProcessResult:
    """Run the tool in a checkout, which it can read and not write."""
    programs = environment.python.parent
    settings = [] if (side / tool.settings).exists() else tool.instead
    there = [path for path in paths if (side / path).exists()]
    if not there:
        return ProcessResult((), 0, Stop.EXITED, 0.0, "", "")
    argv = [str(programs / tool.run[0]), *tool.run[1:], *settings, *there]
    with home.scratch("lint") as scratch:
        readable = (str(side), str(programs.parent), python.prefix)
        reach = sandbox.FileAccess(writable=(str(scratch),), readable=readable)
        env = {
            "PATH": os.pathsep.join([str(programs), os.environ.get("PATH", os.defpath)]),
            "HOME": str(scratch),
            "TMPDIR": str(scratch),
            "LC_ALL": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        wrapped = sandbox.wrap(argv, reach, sandbox.level())
        finished = processes.run(wrapped, cwd=side, env=env, deadline=RUN_SECONDS)
    # Paths as they are in the tree: reports are for other people, and the sides compare.
    out, err = (
        text.replace(f"{side}/", "").replace(f"{programs}/", "")
        for text in (finished.stdout, finished.stderr)
    )
    return msgspec.structs.replace(finished, stdout=out, stderr=err)


def _settings(tool: Tool, side: Path) -> str:
    if tool.settings and (side / tool.settings).exists():
        return f"settings of the tree's {tool.settings}"
    if tool.settings:
        return f"{tool.settings} is not in this tree; instead: {' '.join(tool.instead)}"
    return "its own settings"


def _last_line(finished: ProcessResult) -> str:
    lines = (finished.stderr.strip() or finished.stdout.strip()).splitlines()
    how = f"status {finished.status}" if finished.stop is Stop.EXITED else f"{finished.stop} limit"
    return f"{lines[-1] if lines else 'it said nothing'} ({how})"
