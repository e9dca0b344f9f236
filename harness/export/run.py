"""The verb `diffs`: judge, squash, check, write, tell.

Owns: the order of that, and what diffs are made on. Must not know any check.
"""

from __future__ import annotations

import hashlib
import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec
from rich.console import Console
from rich.markup import escape

from ..catalog.catalog import Catalog
from ..compare.plan import Ground, Planner
from ..compare.trial import Settings
from ..jobs.runs import running
from ..model import ApplyResult, Job, RequestError, Result, Tree, WorkbenchError
from ..report.schema import Report
from ..request import Request
from ..sources.provider import Supply, stack_of
from ..system.home import PROJECT
from . import bases, gate, package, stale, terminal
from .checks import breakage, news, table
from .checks.redgreen import RedGreenProof
from .checks.table import CheckContext
from .gate import State
from .pull_request import Contents
from .squash import SquashedCommit, Squasher
from .terminal import WrittenDiff

DONE, MATCHED, UNDONE = 0, 1, 3
Judge = Callable[[Request], Report]


class Exporter:
    """Writes the diffs of one request."""

    def __init__(
        self, request: Request, catalog: Catalog, supply: Supply, judge: Judge, errors: Console
    ) -> None:
        self._asked = request
        self._catalog = catalog
        self._supply = supply
        self._judge = judge
        self._errors = errors
        self.notes: list[str] = []
        self._allowed = gate.allowances(request.allow, table.names(catalog.upstreams.values()))
        self._bases = bases.chosen(request, catalog, supply)
        self.notes += self._bases.notes
        self._request = _on(request, self._bases.now)
        self._planner = Planner(self._request, supply, catalog)
        for name in self._planner.names:
            if len({part.partition("/")[0] for part in name.split("+")}) > 1:
                raise RequestError(f"{name}: a diff is for one upstream; ask for two diffs")

    def make(self) -> list[WrittenDiff]:
        """Judge what was asked for, or everything, and write the diffs."""
        names = self._planner.names
        asked = bool(self._asked.candidates or self._asked.patches)
        used = {name.partition("/")[0] for name in names}
        wanted = self._request
        if "cpython" not in used:
            wanted = msgspec.structs.replace(wanted, cpython=())
        report = self._judge(wanted)
        self.notes += report.notes
        judged = {n: [j for j in report.candidates if j.name == n] for n in names}
        chosen = [n for n in names if asked or breakage.is_good(judged[n])]
        return [self._one(name, report) for name in chosen]

    def mark_stale(self, but: Sequence[str] = ()) -> dict[str, list[str]]:
        """Mark diffs that were made before and are no longer true; why, by name."""
        found = {}
        for folder in package.existing(self._supply.home):
            made = stale.read(folder)
            if made is None or made.name in but:
                continue
            reasons = stale.why(made, self._catalog, self._supply)
            if reasons:
                package.mark_stale(folder, reasons)
                found[made.name] = reasons
        return found

    def _one(self, name: str, report: Report) -> WrittenDiff:
        upstream = self._catalog.upstream(name.partition("/")[0])
        stack = stack_of(self._catalog, name)
        ground = self._ground(upstream.name)
        base = ground.trees[0]
        squasher = Squasher(self._supply.home, upstream)
        application = self._supply.apply_stack(base, name, stack)
        if application.tree is None:
            problems = application.problems
            squashed = SquashedCommit(name, upstream, tuple(stack), base, ApplyResult.NO, problems)
        else:
            how = application.applies
            squashed = squasher.squash(name, stack, base, application.tree, how)
        mine = package.only(report, name)
        means = CheckContext(
            supply=self._supply,
            squasher=squasher,
            python=ground.python,
            how=Settings("", self._asked.repeat, self._asked.timeout, self._asked.test_timeout),
            run=self._run,
            judged=mine.candidates,
            proofs=[],
        )
        looked = dict(table.look(squashed, means))
        checked = gate.settle(looked, self._allowed)
        made_from = self._made_from(squashed, ground)
        proof = means.proofs[0] if means.proofs else RedGreenProof()
        contents = Contents(squashed, checked, proof, mine, made_from)
        range_diff = self._range_diff(squashed, squasher)
        missing = looked["news"].state is State.WRONG and not news.entries(squashed)
        entry = self._suggestion(squashed) if missing else None
        folder = package.write(self._supply.home, contents, range_diff, entry)
        return WrittenDiff(contents, os.path.relpath(folder), range_diff)

    def _suggestion(self, squashed: SquashedCommit) -> news.BlurbReply | None:
        """A first news entry; without blurb there is none, and the diff is written all the same."""
        try:
            return news.suggestion(squashed, self._supply)
        except WorkbenchError as error:
            self.notes.append(f"no news entry could be made: {str(error).splitlines()[0]}")
            return None

    def _run(self, jobs: Sequence[Job]) -> Mapping[Job, Result]:
        results: dict[Job, Result] = {}

        def follow(job: Job, result: Result) -> list[Job]:
            results[job] = result
            return []

        with running(self._asked, self._supply, self._errors) as run:
            run(jobs, follow)
        return results

    def _ground(self, upstream: str) -> Ground:
        spec = self._bases.now[upstream]
        make = {"django": self._planner.django_ground, "cpython": self._planner.cpython_ground}
        return make[upstream](spec)

    def _range_diff(self, squashed: SquashedCommit, squasher: Squasher) -> str:
        """How the series differs from what it is without `--onto`."""
        before = self._bases.before.get(squashed.upstream.name)
        now = self._bases.now[squashed.upstream.name]
        if before is None or before == now or squashed.patched is None:
            return ""
        try:
            base = self._supply.base(before, squashed.upstream.name)
            old = self._supply.apply_stack(base, squashed.name, squashed.stack).tree
        except WorkbenchError as error:
            self.notes.append(f"no range-diff: {error}")
            return ""
        if old is None:
            self.notes.append(f"no range-diff: {squashed.name} does not apply to {base.base}")
            return ""
        return squasher.range_diff((base, old), (squashed.base, squashed.patched))

    def _made_from(self, squashed: SquashedCommit, ground: Ground) -> stale.Provenance:
        base = squashed.base
        spec = self._bases.now[base.base.upstream]
        return stale.Provenance(
            name=squashed.name,
            spec=spec,
            version=str(base.base),
            source=base.base.source,
            base=base.tree,
            patched=squashed.patched.tree if squashed.patched else "",
            patch=hashlib.sha256(squashed.mail.encode("utf-8", "surrogateescape")).hexdigest(),
            patches=stale.patches_of(squashed.stack),
            tests=stale.tests(),
            rules=stale.rules_of(squashed.upstream),
            python=bases.python_of(ground),
            replay=self._replay(squashed.name, base, spec),
            narrowed=self._narrowed(),
        )

    def _narrowed(self) -> str:
        """What the verdict is not about: a few suites say less than all."""
        asked = self._asked
        said = [f"only the suites {', '.join(asked.suites)}"] if asked.suites else []
        said += [f"only tests that match {asked.select}"] if asked.select else []
        return ", ".join(said)

    def _replay(self, name: str, base: Tree, spec: str) -> str:
        asked = self._asked
        words = ["python", "-m", "harness", "diffs", "--candidate", name]
        words += [f"--{base.base.upstream}", bases.exactly(base, spec)]
        words += [f"--patch={text}" for text in asked.patches]
        if Path(asked.folder) != PROJECT / "patches":
            words += ["--patches", os.path.relpath(asked.folder)]
        words += [word for suite in asked.suites for word in ("--suite", suite)]
        words += ["--select", asked.select] if asked.select else []
        words += ["--python", asked.python] if asked.python else []
        words += ["--repeat", str(asked.repeat)]
        words += [word for text in asked.allow for word in ("--allow", text)]
        return shlex.join(words)


