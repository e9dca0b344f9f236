"""The same failure is known again on another commit, and another failure is told from it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.failing import CODE, outcome, signature

from harness.judge.codefolders import CodeFolders, Place, Whose
from harness.judge.notyet import is_not_yet
from harness.judge.signature import Signature, difference, is_same, matches_any, signature_of
from harness.model import Outcome, Status

GLOW = "def light(power=1):\n    return glow(power)\n\ndef glow(power):\n    "
BAD = GLOW + "raise ValueError(f'no glow at {power}')\n"
CHAINED = (
    "def light():\n    try:\n        1 / 0\n"
    "    except ArithmeticError as error:\n        raise ValueError('dark') from error\n"
)
TWO = "def on():\n    {on}\n\ndef off():\n    {off}\n"
HELPS = "from lamp.test import check"
LIGHT = "lamp.light()"
BOTH = "lamp.on()\nlamp.off()"
SAID = "raise ValueError('no glow')"

SAME = [
    ("nothing changed", BAD, BAD, LIGHT),
    ("its lines moved", BAD, "\n\n# moved\n" + BAD, LIGHT),
    ("a value in the message", BAD, BAD.replace("{power}", "{power + 1}"), LIGHT),
    ("the message was reworded", BAD, BAD.replace("no glow at", "it stays dark at"), LIGHT),
    ("the function was renamed", BAD, BAD.replace("glow(power)", "shine(power)"), LIGHT),
    ("the function was inlined", BAD, "def light(): raise ValueError('no glow at 1')", LIGHT),
    ("the cause of the last exception", CHAINED, CHAINED.replace("1 / 0", "0 ** -1"), LIGHT),
    (
        "another statement of the test runs into it",
        TWO.format(on="light()", off="pass") + BAD,
        TWO.format(on="pass", off="light()") + BAD,
        BOTH,
    ),
    (
        "other values at one assertion",
        "def light(): return 1",
        "def light(): return 'x'",
        "self.assertEqual(\n    lamp.light(),\n    2,\n)",
    ),
]
OTHER = [
    ("another type", BAD, BAD.replace("ValueError", "KeyError"), LIGHT),
    (
        "one funnel, entered for another reason from another statement",
        TWO.format(on="light('on')", off="pass") + BAD.replace("{power}", "on"),
        TWO.format(on="pass", off="light('off')") + BAD.replace("no glow at {power}", "no power"),
        BOTH,
    ),
    (
        "the same words elsewhere, from another statement",
        TWO.format(on=SAID, off="pass"),
        TWO.format(on="pass", off=SAID),
        BOTH,
    ),
    (
        "another function with other words, from one statement",
        BAD,
        "def light(): return power()\n\ndef power(): raise ValueError('no socket')",
        LIGHT,
    ),
    (
        "another assertion of the test",
        "on, off = 1, 2",
        "on, off = 2, 1",
        "self.assertEqual(lamp.on, 2)\nself.assertEqual(lamp.off, 2)",
    ),
    (
        "an assertion and an error",
        "def light(): return 1",
        BAD,
        "self.assertEqual(lamp.light(), 2)",
    ),
    ("a test that can not be loaded", BAD, "import nothing_of_that_name", LIGHT),
    ("loaded, it misses one name or another", "light = None.a", "light = None.b", LIGHT),
]


@pytest.mark.parametrize(("there", "here", "test"), [row[1:] for row in SAME], ids=lambda _: "")
def test_a_history_changes_this_and_it_is_the_same_failure(
    there: str, here: str, test: str, tmp_path: Path
) -> None:
    found = difference(signature(tmp_path, there, test), signature(tmp_path, here, test))
    assert found == ""


@pytest.mark.parametrize(("there", "here", "test"), [row[1:] for row in OTHER], ids=lambda _: "")
def test_this_is_another_failure_and_one_line_says_so(
    there: str, here: str, test: str, tmp_path: Path
) -> None:
    found = difference(signature(tmp_path, there, test), signature(tmp_path, here, test))
    assert found
    assert "\n" not in found


def test_a_signature_says_where_it_was_without_the_line_and_the_folder(tmp_path: Path) -> None:
    found = signature(tmp_path, BAD, LIGHT)
    assert (found.exception, found.message) == ("ValueError", "no glow at 1")
    assert found.own == Place("lamp/__init__.py", "glow")
    assert found.statements == (LIGHT,)


def test_a_subtest_is_told_by_its_statement(tmp_path: Path) -> None:
    body = "for power in (1, 2):\n    with self.subTest(power=power):\n        lamp.light({})"
    there = signature(tmp_path, BAD, body.format("power"))
    assert there.statements == ("lamp.light(power)",)
    assert is_same(there, signature(tmp_path, BAD, body.format("power").replace("(1, 2)", "[3]")))


@pytest.mark.parametrize("word", ["class", "x = ("], ids=["class", "open"])
def test_a_module_that_does_not_compile_is_no_failure_of_the_test(
    word: str, tmp_path: Path
) -> None:
    found = signature(tmp_path, BAD, LIGHT, imports=f"import lamp\n{word}")
    assert (found.is_loading, found.exception) == (True, "SyntaxError")
    assert not is_same(signature(tmp_path, BAD, LIGHT), found)


def test_what_a_message_tells_of_another_process_is_not_what_was_raised(tmp_path: Path) -> None:
    body = (
        "import subprocess, sys\n"
        "argv = [sys.executable, '-c', 'import lamp; lamp.light()']\n"
        "raise OSError('told\\n' + subprocess.run(argv, stderr=-1, text=True).stderr)"
    )
    found = signature(tmp_path, BAD, body)
    assert (found.exception, found.own) == ("OSError", None)
    assert found.statements == (body.splitlines()[-1],)


def test_code_around_the_test_is_not_where_it_failed(tmp_path: Path) -> None:
    code = "def lit(test):\n    def on(self):\n        test(self)\n    return on\n" + BAD
    around = outcome(tmp_path, code, "raise OSError", around="@lamp.lit")
    assert "in on" in around.detail
    assert signature_of(around, CODE).own is None


def test_a_helper_for_tests_is_no_code_that_fails_an_assertion(tmp_path: Path) -> None:
    code = "def check(one): assert one == {}\n"
    body, path = "check(1)\ncheck(2)", "lamp/test/__init__.py"
    there, here = (
        signature_of(outcome(tmp_path, code.format(number), body, HELPS, path=path), CODE)
        for number in (2, 1)
    )
    assert there.own is None
    assert not is_same(there, here)


def test_a_helper_of_the_test_itself_is_told_by_who_called_it(tmp_path: Path) -> None:
    body = "def check(one): self.assertEqual(one, 2)\ncheck(lamp.on)\ncheck(lamp.off)"
    first, again, second = (
        signature(tmp_path, code, body)
        for code in ("on, off = 1, 2", "on, off = 3, 2", "on, off = 2, 1")
    )
    assert is_same(first, again)
    assert not is_same(first, second)


def test_the_end_of_a_long_detail_is_enough(tmp_path: Path) -> None:
    deep = "def light(n=90):\n    return (light if n % 2 else again)(n - 1) if n else glow(n)\n\n"
    code = deep + deep.replace("def light", "def again") + BAD.partition("\n\n")[2]
    whole = outcome(tmp_path, code, LIGHT)
    assert len(whole.detail) == 8000
    assert not whole.detail.startswith("Traceback")
    found = signature_of(whole, CODE)
    assert found.own == Place("lamp/__init__.py", "glow")
    assert not found.is_whole
    assert is_same(signature(tmp_path, BAD, LIGHT), found)


def test_a_message_that_fills_the_detail_leaves_the_reason(tmp_path: Path) -> None:
    loud = BAD.replace("no glow at {power}", "no glow at {power}\\n' + str(power) * 9000 + '")
    found = signature(tmp_path, loud, LIGHT)
    assert (found.exception, found.message, found.statements) == ("ValueError", "no glow at 1", ())
    assert is_same(signature(tmp_path, BAD, LIGHT), found)


def test_pytest_tells_the_same(tmp_path: Path) -> None:
    found = signature_of(outcome(tmp_path, BAD, LIGHT, pytest=True), CODE)
    assert found.own == Place("lamp/__init__.py", "glow")
    assert (found.exception, found.message) == ("ValueError", "no glow at 1")
    assert found.statements == (LIGHT,)
    assert is_same(signature(tmp_path, BAD, LIGHT), found)


@pytest.mark.parametrize("style", ["auto", "long", "short", "native"])
def test_pytest_tells_the_last_exception_of_a_chain_in_every_style(
    style: str, tmp_path: Path
) -> None:
    found = signature_of(outcome(tmp_path, CHAINED, LIGHT, pytest=True, style=style), CODE)
    assert (found.exception, found.message) == ("ValueError", "dark")
    assert (found.own, found.statements) == (Place("lamp/__init__.py", "light"), (LIGHT,))
    assert is_same(signature(tmp_path, CHAINED, LIGHT), found)


def test_pytests_assertions_are_told_by_their_statements(tmp_path: Path) -> None:
    body = "assert lamp.on == 2\nassert lamp.off == 2"
    first, again, second = (
        signature_of(outcome(tmp_path, code, body, pytest=True), CODE)
        for code in ("on, off = 1, 2", "on, off = 3, 2", "on, off = 2, 1")
    )
    assert first.exception == second.exception == "AssertionError"
    assert is_same(first, again)
    assert not is_same(first, second)


def test_pytest_can_not_collect_what_it_can_not_import(tmp_path: Path) -> None:
    imports = "from lamp import spark"
    found = signature_of(outcome(tmp_path, BAD, LIGHT, imports, pytest=True), CODE)
    assert (found.exception, found.is_loading) == ("ImportError", True)
    assert is_not_yet(found, CODE)
    assert not is_same(signature(tmp_path, BAD, LIGHT), found)


WAITS = "import threading\n\ndef light(): {where}()\n\ndef {where}(): threading.Event().wait()\n"


def test_a_hang_is_known_by_where_the_main_thread_was(tmp_path: Path) -> None:
    aside = "import threading\nthreading.Thread(target=lamp.aside, daemon=True).start()\n"
    waits = WAITS.format(where="glow")
    there = signature(tmp_path, waits + "\ndef aside(): glow()\n", aside + LIGHT)
    again = signature(tmp_path, WAITS.format(where="glow"), LIGHT)
    other = signature(tmp_path, WAITS.format(where="shine") + "\nlight = shine", LIGHT)
    assert there.stack == (
        Place("lamp/__init__.py", "glow"),
        Place("lamp/__init__.py", "light"),
    )
    assert is_same(there, again)
    assert difference(there, other) == "hung in glow there, in shine here"
    assert not is_same(there, signature(tmp_path, BAD, LIGHT))


def test_a_crash_is_known_by_how_the_process_ended() -> None:
    def crash(how: str, detail: str) -> Signature:
        ended = f"the process ended with {how}"
        return signature_of(Outcome(Status.CRASHED, reason=ended, detail=detail), CODE)

    assert is_same(crash("exit status 139", "one"), crash("exit status 139", "other"))
    assert not is_same(crash("exit status 139", "one"), crash("exit status 134", "one"))


def test_one_of_several_known_failures_is_enough(tmp_path: Path) -> None:
    known = [signature(tmp_path, code, LIGHT) for code in (BAD, "light = None")]
    assert matches_any(known, signature(tmp_path, "\n" + BAD, LIGHT))
    assert not matches_any(known, signature(tmp_path, "def light(): 1 / 0", LIGHT))
    assert not matches_any([], known[0])


@pytest.mark.parametrize(
    ("path", "whose"),
    [
        ("lamp/core.py", (Whose.OWN, "lamp/core.py")),
        ("/home/lamp/tree/lamp/core.py", (Whose.OWN, "lamp/core.py")),
        ("/home/tests/tree/lamp/core.py", (Whose.OWN, "lamp/core.py")),
        ("/home/lamp/tests/lamp.py", (Whose.TEST, "tests/lamp.py")),
        ("/usr/lib/python3.13/lamp/core.py", (Whose.OTHER, "/usr/lib/python3.13/lamp/core.py")),
        ("lib/python3.13/unittest/case.py", (Whose.OTHER, "lib/python3.13/unittest/case.py")),
        ("<frozen runpy>", (Whose.OTHER, "<frozen runpy>")),
        ("other/core.py", (Whose.OTHER, "other/core.py")),
    ],
)
def test_whose_code_a_file_is(path: str, whose: tuple[Whose, str]) -> None:
    assert CODE.place(path) == whose


def test_the_longest_folder_decides_and_a_runner_is_nobodys() -> None:
    code = CodeFolders(own=("Lib/",), tests=("Lib/test/",))
    assert code.place("Lib/test/test_io.py")[0] is Whose.TEST
    assert code.place("Lib/io.py")[0] is Whose.OWN
    assert code.place("Lib/unittest/case.py")[0] is Whose.OTHER


STATUSES = st.sampled_from(list(Status))
PIECES = st.sampled_from(
    [
        "Traceback (most recent call last):\n",
        '  File "lamp/a.py", line 1, in f\n',
        '  File "tests/a.py", line 1, in <module>\n',
        "    f(\n",
        "    ~^^\n",
        "ValueError: x\n",
        "tests/a.py:3: in test\n",
        "lamp/a.py:3: KeyError\n",
        "E   KeyError: 'x'\n",
        "Thread 0x1 (most recent call first):\n",
        "  | ",
        "  +-+---------------- 1 ----------------\n",
        "\ufffd\x00'\"<((\n",
    ]
)
TEXTS = st.one_of(st.text(), st.lists(st.one_of(PIECES, st.text(max_size=8))).map("".join))
OUTCOMES = st.builds(Outcome, status=STATUSES, reason=TEXTS, detail=TEXTS)


@given(OUTCOMES, OUTCOMES)
def test_whatever_was_printed_has_a_signature_and_an_answer(one: Outcome, other: Outcome) -> None:
    a, b = signature_of(one, CODE), signature_of(other, CODE)
    assert is_same(a, a)
    assert is_same(a, b) == is_same(b, a)
    assert is_not_yet(a, CODE) in (True, False)
    assert msgspec.json.decode(msgspec.json.encode(a), type=Signature) == a
