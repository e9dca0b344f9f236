"""django-debug-toolbar shows queries, and is not disturbed by those that are printed.

It wraps the cursors of a connection and has each query told to a panel, with what
``last_executed_query()`` says. While the templates panel looks at a context, in which a
query may be, every use of a cursor raises.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from printed.models import Thing
from sql_checks import demand_text, rows_of

tracking = pytest.importorskip(
    "debug_toolbar.panels.sql.tracking", reason="needs django-debug-toolbar"
)
QUERYSET = Thing.objects.filter(name__in=["it's", "a\\b"]).values_list("pk")


class Panel:
    """Takes what the toolbar's own panel of queries would."""

    def __init__(self) -> None:
        self.queries: list[dict[str, Any]] = []

    def record(self, **query: Any) -> None:
        self.queries.append(query)


@contextlib.contextmanager
def watching(database: BaseDatabaseWrapper) -> Iterator[Panel]:
    """A panel that is told of all queries."""
    panel = Panel()
    tracking.wrap_cursor(database)
    database._djdt_logger = panel
    try:
        yield panel
    finally:
        database._djdt_logger = None


def test_shows_a_query_that_runs(database: BaseDatabaseWrapper) -> None:
    """What it shows for a query that was run, printed or not."""
    expected = rows_of(database, QUERYSET)
    with watching(database) as panel:
        str(QUERYSET.query)
        assert len(list(QUERYSET.all())) == len(expected)
    (query,) = panel.queries
    demand_text(database, query["sql"], expected)


def test_counts_no_printing(database: BaseDatabaseWrapper) -> None:
    """Printing is no query."""
    with watching(database) as panel:
        str(QUERYSET.query)
    assert panel.queries == []


def test_prints_in_the_templates_panel(database: BaseDatabaseWrapper) -> None:
    """A context with ``queryset.query`` in it is shown, without a cursor."""
    expected = str(QUERYSET.query)
    with watching(database):
        token = tracking.allow_sql.set(False)
        try:
            assert str(QUERYSET.query) == expected
        finally:
            tracking.allow_sql.reset(token)
