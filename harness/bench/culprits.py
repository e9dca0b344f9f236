"""Measures searches for culprits that the maintainers named themselves, beside plain git.

Owns: reading labelled rows, one search of each in both ways, what an answer is worth, and the
table. Must not know how a search goes: it runs the command line, and reads its report.

A row is a commit that mends a regression and the one that its log names as the cause. What is
searched is what a triager has: the mending commit with its tests, and a commit somewhere
before. How far before the cause that is follows from the mending commit's id, so that nothing
in the range tells where the cause is.
"""

from __future__ import annotations

import math
import os
import shlex
import statistics
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from rich.console import Console

from ..judge.culprit import CulpritReport
from ..model import Interpreter, Project, RequestError, WorkbenchError
from ..pythons import environments
from ..report.measurement import KnownCulprit, Measurement, SearchCost
from ..sources.provider import Provider
from ..system import accounts, processes
from ..system.files import replace_text
from ..system.home import PROJECT
from ..system.processes import ProcessResult
from ..trees.history import History, history_of
from ..upstreams import kind_of
from .judging import RUN_SECONDS, say

# What an answer is worth.
FOUND, RANGE, WRONG, NOTHING = "found", "range", "wrong", "none named"
FEWEST, SPREAD = 20, 400  # commits before the cause
WALL_AIM = 0.6
SURE = 0.99


class Row(msgspec.Struct, frozen=True):
    """A regression: who mends it, who made it, and the tests of the mending that fail before."""

    fix: str
    culprit: str
    subject: str = ""
    test_files: tuple[str, ...] = ()
    fail_to_pass: tuple[str, ...] = ()
    testable: tuple[str, ...] = ()


class Answer(NamedTuple):
    """What one search of a row came to: a word, the commits it named, and its cost; None for
    CPU time that could not be counted."""

    word: str
    named: tuple[str, ...]
    confidence: float
    probes: int
    seconds: float
    cpu: float | None
    why: str = ""


class Measured(NamedTuple):
    """A row with the number of commits in its range, and both answers."""

    row: Row
    commits: int
    ours: Answer
    theirs: Answer


def read_rows(path: str) -> list[Row]:
    """The rows of a file, a JSON object on each line. Raises ``RequestError`` if it has none."""
    try:
        lines = Path(path).read_bytes().splitlines()
        rows = [msgspec.json.decode(line, type=Row) for line in lines if line.strip()]
    except OSError as error:
        raise RequestError(f"--labelled {path}: {error.strerror}") from None
    except msgspec.MsgspecError as error:
        raise RequestError(f"--labelled {path}: no row of labelled regressions: {error}") from None
    if not rows:
        raise RequestError(f"--labelled {path}: there is no row in it")
    return rows


def run(
    labelled: str, upstream: str, select: str, provider: Provider, out: Console, errors: Console
) -> Measurement:
    """Search every row both ways, and print and keep the table.

    ``select`` restricts the rows to mending commits whose id begins so.
    """
    rows = [row for row in read_rows(labelled) if row.fix.startswith(select)]
    project = provider.project(upstream)
    history = history_of(provider.home, project)
    measured = []
    for number, row in enumerate(rows):
        one = _Measurement(row, project, history, provider).both(ours_first=number % 2 == 0)
        measured.append(one)
        errors.print(_line(one), soft_wrap=True, markup=False, highlight=False)
    path = provider.home.folder("reports") / "culprits.md"
    replace_text(path, "\n".join([*_table(measured), "", *_sums(measured), ""]))
    for line in _sums(measured):
        say(out, line)
    say(out, f"report: {os.path.relpath(path)}")
    about = f"{len(rows)} regressions of {upstream} whose causes are known"
    rows_of = (
        KnownCulprit(
            each.row.fix,
            each.row.culprit,
            each.row.subject,
            each.commits,
            SearchCost(*each.ours),
            SearchCost(*each.theirs),
        )
        for each in measured
    )
    return Measurement("culprits", (about,), culprits=tuple(rows_of), said=tuple(_sums(measured)))


