"""Which statements a change is about, and what traces say of them."""

from __future__ import annotations

import textwrap

import pytest

from harness.judge import reach
from harness.model import (
    ApplyResult,
    FileReach,
    HunkLines,
    Judgement,
    RanLines,
    Reach,
    Trace,
    Verdict,
)

OLD = textwrap.dedent(
    '''\
    """Words."""
    import os

    @decorate
    def f(x,
          y):
        """More words."""
        if x and \\
           y:
            return 1
        elif y:
            pass
        try:
            g()
        except (ValueError,
                KeyError):
            x = 1
        finally:
            h()
        return x


    class A:
        n: int
        def m(self):
            global z
            z: int
            with a() as b, \\
                 c():
                return [
                    1,
                ]
            match b:
                case 1 if b:
                    return 2
        if os.name:
            k = 1
    '''
)


def own_lines(source: str) -> list[tuple[int, int]]:
    return [(each.first, each.last) for each in reach.statements(source)]


def test_a_statement_has_its_own_lines_and_words_are_none() -> None:
    assert own_lines(OLD) == [
        (2, 2), (4, 6), (8, 9), (10, 10), (11, 11), (14, 14), (15, 16), (17, 17), (19, 19),
        (20, 20), (23, 23), (24, 24), (25, 25), (28, 29), (30, 32), (33, 33), (34, 34), (35, 35),
        (36, 36), (37, 37),
    ]  # fmt: skip


def test_what_importing_a_file_always_runs() -> None:
    found = {each.first for each in reach.statements(OLD) if each.at_import}
    assert found == {2, 4, 23, 24, 25, 36}


@pytest.mark.parametrize(
    ("hunk", "lines"),
    [
        (((9, 10), (9, 10)), [(8, 9)]),  # the second line of a condition
        (((7, 8), (7, 8)), []),  # a docstring
        (((12, 13), (12, 13)), []),  # pass
        (((31, 32), (31, 32)), [(30, 32)]),  # within brackets
        (((4, 5), (4, 5)), [(4, 6)]),  # a decorator
    ],
)
def test_a_changed_line_is_one_of_a_statement(
    hunk: tuple[tuple[int, int], tuple[int, int]], lines: list[tuple[int, int]]
) -> None:
    found = reach.changed(OLD, OLD, [HunkLines(*hunk)])
    assert [(each.first, each.last) for each in found] == lines


def without(first: int, last: int) -> tuple[str, HunkLines]:
    """The text without some lines, and the hunk that takes them away."""
    lines = OLD.splitlines(keepends=True)
    new = "".join([*lines[: first - 1], *lines[last:]])
    return new, HunkLines((first, last + 1), (first, first))


@pytest.mark.parametrize(
    ("gone", "neighbour"),
    [
        ((2, 2), (3, 5)),  # the next statement of the module
        ((20, 20), (8, 9)),  # the last one before it that its block always runs
        ((24, 24), (24, 24)),  # the method after it
        ((30, 32), (28, 29)),  # what its block belonged to
        ((36, 37), (25, 25)),  # the method before it
    ],
)
def test_where_statements_are_gone_their_neighbour_is_looked_at(
    gone: tuple[int, int], neighbour: tuple[int, int]
) -> None:
    text, hunk = without(*gone)
    text = text.replace("c():\n        match", "c(): pass\n        match")
    found = reach.changed(OLD, text, [hunk])
    assert [(each.first, each.last) for each in found] == [neighbour]


def test_words_that_are_gone_are_no_change() -> None:
    text, hunk = without(7, 7)
    assert reach.changed(OLD, text, [hunk]) == []


def test_what_is_no_python_is_refused() -> None:
    with pytest.raises(SyntaxError):
        reach.changed(OLD, "def", [HunkLines((1, 2), (1, 2))])


def traced(test: str, *lines: int) -> Trace:
    return Trace("django", "a.py", test, lines)


def of_old(*traces: Trace) -> FileReach:
    return reach.of_file("django", "a.py", reach.statements(OLD), traces)


def test_one_line_of_a_statement_is_enough() -> None:
    everything = [n for n in range(1, 38)]
    assert of_old(traced("t", *everything)).unreached == ()
    assert of_old(traced("t", *(n for n in everything if n != 8))).unreached == ()


def test_what_ran_stands_by_the_tests_that_ran_exactly_that() -> None:
    found = of_old(traced("", 2, 23), traced("two", 8, 10, 11), traced("one", 8, 33))
    assert found.tests == ("one", "two")
    assert found.ran == (
        RanLines(((2, 2), (23, 23))),  # by an import alone
        RanLines(((8, 9),), (0, 1)),
        RanLines(((10, 11),), (1,)),  # neighbours are one range
        RanLines(((33, 33),), (0,)),
    )


def test_what_ran_and_what_did_not_is_everything() -> None:
    found = of_old(traced("", 2, 3), traced("one", 8, 33))
    ran = [lines for each in found.ran for lines in each.lines]
    for each in reach.statements(OLD):
        inside = [first <= each.first and each.last <= last for first, last in ran]
        left = [first <= each.first and each.last <= last for first, last in found.unreached]
        assert any(inside) is not any(left)


def test_neighbours_that_nothing_ran_are_one_range() -> None:
    found = of_old(traced("", 2, 5, 23, 24, 25, 36, 37), traced("t", 8, 10, 33))
    assert found.unreached == ((11, 20), (28, 32), (34, 35))
    assert found.names == ("f", "m")
    assert (found.statements, found.at_import, found.tests) == (20, 7, ("t",))


def test_traces_of_other_files_say_nothing() -> None:
    other = Trace("django", "b.py", "t", tuple(range(1, 38)))
    assert len(of_old(other).unreached) == 1


JUDGED = Judgement("x", "django 1", ApplyResult.CLEAN, Verdict.NEUTRAL)
LEFT = Reach((FileReach("django", "a.py", 1, unreached=((1, 1),)),))


@pytest.mark.parametrize(
    ("verdict", "known", "expected"),
    [
        (Verdict.NEUTRAL, LEFT, Verdict.UNPROVEN),
        (Verdict.NEUTRAL, Reach((FileReach("c", "a.c", why="w"),)), Verdict.UNPROVEN),
        (Verdict.NEUTRAL, Reach(), Verdict.NEUTRAL),
        (Verdict.NEUTRAL, None, Verdict.NEUTRAL),
        (Verdict.FIXES, LEFT, Verdict.FIXES),
        (Verdict.BREAKS, LEFT, Verdict.BREAKS),
    ],
)
def test_neutral_needs_full_reach(verdict: Verdict, known: Reach | None, expected: Verdict) -> None:
    judged = Judgement("x", "django 1", ApplyResult.CLEAN, verdict)
    assert reach.with_reach(judged, known).verdict is expected
