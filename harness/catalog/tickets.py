"""Tickets: what candidates are for, by which of them candidates are chosen.

Owns: how a ticket is written, and which candidates are for one. Must not know trees, nor
what is done with the candidates. Which ticket is meant where nobody names one stands in
``patches/workbench.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ..model import CandidateName, RequestError, Value

if TYPE_CHECKING:
    from .catalog import Catalog

# django#32472, #32472, 32472, gh-88932.
WRITTEN = re.compile(r"(?:(?P<upstream>[a-z0-9][\w.-]*)#|#|(?P<prefix>[a-z]+-))?(?P<number>\d+)")


class Ticket(Value, frozen=True):
    """A ticket as somebody writes it: its number, and what else was said of it.

    ``prefix`` is what an upstream puts before its numbers: ``gh-`` of ``gh-88932``.
    """

    number: int
    upstream: str = ""
    prefix: str = ""


def read(text: str) -> Ticket | None:
    """The ticket that ``text`` is meant to be, or None if it is none."""
    match = WRITTEN.fullmatch(text.strip().lower())
    if match is None:
        return None
    return Ticket(int(match["number"]), match["upstream"] or "", match["prefix"] or "")


def by_ticket(catalog: Catalog) -> Mapping[str, tuple[CandidateName, ...]]:
    """The candidates that somebody proposes, by ticket.

    What takes a commit back is for `bisect`: it is no fix that anybody proposes.
    """
    found: dict[str, tuple[CandidateName, ...]] = {}
    for name, candidate in catalog.candidates.items():
        for ticket in candidate.about.tickets if candidate.about.reverts is None else ():
            found[ticket] = (*found.get(ticket, ()), name)
    return found


def meant(text: str, catalog: Catalog) -> str:
    """The ticket of some candidate that ``text`` means, as ``candidate.toml`` has it.

    Raises ``RequestError``, which names the known ones, if it is none or several of them.
    """
    known = by_ticket(catalog)
    asked = read(text)
    fitting = [each for each in known if asked and _is(asked, each, catalog)]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(sorted(fitting or known)) or "none"
    if fitting:
        raise RequestError(f"--ticket {text}: there are {len(fitting)} of that number: {names}")
    raise RequestError(f"--ticket {text}: no candidate is for it; known tickets are: {names}")


def candidates_of(catalog: Catalog, asked: str) -> tuple[tuple[CandidateName, ...], str]:
    """The candidates for a ticket, and what is to be said of the others.

    Those for the default one, if ``asked`` is empty, or all where there is none.
    """
    ticket = meant(asked, catalog) if asked else catalog.settings.ticket
    known = by_ticket(catalog)
    if not ticket:
        proposed = [c for c in catalog.candidates.values() if c.about.reverts is None]
        return tuple(each.name for each in proposed), ""
    chosen = known.get(ticket, ())
    # Of a ticket that was asked for, nobody has to hear about others.
    return chosen, "" if asked else _others(ticket, chosen, catalog)


def _others(ticket: str, chosen: Iterable[CandidateName], catalog: Catalog) -> str:
    groups: dict[tuple[str, ...], int] = {}
    for name, candidate in catalog.candidates.items():
        if candidate.about.reverts is None and name not in chosen:
            # The first of a candidate's is the one in its subject; that may differ.
            tickets = tuple(sorted(candidate.about.tickets))
            groups[tickets] = groups.get(tickets, 0) + 1
    said = [
        f"--ticket {' or '.join(tickets)} ({number})" if tickets else f"--candidate ({number})"
        for tickets, number in sorted(groups.items())
    ]
    return f"these are the candidates for {ticket}; others: {', '.join(said)}" if said else ""


def _is(asked: Ticket, known: str, catalog: Catalog) -> bool:
    """Whether a ticket that somebody wrote is one that a ``candidate.toml`` names."""
    ticket = read(known)
    if ticket is None or ticket.number != asked.number:
        return False
    if asked.upstream:
        return ticket.upstream == asked.upstream
    upstream = catalog.upstreams.get(ticket.upstream)
    return not asked.prefix or (upstream is not None and upstream.ticket_prefix == asked.prefix)
