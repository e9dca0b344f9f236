"""Every check, by the name that ``--allow`` takes.

Owns: that list. A new check is a function that gives a ``CheckResult``, and a line here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import msgspec

from ...catalog.upstream import Tool, Upstream
from ...model import Judgement, MutationProof
from ...sources.provider import Provider
from ..gate import CheckResult, not_asked, wrong_if_any
from ..squash import SquashedCommit, Squasher
from . import (
    api,
    breakage,
    fit,
    form,
    linters,
    messages,
    mutants,
    news,
    patchcheck,
    reach,
    redgreen,
)

APPLIES, BREAKAGE, NEWS = "applies", "breakage", "news"


class CheckContext(NamedTuple):
    """What checks may ask beside the diff itself: trees, git, and what was run before.

    ``judged`` are the verdicts on the candidate, one for each ground, and ``mutation`` is
    what its tests notice of faults in its code.
    """

    provider: Provider
    squasher: Squasher
    judged: Sequence[Judgement]
    mutation: MutationProof


Check = Callable[[SquashedCommit, CheckContext], CheckResult]


def _message(squashed: SquashedCommit, context: CheckContext) -> CheckResult:
    rules = squashed.upstream.pull_request
    if rules is None:
        return not_asked("the upstream has no such rule")
    ticket = "".join(squashed.about.about.tickets[:1])
    number = messages.ticket_number(ticket, squashed.upstream.name)
    said = list(messages.objections(squashed.message, rules, number))
    if not messages.has_body(squashed.written):
        said.append("it has no body; the body says why the change is made")
    return wrong_if_any(said, f"`python -m harness edit {squashed.about.name}`, amend, `refresh`")


def _linter(tool: Tool) -> Check:
    return lambda squashed, context: linters.check(squashed, tool, context.provider)


# In the order in which they are told. Linters of upstream.toml come before the last four.
_BEFORE: dict[str, Check] = {
    APPLIES: lambda squashed, context: fit.check_applies(squashed),
    "git-am": lambda squashed, context: fit.check_mail(squashed, context.squasher),
    "message": _message,
    "files": lambda squashed, context: fit.check_files(squashed),
    "red-green": lambda squashed, context: redgreen.check(squashed, context.judged),
    "reach": lambda squashed, context: reach.check(context.judged),
    "mutants": lambda squashed, context: mutants.check(squashed.stack, context.mutation),
    BREAKAGE: lambda squashed, context: breakage.check(context.judged),
    "whitespace": lambda squashed, context: form.check_whitespace(squashed, context.squasher),
    "line-length": lambda squashed, context: form.check_line_length(squashed),
}
_AFTER: dict[str, Check] = {
    NEWS: lambda squashed, context: news.check(squashed, context.provider),
    "patchcheck": lambda squashed, context: patchcheck.check(squashed, context.provider),
    "version-note": lambda squashed, context: api.check(squashed, context.provider),
    "debug": lambda squashed, context: form.check_debug(squashed),
}


def checks_of(upstream: Upstream) -> dict[str, Check]:
    """The checks for one upstream's diffs by name, its own linters among them."""
    tools = {tool.name: _linter(tool) for tool in upstream.lint.tool}
    return _BEFORE | tools | _AFTER


def names(upstreams: Iterable[Upstream]) -> list[str]:
    """Every name that ``--allow`` may give."""
    return list(dict.fromkeys(name for upstream in upstreams for name in checks_of(upstream)))


def results(squashed: SquashedCommit, context: CheckContext) -> list[CheckResult]:
    """What every check found, in the order of the table.

    Where the candidate does not apply there is no diff to look at: then the check for
    that says why, and the others are not asked.
    """
    return [
        msgspec.structs.replace(_result(name, check, squashed, context), name=name)
        for name, check in checks_of(squashed.upstream).items()
    ]


def _result(
    name: str, check: Check, squashed: SquashedCommit, context: CheckContext
) -> CheckResult:
    if squashed.patched is not None:
        return check(squashed, context)
    if name != APPLIES:
        return not_asked("there is no diff to look at")
    advice = "make it apply: `python -m harness edit`, rebase, `refresh`; or give a [[variant]]"
    return wrong_if_any(map(str, squashed.problems), advice)
