"""How a captured connection ended, in the lab's closed set of endings and in words.

Owns that judgement. Pure: it must not know packets or files.
"""

from __future__ import annotations

from ..observation import Ending
from .conversations import CLIENT, SERVER, Conversation


def ending_of(seen: Conversation) -> Ending:
    """The ending for a client that asked for what was captured.

    CUT where it is the client that left first: what it made of that is not in a capture."""
    if seen.opened and not seen.answered:
        return Ending.REFUSED if seen.reset_by else Ending.HUNG
    response = seen.responses.current
    if response is not None and seen.responses.malformed:
        return Ending.MALFORMED
    if response is not None and response.complete:
        return Ending.COMPLETE
    return _of_the_connection(seen)


def _of_the_connection(seen: Conversation) -> Ending:
    if seen.reset_by == SERVER:
        return Ending.RESET
    if seen.reset_by or (seen.first_end == CLIENT and not seen.finished(SERVER)):
        return Ending.CUT
    if not seen.finished(SERVER):
        return Ending.HUNG
    # What is no HTTP is whole when both sides have said that they have said all.
    whole = seen.responses.current is None and seen.over and seen.sent[1] > 0
    return Ending.COMPLETE if whole else Ending.EOF_EARLY


def without_http(seen: Conversation) -> str:
    """What there is to say of a connection on which no response was read."""
    if seen.opened and not seen.answered:
        return "refused: no connection" if seen.reset_by else "no answer to the SYN"
    what = "no HTTP that can be read" if seen.sent[1] else "no response"
    if seen.reset_by:
        return f"{what}, then RST of the {seen.reset_by}"
    if seen.over:
        return f"{what}, then FIN of both, the {seen.first_end}'s first"
    if seen.first_end:
        return f"{what}, then FIN of the {seen.first_end}"
    return f"{what}; the capture ends before the connection"
