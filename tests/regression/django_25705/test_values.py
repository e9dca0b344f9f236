"""Values of every type are printed so that the database reads the same values."""

from __future__ import annotations

import datetime
import math
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BinaryField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    DecimalField,
    DurationField,
    FloatField,
    IntegerField,
    JSONField,
    Model,
    QuerySet,
    TextChoices,
    TimeField,
    UUIDField,
    Value,
)
from django.utils.functional import lazystr
from django.utils.safestring import mark_safe
from printed.models import CLOCK, DATA, DAY, EXTRA, KEY, MOMENT, SPAN, Thing
from sql_checks import demand_same_rows

KEYS: QuerySet[Model] = Thing.objects.values_list("pk")


class Name(TextChoices):
    """An enumeration, whose members are strings that look like something else."""

    JANE = "Jane", "somebody"


def answers(value: Any, field: Any) -> Any:
    """A query that gives the value itself."""
    return Thing.objects.annotate(said=Value(value, output_field=field)).values_list("pk", "said")


def around(name: str, value: Any) -> dict[str, Any]:
    """Queries with a value of the field ``name`` that is there, and that others are beyond."""
    return {
        "exact": KEYS.filter(**{name: value}),
        "list": KEYS.filter(**{f"{name}__in": [value]}),
        "beyond": KEYS.filter(**{f"{name}__gt": value}),
        "range": KEYS.filter(**{f"{name}__range": (value, value)}),
        "excluded": KEYS.exclude(**{name: value}),
    }


def test_integers(database: BaseDatabaseWrapper) -> None:
    """Small, negative and the largest."""
    demand_same_rows(
        database,
        **around("number", -3),
        largest=KEYS.filter(number__lt=2**63 - 1),
        least=KEYS.filter(number__gt=-(2**63) + 1),
        plus=answers(-5, IntegerField()),
    )


def test_decimals(database: BaseDatabaseWrapper) -> None:
    """They are no floats, and keep their places."""
    field = DecimalField(max_digits=12, decimal_places=3)
    demand_same_rows(
        database,
        **around("price", Decimal("-7.655")),
        zeros=answers(Decimal("2.500"), field),
        exponent=answers(Decimal("1E+3"), field),
    )


@pytest.mark.parametrize("value", [0.1, -0.5, 1e300, 1.5e-7, 3.0], ids=repr)
def test_floats(database: BaseDatabaseWrapper, value: float) -> None:
    """To the last digit."""
    demand_same_rows(
        database,
        excluded=KEYS.exclude(ratio=value),
        answered=answers(value, FloatField()),
    )


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan], ids=repr)
def test_floats_that_are_no_numbers(database: BaseDatabaseWrapper, value: float) -> None:
    """SQLite takes NaN for NULL, MariaDB has none of these."""
    if database.vendor == "mysql":
        pytest.skip("MariaDB has no such floats")
    demand_same_rows(database, answered=answers(value, FloatField()))


def test_booleans(database: BaseDatabaseWrapper) -> None:
    """Compared and answered."""
    demand_same_rows(
        database,
        true=KEYS.filter(flag=True),
        false=KEYS.filter(flag=False),
        answered=answers(True, BooleanField()),
    )


def test_none(database: BaseDatabaseWrapper) -> None:
    """NULL, which Django writes itself instead of a parameter."""
    demand_same_rows(
        database,
        answered=answers(None, CharField()),
        number=answers(None, IntegerField()),
        missing=KEYS.filter(price=None),
    )


def test_dates(database: BaseDatabaseWrapper) -> None:
    """Not the difference of three numbers."""
    demand_same_rows(
        database,
        **around("day", DAY),
        year=KEYS.filter(day__year=DAY.year),
        answered=answers(DAY, DateField()),
    )


@pytest.mark.parametrize("zone", ["Berlin", "UTC", "west"])
def test_datetimes(database: BaseDatabaseWrapper, zone: str) -> None:
    """The same moment in any zone, to the microsecond, an hour after the clocks changed."""
    zones = {
        "Berlin": MOMENT.tzinfo,
        "UTC": datetime.UTC,
        "west": datetime.timezone(datetime.timedelta(hours=-9, minutes=-30)),
    }
    moment = MOMENT.astimezone(zones[zone])
    demand_same_rows(
        database,
        **around("moment", moment),
        day=KEYS.filter(moment__date=DAY.replace(day=29)),
        hour=KEYS.filter(moment__hour=3),
        answered=answers(moment, DateTimeField()),
    )


def test_times(database: BaseDatabaseWrapper) -> None:
    """With microseconds."""
    demand_same_rows(
        database,
        exact=KEYS.filter(clock=CLOCK),
        before=KEYS.filter(clock__lt=CLOCK),
        answered=answers(CLOCK, TimeField()),
    )


def test_durations(database: BaseDatabaseWrapper) -> None:
    """Negative ones with days, hours and microseconds."""
    demand_same_rows(database, **around("span", SPAN), answered=answers(SPAN, DurationField()))


def test_bytes(database: BaseDatabaseWrapper) -> None:
    """Those that are no text, with a null byte, a quote and a backslash."""
    first = DATA + b"\0"
    demand_same_rows(
        database,
        exact=KEYS.filter(data=first),
        list=KEYS.filter(data__in=[first, b""]),
        view=KEYS.filter(data=memoryview(first)),
        answered=answers(DATA, BinaryField()),
        empty=answers(b"", BinaryField()),
    )


def test_uuids(database: BaseDatabaseWrapper) -> None:
    """PostgreSQL and MariaDB have a type for them."""
    demand_same_rows(
        database,
        **around("key", KEY),
        text=KEYS.filter(key=str(KEY)),
        answered=answers(uuid.UUID(int=5), UUIDField()),
    )


def test_json(database: BaseDatabaseWrapper) -> None:
    """Documents, and keys that are hard to quote."""
    queries = {
        "whole": KEYS.filter(extra={**EXTRA, "number": 2}),
        "key": KEYS.filter(**{"extra__it's": EXTRA["it's"]}),
        "has": KEYS.filter(extra__has_key="it's"),
        "any": KEYS.filter(extra__has_any_keys=["it's", 'a "b"', "%s"]),
        "index": KEYS.filter(extra__list__0=1),
        "null": KEYS.filter(extra__list__2=None),
        "deep": KEYS.filter(extra__deep__name__icontains="zo"),
        "number": KEYS.filter(extra__number__in=[1, 2, "it's"]),
        "answered": answers({"a": "it's \\ %"}, JSONField()),
    }
    if database.features.supports_json_field_contains:
        queries["contains"] = KEYS.filter(extra__contains={"it's": EXTRA["it's"]})
    demand_same_rows(database, **queries)


def test_strings_that_are_more(database: BaseDatabaseWrapper) -> None:
    """Members of an enumeration, strings that templates trust, strings made late."""
    demand_same_rows(
        database,
        enumeration=KEYS.filter(name=Name.JANE),
        chosen=KEYS.filter(name__in=Name.values),
        safe=KEYS.filter(name=mark_safe("it's")),
        lazy=KEYS.filter(name=lazystr("it's")),
    )
