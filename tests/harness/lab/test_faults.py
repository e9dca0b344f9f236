"""The faults decide; no socket is needed to see what."""

from __future__ import annotations

import pytest

from harness.lab.faults import Arrival, Came, Close, Fault, Finish, Reset, Send, Side, Wait
from harness.lab.faults.faithful import Faithful
from harness.lab.faults.resetting import Resetting
from harness.lab.faults.slow import Slow
from harness.lab.faults.tearing import Tearing

FAULTS: list[Fault] = [Faithful(), Resetting(), Slow(), Tearing()]
FIN_FROM_CLIENT = Arrival(Side.CLIENT, Came.FIN)
FIN_FROM_SERVER = Arrival(Side.SERVER, Came.FIN)


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
def test_the_request_passes_unchanged(fault: Fault) -> None:
    assert list(fault.decide(Arrival(Side.CLIENT, Came.DATA, b"GET"))) == [Send(b"GET")]


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
def test_the_clients_half_close_passes(fault: Fault) -> None:
    assert list(fault.decide(FIN_FROM_CLIENT)) == [Finish()]


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
@pytest.mark.parametrize("side", Side)
def test_a_reset_passes(fault: Fault, side: Side) -> None:
    assert list(fault.decide(Arrival(side, Came.RST))) == [Reset()]


@pytest.mark.parametrize("fault", [Faithful(), Slow(), Tearing()], ids=repr)
@pytest.mark.parametrize("before", [0, 5, 1_000, 5_000])
def test_no_byte_is_changed(fault: Fault, before: int) -> None:
    data = bytes(range(256)) * 300
    decisions = fault.decide(Arrival(Side.SERVER, Came.DATA, data, before))
    assert b"".join(d.data for d in decisions if isinstance(d, Send)) == data


def test_faithful_keeps_the_half_close() -> None:
    assert Faithful().decide(FIN_FROM_SERVER) == [Finish()]


def test_slow_waits_after_each_piece() -> None:
    decisions = Slow(piece=2, pace=7.0).decide(Arrival(Side.SERVER, Came.DATA, b"abc"))
    assert decisions == [Send(b"ab"), Wait(7.0), Send(b"c"), Wait(7.0)]


def test_tearing_closes_both_sides_at_the_servers_end() -> None:
    assert Tearing().decide(FIN_FROM_SERVER) == [Close()]


@pytest.mark.parametrize(
    ("before", "data", "decisions"),
    [
        (0, b"ab", [Send(b"ab")]),
        (0, b"abcd", [Send(b"abcd")]),
        (0, b"abcdef", [Send(b"abcd"), Wait(7.0), Send(b"ef")]),
        (3, b"abc", [Send(b"a"), Wait(7.0), Send(b"bc")]),
        (4, b"abc", [Wait(7.0), Send(b"abc")]),
        (5, b"abc", [Send(b"abc")]),
    ],
)
def test_tearing_holds_back_once(before: int, data: bytes, decisions: list[object]) -> None:
    fault = Tearing(spared=4, hold=7.0)
    assert fault.decide(Arrival(Side.SERVER, Came.DATA, data, before)) == decisions


def test_resetting_breaks_after_what_it_spares() -> None:
    fault = Resetting(spared=4)
    assert fault.decide(Arrival(Side.SERVER, Came.DATA, b"abcd")) == [Send(b"abcd")]
    assert fault.decide(Arrival(Side.SERVER, Came.DATA, b"e", 4)) == [Reset()]
