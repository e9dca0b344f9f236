"""What a base is called by tools that know a thing again by its name. Pure.

Owns: these names. Must not know which tool it is. A base from git is called by its whole
commit, which is another one whenever somebody merges: whoever compares two runs would find
nothing of the first in the second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Set

import msgspec

from ..model import Judgement, ground_name
from .schema import Report


def base_names(report: Report) -> Mapping[str, str]:
    """By the names of the report's bases: the same, without commits where no two bases of the
    report then have one name."""
    commits = {(base.upstream, base.version) for base in report.bases if base.commit}
    every = {each.base: each for each in (*report.candidates, *report.controls)}
    short = {name: _without_commits(judged, commits) for name, judged in every.items()}
    number = Counter(short.values())
    return {name: each if number[each] == 1 else name for name, each in short.items()}


def _without_commits(judged: Judgement, commits: Set[tuple[str, str]]) -> str:
    """A judgement without a ground is of a report that an older workbench wrote."""
    ground = (
        msgspec.structs.replace(base, version="")
        if (base.upstream, base.version) in commits
        else base
        for base in judged.ground
    )
    return ground_name(ground) or judged.base
