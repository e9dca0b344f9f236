"""What CPython's own Tools/patchcheck says of the files that a diff touches.

Owns: running its functions on copies of those files. Its command line wants a git
checkout of CPython on a branch, and mends the files; neither is wanted here.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from ...model import WorkbenchError
from ...sources.provider import Provider
from ...system import processes, sandbox
from ..gate import CheckResult, not_asked, unknown, wrong_if_any
from ..squash import SquashedCommit
from .linters import python_for

PROGRAM = Path(__file__).parent / "programs" / "patch_check.py"
RUN_SECONDS = 60.0


def check(squashed: SquashedCommit, provider: Provider) -> CheckResult:
    """Python and C files that it would mend, and files that it would want regenerated."""
    rules = squashed.upstream.pull_request
    if rules is None or not rules.patchcheck:
        return not_asked("the upstream has no such rule")
    # From the base: a patch does not check itself.
    tools = provider.trees.checkout(squashed.base) / rules.patchcheck
    if not tools.is_dir():
        return not_asked(f"{squashed.base.base} has no {rules.patchcheck}")
    try:
        with provider.home.scratch("patchcheck") as scratch:
            for file in squashed.touched:
                if file.after is not None:
                    place = scratch / file.path
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(file.after)
            python = python_for(provider.found)
            reach = sandbox.FileAccess(
                (str(scratch),), (str(tools), str(PROGRAM.parent), python.prefix)
            )
            argv = [python.path, "-B", str(PROGRAM), str(tools), str(scratch)]
            argv += [file.path for file in squashed.touched if file.after is not None]
            wrapped = sandbox.wrap(argv, reach, sandbox.level())
            finished = processes.run(wrapped, deadline=RUN_SECONDS, cwd=scratch)
        said = msgspec.json.decode(finished.stdout.splitlines()[-1], type=list[str])
    except (WorkbenchError, msgspec.MsgspecError, IndexError) as error:
        return unknown(f"patchcheck could not be run: {str(error).splitlines()[0]}")
    return wrong_if_any(
        said, "run `make patchcheck` in a checkout", f"{rules.patchcheck} of the base"
    )