def run(
    request: Request,
    catalog: Catalog,
    supply: Supply,
    judge: Judge,
    out: Console,
    errors: Console,
) -> int:
    """Write the diffs, print how each stands, and return the exit status."""
    exporter = Exporter(request, catalog, supply, judge, errors)
    made = exporter.make()
    stale_ones = exporter.mark_stale(but=[each.contents.squashed.name for each in made])
    if made:
        out.print(terminal.table(made))
    for each in made:
        terminal.tell(each, out)
    for name, reasons in stale_ones.items():
        out.print(f"[yellow]stale[/]: {escape(name)}: {escape('; '.join(reasons))}", soft_wrap=True)
    if not made:
        out.print("no candidate's verdict is good; name one with --candidate to see what it lacks")
    notes = list(dict.fromkeys(exporter.notes))
    for note in notes:
        out.print(f"[yellow]note[/]: {escape(note)}", soft_wrap=True)
    return _status(request, made, notes)


def _on(request: Request, specs: Mapping[str, str]) -> Request:
    return msgspec.structs.replace(
        request,
        django=(specs["django"],) if "django" in specs else (),
        cpython=(specs["cpython"],) if "cpython" in specs else (),
    )


def _status(request: Request, made: Sequence[WrittenDiff], notes: Sequence[str]) -> int:
    """0 done, 1 what `--fail-on` waits for, 3 if something could not be looked at."""
    checked = [check for each in made for check in each.contents.checks]
    breaks = any(c.name == "breakage" and c.state is State.WRONG for c in checked)
    if request.fail_on == "any" and not all(each.contents.ready for each in made):
        return MATCHED
    if request.fail_on == "broken" and breaks:
        return MATCHED
    unknown = any(check.state is State.UNKNOWN for check in checked)
    left_out = any(not note.startswith("isolation:") for note in notes)
    return UNDONE if unknown or left_out else DONE
