"""Types that only PostgreSQL has: arrays, ranges and addresses."""

from __future__ import annotations

import datetime
import ipaddress

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import GenericIPAddressField, IntegerField, TextField, Value
from printed.models import MOMENT, Thing
from sql_checks import demand_same_rows

psycopg = pytest.importorskip("psycopg", reason="needs psycopg")

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


def test_arrays(database: BaseDatabaseWrapper) -> None:
    """Of strings that are hard to quote, empty, and nested."""
    from django.contrib.postgres.fields import ArrayField

    texts = Value(["it's", 'a "b"', "\\", "%s", "NULL"], output_field=ArrayField(TextField()))
    numbers = Value([[1, -2], [3, 4]], output_field=ArrayField(ArrayField(IntegerField())))
    demand_same_rows(
        database,
        texts=Thing.objects.annotate(said=texts).values_list("pk", "said"),
        numbers=Thing.objects.annotate(said=numbers).values_list("pk", "said"),
        contains=Thing.objects.annotate(said=texts)
        .filter(said__contains=["it's", "\\"])
        .values_list("pk"),
    )


def test_ranges(database: BaseDatabaseWrapper) -> None:
    """Of moments, open on one side."""
    from django.contrib.postgres.fields import DateTimeRangeField
    from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

    day = datetime.timedelta(days=1)
    closed = Value(DateTimeTZRange(MOMENT - day, MOMENT + day), output_field=DateTimeRangeField())
    from_then = Value(DateTimeTZRange(MOMENT, None), output_field=DateTimeRangeField())
    demand_same_rows(
        database,
        closed=Thing.objects.annotate(said=closed).values_list("pk", "said"),
        half=Thing.objects.annotate(said=from_then).values_list("pk", "said"),
        within=Thing.objects.annotate(said=closed).filter(said__contains=MOMENT).values_list("pk"),
    )


def test_addresses(database: BaseDatabaseWrapper) -> None:
    """An address is no number."""
    address = str(ipaddress.ip_address("192.0.2.1"))
    said = Value(address, output_field=GenericIPAddressField())
    demand_same_rows(database, answered=Thing.objects.annotate(said=said).values_list("pk", "said"))
