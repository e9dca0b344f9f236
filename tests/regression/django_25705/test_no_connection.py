"""Printing a query is no work for a database: it needs none, opens none, changes nothing.

Queries are printed in debuggers, logs, error reports and tests, where a database may not
be there, may not be asked, or is in the middle of something.
"""

from __future__ import annotations

import asyncio
import unittest
from collections.abc import Callable
from typing import Any

from conftest import as_default
from django.db import IntegrityError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import SimpleTestCase
from printed.models import Thing

QUERYSET = Thing.objects.filter(name="it's", number__in=[1, 2], day="2026-03-01")
NOWHERE = {"postgresql": "/nowhere", "mysql": "/nowhere/socket"}


def printed() -> str:
    """What is printed for a query with parameters."""
    text = str(QUERYSET.query)
    assert text.startswith("SELECT"), text
    return text


def test_opens_none(database: BaseDatabaseWrapper, another: Callable[..., Any]) -> None:
    """A connection that was not open is not open afterwards."""
    expected = printed()
    with another() as closed:
        assert printed() == expected
        assert closed.connection is None, "a connection was opened to print a query"


def test_of_a_database_that_is_not_there(
    database: BaseDatabaseWrapper, another: Callable[..., Any]
) -> None:
    """No server, or no folder for the file."""
    expected = printed()
    missing = {"HOST": NOWHERE[database.vendor]} if database.vendor in NOWHERE else {}
    with another(NAME="/nowhere/database" if not missing else "nothing", **missing):
        assert printed() == expected


def test_in_a_coroutine(database: BaseDatabaseWrapper, another: Callable[..., Any]) -> None:
    """Where a connection may not be used, although one is open or none is."""
    expected = printed()

    async def print_it(of: BaseDatabaseWrapper) -> str:
        # Coroutines have connections of their own.
        with as_default(of):
            return printed()

    assert asyncio.run(print_it(database)) == expected
    with another() as closed:
        assert asyncio.run(print_it(closed)) == expected


def test_in_a_test_without_databases(
    database: BaseDatabaseWrapper, another: Callable[..., Any]
) -> None:
    """SimpleTestCase forbids connections; many of them look at what is printed."""

    class Tests(SimpleTestCase):
        def test(self) -> None:
            printed()

    with another():
        result = unittest.TestResult()
        # A suite prepares the class, which is when connections are shut off.
        unittest.TestSuite([Tests("test")]).run(result)
        assert not (result.errors or result.failures), (result.errors + result.failures)[0][1]


def test_after_an_error_in_a_transaction(database: BaseDatabaseWrapper) -> None:
    """That is when somebody prints a query; nothing more may be run until it ends."""
    expected = printed()
    with transaction.atomic():
        try:
            with transaction.atomic(savepoint=False):
                Thing.objects.create(owner_id=1, name=None)
        except IntegrityError:
            assert connection.needs_rollback
        assert printed() == expected
        assert connection.needs_rollback
        transaction.set_rollback(True)
    assert printed() == expected


def test_leaves_a_transaction_alone(database: BaseDatabaseWrapper) -> None:
    """What was written stays to be committed or rolled back, and a cursor keeps its rows."""
    before = Thing.objects.count()
    with transaction.atomic():
        Thing.objects.create(owner_id=Thing.objects.first().owner_id, name="new")
        names = Thing.objects.order_by("pk").values_list("name").iterator(chunk_size=2)
        first = next(names)
        printed()
        assert len([first, *names]) == before + 1
        transaction.set_rollback(True)
    assert Thing.objects.count() == before


def test_is_no_query(database: BaseDatabaseWrapper) -> None:
    """Nothing is run, so nothing is counted: neither in ``connection.queries`` nor by
    ``assertNumQueries()``, nor seen by ``execute_wrapper()``."""
    seen: list[str] = []

    def see(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        seen.append(sql)
        return execute(sql, *rest)

    database.force_debug_cursor = True
    try:
        before = len(database.queries_log)
        with database.execute_wrapper(see):
            printed()
        assert seen == []
        assert len(database.queries_log) == before
    finally:
        database.force_debug_cursor = False
