"""The history of an upstream: which commits there are, and what each of them changed.

Owns: git's words for these. Must not know what is searched in it, or why.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import NamedTuple

from ..model import Base, Project, RequestError, Source, Tree, WorkbenchError
from ..system.home import Home
from . import linking
from .remotes import fetch_history, ls_remote, promise, refs_of
from .repository import GitError, Repository, open_repo

SUFFIX = re.compile(r"(?P<ref>.+?)(?P<steps>(?:[~^]\d*)*)", re.DOTALL)
NEAREST = 3
DIFF = ("--first-parent", "--diff-merges=first-parent", "--no-renames", "--no-color")


class Commit(NamedTuple):
    """A commit of an upstream's history: its full id, its subject, how many parents it has."""

    id: str
    subject: str
    parents: int = 1


class FileChange(NamedTuple):
    """What a commit did to a file: the lines that it added, and how many it took away."""

    path: str
    added: tuple[str, ...]
    removed: int


class History:
    """The commits at ``project.url``, brought to the repository of the upstream.

    Every method raises ``WorkbenchError`` if git refuses.
    """

    def __init__(self, home: Home, project: Project) -> None:
        self._home = home
        self._project = project
        self._url = project.url
        self._repository: Repository = open_repo(home, project.name)
        self._is_local = linking.is_local(self._url) and linking.is_linkable(self._url)

    def commit(self, spec: str) -> str:
        """The full id of a branch, tag or commit, with ``~N`` and ``^`` behind it.

        It is brought here with all of its history. Raises ``RequestError``, with what is
        called nearly so, if there is none.
        """
        match = SUFFIX.fullmatch(spec)
        if match is None or spec.startswith("-") or re.search(r"\s|\.\.", spec):
            raise RequestError(f"{spec!r} is no commit; give a branch, a tag or a commit's id")
        with self._home.lock(f"repo-{self._project.name}"):
            found = self._found(match["ref"])
            if not found:
                raise RequestError(f"{self._url} has no {self._nearest(match['ref'])}")
            try:
                return self._repository.text(
                    "rev-parse", "--verify", "--quiet", f"{found}{match['steps']}^{{commit}}"
                )
            except GitError:
                raise RequestError(f"{spec}: nothing was before {match['ref']} there") from None

    def tree(self, commit: str) -> Tree:
        """The tree of a commit of this history."""
        base = Base(self._project, commit[:10], Source.GIT, f"{self._url}@{commit}")
        return Tree(base=base, commit=commit, tree=self._repository.ids(commit)[1])

    def is_ancestor(self, old: str, new: str) -> bool:
        """Whether ``old`` is ``new``, or one of the commits before it."""
        return self._repository.accepts("merge-base", "--is-ancestor", old, new)

    def merge_base(self, one: str, other: str) -> str:
        """The last commit that two branches have in common; empty if there is none."""
        try:
            return self._repository.lines("merge-base", one, other)[0]
        except GitError:
            return ""

    def before(self, commit: str, steps: int) -> str:
        """The commit that is so many first parents before ``commit``, or the oldest of them.

        Raises ``RequestError`` if nothing was before it.
        """
        line = self._repository.lines("rev-list", "--first-parent", f"-{steps + 1}", commit)
        if len(line) == 1:
            raise RequestError(f"{commit[:10]} is the first commit of its history")
        return line[-1]

    def line(self, oldest: str, newest: str) -> list[Commit]:
        """The commits from ``oldest`` to ``newest``, both with it, along first parents.

        ``oldest`` needs not be on that line itself: what is after it counts.
        """
        words = ("--first-parent", "--reverse", "--format=%H %P%x00%s", f"{oldest}..{newest}")
        first = self._repository.text("log", "-1", "--format=%H %P%x00%s", oldest)
        return [_commit(line) for line in [first, *self._repository.lines("log", *words)]]

    def parents(self, commit: str) -> tuple[str, ...]:
        """The full ids of a commit's parents, the first one first."""
        return tuple(self._repository.text("rev-parse", f"{commit}^@").split())

    def changes(
        self, oldest: str, newest: str, paths: Sequence[str] = ()
    ) -> dict[str, list[FileChange]]:
        """What each commit after ``oldest`` changed below ``paths``, along first parents."""
        words = ("-p", "-U0", "--format=%x00%H", *DIFF, f"{oldest}..{newest}", "--", *paths)
        text = self._repository.text("-c", "core.quotePath=false", "log", *words)
        found = {}
        for part in text.split("\0")[1:]:
            commit, _, diff = part.partition("\n")
            found[commit] = _file_changes(diff)
        return found

    def equal_commits(self, commit: str, since: str) -> list[Commit]:
        """Commits of other branches after ``since`` that make the very same change."""
        own = self._patch_ids(f"{commit}^!")
        if not own:
            return []
        # Only what touches the same files can be the same.
        words = ("--name-only", "-r", "-z", "--root", "--no-commit-id", commit)
        paths = self._repository.text("diff-tree", *words).split("\0")
        which = (*self._tips(), f"^{since}", f"^{commit}")
        ids = self._patch_ids("--full-history", "--full-diff", *which, "--", *filter(None, paths))
        same = [each for each, patch in ids.items() if patch == own[commit]]
        return [
            _commit(self._repository.text("log", "-1", "--format=%H %P%x00%s", each))
            for each in same
        ]

    def message(self, commit: str) -> str:
        """A commit's whole message."""
        return self._repository.text("log", "-1", "--format=%B", commit)

    def date(self, commit: str) -> str:
        """The day on which it was committed: ``2024-05-31``."""
        return self._repository.text("log", "-1", "--format=%cs", commit)

    def author(self, commit: str) -> str:
        """The name of who wrote it, as its repository's mailmap has it."""
        return self._repository.text("log", "-1", "--format=%aN", commit)

    def _tips(self) -> list[str]:
        """Where every branch ends, as git's words for it."""
        return linking.tips(self._url) if self._is_local else ["--remotes=history"]

    def _patch_ids(self, *which: str) -> dict[str, str]:
        """``git patch-id`` of commits, by their ids."""
        with self._home.scratch("patch-id") as scratch:
            file = scratch / "log"
            words = ("--literal-pathspecs", "log", "-p", "--no-merges", "--ignore-missing")
            file.write_bytes(self._repository.raw(*words, *which))
            with file.open("rb") as stream:
                lines = self._repository.text("patch-id", "--stable", stdin=stream).splitlines()
        return {commit: patch for patch, commit in (line.split() for line in lines)}

    def _found(self, ref: str) -> str:
        if linking.is_local(self._url):
            linking.refuse_shallow(self._url)
        if self._is_local:
            found = linking.local_commit(self._url, ref)
            if found:
                linking.link(self._home, self._repository, self._url, found)
            return found
        is_id = bool(re.fullmatch(r"[0-9a-f]{7,40}", ref))
        found = ls_remote(self._url, ref)
        if not (found or is_id):
            return ""
        if linking.is_local(self._url):
            # What the clone has not it does not fetch for others.
            for source in linking.promisors(self._url):
                promise(self._repository, source)
        fetch_history(self._repository, self._url, folders=True)
        try:
            return self._repository.text(
                "rev-parse", "--verify", "--quiet", f"{found or ref}^{{commit}}"
            )
        except GitError:
            return ""

    def _nearest(self, ref: str) -> str:
        """A ref that there is not, and what is called nearly so."""
        if re.fullmatch(r"[0-9a-f]{7,40}", ref):
            return f"commit {ref}"
        names = linking.local_refs(self._url) if self._is_local else refs_of(self._url)
        names = list(dict.fromkeys(names))
        # 5.1 is nearer to stable/5.1.x and to 5.1.2 than to 1.5.1.
        part = re.compile(rf"(?<![\w.]){re.escape(ref)}(?!\d)")
        near = sorted((name for name in names if ref in name), key=lambda n: not part.search(n))
        near = near or difflib.get_close_matches(ref, names, NEAREST)
        hint = f"; near it: {', '.join(near[:NEAREST])}" if near else ""
        return f"branch or tag {ref!r}{hint}"