class _Measurement:
    """One row, searched both ways."""

    def __init__(self, row: Row, project: Project, history: History, provider: Provider) -> None:
        self._row = row
        self._project = project
        self._history = history
        self._provider = provider
        before = FEWEST + int(row.fix[:6], 16) % SPREAD
        self._bad = history.commit(f"{row.fix}~1")
        # The beginning, where the history is shorter.
        self._good = history.before(history.commit(row.culprit), before)
        self._commits = len(history.line(self._good, self._bad)) - 1

    def both(self, *, ours_first: bool) -> Measured:
        """Ask both, one after the other."""
        if ours_first:
            ours = self._ours()
            return Measured(self._row, self._commits, ours, self._theirs())
        theirs = self._theirs()
        return Measured(self._row, self._commits, self._ours(), theirs)

    def _ours(self) -> Answer:
        row = self._row
        with self._provider.home.scratch("culprits") as scratch:
            file = scratch / "report.json"
            words = ["bisect", "--mirror", f"{self._project.name}={self._project.url}"]
            words += ["--good", self._good, "--bad", self._bad, "--fix", row.fix]
            words += ["--no-cache", "--no-proof", "--json", str(file)]
            words += [word for test in row.fail_to_pass for word in ("--test", test)]
            home = str(self._provider.home.root)
            env = {**os.environ, "WORKBENCH_HOME": home, "PYTHONPATH": str(PROJECT)}
            command = [sys.executable, "-m", "harness", *words]
            finished, cpu = _counted(command, env)
            if not file.exists():
                error = (finished.stderr.strip().splitlines() or ["no output"])[-1]
                return Answer(NOTHING, (), 0.0, 0, finished.seconds, cpu, error)
            report = msgspec.json.decode(file.read_bytes(), type=CulpritReport)
        return self._worth(report, finished.seconds, cpu)

    def _worth(self, report: CulpritReport, seconds: float, cpu: float | None) -> Answer:
        """A named commit is right if it is the cause, or makes the very same change."""
        truth = self._row.culprit
        named = [each for each in report.culprits if each.is_named]
        right = [
            each
            for each in named
            if truth in {each.culprit.commit.id, *(equal.id for equal in each.equals)}
        ]
        within = [
            each
            for each in report.culprits
            if truth in {side.commit.id for side in (each.culprit, *each.between)}
        ]
        word = FOUND if right else RANGE if within else WRONG if named else NOTHING
        best = (right or within or named or list(report.culprits))[:1]
        ids = tuple(each.culprit.commit.id[:10] for each in report.culprits)
        why = "; ".join(
            [f"{each.before.commit.id[:10]}: {each.before.why}" for each in best if each.before.why]
            + [each.why for each in report.unfound[:1]]
        )
        confidence = best[0].confidence if best else 0.0
        return Answer(word, ids, confidence, report.probes, seconds, cpu, why)

    def _theirs(self) -> Answer:
        """``git bisect run`` in a clone, the test files of the mending laid over each commit."""
        row = self._row
        with self._provider.home.scratch("plain") as scratch:
            clone, env = scratch / "clone", dict(os.environ)
            env.pop("PYTHONDONTWRITEBYTECODE", None)
            _git(scratch, "clone", "--quiet", "--shared", "--no-checkout", self._project.url, clone)
            _git(clone, "checkout", "--quiet", self._bad)
            python, site = self._python()
            script = scratch / "probe.sh"
            script.write_text(self._script(clone, python, site), "utf-8")
            start = _git(clone, "bisect", "start", self._bad, self._good)
            finished, cpu = _counted(["git", "bisect", "run", "sh", str(script)], env, clone)
            probes = finished.stdout.count("\nrunning ") + finished.stdout.startswith("running ")
            lines = [line for line in finished.stdout.splitlines() if "first bad commit" in line]
        found = lines[0].split()[0] if lines else ""
        word = FOUND if found == row.culprit else WRONG if found else NOTHING
        seconds = start.seconds + finished.seconds
        return Answer(word, (found[:10],) if found else (), 0.0, probes, seconds, cpu)

    def _python(self) -> tuple[Interpreter, Path]:
        """What runs the bad end, and the packages that it needs."""
        trees = self._provider.trees
        tree = self._history.tree(self._bad)
        python = self._provider.python_for(tree)
        wanted = kind_of(self._project).requirements(trees.checkout(tree), python, self._project)
        trees.give_up(tree)
        trees.free_spares(tree, kept=0)
        return python, environments.provide(self._provider.home, python, wanted).site_packages

    def _script(self, clone: Path, python: Interpreter, site: Path) -> str:
        """Lay the tests over, run them, take them off; 0 if they pass and 1 if not."""
        row = self._row
        plain = kind_of(self._project).plain_command(clone, row.fail_to_pass)
        path = os.pathsep.join([*(str(each) for each in plain.import_path), str(site)])
        command = shlex.join([python.path, *plain.arguments])
        files = shlex.join(row.test_files)
        return (
            f"git checkout --quiet {row.fix} -- {files} || exit 125\n"
            f"(cd {shlex.quote(str(plain.folder))} && PYTHONPATH={shlex.quote(path)} {command})"
            " >/dev/null 2>&1\n"
            "status=$?\n"
            "git reset --quiet --hard\n"
            "[ $status -eq 0 ]\n"
        )


