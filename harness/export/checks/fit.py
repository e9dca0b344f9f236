"""Whether a diff fits: the whole of it on the newest base, by mail, and nothing strange in it.

Owns: what is said of paths and of how a patch goes on. Must not know what lines say.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from ..bases import flag
from ..gate import CheckResult, not_asked, wrong_if_any
from ..squash import SquashedCommit, Squasher

STRAY = ("*.orig", "*.rej", "*.pyc", "*.swp", "*~", "*.patch", "*.diff", "*.DS_Store")


def check_files(squashed: SquashedCommit) -> CheckResult:
    """Files that nobody declared, and those that never belong into a patch."""
    paths = [file.path for file in squashed.touched]
    declared = tuple(p for candidate in squashed.stack for p in candidate.about.files)
    stray = [p for p in paths if any(fnmatchcase(p, pattern) for pattern in STRAY)]
    if declared:
        strange = [p for p in paths if not any(fnmatchcase(p, pattern) for pattern in declared)]
        note = f"declared: {', '.join(declared)}"
    else:
        strange = [p for p in paths if not p.startswith(squashed.upstream.prefixes)]
        note = f"no `files` in candidate.toml; below {', '.join(squashed.upstream.prefixes)}"
    said = [f"{path}: not declared" for path in strange if path not in stray]
    said += [f"{path}: left over from editing or running" for path in stray]
    return wrong_if_any(said, "take them out of the patch, or name them in `files`", note)


def check_applies(squashed: SquashedCommit) -> CheckResult:
    """The whole of the patch on the newest base."""
    said = [f"{path}: {squashed.base.base} has no such part" for path in squashed.left_out]
    note = f"{squashed.applies} on {squashed.base.base} ({squashed.base.base.source})"
    return wrong_if_any(said, _advice(squashed), note)


def check_mail(squashed: SquashedCommit, squasher: Squasher) -> CheckResult:
    """``git am`` in a repository of its own gives the tree that was tested."""
    if not squashed.mail:
        return not_asked("there is no patch")
    why = squasher.goes_on_by_mail(squashed)
    return wrong_if_any(
        [why] if why else [], "see what git says; a patch is made of text that git wrote"
    )


def _advice(squashed: SquashedCommit) -> str:
    rules = squashed.upstream.pull_request
    example = (
        f", such as {flag(squashed.upstream.name, rules.base)}" if rules and rules.base else ""
    )
    return f"make the diff on a base with everything{example}"
