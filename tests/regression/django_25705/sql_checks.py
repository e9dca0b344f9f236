"""What is printed for a query, run as it is, and compared with what the query gives.

Owns: the two ways to the rows, and how a difference is told. The first line of a failure
has no values, since failures are grouped by it.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper

DOES_NOT_RUN = "what is printed does not run"
OTHER_ROWS = "what is printed runs and gives other rows"
Rows = list[tuple[Any, ...]]


def demand_same_rows(database: BaseDatabaseWrapper, **querysets: Any) -> None:
    """Each of them gives rows, and what is printed for it gives the same ones.

    What is printed and runs, but is another query, is worse than what does not run:
    if any is, that is the failure.
    """
    failures: dict[str, list[str]] = {}
    for name, queryset in querysets.items():
        expected = rows_of(database, queryset)
        assert expected, f"the test is no test: {name} gives no rows"
        printed = str(queryset.query)
        try:
            found = rows_of_text(database, printed)
        except database.Database.Error as error:
            failures.setdefault(DOES_NOT_RUN, []).append(f"{name}: {printed}\n    {error}")
            continue
        if not same(found, expected):
            numbers = f"{len(found)} rows, not the {len(expected)} of the query"
            failures.setdefault(OTHER_ROWS, []).append(f"{name}: {printed}\n    {numbers}")
    for fault in (OTHER_ROWS, DOES_NOT_RUN):
        if fault in failures:
            pytest.fail("\n".join([fault, *failures[fault]]), pytrace=False)


def demand_text(database: BaseDatabaseWrapper, printed: str, expected: Rows) -> None:
    """A text gives these rows."""
    assert expected, "the test is no test: there are no rows"
    error = ""
    found: Rows = []
    try:
        found = rows_of_text(database, printed)
    except database.Database.Error as caught:
        error = str(caught)
    # Outside of the handler, so that its first line is the first of the report.
    if error:
        pytest.fail(f"{DOES_NOT_RUN}\n{printed}\n    {error}", pytrace=False)
    if not same(found, expected):
        pytest.fail(f"{OTHER_ROWS}\n{printed}", pytrace=False)


def rows_of(database: BaseDatabaseWrapper, queryset: Any) -> Rows:
    """What the database gives for the query as it is sent, with its parameters apart."""
    sql, params = queryset.query.get_compiler(connection=database).as_sql()
    with database.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def rows_of_text(database: BaseDatabaseWrapper, text: str) -> Rows:
    """What the database gives for a text, handed to the driver without any parameters."""
    database.ensure_connection()
    cursor = database.connection.cursor()
    try:
        cursor.execute(text)
        return list(cursor.fetchall())
    finally:
        cursor.close()


def same(rows: Rows, others: Rows) -> bool:
    """Whether these are the same rows, in any order."""
    return _bag(rows) == _bag(others)


def _bag(rows: Rows) -> Counter[str]:
    plain = [
        tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
        for row in rows
    ]
    return Counter(map(repr, plain))
