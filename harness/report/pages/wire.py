"""The wire as a page shows it: a matrix, and behind each cell the exchanges that made it.

Owns: which exchanges are drawn, and which of them stand for others. Must not know HTML, but
for the drawings that the lab makes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from ...judge.wire import BASE, row_key
from ...lab.diagram import sequence
from ...model import Cell, Matrix, Row, Status
from .. import summary
from ..schema import Sighting
from ..wirechanges import is_better
from . import tones
from .page import anchor

MOST_DRAWN = 700_000  # bytes of drawings in one page
WORST_FIRST = (Status.HUNG, Status.ERROR, Status.FAILED, Status.PASSED, Status.SKIPPED)
Place = tuple[str, str, str]  # a ground, a column of its matrix, a test


class Seen(NamedTuple):
    """What one test saw: on the base, and on the stacks on which it saw the same as each other.

    ``idents`` are the ids of the exchange for each of ``columns``, ``drawing`` is empty where
    ``like`` names the exchange that looks the same.
    """

    idents: tuple[str, ...]
    test: str
    server: str
    client: str
    columns: tuple[str, ...]
    base: Sighting | None
    patched: Sighting | None
    drawing: Markup = Markup()
    like: str = ""

    @property
    def shown(self) -> Sighting:
        """The one that the exchange is told by: the patched one, where there is one."""
        found = self.patched or self.base
        assert found is not None  # one of both is what it is made from
        return found


class WireCell(NamedTuple):
    """A cell: its ``text`` has a sign for ``tone``; ``step`` compares it with the base's."""

    text: str
    tone: str
    step: str
    target: str


class WireRow(NamedTuple):
    """One behaviour over one link, and what was seen there."""

    ident: str
    behaviour: str
    link: str
    cells: tuple[WireCell, ...]
    seen: tuple[Seen, ...]
    differs: bool

    @property
    def words(self) -> str:
        """What the row is found by: its name, and how its exchanges ended."""
        ends = (each.headline for seen in self.seen for each in (seen.base, seen.patched) if each)
        return " ".join([self.behaviour, self.link, *dict.fromkeys(ends)])


class WireTable(NamedTuple):
    """The matrix of one ground; ``own`` of its columns are trees, the rest the control group."""

    ident: str
    ground: str
    columns: tuple[str, ...]
    own: int
    rows: tuple[WireRow, ...]


def tables(matrices: Iterable[Matrix], sightings: Iterable[Sighting]) -> list[WireTable]:
    """The matrices with their exchanges. As many are drawn as a page bears: first one of each
    kind in each row, then the others in order."""
    matrices = list(matrices)
    rows: dict[tuple[str, str, str], list[Sighting]] = {}
    for sighting in sightings:
        place = row_key(sighting.test, sighting.scene)
        ground = sighting.ground or _first_ground(matrices, *place)
        rows.setdefault((ground, *place), []).append(sighting)
    seen = {
        (matrix.ground, row.behaviour, row.link): _exchanges(
            rows.get((matrix.ground, row.behaviour, row.link), ()), matrix
        )
        for matrix in matrices
        for row in matrix.rows
    }
    drawn = _drawn([each for exchanges in seen.values() for each in exchanges])
    control = {
        (behaviour, link, each.columns[0]): each.idents[0]
        for (_, behaviour, link), exchanges in seen.items()
        for each in exchanges
        if each.base and not each.base.ground
    }
    found = []
    for matrix in matrices:
        own = len(matrix.columns) - len(matrix.control)
        shown = tuple(
            _row(matrix, row, own, drawn, control, seen[matrix.ground, row.behaviour, row.link])
            for row in matrix.rows
        )
        columns = (*summary.short_columns(matrix), *matrix.control)
        found.append(WireTable(anchor("wire", matrix.ground), matrix.ground, columns, own, shown))
    return found


def places(tables: Iterable[WireTable]) -> dict[Place, tuple[str, bool]]:
    """The exchange that a test had on a stack, by ground, column and test: its id, and whether
    it is drawn itself."""
    return {
        (table.ground, column, seen.test): (ident, bool(seen.drawing) and column == seen.columns[0])
        for table in tables
        for row in table.rows
        for seen in row.seen
        for column, ident in zip(seen.columns, seen.idents, strict=True)
    }


