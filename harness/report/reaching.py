"""What is known of the changed code that tests ran, and of what a patch's own tests prove. Pure.

Owns: these sentences. Must not know terminals or Markdown.
"""

from __future__ import annotations

from ..model import FileReach, Judgement, Reach
from .phrases import number_of, test_name

MOST_GUARDS = 5


def reach_lines(judged: Judgement) -> list[str]:
    """What is known of the changed code that tests ran, a line for each thing to say."""
    found = judged.reach
    if found is None:
        return []
    total = sum(file.statements for file in found.files)
    missed = [file for file in found.files if file.unreached]
    said = [
        f"{file.path}: {file.why}, so whether a test runs it is not known"
        for file in found.files
        if file.why
    ]
    for file in missed:
        said.append(f"{lines_of(file)}: {_nobody(found)}")
    if not total:
        return said or ["reach: no line that is executed is changed"]
    tests = {test for file in found.files for test in file.tests}
    at_import = sum(file.at_import for file in found.files)
    if missed:
        head = f"reach: not all of {total} changed statements were run"
    else:
        head = f"reach: {'all ' if total > 1 else ''}{number_of(total, 'changed statement')} run"
    by = f" by {number_of(len(tests), 'test')} of those watched" if tests else ""
    outside = f", {at_import} of them at import only" if at_import else ""
    return [f"{head}{by}{outside}", *said]


def reach_sentence(judged: Judgement) -> str:
    """The same in a sentence: whether all was run, or which lines were not; empty if unknown."""
    found = judged.reach
    if found is None:
        return ""
    total = sum(file.statements for file in found.files)
    if found.is_full and total:
        at_import = sum(file.at_import for file in found.files)
        outside = f", {at_import} of them at import only" if at_import else ""
        return f"{'all ' if total > 1 else ''}{number_of(total, 'changed statement')} run{outside}"
    files = [file for file in found.files if file.unreached]
    if not files:
        return "; ".join(reach_lines(judged))
    by = "any test of the whole suite" if found.whole else "any of these tests"
    lines = "; ".join(map(lines_of, files))
    return f"not run by {by}, of {number_of(total, 'changed statement')}: {lines}"


def lines_of(file: FileReach) -> str:
    """``lines 410-417, line 420 of a/b.py``: what no test ran."""
    return f"{unreached(file)} of {file.path}"


def unreached(file: FileReach) -> str:
    """``lines 410-417, line 420``."""
    return ", ".join(_lines(*each) for each in file.unreached)


def proof_line(judged: Judgement) -> str:
    """What the patch's own tests prove, in one sentence; empty if none of them ran."""
    proof = judged.proof
    said = []
    if proof.red or proof.guards:
        said.append(f"{len(proof.red)} of its own tests prove it: they fail without its code")
    for tests, what in (
        (proof.guards, "pass there as well and prove nothing"),
        (proof.unloaded, "pass, and can not be loaded without its code, which proves nothing"),
    ):
        more = f" and {len(tests) - MOST_GUARDS} more" if len(tests) > MOST_GUARDS else ""
        if tests:
            said.append(
                f"{len(tests)} {what}: {', '.join(map(test_name, tests[:MOST_GUARDS]))}{more}"
            )
    return "; ".join(said)


def _nobody(found: Reach) -> str:
    if found.whole:
        return "no test of the whole suite reaches them"
    where = f"; looked through {found.searched}" if found.searched else "; --budget looks further"
    return f"no test that was run reaches them{where}"


def _lines(first: int, last: int) -> str:
    return f"line {first}" if first == last else f"lines {first}-{last}"
