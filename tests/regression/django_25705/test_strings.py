"""A string is printed so that the database reads the same string."""

from __future__ import annotations

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Value
from printed.models import STRINGS, Thing
from sql_checks import demand_same_rows

KEYS = Thing.objects.values_list("pk")


@pytest.mark.parametrize("value", STRINGS.values(), ids=STRINGS.keys())
def test_is_found(database: BaseDatabaseWrapper, value: str) -> None:
    """As a whole, in a list, and by everything but it."""
    demand_same_rows(
        database,
        exact=KEYS.filter(name=value),
        list=KEYS.filter(name__in=[value, "Jane", "no such name"]),
        excluded=KEYS.exclude(name=value),
        greater=KEYS.filter(name__gte=value),
    )


@pytest.mark.parametrize("value", STRINGS.values(), ids=STRINGS.keys())
def test_is_a_pattern(database: BaseDatabaseWrapper, value: str) -> None:
    """LIKE has characters of its own, which Django escapes with a backslash."""
    demand_same_rows(
        database,
        contains=KEYS.filter(name__contains=value),
        startswith=KEYS.filter(name__startswith=value),
        iendswith=KEYS.filter(name__iendswith=value),
        no_case=KEYS.filter(name__iexact=value),
    )


@pytest.mark.parametrize("value", STRINGS.values(), ids=STRINGS.keys())
def test_comes_back(database: BaseDatabaseWrapper, value: str) -> None:
    """What is selected is the string itself, whatever a comparison would forgive."""
    named = Thing.objects.annotate(said=Value(value)).values_list("pk", "said")
    demand_same_rows(database, annotated=named)


def test_with_a_null_character(database: BaseDatabaseWrapper) -> None:
    """PostgreSQL has no such strings."""
    if database.vendor == "postgresql":
        pytest.skip("PostgreSQL has no strings with a null character")
    demand_same_rows(
        database,
        annotated=Thing.objects.annotate(said=Value("a\0b'c")).values_list("pk", "said"),
    )
