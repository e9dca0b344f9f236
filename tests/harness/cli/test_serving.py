"""`report --serve`: a run in one process, seen from another while it goes on."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
from collections.abc import Iterator
from itertools import takewhile

import psutil
import pytest
from support.streams import Event, Server, serving
from support.tiny import DEADLINE, QUICK, STOPPED, TESTS, Workbench

from harness.model import RunEnd, Verdict
from harness.system import runlog
from harness.system.home import Home
from harness.system.runlog import Expected, JobDone, Over, RunLog, Started, Told

HOSTILE = "<script>alert(1)</script>\x1b[31m\u202e"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    """A folder with the reports of a run that was."""
    workbench = Workbench(tmp_path_factory.mktemp("served"))
    folder = workbench.home / "reports"
    folder.mkdir(parents=True)
    shutil.copy(TESTS / "data" / "report.json", folder / "report.json")
    shutil.copy(TESTS / "data" / "report.md", folder / "report.md")
    (folder / "report.html").write_text("<!doctype html><title>it is there</title>", "utf-8")
    (folder / ".hidden.json").write_text("secret", "utf-8")
    (folder / "program.py").write_text("secret", "utf-8")
    (workbench.home / "secret.json").write_text("secret", "utf-8")
    (folder / "link.json").symlink_to(workbench.home / "secret.json")
    return workbench


@pytest.fixture(scope="module")
def server(bench: Workbench) -> Iterator[Server]:
    """It serves that folder to every test here that does not stop it."""
    with serving(bench) as running:
        yield running


@contextlib.contextmanager
def a_run(bench: Workbench) -> Iterator[RunLog]:
    """A run that tells what it does, in the words of a real one."""
    with runlog.opened(Home(bench.home), "python -m harness test", "1") as log:
        yield log


def before(kind: str, events: Iterator[Event]) -> list[Event]:
    """The messages until one of that kind, which is taken as well."""
    return list(takewhile(lambda event: event.kind != kind, events))


def test_verdicts_come_while_another_process_runs_the_tests(workbench: Workbench) -> None:
    names = ("django/neutral", "django/breaks")
    words = [word for name in names for word in ("--candidate", name)]
    with serving(workbench) as server, server.listen() as events:
        assert "Nothing was run in this folder yet." in server.ask().text
        with workbench.start("test", *words, *QUICK) as process:
            told = before("over", events)
            _, err = process.communicate(timeout=DEADLINE)
        assert process.returncode == 0, err
        assert told[0].kind == "begun"
        assert "--candidate django/neutral" in told[0].data["command"]
        verdicts = [event.data for event in told if event.kind == "verdict"]
        seen = {each["name"]: (each["verdict"], each["tests"]) for each in verdicts}
        assert seen["django/neutral"] == (Verdict.NEUTRAL, 13)
        assert seen["django/breaks"] == (Verdict.UNPROVEN, 13)
        # The first of them came before the last job was done.
        kinds = [event.kind for event in told]
        assert kinds.index("verdict") < len(kinds) - 1 - kinds[::-1].index("done")
        page = server.ask().text
        assert '<h1 id="now">No test run goes on</h1>' in page
        assert '<a href="/report.html">Open its report</a>' in page
        assert '"schema": 1' in server.ask("/report.json").text


def test_a_page_without_script_shows_the_run_as_it_stands(bench: Workbench, server: Server) -> None:
    with a_run(bench) as log:
        log.tell(Expected(4))
        log.tell(Started("django servers"))
        log.tell(JobDone("imports", 1, 65.0))
        log.tell(Told("django/a", "django 1", Verdict.BREAKS, "it breaks", counts=COUNTS, tests=9))
        page = server.ask().text
        assert '<h1 id="now">A test run goes on</h1>' in page
        assert "1 of 4 jobs" in page and "about 0:01:05 left" in page
        assert '<li class="name">django servers</li>' in page
        assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page
        assert '<td class="number" data-count="broken">7</td>' in page


COUNTS = {"broken": 7, "fixed": 0, "flaky": 0, "slower": 0}


def test_who_comes_back_gets_what_it_missed_and_nothing_twice(
    bench: Workbench, server: Server
) -> None:
    with a_run(bench) as log:
        with server.listen() as events:
            log.tell(Started("one"))
            before("begun", events)
            here = next(events)
        assert here.data["job"] == "one"
        log.tell(Started("two"))
        log.tell(Over(RunEnd.FINISHED, "report.json"))
        with server.listen(Last_Event_ID=here.ident) as events:
            assert [next(events).data.get("job"), next(events).kind] == ["two", "over"]


@pytest.mark.parametrize("ident", ["", "nonsense", "1:2:3", ","])
def test_who_knows_no_place_begins_with_the_runs_that_go_on(
    bench: Workbench, server: Server, ident: str
) -> None:
    with a_run(bench) as log:
        log.tell(Started("of the run that goes on"))
        with server.listen(**({"Last_Event_ID": ident} if ident else {})) as events:
            assert [next(events).kind, next(events).data["job"]] == [
                "begun",
                "of the run that goes on",
            ]


def test_the_page_says_where_its_stream_goes_on(bench: Workbench, server: Server) -> None:
    with a_run(bench) as log:
        log.tell(Started("before the page"))
        after = server.ask().text.partition('data-after="')[2].partition('"')[0]
        log.tell(Started("after the page"))
        with server.listen(f"/events?after={after}") as events:
            assert next(events).data["job"] == "after the page"


def test_a_second_run_beside_it_is_told_apart(bench: Workbench, server: Server) -> None:
    after = server.ask().text.partition('data-after="')[2].partition('"')[0]
    with server.listen(f"/events?after={after}") as events, a_run(bench) as one:
        first = next(events).data["run"]
        with a_run(bench) as other:
            second = next(events).data["run"]
            other.tell(Started("of the second"))
            assert next(events).data == {"run": second, "job": "of the second"}
            one.tell(Started("of the first"))
            assert next(events).data == {"run": first, "job": "of the first"}
        assert next(events).data["end"] == RunEnd.FINISHED
        page = server.ask().text
        assert f'data-run="{first}"' in page and f'data-run="{second}"' not in page


def test_a_run_that_is_killed_is_over_for_who_watches_it(workbench: Workbench) -> None:
    with serving(workbench) as server, server.listen() as events:
        with workbench.start("test", "--candidate", "django/hangs", *QUICK) as process:
            before("started", events)
            process.send_signal(signal.SIGKILL)
            process.communicate(timeout=DEADLINE)
            before("over", events)
        # It said nothing itself.
        assert "ended without a word" in server.ask().text


def test_a_run_that_is_stopped_offers_what_it_knew(workbench: Workbench) -> None:
    words = ("--candidate", "django/neutral", "--candidate", "django/hangs")
    patient = ("--test-timeout", str(DEADLINE), "--timeout", str(DEADLINE))
    with serving(workbench) as server, server.listen() as events:
        with workbench.start("test", *words, *patient) as process:
            told = next(each for each in events if each.kind == "verdict")
            assert told.data["name"] == "django/neutral"
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=DEADLINE)
        over = next(each for each in events if each.kind == "over")
        assert over.data["end"] == RunEnd.STOPPED
        assert over.data["report"] == "partial.json"


def test_names_of_tests_and_candidates_do_nothing(bench: Workbench, server: Server) -> None:
    with a_run(bench) as log, server.listen() as events:
        before("begun", events)
        log.tell(Started(HOSTILE))
        log.tell(Told(HOSTILE, HOSTILE, Verdict.FIXES, f"{HOSTILE}\n\ndata: forged", counts=COUNTS))
        page = server.ask().text
        assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page
        told = next(each for each in events if each.kind == "verdict")
        assert told.data["line"].endswith("\n\ndata: forged")
        for text in (page, str(told.data)):
            assert not {"\x1b", "\u202e"} & set(text)


def test_the_reports_are_served_and_nothing_else(server: Server) -> None:
    assert "it is there" in server.ask("/report.html").text
    assert server.ask("/report.md").headers["Content-Type"] == "text/plain; charset=utf-8"
    page = server.ask().text
    for name in (".hidden.json", "program.py", "link.json", "progress"):
        assert server.ask(f"/{name}").status == 404
        assert f'href="/{name}"' not in page


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.json",
        "/%2e%2e/secret.json",
        "/..%2fsecret.json",
        "/%2e%2e%2fsecret.json",
        "/reports/report.json",
        "//etc/passwd",
        "/%2fetc%2fpasswd",
        "/report.json/",
        "/report.json%00.md",
        "/progress/",
    ],
)
def test_no_path_leads_out_of_the_folder(server: Server, path: str) -> None:
    answer = server.ask(path)
    assert answer.status in (400, 404)
    assert "secret" not in answer.text and "root:" not in answer.text


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "localhost:1", "127.0.0.1.nip.io", ""]
)
def test_a_name_that_is_not_ours_is_refused(server: Server, host: str) -> None:
    """A page of another site could ask by a name that leads here."""
    for path in ("/", "/report.json", "/events"):
        assert server.ask(path, Host=host).status == 421
    assert server.ask(Host=f"localhost:{server.port}").status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_nothing_can_be_changed(server: Server, method: str) -> None:
    answer = server.ask("/", method)
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET,HEAD"


def test_a_head_has_no_body_and_does_not_wait(server: Server) -> None:
    for path in ("/", "/report.json", "/events"):
        answer = server.ask(path, "HEAD")
        assert (answer.status, answer.text) == (200, "")


def test_the_page_may_load_nothing_and_ask_this_server_only(server: Server) -> None:
    for path in ("/", "/report.html", "/no-such-page"):
        headers = server.ask(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "connect-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_it_listens_on_this_machine_only(server: Server) -> None:
    assert server.url == f"http://127.0.0.1:{server.port}/"
    listening = psutil.Process(server.process.pid).net_connections()
    assert {each.laddr.ip for each in listening} == {"127.0.0.1"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once_though_somebody_still_listens(
    workbench: Workbench, number: signal.Signals
) -> None:
    with serving(workbench) as server, contextlib.ExitStack() as clients:
        streams = [clients.enter_context(server.listen()) for _ in range(3)]
        # One that has asked for nothing yet, and one that is in the middle of it.
        idle = clients.enter_context(socket.create_connection(("127.0.0.1", server.port)))
        half = clients.enter_context(socket.create_connection(("127.0.0.1", server.port)))
        half.sendall(b"GET / HTTP/1.1\r\nHost:")
        assert server.stop(number) == (STOPPED, "no longer served\n")
        assert [list(events) for events in streams] == [[], [], []]
        assert idle.recv(1) == b""


def test_open_opens_what_is_served(workbench: Workbench) -> None:
    seen = workbench.folder / "seen"
    program = workbench.folder / "browser"
    program.write_text(f'#!/bin/sh\necho "$1" > {seen}\n')
    program.chmod(0o755)
    workbench.env["BROWSER"] = f"{program} %s"
    with workbench.start("report", "--serve", "--open") as process:
        assert process.stdout and process.stderr
        url = process.stdout.readline()
        # It says where the page is once the browser has it, or has not come for too long.
        assert process.stderr.readline() == url
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=DEADLINE)
    assert process.returncode == STOPPED


def test_more_than_so_many_do_not_listen(server: Server) -> None:
    with contextlib.ExitStack() as clients:
        for _ in range(32):
            clients.enter_context(server.listen())
        assert server.ask("/events").status == 503
        assert server.ask("/").status == 200
