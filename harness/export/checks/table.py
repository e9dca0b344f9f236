"""Every check, by the name that `--allow` takes.

Owns: that list. A new check is a function that gives a ``CheckResult``, and a line here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from ...catalog.catalog import Tool, Upstream
from ...compare.trial import Settings
from ...model import Interpreter, Judgement
from ...sources.provider import Supply
from ..gate import CheckResult, found, not_asked
from ..squash import SquashedCommit, Squasher
from . import api, breakage, fit, form, linters, messages, news, patchcheck, redgreen
from .redgreen import RedGreenProof, RunJobs


class CheckContext(NamedTuple):
    """What checks work with: trees, a Python, a way to run jobs, and the verdicts."""

    supply: Supply
    squasher: Squasher
    python: Interpreter
    how: Settings
    run: RunJobs
    judged: Sequence[Judgement]
    proofs: list[RedGreenProof]


Check = Callable[[SquashedCommit, CheckContext], CheckResult]


def _message(squashed: SquashedCommit, means: CheckContext) -> CheckResult:
    rules = squashed.upstream.pull_request
    if rules is None:
        return not_asked("the upstream has no such rule")
    number = messages.ticket_number(squashed.about.about.ticket, squashed.upstream.name)
    said = list(messages.wrong(squashed.message, rules, number))
    if not messages.has_body(squashed.written):
        said.append("it has no body; the body says why the change is made")
    return found(said, f"`python -m harness edit {squashed.about.name}`, amend, `refresh`")


def _red_green(squashed: SquashedCommit, means: CheckContext) -> CheckResult:
    looked, proof = redgreen.look(
        squashed, means.squasher, means.supply, means.python, means.how, means.run
    )
    means.proofs.append(proof)
    return looked


def _linter(tool: Tool) -> Check:
    return lambda squashed, means: linters.look(squashed, tool, means.supply)


# In the order in which they are told. Linters of upstream.toml come before the last four.
_BEFORE: dict[str, Check] = {
    "applies": lambda squashed, means: fit.applies(squashed),
    "git-am": lambda squashed, means: fit.by_mail(squashed, means.squasher),
    "message": _message,
    "files": lambda squashed, means: fit.files(squashed),
    "red-green": _red_green,
    "breakage": lambda squashed, means: breakage.look(means.judged),
    "whitespace": lambda squashed, means: form.whitespace(squashed, means.squasher),
    "line-length": lambda squashed, means: form.line_length(squashed),
}
_AFTER: dict[str, Check] = {
    "news": lambda squashed, means: news.look(squashed, means.supply),
    "patchcheck": lambda squashed, means: patchcheck.look(squashed, means.supply),
    "version-note": lambda squashed, means: api.look(squashed, means.supply),
    "debug": lambda squashed, means: form.debug(squashed),
}


def checks_of(upstream: Upstream) -> dict[str, Check]:
    """The checks for one upstream's diffs, its own linters among them."""
    tools = {tool.name: _linter(tool) for tool in upstream.lint.tool}
    return _BEFORE | tools | _AFTER


def names(upstreams: Iterable[Upstream]) -> list[str]:
    """Every name that `--allow` may give."""
    return list(dict.fromkeys(name for upstream in upstreams for name in checks_of(upstream)))


def look(squashed: SquashedCommit, means: CheckContext) -> Iterator[tuple[str, CheckResult]]:
    """Each check's name and what it found; without a diff only why there is none."""
    checks = checks_of(squashed.upstream)
    if squashed.patched is None:
        advice = "make it apply: `python -m harness edit`, rebase, `refresh`; or give a [[variant]]"
        yield "applies", found(map(str, squashed.problems), advice)
        for name in checks:
            if name != "applies":
                yield name, not_asked("there is no diff to look at")
        return
    for name, check in checks.items():
        yield name, check(squashed, means)
