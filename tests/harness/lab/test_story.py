"""What is told of an exchange: lanes, steps, what was lost, who waited."""

from __future__ import annotations

import pytest
from support.exchanges import exchange, hung, torn, whole

from harness.lab.drawing.steps import Kind, Seen, Step
from harness.lab.drawing.story import drawing
from harness.lab.observation import Ending, Event, Observation


def told(seen: Observation, most: int = 40) -> list[str]:
    """Its lines, without the times."""
    return [line.partition(" ms ")[2] for line in drawing("", seen, most).told()]


def steps(*events: Event, **fields: str | int | Ending) -> tuple[Step, ...]:
    return drawing("", exchange(*events, **fields)).steps  # type: ignore[arg-type]


def test_the_fin_overtakes_the_data() -> None:
    assert told(torn()) == [
        "client → tearing: connects",
        "client → tearing: 91 bytes",
        "tearing → server: 91 bytes",
        "server → tearing: 50,277 bytes ×2",
        "tearing → client: 1,024 bytes ×2",
        "server → tearing: FIN",
        "tearing → client: FIN",
        "tearing → server: FIN",
        "tearing → client: 49,253 bytes dropped (lost)",
        "client: the body ends at byte 747",
        "client → tearing: FIN",
        "server: free again",
    ]


def test_a_client_that_hangs_waits_to_its_deadline() -> None:
    (wait,) = drawing("", hung()).waits
    assert wait.text == "still waiting after 2,000 ms"
    assert wait.vain
    assert "server → client: 50,000 bytes never came (lost)" in told(hung())


@pytest.mark.parametrize(
    ("link", "who", "names"),
    [
        ("direct", ("client",), ("client", "server")),
        ("slow+tearing", ("tearing", "client"), ("client", "slow", "tearing", "server")),
        ("direct", ("client", "next client"), ("client", "next client", "server")),
        ("lossy", (), ("client", "lossy", "server")),
    ],
)
def test_lanes(link: str, who: tuple[str, ...], names: tuple[str, ...]) -> None:
    events = [Event(0.001, each, "connected") for each in who]
    assert drawing("", exchange(*events, link=link)).lanes.names == names


def test_a_link_that_forwards_nothing_lets_the_clients_connection_pass() -> None:
    (step,) = steps(Event(0.001, "client", "connected"), link="lossy")
    assert (step.lane, step.to) == (0, 2)


def test_what_one_end_alone_tells_of_is_half_an_arrow() -> None:
    both, half = steps(
        Event(0.001, "client", "sent", 91),
        Event(0.002, "slow", "got from client", 91),
        Event(0.003, "slow", "passed to server", 91),
        link="slow",
    )
    assert both.seen is Seen.BOTH
    assert half.seen is Seen.LEAVING


def test_bytes_that_a_link_passed_on_and_nobody_received_are_lost() -> None:
    lost = [
        step
        for step in steps(
            Event(0.001, "client", "sent", 91),
            Event(0.002, "late", "got from client", 91),
            Event(0.003, "late", "got from server", 9_000),
            Event(0.003, "late", "passed to client", 9_000),
            Event(0.004, "client", "received", 2_000),
            Event(0.005, "client", "received RST"),
            link="late",
            received=43_000,
            ending=Ending.RESET,
        )
        if step.kind is Kind.LOST
    ]
    assert [(step.lane, step.to, step.label) for step in lost] == [
        (1, 0, "7,000 bytes never received")
    ]


def test_nothing_is_sent_over_a_connection_that_was_reset() -> None:
    """The link resets both sides when the server has reset one of them."""
    reset = steps(
        Event(0.001, "client", "connected"),
        Event(0.003, "late", "got RST from server"),
        Event(0.003, "late", "reset both sides"),
        Event(0.004, "client", "received RST"),
        Event(0.005, "client", "closed"),
        link="late",
    )
    assert [(s.lane, s.to, s.text) for s in reset if s.kind is Kind.RST] == [
        (2, 1, "RST"),
        (1, 0, "RST"),
    ]
    assert reset[-1].text == "closes"


