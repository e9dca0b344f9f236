"""What `bench` found out, made up: a measurement of each kind.

For tests of how it is shown.
"""

from __future__ import annotations

from harness.report.measurement import (
    BoundCurve,
    BoundPoint,
    CandidateCost,
    Decision,
    Figure,
    FlakeRate,
    Interval,
    KnownCulprit,
    Loss,
    Measurement,
    ScalingLine,
    SearchCost,
    SimulatedReports,
    Waiting,
)

BOUNDS = (0, 200, 500)


def cost(name: str, low: float, middle: float, high: float, decision: Decision) -> CandidateCost:
    """What a candidate costs, in CPU time and in requests a second."""
    ratios = {
        "CPU time": Interval(low, middle, high),
        "requests/s": Interval(2 - high, 2 - middle, 2 - low),
    }
    return CandidateCost(
        "django 6.1.3", "runserver", name, "close, 1 kB", 0.00123, "s", ratios, decision, 1.03
    )


def every(text: str = "") -> list[Measurement]:
    """A measurement of each kind; ``text`` stands in it wherever any can."""
    points = tuple(
        BoundPoint(
            bound,
            (
                Loss(f"race {text}", (0, 5000, 3000) if bound < 200 else (0, 0, 0)),
                Loss("tearing 300 ms", (49_000,) * 3 if bound < 500 else (0, 0, 0)),
            ),
            (Waiting(f"HTTP/1.1 close {text}", (bound / 1000, bound / 1000 + 0.004)),),
        )
        for bound in BOUNDS
    )
    found = SearchCost("found", ("b" * 10,), 0.99, 9, 6.0, 4.0)
    wrong = SearchCost("wrong", ("c" * 10,), 0.99, 11, 12.0, 9.0, f"it fails otherwise {text}")
    return [
        Measurement(
            "serving",
            (f"turns {text}",),
            costs=(
                cost(f"django/dear{text}", 1.05, 1.06, 1.07, Decision.NO),
                cost("django/cheap", 0.99, 1.0, 1.01, Decision.YES),
                cost("django/unclear", 1.0, 1.02, 1.05, Decision.NOT_SURE),
            ),
            command=f"python -m harness bench {text}",
        ),
        Measurement("curve", (text,), curves=(BoundCurve(f"django/x {text}", points),)),
        Measurement(
            "scaling",
            scaling=(ScalingLine(10, (2, 4), (1800.0, 950.0), f"scales up {text}"),),
        ),
        Measurement(
            "noise",
            reports=(
                SimulatedReports(
                    f"normal{text}",
                    1000,
                    12,
                    10.0,
                    9.5,
                    (FlakeRate(0.2, 200, 60, 100), FlakeRate(1.0, 0, 0, 0)),
                ),
            ),
        ),
        Measurement(
            "culprits",
            culprits=(
                KnownCulprit("1" * 40, "b" * 40, f"Fixed {text}", 400, found, wrong),
                KnownCulprit("2" * 40, "b" * 40, "Fixed", 300, wrong, found),
            ),
            said=(f"all rows {text}",),
        ),
        Measurement(
            "against",
            figures=(
                Figure(f"wall{text}", 954.7, "s", 0.3, 787.5, is_met=False),
                Figure("disk", 324.6, "MiB", 0.4, 1506.7, is_met=True),
                Figure("memory", 141.3, "MiB"),
            ),
        ),
    ]
