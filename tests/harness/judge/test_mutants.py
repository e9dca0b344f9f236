"""Which small faults are put where, and that nothing else of a file changes."""

from __future__ import annotations

import ast

import pytest

from harness.judge import mutants
from harness.judge.mutants import DROPPED, NEGATED, NO_CALL, RETURNS, UNCAUGHT, is_python, spread


def faults(source: str) -> list[tuple[str, str]]:
    """Every fault of a text: its name, and what then stands in place of its line."""
    lines = range(1, source.count("\n") + 2)
    before = source.splitlines()
    return [
        (each.mutation, each.source.splitlines()[each.line - 1].strip())
        for each in mutants.mutants(source, lines)
        if before[each.line - 1] != each.source.splitlines()[each.line - 1]
    ]


def in_function(*body: str) -> str:
    return "\n".join(["def f(a, b):", *(f"    {line}" for line in body), ""])


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("if a: b()", [(NEGATED, "if not (a): b()"), (DROPPED, "if a: pass")]),
        ("while (a): b += a", [(NEGATED, "while (not (a)): b += a"), (DROPPED, "while (a): pass")]),
        ("b(x for x in a if x)", [(DROPPED, "pass"), (NEGATED, "b(x for x in a if not (x))")]),
        ("if(a): raise a", [(NEGATED, "if(not (a)): raise a"), (DROPPED, "if(a): pass")]),
        # Equalities are negated with the condition that they are all of.
        ("if a == b: del a", [(NEGATED, "if not (a == b): del a"), (DROPPED, "if a == b: pass")]),
        ("return a == b", [(RETURNS, "return None"), ("== becomes !=", "return a != b")]),
        ("return a is not b", [(RETURNS, "return None"), ("is not becomes is", "return a is b")]),
        ("return a not  in b", [(RETURNS, "return None"), ("not in becomes in", "return a in b")]),
        ("return a < b", [(RETURNS, "return None"), ("< becomes <=", "return a <= b")]),
        ("return a <= b", [(RETURNS, "return None"), ("<= becomes <", "return a < b")]),
        ("return (a)and(b)", [(RETURNS, "return None"), ("and becomes or", "return (a)or(b)")]),
        ("return 'and' or b", [
            (RETURNS, "return None"), ("or becomes and", "return 'and' and b"),
            ("'and' becomes \"\"", 'return "" or b'),
        ]),
        ("return a[3:]", [(RETURNS, "return None"), ("3 becomes 4", "return a[4:]")]),
        ("return True", [("True becomes False", "return False")]),
        ("return None", []),
        ("a.b = 200", [(DROPPED, "pass"), ("200 becomes 0", "a.b = 0")]),
        ("a.b = 0.5", [(DROPPED, "pass"), ("0.5 becomes 1.5", "a.b = 1.5")]),
        ("a.b = b'x'", [(DROPPED, "pass"), ("b'x' becomes b\"\"", 'a.b = b""')]),
        ("a.b = ''", [(DROPPED, "pass"), ("'' becomes \"mutant\"", 'a.b = "mutant"')]),
        ("a['k'] = b", [(DROPPED, "pass"), ("'k' becomes \"\"", 'a[""] = b')]),
        ("a = b()", [(DROPPED, "pass"), (NO_CALL, "a = None")]),  # a was there before
        ("c = b()", [(NO_CALL, "c = None")]),  # without it, everything fails that uses c
        ("raise a", [(DROPPED, "pass")]),
        ("assert a, 'words'", [(DROPPED, "pass")]),
        ("return", []),  # the end comes anyway
    ],
)  # fmt: skip
def test_the_faults_of_a_line(line: str, found: list[tuple[str, str]]) -> None:
    assert sorted(faults(in_function(line))) == sorted(found)


