"""The strict client: a raw socket read by h11, at any pace."""

from __future__ import annotations

from ..observation import Ending, HttpResponse, Recorder
from ..request import HttpRequest
from . import Pace
from .wire import Wire


def fetch(
    address: tuple[str, int], request: HttpRequest, recorder: Recorder, pace: Pace
) -> HttpResponse:
    """See ``clients.Fetch``."""
    try:
        wire = Wire(address, recorder, pace.buffer)
    except OSError as error:
        return HttpResponse(Ending.REFUSED, reason=str(error))
    with wire:
        wire.send(request.encoded())
        if pace.hold:
            wire.hold()
        return wire.read(request.method)
