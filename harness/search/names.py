"""What a commit of a history is called in a report.

Owns: that reading. Must not know searches.
"""

from __future__ import annotations

from ..judge.culprit import CommitName
from ..trees.history import Commit, History


def name_of(history: History, commit: Commit) -> CommitName:
    """A commit with the day on which it was committed, and who wrote it."""
    return CommitName(commit.id, commit.subject, history.date(commit.id), history.author(commit.id))
