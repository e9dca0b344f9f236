"""Queries of every shape: parameters stand in the right order and the right place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    Max,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import (
    Coalesce,
    Concat,
    ExtractHour,
    Length,
    Replace,
    RowNumber,
    TruncDay,
)
from printed.models import BERLIN, Owner, Thing
from sql_checks import demand_same_rows, demand_text

THINGS = Thing.objects.values_list("pk")
HARD = "it's 100% \\ %s"
FIRST = Thing.objects.filter(owner=OuterRef("pk"), name__gt="A'").order_by("name").values("name")

QUERIES: dict[str, Callable[[], Any]] = {
    "nothing to quote": THINGS.all,
    "related": lambda: THINGS.filter(owner__name="O'Hara", name__contains="'"),
    "or": lambda: THINGS.filter(Q(name="it's") | ~Q(owner__name="O'Hara") & Q(number__gt=-9)),
    "sliced": lambda: THINGS.filter(name__gt="'").order_by("name", "pk")[1:4],
    "annotated": lambda: Thing.objects.annotate(said=Value(HARD)).values_list("pk", "said"),
    "concatenated": lambda: Thing.objects.annotate(
        said=Concat("name", Value(" it's "), Value("\\"), output_field=CharField())
    ).values_list("pk", "said"),
    "replaced": lambda: THINGS.annotate(said=Replace("name", Value("'"), Value("%s"))).filter(
        said__contains="%s"
    ),
    "compared with a column": lambda: THINGS.filter(text__endswith=F("name")),
    "computed": lambda: Thing.objects.annotate(sum=F("number") * -2 - 7).values_list("pk", "sum"),
    "minus a negative": lambda: Thing.objects.annotate(sum=F("number") - -7).values_list("sum"),
    "case": lambda: Thing.objects.annotate(
        kind=Case(
            When(name__contains="'", then=Value("it's")),
            When(number__lt=-3, then=Value("%")),
            default=Value("\\"),
        )
    ).values_list("pk", "kind"),
    "default for null": lambda: Thing.objects.annotate(
        known=Coalesce("price", Value(-1), output_field=IntegerField())
    ).values_list("pk", "known"),
    "subquery": lambda: Owner.objects.annotate(first=Subquery(FIRST[:1])).values_list(
        "pk", "first"
    ),
    "in a subquery": lambda: THINGS.filter(
        owner__in=Owner.objects.filter(name__startswith="O'"), name__gt="a"
    ),
    "exists": lambda: Owner.objects.filter(
        Exists(Thing.objects.filter(owner=OuterRef("pk"), name="it's"))
    ).values_list("pk"),
    "does not exist": lambda: Owner.objects.filter(
        ~Exists(Thing.objects.filter(owner=OuterRef("pk"), name="it's"))
    ).values_list("pk"),
    "union": lambda: THINGS.filter(name="it's").union(THINGS.filter(name="100%")),
    "union in order": lambda: (
        THINGS.filter(name="it's").union(THINGS.filter(name__gt="a\\"), all=True).order_by("pk")
    ),
    "intersection": lambda: THINGS.filter(name__gt="'").intersection(THINGS.exclude(name="Jane")),
    "difference": lambda: THINGS.filter(name__gt="'").difference(THINGS.filter(name="Jane")),
    "aggregated": lambda: (
        Owner.objects.annotate(most=Max("thing__number", filter=Q(thing__name__lt="it's")))
        .filter(most__gt=-10)
        .values_list("name", "most")
    ),
    "grouped by an expression": lambda: (
        Thing.objects.annotate(long=Length("name") + 1)
        .values("long")
        .annotate(many=Count("pk"), sum=Sum("number"))
        .values_list("long", "many", "sum")
    ),
    "grouped by a value": lambda: (
        Thing.objects.annotate(one=Value(1))
        .values("one")
        .annotate(number=Count("pk"))
        .values_list("one", "number")
    ),
    "ordered by a value": lambda: THINGS.order_by(Value(1), "pk"),
    "filtered relation": lambda: (
        Owner.objects.annotate(
            odd=FilteredRelation("thing", condition=Q(thing__name__contains="'"))
        )
        .filter(odd__isnull=False)
        .values_list("pk")
    ),
    "window": lambda: (
        Thing.objects.annotate(
            place=Window(RowNumber(), partition_by=F("number") % 3, order_by="name")
        )
        .filter(name__gt="A'")
        .values_list("pk", "place")
    ),
    "in a zone": lambda: (
        Thing.objects.filter(moment__isnull=False)
        .annotate(its=TruncDay("moment", tzinfo=BERLIN), hour=ExtractHour("moment", tzinfo=BERLIN))
        .values_list("its", "hour")
    ),
    "extra": lambda: Thing.objects.extra(
        select={"said": "%s"}, select_params=["it's"], where=["name <> %s"], params=["a\\"]
    ).values_list("pk", "said"),
    "extra percent": lambda: THINGS.extra(where=["name LIKE '%%''%%'", "number < %s"], params=[99]),
    "SQL by hand": lambda: Thing.objects.annotate(
        said=RawSQL("CASE WHEN number > %s THEN %s ELSE 'it''s %%' END", [-3, "\\'"])
    ).values_list("pk", "said"),
    "SQL by hand, minus": lambda: Thing.objects.annotate(
        sum=RawSQL("7 -%s", [-5], output_field=IntegerField())
    ).values_list("pk", "sum"),
}


@pytest.mark.parametrize("name", QUERIES)
def test_same_rows(database: BaseDatabaseWrapper, name: str) -> None:
    """What is printed gives the rows of the query."""
    if name in ("intersection", "difference") and not getattr(
        database.features, f"supports_select_{name}"
    ):
        pytest.skip(f"{database.display_name} has no {name}")
    demand_same_rows(database, query=QUERIES[name]())


def test_grouped_by_parameters(database: BaseDatabaseWrapper) -> None:
    """The same parameter twice, in SELECT and in GROUP BY, is the same expression."""
    spoken = Thing.objects.annotate(said=Concat("owner__name", Value("'s"))).values("said")
    demand_same_rows(database, query=spoken.annotate(many=Count("pk")).values_list("said", "many"))


def test_for_update(database: BaseDatabaseWrapper) -> None:
    """A clause behind the parameters."""
    if not database.features.has_select_for_update:
        pytest.skip(f"{database.display_name} locks no rows")
    with transaction.atomic():
        demand_same_rows(database, query=THINGS.filter(name="it's").select_for_update())


def test_raw(database: BaseDatabaseWrapper) -> None:
    """``Thing.objects.raw(…).query`` is a query of another class, which prints itself too."""
    sql = "SELECT id FROM printed_thing WHERE name = %s OR number = %s"
    raw = Thing.objects.raw(sql, ["it's", -3])
    demand_text(database, str(raw.query), [(each.pk,) for each in raw])


def test_raw_by_names(database: BaseDatabaseWrapper) -> None:
    """With a dict of parameters."""
    sql = "SELECT id FROM printed_thing WHERE name = %(name)s OR number = %(number)s"
    raw = Thing.objects.raw(sql, {"name": "it's", "number": -3})
    demand_text(database, str(raw.query), [(each.pk,) for each in raw])
