"""What stands in ``patches/``: upstreams and candidates, validated.

Owns: the format of ``upstream.toml`` and ``candidate.toml`` and which patches
make up a candidate on a given version. Must not know git or where trees live.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from ..judge.mutants import is_mutation
from ..model import CandidateName, RequestError, Stack, Value
from . import patchfile, series, strays
from .candidate import Candidate, Description, Reverts, Survivor
from .impact import ImpactList
from .strays import TreeFiles, unknown_files
from .upstream import Upstream

STRAY = "patch"
SETTINGS = "workbench.toml"
NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
COMMIT = re.compile(r"[0-9a-f]{40}")
RELEASE = re.compile(r"\d+(\.\d+)+((a|b|rc)\d+)?")
# git itself shortens an id to no fewer digits than this.
SHORTENED = re.compile(r"[0-9a-f]{7,40}", re.IGNORECASE)


class Settings(Value, frozen=True):
    """``workbench.toml``: the ``ticket`` whose candidates are meant where none is named;
    without it, all are."""

    ticket: str = ""


class Catalog:
    """Every upstream and candidate of one ``patches`` folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not folder.is_dir():
            raise RequestError(f"there is no folder {folder}; run from the workbench's checkout")

    @cached_property
    def settings(self) -> Settings:
        """What holds for the whole folder (``workbench.toml``, which need not be there)."""
        path = self.folder / SETTINGS
        return _decode(path, Settings) if path.exists() else Settings()

    @cached_property
    def upstreams(self) -> dict[str, Upstream]:
        """The upstreams by name, in the order of their names."""
        found = {}
        for path in sorted(self.folder.glob("*/upstream.toml")):
            found[path.parent.name] = _upstream(path)
        return found

    @cached_property
    def candidates(self) -> dict[CandidateName, Candidate]:
        """The candidates by name, in the order of their names."""
        found = {}
        for path in sorted(self.folder.glob("*/*/candidate.toml")):
            name = _name_of(path)
            if name not in self.drafts:
                found[name] = _candidate(path, name, self.upstreams.get(name.upstream))
        for candidate in found.values():
            _check_stack(candidate, found)
        return found

    @cached_property
    def drafts(self) -> dict[CandidateName, Description]:
        """What was begun with `new` and has no patch yet, by name."""
        found = {}
        for path in sorted(self.folder.glob("*/*/candidate.toml")):
            about = _decode(path, Description)
            if about.draft and not all((path.parent / each).exists() for each in about.series):
                found[_name_of(path)] = about
        return found

    @cached_property
    def impact_lists(self) -> dict[str, ImpactList]:
        """``impact.toml`` of the upstreams that have one, by their names."""
        paths = sorted(self.folder.glob("*/impact.toml"))
        return {path.parent.name: _impact_list(path, self.upstreams) for path in paths}

    def adopt(self, upstream: Upstream) -> None:
        """Take in an upstream that has no folder, or another state of one that has."""
        self.upstreams[upstream.name] = upstream

    def get(self, name: CandidateName) -> Candidate:
        """The candidate of that name; ``RequestError`` names the known ones."""
        try:
            return self.candidates[name]
        except KeyError:
            if name in self.drafts:
                raise RequestError(
                    f"{name} has no patch yet: commit in the folder that `python -m harness edit "
                    f"{name}` prints, then `python -m harness refresh {name}`"
                ) from None
            names = [*map(str, self.candidates)]
            near = difflib.get_close_matches(str(name), names, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            known = ", ".join(names) or "none"
            raise RequestError(f"no candidate '{name}'; known are: {known}{hint}") from None

    def upstream(self, name: str) -> Upstream:
        """The upstream of that name; ``RequestError`` names the known ones."""
        try:
            return self.upstreams[name]
        except KeyError:
            known = ", ".join(self.upstreams)
            raise RequestError(f"no upstream {name!r}; known are: {known}") from None

    def reverting(self, commit: str) -> Candidate | None:
        """The candidate that takes back ``commit`` (its id, or seven or more digits of it)."""
        if not SHORTENED.fullmatch(commit):
            return None
        for candidate in self.candidates.values():
            reverts = candidate.about.reverts
            if reverts is not None and reverts.commit.startswith(commit.lower()):
                return candidate
        return None

    def with_below(self, candidate: Candidate) -> list[Candidate]:
        """The candidate after everything that it stacks on, each once."""
        ordered: list[Candidate] = []
        for text in candidate.about.stacks_on:
            below = self.with_below(self.get(CandidateName.read(text)))
            ordered += [c for c in below if c not in ordered]
        return [*ordered, candidate]

    def in_order(self, stack: Stack) -> list[Candidate]:
        """The candidates of a stack, with what they stack on, each once."""
        ordered: list[Candidate] = []
        for name in stack.names:
            ordered += [c for c in self.with_below(self.get(name)) if c not in ordered]
        return ordered

    def add_stray(
        self, argument: str, asked: Collection[str] = (), files: TreeFiles = unknown_files
    ) -> Candidate:
        """Take in a patch file from anywhere: ``FILE`` or ``UPSTREAM=FILE``.

        Its upstream is told from the paths in it, among those that were ``asked`` for if
        there are any; what these leave open, ``files`` of the upstreams' trees tell. Raises
        ``RequestError`` if it can not be read, is no patch, or is for no known upstream.
        """
        path, forced = self._place(argument)
        found = strays.in_file(path)
        return self._take_in(found, path, path.stem, f"the patch {path.name}", forced, asked, files)

    def add_series(
        self, argument: str, asked: Collection[str] = (), files: TreeFiles = unknown_files
    ) -> Candidate:
        """Take in a series from anywhere as one candidate: ``FILE`` or ``UPSTREAM=FILE``.

        It is a quilt ``series``, a folder of patches, or a mailbox. Raises
        ``RequestError`` as ``add_stray`` does, and names the line that is wrong.
        """
        path, forced = self._place(argument)
        found, empty = series.read_series(path)
        stem = series.name_of(path)
        about = f"the series {stem} ({len(found)} patches)"
        remarks = tuple(f"{name} changes nothing and is passed over" for name in empty)
        return self._take_in(found, path, stem, about, forced, asked, files, "--series", remarks)

    def add_each(
        self, argument: str, asked: Collection[str] = (), files: TreeFiles = unknown_files
    ) -> list[Candidate]:
        """Take in a series as ``add_series`` does, each patch as a candidate of its own.

        A candidate's name is that of its file; each stacks on the one before it, and is
        judged there.
        """
        whole = self.add_series(argument, asked, files)
        del self.candidates[whole.name]
        made: list[Candidate] = []
        for file in whole.about.series:
            stem = re.sub(r"\.(?:patch|diff)$", "", file)
            name = CandidateName(whole.upstream, name_of_stray(stem))
            about = msgspec.structs.replace(
                whole.about,
                title=f"{file} of {whole.about.title}",
                series=(file,),
                stacks_on=tuple(str(each.name) for each in made[-1:]),
            )
            encodings = {k: v for k, v in whole.encodings.items() if k == file}
            patches = {file: whole.patches[file]}
            made.append(
                msgspec.structs.replace(
                    whole,
                    name=name,
                    about=about,
                    patches=patches,
                    encodings=encodings,
                    in_place=True,
                    # What is said of the whole series is said once.
                    remarks=() if made else whole.remarks,
                )
            )
            if name in self.candidates or name in [each.name for each in made[:-1]]:
                raise RequestError(f"{argument}: there is a candidate {name}; rename {file}")
        self.candidates.update((each.name, each) for each in made)
        return made

    def _place(self, argument: str) -> tuple[Path, str]:
        """The path of ``FILE`` or ``UPSTREAM=FILE``, and the upstream if it is named."""
        named, _, rest = argument.partition("=")
        forced = named if rest and named in self.upstreams else ""
        return Path(rest if forced else argument), forced

    def _take_in(
        self,
        found: list[strays.Stray],
        path: Path,
        stem: str,
        about: str,
        forced: str,
        asked: Collection[str],
        files: TreeFiles,
        flag: str = "--patch",
        remarks: tuple[str, ...] = (),
    ) -> Candidate:
        upstream = forced or strays.upstream_of(
            found, self.upstreams, asked, str(path), flag, files
        )
        found = [each.placed(self.upstreams[upstream], files) for each in found]
        name = CandidateName(upstream, name_of_stray(stem))
        candidate = strays.candidate_of(found, name, self.upstreams[upstream], about, path)
        candidate = msgspec.structs.replace(candidate, remarks=candidate.remarks + remarks)
        known = self.candidates.get(candidate.name)
        if known is not None and known != candidate:
            raise RequestError(f"{path}: there is a candidate {candidate.name}; rename the file")
        self.candidates[candidate.name] = candidate
        return candidate


def name_of_stray(stem: str) -> str:
    """What a candidate from a file is called, by that file's name without its ending."""
    return re.sub(r"[^\w.-]+", "-", stem).strip("-.") or STRAY


def _name_of(path: Path) -> CandidateName:
    return CandidateName(path.parent.parent.name, path.parent.name)


def _upstream(path: Path) -> Upstream:
    name = path.parent.name
    upstream: Upstream = _decode(path, Upstream)
    if upstream.name or not NAME.fullmatch(name):
        raise RequestError(
            f"{path}: an upstream's name is that of its folder, in small letters; "
            "leave `name` out" + ("" if NAME.fullmatch(name) else f", and rename {name!r}")
        )
    return msgspec.structs.replace(upstream, name=name)


def _impact_list(path: Path, known: Mapping[str, Upstream]) -> ImpactList:
    found: ImpactList = _decode(path, ImpactList)
    names = [each.name for each in found.project]
    for each in found.project:
        if not NAME.fullmatch(each.name) or names.count(each.name) > 1:
            raise RequestError(
                f"{path}: a project's name is in small letters and stands there once; "
                f"mend {each.name!r}"
            )
        if each.name in known and each.settings:
            raise RequestError(
                f"{path}: {each.name} has a folder of its own; say {', '.join(each.settings)} in "
                f"patches/{each.name}/upstream.toml"
            )
    return found


def _candidate(path: Path, name: CandidateName, upstream: Upstream | None) -> Candidate:
    about = _decode(path, Description)
    names = [*about.series, *(n for v in about.variant for n in v.series)]
    patches = {}
    for each in names:
        file = path.parent / each
        if path.parent.resolve() not in file.resolve().parents:
            raise RequestError(f"{path}: {each} is outside the candidate's folder")
        text = _read(file)
        patches[each] = strays.text_of(file, text, upstream) if upstream else text
        patchfile.check(patches[each], str(file))
    for variant in about.variant:
        try:
            SpecifierSet(variant.versions)
        except InvalidSpecifier:
            raise RequestError(
                f"{path}: versions = {variant.versions!r} is no version range like '>=3.1,<4'"
            ) from None
    if about.reverts is not None:
        _check_reverts(about.reverts, path)
    _check_survivors(about.survivors, path)
    if not names and not about.stacks_on:
        raise RequestError(f"{path}: neither `series` nor `stacks_on` names anything to apply")
    return Candidate(name, about, patches)


def _check_reverts(reverts: Reverts, path: Path) -> None:
    """Raise ``RequestError`` unless it names one commit and releases in their order."""
    if not COMMIT.fullmatch(reverts.commit):
        raise RequestError(
            f"{path}: reverts.commit = {reverts.commit!r} is no full commit id; "
            "give its 40 hexadecimal digits"
        )
    names = (*reverts.before, reverts.last_without, reverts.first_with)
    for name in names:
        if not RELEASE.fullmatch(name):
            raise RequestError(f"{path}: reverts: {name!r} is no release like '2.1.4'")
    if sorted(names, key=Version) != list(names) or reverts.last_without == reverts.first_with:
        raise RequestError(
            f"{path}: reverts: `before`, `last_without` and `first_with` have to be in the order "
            f"of the releases, not {', '.join(names)}"
        )


def _check_survivors(survivors: Sequence[Survivor], path: Path) -> None:
    """Raise ``RequestError`` unless each names one line, a fault that there is, and a reason."""
    for each in survivors:
        where = f"{path}: survivors: line = {each.line!r}"
        if not each.line or each.line != " ".join(each.line.strip().splitlines()):
            raise RequestError(f"{where} is no line as `diffs` tells it, without blanks around it")
        if not is_mutation(each.mutation):
            raise RequestError(
                f"{where}: there is no mutation {each.mutation!r}; copy it from what `diffs` says"
            )
        if not each.why.strip():
            raise RequestError(f"{where}: say why no test has to notice that {each.mutation}")
    places = [(each.line, each.mutation) for each in survivors]
    for place in places:
        if places.count(place) > 1:
            raise RequestError(f"{path}: survivors: {place[0]!r}, {place[1]!r} is there twice")


def _check_stack(
    candidate: Candidate,
    known: Mapping[CandidateName, Candidate],
    seen: tuple[CandidateName, ...] = (),
) -> None:
    where = f"patches/{candidate.name}/candidate.toml"
    if candidate.name in seen:
        way = " -> ".join(map(str, (*seen, candidate.name)))
        raise RequestError(f"{where}: stacks on itself: {way}")
    for text in candidate.about.stacks_on:
        name = CandidateName.read(text)
        if name not in known:
            raise RequestError(f"{where}: stacks on {text!r}, which does not exist")
        _check_stack(known[name], known, (*seen, candidate.name))


def _decode(path: Path, kind: type[Any]) -> Any:
    try:
        return msgspec.toml.decode(_read(path), type=kind)
    except msgspec.ValidationError as error:
        raise RequestError(f"{path}: {error}") from None
    except msgspec.DecodeError as error:
        raise RequestError(f"{path}: not TOML: {error}") from None


def _read(path: Path) -> str:
    try:
        # Not read_text: it would turn the CRLF of a patched Windows file into LF.
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise RequestError(f"{path}: {error.strerror}; give the path of a file") from None
    except UnicodeDecodeError:
        raise RequestError(
            f"{path}: not UTF-8 text; make it with `git format-patch --binary`"
        ) from None
