"""How long printing takes. No test fails for it: it is compared with the base."""

from __future__ import annotations

import time

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from printed.models import Thing

SAMPLES = 5
TIMES = 40
QUERIES = {
    "no parameter": Thing.objects.all(),
    "ten parameters": Thing.objects.filter(name__in=[f"it's {number}" for number in range(10)]),
    "500 parameters": Thing.objects.filter(name__in=[f"it's {number}" for number in range(500)]),
}


@pytest.mark.parametrize("name", QUERIES)
def test_print(database: BaseDatabaseWrapper, waits: dict[str, list[float]], name: str) -> None:
    """Forty times the same query."""
    query = QUERIES[name].query
    first = str(query)
    samples = waits.setdefault(f"str(query), {name}, {TIMES} times", [])
    for _ in range(SAMPLES):
        began = time.perf_counter()
        for _ in range(TIMES):
            str(query)
        samples.append(round(time.perf_counter() - began, 6))
    assert str(query) == first
