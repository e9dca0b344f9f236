"""The strict client: a raw socket read by h11, at any pace."""

from __future__ import annotations

from ..ask import HttpRequest
from ..observation import Ending, HttpResponse, Recorder
from . import Pace
from .wire import Wire


def fetch(
    address: tuple[str, int], ask: HttpRequest, recorder: Recorder, pace: Pace
) -> HttpResponse:
    """See ``clients.Fetch``."""
    try:
        wire = Wire(address, recorder, pace.buffer)
    except OSError as error:
        return HttpResponse(Ending.REFUSED, reason=str(error))
    with wire:
        wire.send(ask.wire())
        if pace.hold:
            wire.hold()
        return wire.read(ask.method)