@pytest.mark.parametrize(
    "source",
    [
        '"""Words."""\n',
        "def f(a: 'A' = None, *, b: int) -> 'B':\n    '''Words.'''\n    ...\n",
        "x: int\n",
        "def f(a):\n    logger.warning('%s is 1', a)\n    self.log_message('x')\n    print(1)\n",
        "import os\nfrom a import b\n",
        "if TYPE_CHECKING:\n    x = f(1)\n",
        "__all__ = ['a', 'b']\n",
        "def f(a):\n    return None\n",
        "def f(a):\n    for x in a:\n        continue\n",
    ],
)
def test_what_no_test_can_be_asked_about(source: str) -> None:
    assert faults(source) == []


def test_the_words_of_an_error_or_a_help_are_no_code() -> None:
    source = in_function("raise ValueError('too long', 3)", "a.add('--x', help='words')")
    assert [name for name, _ in faults(source)] == [
        DROPPED, "3 becomes 4", DROPPED, "'--x' becomes \"\"",
    ]  # fmt: skip


def test_a_key_that_is_looked_up_is_missed_at_once() -> None:
    assert [name for name, _ in faults(in_function("return a['k']"))] == [RETURNS]


def test_an_exception_is_no_longer_caught() -> None:
    source = "try:\n    a()\nexcept (A, B) as error:\n    b()\nexcept:\n    pass\n"
    assert (UNCAUGHT, "except () as error:") in faults(source)
    assert len([name for name, _ in faults(source) if name == UNCAUGHT]) == 1


# A form feed and a line separator end no line for Python, and letters have several bytes.
ODD = (
    'x = "\u00e4\u20ac\U0001f600\x0c\u2028" if y<1 else[2]\r\n'
    "if (a  # and so on\n    and b):\n\tc.d += e\n"
)


@pytest.mark.parametrize(
    ("line", "mutation", "old", "new"),
    [
        (1, NEGATED, "y<1", "not (y<1)"),
        (1, "< becomes <=", "<", "<="),
        (1, "1 becomes 2", "1", "2"),
        (1, "2 becomes 3", "[2]", "[3]"),
        (2, NEGATED, "a  # and so on\n    and b", "not (a  # and so on\n    and b)"),
        (3, "and becomes or", " and b", " or b"),
        (4, DROPPED, "c.d += e", "pass"),
    ],
)
def test_only_that_spot_of_the_text_changes(line: int, mutation: str, old: str, new: str) -> None:
    """Tabs, line ends and comments, everything else stays as it is."""
    assert ODD.count(old) == 1
    found = {(each.line, each.mutation): each.source for each in mutants.mutants(ODD, range(9))}
    assert found[line, mutation] == ODD.replace(old, new)


def test_words_beside_a_fault_stay_words() -> None:
    found = {name: line for name, line in faults(in_function('return[a]if"x"in b else"y"'))}
    assert found[RETURNS] == "return None"
    assert found[NEGATED] == 'return[a]if not ("x"in b) else"y"'


def test_lines_that_did_not_change_are_left_alone() -> None:
    source = in_function("a.b = 1", "a.c = 2", "a.d = 3")
    assert {each.line for each in mutants.mutants(source, {3})} == {3}
    assert {each.text for each in mutants.mutants(source, {3})} == {"a.c = 2"}


def test_its_own_text_is_full_of_them_and_each_is_python() -> None:
    with open(mutants.__file__, encoding="utf-8") as stream:
        source = stream.read()
    found = mutants.mutants(source, range(1, source.count("\n")))
    assert len(found) > 50
    for each in spread(found, 20):
        assert is_python(each.source)
        assert ast.dump(ast.parse(each.source)) != ast.dump(ast.parse(source))
    assert all(mutants.is_mutation(each.mutation) for each in found)


@pytest.mark.parametrize("name", ["", "gone", "x becomes", "the condition"])
def test_a_name_that_no_fault_has(name: str) -> None:
    assert not mutants.is_mutation(name)


def test_of_too_many_some_are_taken_from_everywhere() -> None:
    assert spread(list(range(10)), 4) == [0, 2, 5, 7]
    assert spread([1, 2], 4) == [1, 2]