def history_of(home: Home, project: Project) -> History:
    """The history of a project.

    Raises ``RequestError`` if nobody knows where it is, or if git may not read it.
    """
    if not project.url:
        raise RequestError(f"give --mirror {project.name}=URL: no git repository is known of it")
    if linking.is_local(project.url) and not linking.local_commit(project.url, "HEAD"):
        linking.refuse_foreign(project.url)
        raise WorkbenchError(f"{project.url} is no git repository with a commit")
    return History(home, project)


def _commit(line: str) -> Commit:
    ids, _, subject = line.partition("\0")
    commit, *parents = ids.split()
    return Commit(commit, subject, len(parents))


def _file_changes(diff: str) -> list[FileChange]:
    """The files of a diff without context; a binary one has no lines."""
    found: list[FileChange] = []
    path, added, removed = "", list[str](), 0
    in_hunk = False

    def close() -> None:
        if path:
            found.append(FileChange(path, tuple(added), removed))

    for line in diff.split("\n"):
        if line.startswith("diff --git "):
            close()
            path, added, removed, in_hunk = line.rpartition(" b/")[2], [], 0, False
        elif line.startswith("@@"):
            in_hunk = True
        elif in_hunk and line.startswith("+"):
            added.append(line[1:])
        elif in_hunk and line.startswith("-"):
            removed += 1
    close()
    return found