def _git(folder: Path, *words: str | Path) -> processes.ProcessResult:
    finished = processes.run(["git", *words], cwd=folder, deadline=RUN_SECONDS)
    if not finished.ok:
        raise WorkbenchError(finished.explain())
    return finished


def _counted(
    command: Sequence[str], env: Mapping[str, str], cwd: Path | None = None
) -> tuple[ProcessResult, float | None]:
    """What came of a command, and the CPU seconds of all that it started; None if nobody counts
    them here: ours run in sandboxes, of which the times of children have nothing."""
    with accounts.if_possible() as account:
        words = account.words if account else ()
        finished = processes.run([*words, *command], cwd=cwd, env=env, deadline=RUN_SECONDS)
        return finished, account.seconds if account else None


def _cpu(answer: Answer) -> str:
    return "?" if answer.cpu is None else f"{answer.cpu:.1f}"


def _line(each: Measured) -> str:
    """``0123456789 of 512 commits: found in 9 probes, 6.1 s (git: found in 9, 11.0 s)``"""
    ours, theirs = each.ours, each.theirs
    told = f"{ours.word} in {ours.probes} probes, {ours.seconds:.1f} s, {_cpu(ours)} s of CPU"
    plain = f"{theirs.word} in {theirs.probes}, {theirs.seconds:.1f} s, {_cpu(theirs)} s of CPU"
    why = f"; {ours.why}" if ours.why and ours.word != FOUND else ""
    return f"{each.row.fix[:10]} of {each.commits} commits: {told} (git: {plain}){why}"


def _table(measured: Sequence[Measured]) -> list[str]:
    head = (
        "| mended by | cause | commits | ours | probes | s | CPU s | confidence "
        "| git | probes | s | CPU s |"
    )
    lines = [head, "|" + " --- |" * 12]
    for row, commits, ours, theirs in measured:
        named = "" if ours.word == FOUND else f" {', '.join(ours.named)}"
        other = "" if theirs.word == FOUND else f" {', '.join(theirs.named)}"
        lines.append(
            f"| {row.fix[:10]} | {row.culprit[:10]} | {commits} | {ours.word}{named} "
            f"| {ours.probes} | {ours.seconds:.1f} | {_cpu(ours)} | {ours.confidence:.4f} "
            f"| {theirs.word}{other} | {theirs.probes} | {theirs.seconds:.1f} | {_cpu(theirs)} |"
        )
    return lines


def _sums(measured: Sequence[Measured]) -> list[str]:
    lines = []
    testable = [each for each in measured if each.row.testable]
    for what, part in (("all rows", measured), ("rows known to be testable", testable)):
        if not part:
            continue
        for who, answers in (
            ("workbench", [each.ours for each in part]),
            ("git bisect run", [each.theirs for each in part]),
        ):
            counts = {
                word: sum(answer.word == word for answer in answers)
                for word in (FOUND, RANGE, WRONG, NOTHING)
            }
            told = ", ".join(f"{count} {word}" for word, count in counts.items())
            lines.append(f"{what}, {who}: {told} of {len(part)}")
    both = [each for each in measured if each.ours.word == each.theirs.word == FOUND]
    wrong = [each for each in measured if each.ours.word == WRONG]
    sure = sum(each.ours.confidence > SURE for each in wrong)
    lines.append(f"wrong with a confidence above {SURE:.0%}: {sure}")
    if not both:
        return lines
    wall = statistics.median(each.ours.seconds / each.theirs.seconds for each in both)
    ratios = [e.ours.cpu / e.theirs.cpu for e in both if e.ours.cpu and e.theirs.cpu]
    cpu = f"CPU time {statistics.median(ratios):.2f}" if ratios else "CPU time not counted"
    over = statistics.median(each.ours.probes - math.log2(each.commits) for each in both)
    probes = statistics.median(each.ours.probes for each in both)
    total = sum(e.ours.seconds for e in both) / sum(e.theirs.seconds for e in both)
    return [
        *lines,
        f"where both find it ({len(both)} rows): wall time {wall:.2f} of git's (median), "
        f"{total:.2f} (all together), {cpu} (median; aim for the wall: {WALL_AIM})",
        f"probes: {probes:g} (median), log2 of the commits and {over:+.1f} (median; aim: +3)",
    ]
