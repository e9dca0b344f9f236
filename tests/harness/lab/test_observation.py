"""What an exchange amounts to, without a socket."""

from __future__ import annotations

import json

import msgspec
import pytest

from harness.lab.exchange import observation_of
from harness.lab.observation import Ending, HttpResponse, Observation, Recorder
from harness.lab.payload import payload
from harness.lab.request import get

SIZE = 1_000
WHOLE, PART, WRONG = payload(SIZE), payload(400), b"?" * SIZE


def seen(response: HttpResponse) -> Observation:
    return observation_of("a server", "a link", "a client", get(SIZE), response, Recorder())


@pytest.mark.parametrize(
    ("ending", "body", "headline"),
    [
        (Ending.COMPLETE, WHOLE, "complete"),
        (Ending.COMPLETE, PART, "truncated, and taken for complete"),
        (Ending.COMPLETE, WRONG, "wrong bytes in the body"),
        (Ending.EOF_EARLY, WHOLE, "whole body, but no end of it, then EOF"),
        (Ending.EOF_EARLY, PART, "truncated, then EOF"),
        (Ending.RESET, WHOLE, "whole body, but no end of it, then RST"),
        (Ending.RESET, PART, "truncated, then RST"),
        (Ending.CUT, WHOLE, "whole body, but no end of it, then a cut"),
        (Ending.CUT, PART, "truncated, then a cut"),
        (Ending.HUNG, WHOLE, "hung: the whole body is there, but not its end"),
        (Ending.HUNG, PART, "hung: still waiting for the rest of the response"),
        (Ending.MALFORMED, PART, "malformed: why"),
        (Ending.REFUSED, b"", "refused: no connection"),
    ],
)
def test_headline(ending: Ending, body: bytes, headline: str) -> None:
    status = None if ending is Ending.REFUSED else 200
    assert seen(HttpResponse(ending, status, body=body, reason="why")).headline() == headline


@pytest.mark.parametrize("ending", Ending)
@pytest.mark.parametrize("body", [b"", PART, WHOLE, WRONG])
def test_every_ending_has_a_headline_without_numbers(ending: Ending, body: bytes) -> None:
    headline = seen(HttpResponse(ending, 200, body=body, reason="why")).headline()
    assert headline
    assert not any(c.isdigit() for c in headline)


def test_only_the_whole_body_with_its_end_is_good() -> None:
    for ending in Ending:
        for body in (b"", PART, WHOLE, WRONG):
            good = ending is Ending.COMPLETE and body == WHOLE
            assert seen(HttpResponse(ending, 200, body=body)).good is good


def test_offsets() -> None:
    assert seen(HttpResponse(Ending.RESET, 200, body=PART)).truncated_at == len(PART)
    assert seen(HttpResponse(Ending.COMPLETE, 200, body=WHOLE)).truncated_at is None
    assert seen(HttpResponse(Ending.COMPLETE, 200, body=PART + WRONG)).differs_at == len(PART)


def test_json_holds_everything() -> None:
    recorder = Recorder()
    recorder.note("client", "received", 5)
    response = HttpResponse(Ending.RESET, 200, body=PART)
    whole = observation_of("s", "l", "c", get(SIZE), response, recorder)
    kept = json.loads(whole.to_json())
    assert kept["ending"] == "reset"
    assert kept["received"] == len(PART)
    assert kept["events"][0]["what"] == "received"
    assert msgspec.convert(kept, Observation) == whole


def test_a_run_of_the_same_event_is_one_event() -> None:
    recorder = Recorder()
    for who in ("client", "link", "client", "link"):
        recorder.note(who, "received", 5)
    recorder.note("client", "closed")
    recorder.note("client", "received", 5)
    events = [(event.who, event.what, event.size) for event in recorder.events]
    assert events == [
        ("client", "received", 10),
        ("link", "received", 10),
        ("client", "closed", 0),
        ("client", "received", 5),
    ]