def _exchanges(sightings: Sequence[Sighting], matrix: Matrix) -> list[Seen]:
    """What the tests of a row saw: those that differ between trees; and without such a one,
    and for each server of the control group, the one that ended worst."""
    trees = set(matrix.columns[: len(matrix.columns) - len(matrix.control)])
    tests: dict[str, dict[str, Sighting]] = {}
    for sighting in sightings:
        tests.setdefault(sighting.test, {})[sighting.column] = sighting
    found = []
    for test, columns in tests.items():
        base = columns.get(BASE)
        alike: dict[tuple[Status, str], list[Sighting]] = {}
        for column, sighting in columns.items():
            if column != BASE and column in trees:
                alike.setdefault((sighting.status, sighting.headline), []).append(sighting)
        for group in alike.values():
            idents = tuple(anchor("x", matrix.ground, each.column, test) for each in group)
            names = tuple(each.column for each in group)
            scene = group[0].scene
            found.append(Seen(idents, test, scene.server, scene.client, names, base, group[0]))
    alone: dict[str, Sighting] = {}
    for sighting in sightings:
        known = alone.get(sighting.column)
        is_alone = sighting.column == BASE or sighting.column not in trees
        if is_alone and (known is None or _rank(sighting) < _rank(known)):
            alone[sighting.column] = sighting
    for column, sighting in alone.items():
        scene, ident = sighting.scene, anchor("x", matrix.ground, column, sighting.test)
        found.append(
            Seen((ident,), sighting.test, scene.server, scene.client, (column,), sighting, None)
        )
    return found


def _rank(sighting: Sighting) -> int:
    """Lower is worse."""
    return WORST_FIRST.index(sighting.status) if sighting.status in WORST_FIRST else -1


def _drawn(every: Sequence[Seen]) -> Mapping[str, Seen]:
    """Each exchange, by its first id, with its drawing or with what it looks like."""
    first: dict[tuple[str, ...], Seen] = {}
    later = []
    for seen in every:
        kind = _kind(seen)
        if kind in first:
            later.append(seen)
        else:
            first[kind] = seen
    found: dict[str, Seen] = {}
    left = MOST_DRAWN
    for seen in [*first.values(), *later]:
        if left > 0:
            sides = [("base", seen.base)] if seen.patched else []
            sides.append((seen.columns[0], seen.shown))
            ident = seen.idents[0]
            observed = [(name, each.observation) for name, each in sides if each]
            drawing = Markup(sequence(*observed, ident=f"d{ident}"))
            left -= len(drawing)
            found[ident] = seen._replace(drawing=drawing)
        else:
            like = first[_kind(seen)]
            found[seen.idents[0]] = seen._replace(like=like.idents[0] if like != seen else "")
    return found


def _kind(seen: Seen) -> tuple[str, ...]:
    scene = seen.shown.scene
    before = (seen.base.status, seen.base.headline) if seen.base else ()
    after = (seen.shown.status, seen.shown.headline)
    return (seen.shown.ground, scene.behaviour, scene.link, *before, *after)


def _first_ground(matrices: Sequence[Matrix], behaviour: str, link: str) -> str:
    """Where the control group's exchanges of a row are told: it stands beside every ground."""
    grounds = [
        matrix.ground
        for matrix in matrices
        if any((row.behaviour, row.link) == (behaviour, link) for row in matrix.rows)
    ]
    return next(iter(grounds), "")


def _row(
    matrix: Matrix,
    row: Row,
    own: int,
    drawn: Mapping[str, Seen],
    control: Mapping[tuple[str, str, str], str],
    exchanges: Sequence[Seen],
) -> WireRow:
    ident = anchor("row", matrix.ground, row.behaviour, row.link)
    seen = tuple(drawn[each.idents[0]] for each in exchanges)
    targets: dict[str, str] = {}
    for each in seen:
        for column, place in zip(each.columns, each.idents, strict=True):
            targets.setdefault(column, place)
    base = row.cells[0]
    cells = tuple(
        WireCell(
            summary.cell_text(cell),
            tones.of_cell(cell),
            _step(base, cell) if 0 < place < own else "",
            targets.get(column) or control.get((row.behaviour, row.link, column), ident),
        )
        for place, (column, cell) in enumerate(zip(matrix.columns, row.cells, strict=True))
    )
    differs = any(cell.step for cell in cells)
    return WireRow(ident, row.behaviour, row.link, cells, seen, differs)


def _step(base: Cell, cell: Cell) -> str:
    """``better`` or ``worse`` than the base, else empty."""
    return {True: "better", False: "worse", None: ""}[is_better(base, cell)]
