"""The loop back: a candidate's commits in a folder, and from there into ``patches/`` again.

Owns: the worktrees below ``.workbench/edit``, and when their commits may replace a
series. Must not know diffs or checks. Nothing is written unless the new series gives
the very tree that is in the folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from ..catalog import patchfile
from ..catalog.candidate import Candidate, Description
from ..catalog.catalog import Catalog
from ..model import CandidateName, Patch, RequestError, Source, Stack, Tree, Value
from ..request import DEFAULT, Request
from ..sources.provider import Provider
from ..system.files import replace_bytes
from ..trees import commits as git_commits
from ..trees.repository import Repository, git_errors_as_spurious, open_repo, safe
from ..trees.worktrees import Worktree, add_branch
from . import seriesfile


class EditSession(Value, frozen=True):
    """What a folder was made from: the base, and each commit with its patch's text.

    ``spec`` is what the base was asked for as, ``start`` the commit that the series
    stands on: the base with everything that the candidate stacks on.
    """

    spec: str
    version: str
    start: str
    names: tuple[str, ...]
    commits: tuple[str, ...]
    texts: tuple[str, ...]


def edit(request: Request, catalog: Catalog, provider: Provider) -> Path:
    """The folder with the candidate's commits; one with work in it is left as it is."""
    name = CandidateName.read(request.name)
    about, own = _own(catalog, name)
    place, notes = _places(provider, name)
    series = tuple(own.patches[each] for each in about.series) if own else ()
    begun = _begun(notes)
    if place.exists() and begun is not None:
        if begun.texts == series:
            return place
        if Worktree(place).commit_at_rest() != (begun.commits[-1:] or (begun.start,))[0]:
            raise RequestError(
                f"patches/{name} changed after {_short(place)} was made, and work is in both; "
                "save that folder's commits elsewhere, remove it, and edit again"
            )
    return _make(request, catalog, provider, about, series, place)


def refresh(request: Request, catalog: Catalog, provider: Provider) -> Iterator[str]:
    """Write the folder's commits back as the series; tells each file that was written."""
    name = CandidateName.read(request.name)
    about, own = _own(catalog, name)
    place, notes = _places(provider, name)
    begun = _begun(notes)
    if begun is None or not place.exists():
        raise RequestError(f"there is nothing to refresh; `python -m harness edit {name}` first")
    if tuple(own.patches[each] for each in about.series) != begun.texts if own else begun.texts:
        raise RequestError(
            f"patches/{name} changed after `edit`; writing would lose that. Save the commits of "
            f"{_short(place)} elsewhere, remove it, and edit again"
        )
    _must_be_at_rest(place, name)
    commits = _commits(place, begun, name)
    texts = [_text_of(place, commit, begun) for commit in commits]
    names = _names(place, commits, begun, name)
    _must_give_the_same(catalog, provider, about, name, begun, place, names, texts)
    folder = catalog.folder / name.upstream / name.name
    before = dict(zip(begun.names, begun.texts, strict=True))
    yield from seriesfile.write(folder, before, begun.version, names, texts)
    _keep(notes, begun, names, commits, texts)


def _own(catalog: Catalog, name: CandidateName) -> tuple[Description, Candidate | None]:
    """What candidate.toml says, and the candidate if it has patches already."""
    if name in catalog.drafts:
        return catalog.drafts[name], None
    candidate = catalog.get(name)
    if not candidate.about.series:
        raise RequestError(
            f"{name} has no patches of its own; edit {' or '.join(candidate.about.stacks_on)}"
        )
    return candidate.about, candidate


def _make(
    request: Request,
    catalog: Catalog,
    provider: Provider,
    about: Description,
    series: tuple[str, ...],
    place: Path,
) -> Path:
    name = CandidateName.read(request.name)
    upstream = name.upstream
    spec = _spec(request, catalog, about, upstream)
    start = _start(catalog, provider, about, provider.base(spec, upstream), name)
    patches = tuple(
        Patch(name, each, text, about.made_for)
        for each, text in zip(about.series, series, strict=False)
    )
    tree = start
    if patches:
        application = provider.apply(start, Stack((name,)), patches)
        if application.tree is None:
            problems = "; ".join(map(str, application.problems))
            raise RequestError(f"{name} does not apply to {start.base}: {problems}")
        tree = application.tree
    repository = open_repo(provider.home, upstream)
    lost = _lost(repository, start, tree, patches)
    if lost:
        raise RequestError(
            f"{start.base} ({start.base.source}) has no place for {lost[0]}, and it would be lost; "
            f"edit on a base with everything, such as --base {upstream}="
            f"{_whole_base(catalog, upstream)}"
        )
    with (
        git_errors_as_spurious(f"cannot make {_short(place)}"),
        provider.home.lock(f"worktrees-{upstream}"),
    ):
        branch = f"edit/{safe(name.name)}"
        worktree = add_branch(repository, place, branch, tree.commit)
    commits = worktree.commits_after(start.commit)
    begun = EditSession(
        spec, start.base.version, start.commit, about.series[: len(series)], commits, series
    )
    replace_bytes(place.with_suffix(".json"), msgspec.json.encode(begun))
    return place


def _spec(request: Request, catalog: Catalog, about: Description, upstream: str) -> str:
    asked = request.specs(upstream)
    if asked and asked[0] != DEFAULT:
        return asked[0]
    rules = catalog.upstream(upstream).pull_request
    return about.made_for or (rules.base if rules else "") or DEFAULT


