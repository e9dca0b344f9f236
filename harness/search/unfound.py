"""Why a search named nothing.

Owns: the line that says so, for releases and commits alike. Must not know what was searched.
"""

from __future__ import annotations

from ..judge.probes import Search
from ..model import Answer, Conclusion

ALWAYS = {
    Answer.GOOD: "passes on both ends",
    Answer.BAD: "fails on both ends",
    Answer.NOT_YET: "can not exist on the bad end",
}


def why_unfound(search: Search, good: str, bad: str) -> str:
    """In a line why a search ended without a boundary; ``good`` and ``bad`` are what the two
    ends were said to be."""
    found, test = search.finding, search.test
    ends = dict(zip((search.labels[0], search.labels[-1]), found.ends, strict=True))
    said = " and ".join(f"{answer} on {label}" for label, answer in ends.items())
    if found.conclusion is Conclusion.SAME:
        always = ALWAYS.get(found.ends[1], "tells nothing")
        return f"{test} {always} ({said}): there is no change to find"
    if found.conclusion is Conclusion.SWAPPED:
        return (
            f"good and bad are swapped: {test} is {said}; exchange them: --good {bad} --bad {good}"
        )
    if found.conclusion is Conclusion.FLAKY:
        return (
            f"{test} does not behave the same in every run on the ends: "
            f"{found.noise:.0%} of {found.runs} runs disagree"
        )
    index = 0 if not found.ends[0].is_sure else len(search.labels) - 1
    reason = next((p.reason for p in search.probes if p.state == index), "")
    return f"{search.labels[index]} can not be tried: {(reason.splitlines() or ['no reason'])[0]}"
