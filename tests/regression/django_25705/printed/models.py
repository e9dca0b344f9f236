"""The tables that the queries here are about, and what is in them.

Owns: models, rows, the strings that are hard to quote. Knows no database.
"""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import models

STRINGS = {
    "plain": "Jane",
    "empty": "",
    "a quote": "it's",
    "only quotes": "''",
    "double quotes": 'a "quoted" name',
    "a backtick": "a`b",
    "a backslash": "a\\b",
    "a backslash at the end": "a\\",
    "a backslash before a quote": "\\' or",
    "a percent sign": "100%",
    "placeholders": "%s %(a)s %%",
    "an underscore": "a_b",
    "lines": "a\nb\r\nc",
    "a control character": "a\x1ab",
    "a semicolon": "a; b",
    "a comment": "a -- b",
    "a block comment": "/* a */",
    "a hash": "a # b",
    "dollars": "$$a$$ $1",
    "other placeholders": ":a ? {a}",
    "not ASCII": "Zoë 日本 😀",
    "digits": "42",
    "a keyword": "NULL",
    "the name of a column": "name",
    "the start of a number": "0x41",
}
"""Strings by what is in them; each is the name of one thing."""

BERLIN = ZoneInfo("Europe/Berlin")
DAY = datetime.date(2026, 3, 1)
MOMENT = datetime.datetime(2026, 3, 29, 3, 30, 15, 5000, tzinfo=BERLIN)
CLOCK = datetime.time(23, 5, 7, 900)
SPAN = datetime.timedelta(days=-3, hours=5, microseconds=7)
DATA = b"\x00it's \\ \xff%s"
KEY = uuid.UUID("6f1f2b0e-9d3c-4a57-8d1b-0123456789ab")
EXTRA = {"it's": 'a "b" \\ %s', "list": [1, 2.5, None, True], "deep": {"name": "Zoë"}}


class Owner(models.Model):
    """Somebody who has things."""

    name = models.CharField(max_length=200)


class Thing(models.Model):
    """One value of every type that all databases have."""

    owner = models.ForeignKey(Owner, models.CASCADE)
    name = models.CharField(max_length=200)
    text = models.TextField(default="")
    number = models.BigIntegerField(null=True)
    price = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    ratio = models.FloatField(null=True)
    flag = models.BooleanField(null=True)
    day = models.DateField(null=True)
    moment = models.DateTimeField(null=True)
    clock = models.TimeField(null=True)
    span = models.DurationField(null=True)
    data = models.BinaryField(null=True)
    key = models.UUIDField(null=True)
    extra = models.JSONField(null=True)


class Victim(models.Model):
    """A table that an injection would drop."""

    name = models.CharField(max_length=200)


MODELS = (Owner, Thing, Victim)


def make_rows() -> None:
    """Two owners; a thing for each string, whose other values are set in every third."""
    owners = [Owner.objects.create(name=name) for name in ("O'Hara", "nobody")]
    things = [
        Thing(owner=owners[number % 2], name=name, text=f"text of {name}", number=number - 5)
        for number, name in enumerate(STRINGS.values())
    ]
    for number, thing in enumerate(things[::3]):
        thing.price = Decimal("12.345") * number - 20
        thing.ratio = 0.1 * 10 ** (number * 3 - 9)
        thing.flag = number % 2 == 0
        thing.day = DAY + datetime.timedelta(days=number)
        thing.moment = MOMENT + datetime.timedelta(hours=number)
        thing.clock = CLOCK.replace(hour=23 - number)
        thing.span = SPAN + datetime.timedelta(days=number)
        thing.data = DATA + bytes([number])
        thing.key = uuid.UUID(int=KEY.int + number)
        thing.extra = {**EXTRA, "number": number}
    Thing.objects.bulk_create(things)
    Victim.objects.create(name="still here")
