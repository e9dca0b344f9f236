"""What a run says about a state: the failure that is searched, another one, or none.

Owns: the failures that the bad end is known to have, by test. Must not know how a search
goes. A run that fails otherwise than the bad end does says nothing: something else is wrong
there (https://git-scm.com/docs/git-bisect#_avoiding_testing_a_commit).
"""

from __future__ import annotations

from ..catalog.upstream import Upstream
from ..judge import bisection
from ..judge.codefolders import CodeFolders
from ..judge.notyet import is_not_yet
from ..judge.signature import Signature, difference, matches_any, signature_of
from ..model import Answer, Outcome, RequestError, Result, Status
from ..suites import WIRE, command
from ..upstreams import kind_of
from ..upstreams.untested import classes_of

# Their outcome is the demand itself, and no traceback of the code tells more.
SELF_EXPLAINING = (WIRE, command.NAME)
LOADER = "unittest.loader."


class Failures:
    """Tells runs apart. With ``any_failure`` every one that fails is bad."""

    def __init__(self, suite: str, code: CodeFolders, *, any_failure: bool = False) -> None:
        self._suite = suite
        self._any = any_failure or suite in SELF_EXPLAINING
        self._code = code
        self._known: dict[str, list[Signature]] = {}

    def learn(self, test: str, outcome: Outcome) -> None:
        """Take in what a test did at the bad end, under whatever name it has there."""
        if bisection.ANSWERS[outcome.status] is Answer.BAD:
            signature = signature_of(outcome, self._code)
            known = self._known.setdefault(test, [])
            if not signature.is_loading and not matches_any(known, signature):
                known.append(signature)

    def known(self, test: str) -> list[Signature]:
        """The failures of a test at the bad end."""
        return self._known.get(test, [])

    def answer(self, test: str, there: str, result: Result) -> tuple[Answer, str]:
        """What a run says about its state by one test, called ``there`` on it, and why."""
        outcome = result.outcomes.get(there)
        if outcome is None:
            return self._of_what_did_not_load(there, result)
        if self._suite == command.NAME and command.is_stop(outcome):
            raise RequestError(f"the command stopped the search: {outcome.reason}")
        answer, reason = answer_of(self._suite, there, result)
        if answer is not Answer.BAD or self._any:
            return answer, reason
        return self._of_failure(test, outcome)

    def _of_failure(self, test: str, outcome: Outcome) -> tuple[Answer, str]:
        here = signature_of(outcome, self._code)
        known = self.known(test)
        if matches_any(known, here):
            return Answer.BAD, outcome.reason
        if is_not_yet(here, self._code):
            return Answer.NOT_YET, outcome.reason
        if not known and not here.is_loading:
            return Answer.BAD, outcome.reason
        why = difference(known[0], here) if known else f"it could not be loaded: {here.says}"
        return Answer.UNTESTABLE, why

    def _of_what_did_not_load(self, there: str, result: Result) -> tuple[Answer, str]:
        for name, outcome in result.outcomes.items():
            if name.startswith(LOADER) and bisection.ANSWERS[outcome.status] is Answer.BAD:
                here = signature_of(outcome, self._code)
                missing = is_not_yet(here, self._code)
                return (Answer.NOT_YET if missing else Answer.UNTESTABLE), outcome.reason
        owner = there.rpartition(".")[0]
        for fixture in (f"setUpClass ({owner})", f"setUpModule ({owner.rpartition('.')[0]})"):
            if fixture in result.outcomes:
                return self._of_failure(there, result.outcomes[fixture])
        return Answer.UNTESTABLE, result.note or f"{there} is not among its tests"


def answer_of(suite: str, test: str, result: Result) -> tuple[Answer, str]:
    """What a run says about its state by one test, whatever its failure is, and in a line why.

    A regression test fails by its demand; an error there means that the server
    did not come up, so that nothing was asked of it.
    """
    outcome = result.outcomes.get(test)
    if outcome is None:
        return Answer.UNTESTABLE, result.note or f"{test} is not among its tests"
    if suite == WIRE and outcome.status is Status.ERROR:
        return Answer.UNTESTABLE, outcome.reason
    return bisection.ANSWERS[outcome.status], outcome.reason


def code_folders(upstream: Upstream) -> CodeFolders:
    """Where an upstream's trees have its own code, and its tests."""
    tests = f"{kind_of(upstream.project).tests_folder(upstream.project)}/"
    untested = kind_of(upstream.project).UNTESTED
    own = [
        prefix
        for prefix in upstream.prefixes or ("src/", f"{upstream.name}/")
        if prefix != tests and not classes_of([f"{prefix}file"], untested)
    ]
    return CodeFolders(tuple(own), (tests,))