def test_the_client_that_gave_up_is_the_one_that_misses_something() -> None:
    found = steps(
        Event(0.001, "client", "connected"),
        Event(0.002, "next client", "connected"),
        Event(2.002, "next client", "gave up waiting"),
        Event(2.003, "next client", "closed"),
        Event(2.004, "client", "closed"),
        received=0,
        ending=Ending.HUNG,
    )
    assert [(step.lane, step.to) for step in found if step.kind is Kind.LOST] == [(2, 1)]


def test_a_request_that_was_lost_is_no_part_of_the_response() -> None:
    lost = [
        step.label
        for step in steps(
            Event(0.001, "client", "sent", 73),
            Event(0.002, "slow", "got FIN from server"),
            link="slow",
            received=0,
            ending=Ending.EOF_EARLY,
        )
        if step.kind is Kind.LOST
    ]
    assert lost == ["73 bytes never received", "50,000 bytes never came"]


def test_bytes_that_a_link_got_and_kept_are_lost() -> None:
    """The resetting link says nothing of what it drops."""
    lost = [
        step.label
        for step in steps(
            Event(0.003, "resetting", "got from server", 65_536),
            Event(0.003, "resetting", "reset both sides"),
            link="resetting",
            received=0,
            ending=Ending.RESET,
        )
        if step.kind is Kind.LOST
    ]
    assert lost == ["65,536 bytes dropped"]


def test_a_client_that_counts_bodies_is_not_set_against_the_wire() -> None:
    """It reads 277 bytes of headers less: these are not lost."""
    found = steps(
        Event(0.001, "client", "started"),
        Event(0.002, "slow", "passed to client", 50_277),
        Event(0.003, "client", "received", 50_000),
        link="slow",
        client="curl",
    )
    assert not [step for step in found if step.kind is Kind.LOST]
    assert "body read: 50,000 bytes" in [step.label for step in found]


def test_tls_makes_more_of_what_a_client_sends() -> None:
    """So the two can not be set against each other; nothing is lost."""
    found = steps(
        Event(0.001, "client", "sent", 91),
        Event(0.002, "slow", "got from client", 700),
        Event(0.003, "slow", "passed to client", 60_000),
        Event(0.004, "client", "received", 50_277),
        link="slow",
    )
    assert not [step for step in found if step.kind is Kind.LOST]
    assert "request sent: 91 bytes" in [step.label for step in found]


def test_an_end_that_was_taken_for_one_is_no_good_sign() -> None:
    short = exchange(Event(0.001, "client", "received", 900), received=747, known=0.002)
    assert "client: takes it for the end" in told(short)
    assert "client: knows the end" in told(whole())


def test_who_waited_for_whom() -> None:
    waits = drawing(
        "",
        exchange(
            Event(0.001, "client", "sent", 91),
            Event(0.101, "client", "received", 50_277),
            Event(0.102, "client", "holds back"),
            Event(0.302, "client", "closed"),
            Event(2.302, "server", "free again"),
        ),
    ).waits
    assert [(wait.lane, wait.text) for wait in waits] == [
        (0, "waits 100 ms for server"),
        (0, "holds back 200 ms"),
        (1, "not free for 2,000 ms"),
    ]


def test_a_link_that_reads_late_is_not_the_one_that_waits() -> None:
    """It is told that it waits for the server again, once something has come."""
    waits = drawing(
        "",
        exchange(
            Event(0.001, "late", "holds back"),
            Event(0.002, "late", "got from client", 91),
            Event(0.152, "late", "got from server", 4_096),
            Event(0.252, "late", "got from server", 4_096),
            link="late",
        ),
    ).waits
    assert [(wait.lane, wait.text) for wait in waits] == [
        (1, "holds back 150 ms"),
        (1, "waits 100 ms for server"),
    ]


def test_a_refused_client_has_lost_nothing() -> None:
    refused = exchange(received=0, ending=Ending.REFUSED)
    assert told(refused) == ["client: refused: no connection"]


def test_the_middle_of_many_steps_is_joined_and_counted() -> None:
    events = [
        Event(n / 1000, "client", word, 5) for n in range(100) for word in ("sent", "received")
    ]
    shown = drawing("", exchange(*events), 40)
    assert len(shown.steps) == 40
    assert "… 161 more steps, 805 bytes, to " in shown.steps[20].label
