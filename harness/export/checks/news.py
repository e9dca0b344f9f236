"""The news entry that an upstream asks for, read by CPython's own tool, blurb.

Owns: which changes need one, its path, and asking blurb (https://github.com/python/blurb)
about its text. Must not know the rules for that text: they are blurb's.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from ...catalog.upstream import News
from ...model import Value, WorkbenchError
from ...pythons import environments
from ...sources.provider import Provider
from ...system import processes
from ..gate import CheckResult, not_asked, unknown, wrong_if_any
from ..squash import ChangedFile, SquashedCommit
from .linters import python_for
from .messages import number_in

PROGRAM = Path(__file__).parent / "programs" / "news_entry.py"
RUN_SECONDS = 30.0
FOLDER = re.compile(r"^\^?([\w./\\-]*/)")


class BlurbReply(Value, frozen=True):
    """What the program says of an entry, or the entry that it made: its path and text."""

    problem: str = ""
    path: str = ""
    text: str = ""


def check(squashed: SquashedCommit, provider: Provider) -> CheckResult:
    """Whether a change that is told to users has its entry, named and worded by the rules."""
    rules = squashed.upstream.pull_request
    if rules is None or rules.news is None:
        return not_asked("the upstream has no such rule")
    news, number = rules.news, number_in(squashed.message, rules)
    noticed = [
        f.path
        for f in squashed.touched
        if _is_news_to_users(f.path, news) and not squashed.in_tests(f.path)
    ]
    written = entries(squashed)
    if not noticed and not written:
        return not_asked("it changes nothing that users are told of")
    if not written:
        return wrong_if_any(
            [f"{noticed[0]} changes and no entry says so"],
            f"write one with `blurb add -i {number or 'N'} -s {news.section}`, or word the one "
            "that blurb made from the commit's message, in `news/`, and commit it",
        )
    try:
        said = [text for entry in written for text in _objections(entry, news, number, provider)]
    except WorkbenchError as error:
        return unknown(str(error).splitlines()[0], "see that blurb can be installed and run")
    return wrong_if_any(
        said,
        f"see {news.guide}" if news.guide else "word it by the upstream's rules",
        _by(news),
    )


def entries(squashed: SquashedCommit) -> list[ChangedFile]:
    """The entries that a diff writes, whatever they are called."""
    rules = squashed.upstream.pull_request
    if rules is None or rules.news is None:
        return []
    news = rules.news
    return [f for f in squashed.touched if f.after is not None and _is_entry(f.path, news)]


def suggestion(squashed: SquashedCommit, provider: Provider) -> BlurbReply:
    """An entry made by blurb from the commit's message: a beginning, not the last word."""
    rules = squashed.upstream.pull_request
    assert rules is not None
    assert rules.news is not None
    paragraphs = squashed.message.partition("\n")[2].strip().split("\n\n")
    request = {
        "make": True,
        "number": number_in(squashed.message, rules) or 0,
        "section": rules.news.section,
        "text": paragraphs[0] or squashed.message.partition(": ")[2].strip() + ".",
    }
    return _blurb_reply(request, rules.news, provider)


def _objections(
    entry: ChangedFile, news: News, number: int | None, provider: Provider
) -> list[str]:
    match = re.search(news.path, entry.path)
    if match is None:
        return [f"{entry.path}: not a name as blurb makes it"]
    said = []
    if number is not None and int(match["number"]) != number:
        said.append(f"{entry.path}: its number is {match['number']}, the commit's is {number}")
    text = entry.texts()[1]
    if len(text.strip().split("\n\n")) > 1:
        said.append(f"{entry.path}: more than one paragraph")
    answer = _blurb_reply({"make": False, "path": entry.path, "text": text}, news, provider)
    return [*said, *([f"{entry.path}: {answer.problem}"] if answer.problem else [])]


def _blurb_reply(request: dict[str, object], news: News, provider: Provider) -> BlurbReply:
    """Ask blurb's own code, in an environment of its own."""
    environment = environments.provide(provider.home, python_for(provider.found), news.requires)
    with provider.home.scratch("news") as scratch:
        file = scratch / "request.json"
        file.write_bytes(msgspec.json.encode(request))
        argv = [str(environment.python), "-I", str(PROGRAM), str(file)]
        finished = processes.run(argv, deadline=RUN_SECONDS, cwd=scratch)
    try:
        return msgspec.json.decode(finished.stdout, type=BlurbReply)
    except msgspec.MsgspecError:
        raise WorkbenchError(finished.explain()) from None


def _is_news_to_users(path: str, news: News) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in news.needed_for)


def _is_entry(path: str, news: News) -> bool:
    match = FOLDER.match(news.path)
    return bool(match) and path.startswith(match[1].replace("\\", "")) if match else False


def _by(news: News) -> str:
    return f"read by {', '.join(news.requires)}"
