"""What is printed is pasted into shells: no value may be more than a value there.

A text that does not run harms nobody, so these tests let it be; that it runs is asked
elsewhere. What runs and finds other rows, or does something else as well, is the danger.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import IntegerField
from django.db.models.expressions import RawSQL
from printed.models import Thing, Victim
from sql_checks import OTHER_ROWS, rows_of, rows_of_text, same

KEYS = Thing.objects.values_list("pk")
DROP = "; DROP TABLE printed_victim; -- "
ATTACKS = {
    "without a quote": f"NULL{DROP}",
    "a quote": f"'{DROP}",
    "a backslash and a quote": f"\\'{DROP}",
    "two backslashes and a quote": f"\\\\'{DROP}",
    "a double quote": f'"{DROP}',
    "a hash": f"\\'{DROP}".replace("--", "#"),
    "half of a character": f"\xbf'{DROP}",
    "a dollar quote": f"$$'{DROP}",
    "a name that is a column's": f"name{DROP}",
    "a placeholder": f"%s'{DROP}",
}
OTHERS = {
    "a column": "text",
    "a tautology": "1 OR 1 = 1",
    "a quoted tautology": "' OR '1' = '1",
    "a tautology behind a backslash": "\\' OR 1 = 1 -- ",
    "a tautology behind two backslashes": "\\\\' OR 1 = 1 -- ",
    "a union": "'' UNION SELECT id FROM printed_owner -- ",
    "a subquery": "(SELECT min(name) FROM printed_thing)",
    "a function": "concat(name)",
}


def shell(database: BaseDatabaseWrapper, text: str) -> None:
    """Give a text to the database as its shell does: all statements in it are run."""
    database.ensure_connection()
    with contextlib.suppress(database.Database.Error, database.Database.Warning):
        if database.vendor == "sqlite":
            database.connection.executescript(text)
        elif database.vendor == "mysql":
            run_all(database, text)
        else:
            database.connection.cursor().execute(text)


def run_all(database: BaseDatabaseWrapper, text: str) -> None:
    """MariaDB takes several statements at once only from who says so when connecting."""
    from pymysql.constants import CLIENT

    parameters = {**database.get_connection_params(), "client_flag": CLIENT.MULTI_STATEMENTS}
    with contextlib.closing(database.Database.connect(**parameters)) as connection:
        cursor = connection.cursor()
        cursor.execute(text)
        while cursor.nextset():
            pass


def has_victim(database: BaseDatabaseWrapper) -> bool:
    return Victim._meta.db_table in database.introspection.table_names()


@pytest.fixture
def victim(database: BaseDatabaseWrapper) -> Iterator[None]:
    """A table that is there, and is there again afterwards."""
    yield
    if not has_victim(database):
        with database.schema_editor() as editor:
            editor.create_model(Victim)


@pytest.mark.usefixtures("victim")
@pytest.mark.parametrize("value", ATTACKS.values(), ids=ATTACKS.keys())
def test_drops_no_table(database: BaseDatabaseWrapper, value: str) -> None:
    """Bobby's table, in the shell of each database."""
    for queryset in (KEYS.filter(name=value), KEYS.filter(name__contains=value)):
        printed = str(queryset.query)
        shell(database, printed)
        if not has_victim(database):
            pytest.fail(f"what is printed drops a table\n{printed}", pytrace=False)


@pytest.mark.parametrize("value", OTHERS.values(), ids=OTHERS.keys())
def test_finds_nothing_else(database: BaseDatabaseWrapper, value: str) -> None:
    """The query finds nothing that has such a name; so does what is printed, if it runs."""
    demand_no_other_rows(database, KEYS.filter(name=value))


@pytest.mark.parametrize("where", [1, 2])
def test_minus(database: BaseDatabaseWrapper, where: int) -> None:
    """Two minus signs begin a comment."""
    sql = RawSQL("number -%s" if where == 1 else "-%s", [-100], output_field=IntegerField())
    queryset = Thing.objects.annotate(sum=sql).filter(sum__gt=0).values_list("pk")
    demand_no_other_rows(database, queryset)


MODES: dict[str, dict[str, Any]] = {
    "mysql": {"init_command": "SET sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES'"},
    "postgresql": {"options": "-c standard_conforming_strings=off"},
}


@pytest.mark.parametrize("value", OTHERS.values(), ids=OTHERS.keys())
def test_in_another_mode(
    database: BaseDatabaseWrapper, another: Callable[..., Any], value: str
) -> None:
    """What a backslash means is a setting of the server's, which the printed text meets."""
    if database.vendor not in MODES:
        pytest.skip(f"{database.display_name} has no such setting")
    with another(OPTIONS=MODES[database.vendor]) as other:
        demand_no_other_rows(other, KEYS.filter(name=value))


def demand_no_other_rows(database: BaseDatabaseWrapper, queryset: Any) -> None:
    """What is printed, if it runs, gives the rows of the query."""
    printed = str(queryset.query)
    expected = rows_of(database, queryset)
    found = expected
    with contextlib.suppress(database.Database.Error):
        found = rows_of_text(database, printed)
    if not same(found, expected):
        numbers = f"{len(found)} rows, not the {len(expected)} of the query"
        pytest.fail(f"{OTHER_ROWS}\n{printed}\n    {numbers}", pytrace=False)
