"""What a diff's evidence was made from; ``evidence/made-from.json``.

Owns: that file, its digests, and the command that makes the diff again. Must not know
what the evidence says, or whether it is still true.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from ..catalog.candidate import Candidate
from ..catalog.upstream import Upstream
from ..model import Ground, Stack, Value
from ..request import Request
from ..suites import RUNNERS, SUITES
from ..system.digests import digest, digest_of_programs, digest_of_value
from .bases import portable_spec, python_version
from .squash import SquashedCommit

FILE = Path("evidence") / "made-from.json"


class Provenance(Value, frozen=True):
    """Everything that decides about a diff and its evidence.

    ``spec`` is what the base was asked for as, ``base`` its tree id and ``patched`` that
    of the result; the others are SHA-256 of the patch that is sent, of the candidate's
    patches and description, of the tests that are the workbench's own, and of the
    upstream's rules. ``narrowed`` says what the verdict was restricted to, if it was.
    """

    name: str
    spec: str
    version: str
    source: str
    base: str
    patched: str
    patch: str
    patches: str
    tests: str
    rules: str
    python: str
    replay: str
    narrowed: str = ""
    stack: Stack = Stack()


def provenance_of(
    squashed: SquashedCommit,
    ground: Ground,
    spec: str,
    request: Request,
    words: Callable[[Request], list[str]],
) -> Provenance:
    """What a diff that was made for ``request``, on the base that ``spec`` means, is made from.

    ``words`` turns a request into a command line.
    """
    base = squashed.base
    return Provenance(
        name=str(squashed.name),
        stack=squashed.name,
        spec=spec,
        version=str(base.base),
        source=base.base.source,
        base=base.tree,
        patched=squashed.patched.tree if squashed.patched else "",
        patch=digest(squashed.mail),
        patches=digest_of_candidates(squashed.stack),
        tests=digest_of_tests(),
        rules=digest_of_rules(squashed.upstream),
        python=python_version(ground),
        replay=_replay(squashed, spec, request, words),
        narrowed=_narrowed(request),
    )


def read(folder: Path) -> Provenance | None:
    """What the diff in ``folder`` was made from; None if it does not say."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Provenance)
    except (OSError, msgspec.MsgspecError):
        return None


def digest_of_candidates(stack: Sequence[Candidate]) -> str:
    """A digest of every text of these candidates, and of what stands in candidate.toml."""
    return digest_of_value([(each.name, each.about, each.patches) for each in stack])


def digest_of_tests() -> str:
    """A digest of what the workbench itself brings to tests: runners, and its own suite."""
    folders = dict.fromkeys([RUNNERS, *(f for suite in SUITES.values() for f in suite.FILES)])
    return digest_of_value([digest_of_programs(folder) for folder in folders])


def digest_of_rules(upstream: Upstream) -> str:
    """A digest of ``upstream.toml``."""
    return digest_of_value(upstream)


def _narrowed(request: Request) -> str:
    """What the verdict is not about: a few suites say less than all."""
    said = [f"only the suites {', '.join(request.suites)}"] if request.suites else []
    said += [f"only tests that match {request.select}"] if request.select else []
    return ", ".join(said)


def _replay(
    squashed: SquashedCommit,
    spec: str,
    request: Request,
    words: Callable[[Request], list[str]],
) -> str:
    """The command that makes the same diff on another machine."""
    own = {squashed.upstream.name: (portable_spec(squashed.base, spec),)}
    again = msgspec.structs.replace(
        request,
        candidates=() if request.patches or request.series else (squashed.name,),
        bases={**request.bases, **own},
        folder=os.path.relpath(request.folder) if request.folder else "",
        onto=(),
        json="",
        written=(),
    )
    return shlex.join(["python", "-m", "harness", *words(again)])