def _whole_base(catalog: Catalog, upstream: str) -> str:
    rules = catalog.upstream(upstream).pull_request
    return (rules.base if rules else "") or f"{Source.GIT}:main"


def _start(
    catalog: Catalog, provider: Provider, about: Description, base: Tree, name: CandidateName
) -> Tree:
    """The base with everything that the candidate stacks on."""
    below: list[Candidate] = []
    for each in about.stacks_on:
        below += [
            c for c in catalog.with_below(catalog.get(CandidateName.read(each))) if c not in below
        ]
    if not below:
        return base
    application = provider.apply_stack(base, Stack(tuple(c.name for c in below)), below)
    if application.tree is None:
        problems = "; ".join(map(str, application.problems))
        raise RequestError(f"what {name} stacks on does not apply to {base.base}: {problems}")
    return application.tree


def _lost(repository: Repository, start: Tree, tree: Tree, patches: Sequence[Patch]) -> list[str]:
    """Paths that the patches name and that an installed library has no place for."""
    if start.base.source is not Source.INSTALLED:
        return []
    named = {path for each in patches for path in patchfile.check(each.text, each.name)}
    touched = git_commits.changed_paths(repository, start.commit, tree.commit)
    return sorted(named - set(touched))


def _must_be_at_rest(place: Path, name: CandidateName) -> None:
    """Refuse a folder in which something is unfinished or not committed."""
    worktree = Worktree(place)
    if what := worktree.unfinished():
        raise RequestError(f"{what} is in the middle in {_short(place)}; end it or abort it")
    if dirty := worktree.open_changes():
        listed = ", ".join(dirty[:3])
        raise RequestError(
            f"{_short(place)} has changes that are in no commit ({listed}); commit or remove them, "
            f"then `python -m harness refresh {name}`"
        )


def _commits(place: Path, begun: EditSession, name: CandidateName) -> tuple[str, ...]:
    worktree = Worktree(place)
    if not worktree.stands_on(begun.start):
        raise RequestError(
            f"the commits in {_short(place)} no longer stand on {begun.version}; "
            f"`git rebase --onto {begun.start[:12]}` them"
        )
    if worktree.has_merges(begun.start):
        raise RequestError(f"a merge is among the commits of {name}; a series has none: rebase")
    commits = worktree.commits_after(begun.start)
    if not commits:
        raise RequestError(f"there is no commit in {_short(place)}; commit the change there first")
    return commits


def _text_of(place: Path, commit: str, begun: EditSession) -> str:
    """A commit's patch: byte for byte what it was made from, if it is still that commit."""
    if commit in begun.commits:
        return begun.texts[begun.commits.index(commit)]
    try:
        text = git_commits.mail(Worktree(place), commit).decode("utf-8")
    except UnicodeDecodeError:
        raise RequestError(f"commit {commit[:12]} holds text that is not UTF-8") from None
    if not text.strip():
        raise RequestError(f"commit {commit[:12]} changes nothing; drop it")
    return text


def _names(
    place: Path, commits: Sequence[str], begun: EditSession, name: CandidateName
) -> tuple[str, ...]:
    """File names: those that there were, in order, and then the commits' own."""
    names = list(begun.names[: len(commits)])
    for number, commit in enumerate(commits[len(names) :], len(names) + 1):
        slug = git_commits.slug(Worktree(place), commit)[:52].rstrip("-.").lower()
        names.append(f"{number:04}-{slug or name.name}.patch")
    return tuple(names)


def _must_give_the_same(
    catalog: Catalog,
    provider: Provider,
    about: Description,
    name: CandidateName,
    begun: EditSession,
    place: Path,
    names: Sequence[str],
    texts: Sequence[str],
) -> None:
    """Apply the new series to what it stacks on today; it must give the folder's tree."""
    for each, text in zip(names, texts, strict=True):
        patchfile.check(text, each)
    upstream = name.upstream
    start = _start(catalog, provider, about, provider.base(begun.spec, upstream), name)
    series = tuple(
        Patch(name, each, text, begun.version) for each, text in zip(names, texts, strict=True)
    )
    application = provider.apply(start, Stack((name,)), series)
    if application.tree is None:
        problems = "; ".join(map(str, application.problems))
        raise RequestError(f"the series no longer applies to {start.base}: {problems}")
    if application.tree.tree != Worktree(place).tree():
        raise RequestError(
            f"on {start.base} the series gives another tree than {_short(place)} has: its base or "
            "what it stacks on changed; save the commits elsewhere, remove the folder, edit again"
        )


def _keep(
    notes: Path,
    begun: EditSession,
    names: Sequence[str],
    commits: Sequence[str],
    texts: Sequence[str],
) -> None:
    now = msgspec.structs.replace(
        begun, names=tuple(names), commits=tuple(commits), texts=tuple(texts)
    )
    replace_bytes(notes, msgspec.json.encode(now))


def _places(provider: Provider, name: CandidateName) -> tuple[Path, Path]:
    """The folder to work in, and the file beside it that says what it was made from."""
    place = provider.home.root / "edit" / name.upstream / safe(name.name)
    return place, place.with_suffix(".json")


def _begun(notes: Path) -> EditSession | None:
    try:
        return msgspec.json.decode(notes.read_bytes(), type=EditSession)
    except (OSError, msgspec.MsgspecError):
        return None


def _short(place: Path) -> str:
    return os.path.relpath(place)
