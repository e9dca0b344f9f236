"""Whether tests pass by release, for a terminal and a file.

Owns: its words. Must not know how anything was found out.
"""

from __future__ import annotations

from rich.console import Console

from ..judge.passing import PassingReport, ReleaseAnswer, Turn
from ..model import Answer, Conclusion
from . import summary
from .fitting import put
from .searches import COLOURS, say

HANGING = " " * 11  # what follows a release stands under its answer
WORDS = {
    Answer.GOOD: "passes",
    Answer.BAD: "fails",
    Answer.NOT_YET: "can not exist",
    Answer.UNTESTABLE: "can not be tried",
}


def show(report: PassingReport, out: Console) -> None:
    """A line for each release, and one for each change."""
    for history in report.tests:
        put(out, (summary.test_name(history.test), "bold"))
        for each in history.releases:
            word = f"{WORDS[each.answer]:16}", COLOURS[each.answer]
            put(out, f"{each.version:10} ", word, f" {_why(each)}", indent=2, hang=len(HANGING))
        for turn in history.turns:
            say(out, f"  {sentence(turn)}")
    for note in report.notes:
        say(out, f"note: {note}")
    say(out, f"{report.runs} runs in {report.seconds:.0f} s")


def markdown(report: PassingReport) -> str:
    """The same for a ticket."""
    lines = [f"# {report.upstream}: tests by release", ""]
    if report.overlay:
        lines += [f"The tests are those of {report.overlay}, laid over each release.", ""]
    for history in report.tests:
        lines += [
            f"## `{history.test}`",
            "",
            "| release | Python | | |",
            "| --- | --- | --- | --- |",
        ]
        for each in history.releases:
            python = report.pythons.get(each.version, "")
            why = _why(each).replace("|", "\\|")
            lines.append(f"| {each.version} | {python} | {WORDS[each.answer]} | {why} |")
        lines += ["", *(f"- {sentence(turn)}" for turn in history.turns), ""]
    return "\n".join([*lines, *(f"- {note}" for note in report.notes)]).rstrip() + "\n"


def sentence(turn: Turn) -> str:
    """``fails since 4.2.1 (it did not on 4.2; confidence 99.98 %)``."""
    since = f"since {turn.first}"
    if turn.conclusion is Conclusion.RANGE:
        since = f"with {turn.first} or a release before it"
    sure = summary.percent(turn.confidence)
    return f"{WORDS[turn.to]} {since} (it did not on {turn.last}; confidence {sure})"


def _why(each: ReleaseAnswer) -> str:
    why = "" if each.answer is Answer.GOOD else summary.one_line(each.why)
    return f"{why} ({each.way})" if each.way and why else why or each.way
