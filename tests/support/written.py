"""Diffs as they are when they were written, made up: checks, proof, mutants.

For tests of how they are shown.
"""

from __future__ import annotations

import msgspec

from harness.catalog.candidate import Candidate, Survivor
from harness.export.gate import CheckResult, CheckState
from harness.export.provenance import Provenance
from harness.export.pull_request import Contents
from harness.export.squash import SquashedCommit
from harness.export.writer import WrittenDiff
from harness.model import MutantFate, Mutation, MutationProof, RedGreenProof
from harness.report import schema
from support.exporting import squashed
from support.searched import PATCH

MADE = Provenance(
    *("django/x", "6.1.3", "django 6.1.3", "sdist", "b", "p", "h", "h", "h", "h", "3.13.0"),
    replay="python -m harness diffs --candidate django/x",
)
RUN = schema.RunInfo("", "", "", "", "", 1.0, "", 1)
FINE = CheckResult(name="applies", state=CheckState.FINE, note="cleanly")
WRONG = CheckResult(
    name="message", state=CheckState.WRONG, findings=("it has no body",), advice="amend it"
)
LINE, FAULT = "return x", "it returns None"


def mutation(fate: MutantFate, by: str = "", line: int = 1, text: str = LINE) -> Mutation:
    return Mutation("django/server.py", line, text, FAULT, fate, by)


def commit(text: str = "", why: str = "the caller asks twice") -> SquashedCommit:
    """A candidate that gives a reason for one survivor."""
    found = squashed("django", ("django/server.py", "x = 1\n"), message=f"Fixed #1 -- It{text}.")
    (candidate,) = found.stack
    about = msgspec.structs.replace(candidate.about, survivors=(Survivor(LINE, FAULT, why),))
    plain = PATCH + "".join(f"+{line}\n" for line in text.splitlines())
    own = Candidate(candidate.name, about, {})
    return found._replace(stack=(own,), plain=plain, mail=plain, file_name="0001-it.patch")


def diff(*checks: CheckResult, text: str = "") -> WrittenDiff:
    contents = Contents(
        squashed=commit(text, f"the caller asks twice{text}"),
        checks=checks or (FINE,),
        proof=RedGreenProof(
            red=(f"servers.test_red{text}",),
            guards=("servers.test_guard",),
            failing={"servers.test_failing": f"it is late{text}"},
            unloaded=("servers.test_unloaded",),
            times=10,
        ),
        mutation=MutationProof(
            (
                mutation(MutantFate.KILLED, f"servers.test_red{text}"),
                mutation(MutantFate.SURVIVED, line=7),
                mutation(MutantFate.SURVIVED, line=8, text=f"other{text}"),
            ),
            possible=5,
            tests=("servers.test_red",),
        ),
        report=schema.Report(RUN, (), ()),
        made=MADE,
    )
    return WrittenDiff(contents, "/home/.workbench/diffs/django/x", text)
