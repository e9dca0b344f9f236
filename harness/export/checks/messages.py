"""An upstream's rules for a commit's message. Pure.

Owns: what is wrong with a message. Must not know where messages come from. The
rules are Django's docs/internals/contributing/committing-code.txt and CPython's
devguide; which of them hold is said by ``upstream.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...catalog.upstream import PullRequestRules


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Past tenses that do not end in -ed, of verbs that commit messages use.
IRREGULAR = _words("""
    began bound broke brought built caught chose cut did drew drove found gave got held hid kept
    laid left lent let lost made met put quit ran read rebuilt redid reran reset rewrote sent set
    shut spelled split sped stood stuck swept taught took told undid unset went withdrew won wrote
""")
# What ends like a past tense, an -ing form or a third person and is none of them.
BASE_FORMS = _words("""
    access address bless bring bypass compress discuss dismiss embed exceed expose express feed
    guess miss need pass press proceed process ring seed shed speed spring stress string succeed
    suppress swing toss
""")
UNFINISHED = re.compile(r"^(wip\b|fixup!|squash!|amend!|draft\b|do not merge)", re.I)
TRAILER = re.compile(r"[A-Z][\w-]+-[bB]y: .+")
LINK = re.compile(r"https?://\S+")


def objections(message: str, rules: PullRequestRules, number: int | None) -> Iterator[str]:
    """What the rules object to; ``number`` is the ticket's, if it is known."""
    subject, *rest = message.rstrip("\n").split("\n")
    yield from _subject_objections(subject, rules, number)
    if rest[:1] not in ([], [""]):
        yield "the second line is not empty"
    for position, line in enumerate(rest, 2):
        if len(line) > rules.body_length and not LINK.search(line):
            yield f"line {position} has {len(line)} characters, more than {rules.body_length}"
        if line != line.rstrip():
            yield f"line {position} ends in whitespace"


def has_body(message: str) -> bool:
    """Whether there is more than a subject and trailers."""
    lines = message.rstrip("\n").split("\n")[1:]
    return any(line.strip() and not TRAILER.fullmatch(line) for line in lines)


def _subject_objections(subject: str, rules: PullRequestRules, number: int | None) -> Iterator[str]:
    if UNFINISHED.match(subject):
        yield f"the subject {subject!r} says that it is unfinished"
    if len(subject) > rules.subject_length:
        yield f"the subject has {len(subject)} characters, more than {rules.subject_length}"
    match = re.search(rules.subject, subject)
    if match is None:
        example = f", as in {rules.example!r}" if rules.example else ""
        yield f"the subject {subject!r} does not have the upstream's form{example}"
        return
    groups = match.groupdict()
    if number is not None and groups.get("number") and int(groups["number"]) != number:
        yield f"the subject names ticket {groups['number']}, candidate.toml {number}"
    verb = groups.get("verb") or ""
    if verb and rules.tense == "past" and not is_past(verb):
        yield f"{verb!r} is not in the past tense"
    if verb and rules.tense == "imperative" and not is_imperative(verb):
        yield f"{verb!r} is not in the imperative"
    if verb and not verb[0].isupper():
        yield f"{verb!r} does not begin with a capital letter"


def is_past(verb: str) -> bool:
    """Whether a word looks like a past tense: ``Made``, ``Fixed``, ``Reverted``."""
    word = verb.lower()
    return word in IRREGULAR or (word.endswith("ed") and word not in BASE_FORMS)


def is_imperative(verb: str) -> bool:
    """Whether a word looks like an imperative: not ``Fixes``, ``Fixed`` or ``Fixing``."""
    word = verb.lower()
    return word in BASE_FORMS or not re.search(r"(?:ed|ing|[^s]s)$", word)


def ticket_number(text: str, upstream: str) -> int | None:
    """The number of ``django#32472``, if it is a ticket of that upstream."""
    match = re.fullmatch(rf"{re.escape(upstream)}#(\d+)", text)
    return int(match[1]) if match else None


def number_in(message: str, rules: PullRequestRules) -> int | None:
    """The ticket's number in a message's subject; 0 is a placeholder."""
    match = re.search(rules.subject, message.partition("\n")[0])
    number = match.groupdict().get("number") if match else None
    return int(number) if number else None
