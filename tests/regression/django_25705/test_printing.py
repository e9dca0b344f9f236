"""What printing was before it quoted anything it still is."""

from __future__ import annotations

import io
import logging
import pickle

import pytest
from django.core.exceptions import EmptyResultSet
from django.db.backends.base.base import BaseDatabaseWrapper
from printed.models import Thing
from sql_checks import demand_same_rows

THINGS = Thing.objects.values_list("pk")


def test_empty(database: BaseDatabaseWrapper) -> None:
    """A query that can find nothing has no SQL, and says so."""
    for queryset in (Thing.objects.none(), THINGS.filter(name__in=[])):
        with pytest.raises(EmptyResultSet):
            str(queryset.query)


def test_again(database: BaseDatabaseWrapper) -> None:
    """The same text each time, and the query is what it was."""
    queryset = THINGS.filter(name__in=["it's", "Jane"], owner__name="O'Hara")
    rows = list(queryset.all())
    texts = {str(queryset.query), f"{queryset.query}", "%s" % queryset.query}  # noqa: UP031
    assert len(texts) == 1
    assert list(queryset) == rows
    assert str(queryset.all().query) in texts


def test_pickled(database: BaseDatabaseWrapper) -> None:
    """A query that was kept is printed as before."""
    queryset = Thing.objects.filter(name="it's", number__lt=3)
    kept = pickle.loads(pickle.dumps(queryset.query))
    assert str(kept) == str(queryset.query)


def test_logged(database: BaseDatabaseWrapper) -> None:
    """By ``%s``, when a handler asks for it."""
    query = Thing.objects.filter(name="it's").query
    stream = io.StringIO()
    logger = logging.Logger("things")
    logger.addHandler(logging.StreamHandler(stream))
    logger.warning("slow: %s", query)
    assert stream.getvalue() == f"slow: {query}\n"


def test_shown_by_a_raw_query(database: BaseDatabaseWrapper) -> None:
    """``repr()`` of a raw queryset prints its query."""
    raw = Thing.objects.raw("SELECT id FROM printed_thing WHERE name = %s", ["it's"])
    assert repr(raw) == f"<RawQuerySet: {raw.query}>"
    plain = Thing.objects.raw("SELECT id FROM printed_thing WHERE name LIKE '%'", None)
    assert "LIKE '%'" in str(plain.query)


class Unknown:
    """Something that no database takes."""

    def __str__(self) -> str:
        return "it's unknown"


def test_a_value_that_no_database_takes(database: BaseDatabaseWrapper) -> None:
    """The query would fail, and to see why it is printed."""
    queryset = Thing.objects.extra(where=["name = %s"], params=[Unknown()])
    assert "unknown" in str(queryset.query)


def test_a_long_list(database: BaseDatabaseWrapper) -> None:
    """More values than SQLite has columns."""
    demand_same_rows(database, query=THINGS.filter(name__in=["it's", *map(str, range(3000))]))
