"""What patches do to the projects that stand on an interpreter: sentences and rows. Pure.

Owns: that wording. Must not know terminals, Markdown or HTML, nor how anything was found out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..model import ChangeKind, Impact, ImpactState, ProjectImpact, Verdict
from .phrases import number_of, test_name

HEADS = ("project", "version", "imports", "tests", "running it", "reached", "state", "broken")
NUMBERS = ("tests", "running it", "reached", "broken")
MOST_TESTS = MOST_FILES = 3

NAMES: Mapping[ImpactState, str] = {
    state: state.value.replace("-", " ") for state in ImpactState
} | {ImpactState.UNTESTABLE: "could not be tested"}
SIGNS: Mapping[ImpactState, tuple[str, str]] = {
    ImpactState.REGRESSED: ("✗", "red"),
    ImpactState.FIXED: ("✓", "green"),
    ImpactState.FLAKY: ("?", "yellow"),
    ImpactState.BROKEN_ALREADY: ("·", "yellow"),
    ImpactState.UNAFFECTED: ("=", "cyan"),
    ImpactState.NO_EVIDENCE: ("·", "dim"),
    ImpactState.UNTESTABLE: ("!", "yellow"),
}
MEANING: Mapping[Verdict, str] = {
    Verdict.BREAKS: "breaks {} of {}",
    Verdict.FIXES: "fixes tests of {} of {}, and breaks none",
    Verdict.NEUTRAL: "leaves {} of {} as they are, and their tests run all that it changes",
    Verdict.UNPROVEN: "is not seen to break any of {1}, nor proved to break none",
    Verdict.INCONCLUSIVE: "could not be judged by any of {1}",
    Verdict.DOES_NOT_APPLY: "does not apply",
}
COUNTED: Mapping[Verdict, tuple[ImpactState, ...]] = {
    Verdict.BREAKS: (ImpactState.REGRESSED,),
    Verdict.FIXES: (ImpactState.FIXED,),
    Verdict.NEUTRAL: (ImpactState.UNAFFECTED,),
}


class ImpactRow(NamedTuple):
    """A project in a table: its sign and colour, and a cell for each of ``HEADS``."""

    sign: str
    colour: str
    cells: tuple[str, ...]


def title(impact: Impact) -> str:
    """``cpython/x on cpython 3.13.0, judged by what stands on it``"""
    return f"{impact.stack} on {impact.ground}, judged by what stands on it"


def sentence(impact: Impact) -> str:
    """The verdict on a patch and what it rests on, for a reader who reads no more."""
    counted = len([p for p in impact.projects if p.state in COUNTED.get(impact.verdict, ())])
    every = number_of(len(impact.projects), "project")
    said = f"{impact.stack} {MEANING[impact.verdict].format(counted, every)}: {impact.verdict}."
    states = [(len(impact.of_state(state)), NAMES[state]) for state in ImpactState]
    numbers = ", ".join(f"{number} {name}" for number, name in states if number)
    lines = sum(len(file.lines) for file in impact.files)
    reached = sum(len(file.reached) for file in impact.files)
    share = (
        f"steady tests ran {reached} of {number_of(lines, 'changed statement')}" if lines else ""
    )
    rest = "; ".join(filter(None, [numbers, share]))
    return f"{said} {rest[0].upper()}{rest[1:]}." if rest else said


def rows(impact: Impact) -> list[ImpactRow]:
    """The projects: those that it breaks first, the others by what is known of them."""
    order = {state: place for place, state in enumerate(ImpactState)}
    projects = sorted(impact.projects, key=lambda each: order[each.state])
    return [ImpactRow(*SIGNS[each.state], _cells(each)) for each in projects]


def details(impact: Impact) -> Iterator[str]:
    """What the table has no room for, a line each: why, which tests, where it is imported."""
    for project in impact.projects:
        if project.why:
            yield f"{project.project}: {NAMES[project.state]}: {project.why}"
        for what, tests in (
            (ChangeKind.BROKEN, project.broken),
            (ChangeKind.FIXED, project.fixed),
            ("not the same in every run", project.flaky),
            ("fail on the base as well", project.failing),
        ):
            if tests:
                yield f"{project.project}: {len(tests)} {what}: {_some(tests, MOST_TESTS)}"
    for file in impact.files:
        left = sorted(set(file.lines) - set(file.reached))
        if left:
            yield f"{file.path}: no steady test runs what begins on lines {_ranges(left)}"


def imports(impact: Impact) -> Iterator[str]:
    """Which module is imported where, a line for each project."""
    for project in impact.projects:
        said = [
            f"{use.module}{f' (stands on {use.through})' if use.through else ''} in "
            f"{_some(use.files, MOST_FILES)}"
            for use in project.uses
        ]
        if said:
            yield f"{project.project}: {'; '.join(said)}"


def _cells(project: ProjectImpact) -> tuple[str, ...]:
    reached = f"{project.reached} of {project.changed}" if project.tests else ""
    return (
        project.project,
        project.version,
        ", ".join(use.module for use in project.uses),
        str(project.tests or ""),
        str(project.reaching or "."),
        reached,
        NAMES[project.state],
        str(len(project.broken) or ""),
    )


def _some(names: tuple[str, ...], most: int) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(test_name, names[:most])) + more


def _ranges(numbers: list[int]) -> str:
    """``3-5, 9``"""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][-1] + 1:
            found[-1][1:] = [number]
        else:
            found.append([number])
    return ", ".join("-".join(map(str, each)) for each in found)
