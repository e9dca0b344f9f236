"""``upstream.toml`` as values: a project we patch, and what it asks of a change.

Owns: that format, as far as one file goes. Must not know candidates.
"""

from __future__ import annotations

from typing import Literal

from ..model import Project, Value


class Quarantine(Value, frozen=True):
    """An upstream test that is known to be flaky, with the reason."""

    test: str
    why: str


class Deselected(Value, frozen=True):
    """A test, or a file of tests, that is not run, with the reason."""

    test: str
    why: str


class News(Value, frozen=True):
    """The news entry that a change needs: its path's pattern, and what checks its text.

    ``needed_for`` are patterns of paths whose change is told to users; ``section``
    is where an entry goes if nothing else is said. ``guide`` is where the upstream
    says how one is written: a link.
    """

    path: str
    needed_for: tuple[str, ...]
    requires: tuple[str, ...]
    section: str
    guide: str = ""


class ChecklistItem(Value, frozen=True):
    """A line of an upstream's checklist; without checks, it is the sender's to tick."""

    text: str
    checks: tuple[str, ...] = ()


class PullRequestRules(Value, frozen=True):
    """What an upstream asks of a change that is sent to it.

    ``subject`` is a pattern, whose group ``number`` is the ticket's and whose group
    ``verb`` stands in ``tense``. ``tests`` is the folder whose hunks are tests.
    ``base`` is what diffs are made on unless something else is asked for.
    ``version_note`` is what documentation says where an API changes. ``patchcheck``
    is the folder of CPython's own checker. Lengths are in characters.
    """

    subject: str
    subject_length: int = 72
    body_length: int = 72
    tense: Literal["past", "imperative", ""] = ""
    example: str = ""
    tests: str = ""
    base: str = ""
    version_note: str = ""
    patchcheck: str = ""
    disclosure: str = ""
    news: News | None = None
    checklist: tuple[ChecklistItem, ...] = ()


class Tool(Value, frozen=True):
    """A linter: what is installed, what is run, on which files.

    ``run`` is a program of the environment and its arguments; the touched files that
    fit ``files`` follow. ``settings`` is the tree's file with its settings, ``instead``
    what it is given where a tree has no such file; with neither it is not run there.
    ``output`` says whether it prints a finding on each line or the diff that it wants.
    """

    name: str
    requires: tuple[str, ...]
    run: tuple[str, ...]
    files: tuple[str, ...]
    settings: str = ""
    instead: tuple[str, ...] = ()
    output: Literal["lines", "diff"] = "lines"


class LintRules(Value, frozen=True):
    """What an upstream asks of its code's form; lengths in characters, 0 for any.

    ``docs`` are patterns of the paths of documentation.
    """

    line_length: int = 79
    comment_length: int = 0
    docs_length: int = 0
    docs: tuple[str, ...] = ()
    tool: tuple[Tool, ...] = ()


class Upstream(Value, frozen=True):
    """``upstream.toml``: a project we patch; its folder is its ``name``.

    ``kind`` names the plug-in that knows such projects (``harness.upstreams``), ``url`` is
    its git repository, ``prefixes`` are the folders by which a stray patch is recognised.
    ``ticket_prefix`` is what its people write before a ticket's number (``gh-88932``).
    ``dependents`` are upstreams whose tests judge a patch of this one as well, unless they
    are left out. Tests in ``deselect`` are never run. ``index``, ``tests``, ``requires``,
    ``extras``, ``groups`` and ``python`` are those of ``model.Project``.
    """

    kind: str
    url: str = ""
    index: str = ""
    prefixes: tuple[str, ...] = ()
    tests: str = "tests"
    requires: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    python: str = ""
    ticket_prefix: str = "#"
    dependents: tuple[str, ...] = ()
    quarantine: tuple[Quarantine, ...] = ()
    deselect: tuple[Deselected, ...] = ()
    lint: LintRules = LintRules()
    pull_request: PullRequestRules | None = None
    name: str = ""

    @property
    def project(self) -> Project:
        """What a job has to know of it."""
        return Project(
            name=self.name,
            kind=self.kind,
            url=self.url,
            index=self.index,
            tests=self.tests,
            requires=self.requires,
            extras=self.extras,
            groups=self.groups,
            python=self.python,
            deselect=tuple(each.test for each in self.deselect),
        )

    def owns(self, path: str) -> bool:
        """Whether a path is in one of the folders by which its patches are recognised."""
        own = self.prefixes or ("src/", f"{self.name}/", f"{self.tests}/", "docs/")
        return path.startswith(own)
