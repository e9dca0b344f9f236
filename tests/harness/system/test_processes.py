"""Real processes: ended at their limits, with everything that they started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest
from support.tiny import DEADLINE, until

from harness.model import WorkbenchError
from harness.system import processes
from harness.system.processes import Limits, Stop

SHORT = 0.5  # seconds; the deadline is what these tests wait for
MEGABYTE = 2**20
FOREVER = "import threading; threading.Event().wait()"
# Starts a process that outlives its parent, and says who it is.
STRAY = f"""
import subprocess, sys
stray = subprocess.Popen([sys.executable, "-c", {FOREVER!r}], start_new_session={{new_session}})
print(stray.pid, flush=True)
"""


@pytest.fixture(autouse=True)
def resumed() -> Iterator[None]:
    yield
    processes.resume()


def python(program: str, deadline: float = DEADLINE, **options: Any) -> processes.ProcessResult:
    return processes.run([sys.executable, "-c", program], deadline=deadline, **options)


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_status_and_output_are_told() -> None:
    done = python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(7)")
    assert (done.status, done.stop, done.ok) == (7, Stop.EXITED, False)
    assert (done.stdout, done.stderr) == ("out\n", "err\n")
    assert done.argv[0] == sys.executable


def test_a_signal_is_a_negative_status() -> None:
    assert python("import os; os.abort()").status == -signal.SIGABRT


def test_there_is_nothing_to_read_on_standard_input() -> None:
    assert python("import sys; print(repr(sys.stdin.read()))").stdout == "''\n"


def test_a_deadline_ends_the_process() -> None:
    done = python(f"print('began', flush=True); {FOREVER}", SHORT)
    assert done.stop is Stop.DEADLINE
    assert done.stdout == "began\n"
    assert done.seconds >= SHORT


@pytest.mark.parametrize("new_session", [False, True], ids=["in the group", "in its own session"])
@pytest.mark.parametrize("then", ["", FOREVER], ids=["it exits", "it hangs"])
def test_what_a_process_started_ends_with_it(new_session: bool, then: str) -> None:
    done = python(STRAY.format(new_session=new_session) + then, DEADLINE if not then else SHORT)
    stray = int(done.stdout)
    until(lambda: is_gone(stray))


def test_a_descriptor_that_a_stray_keeps_open_keeps_nobody_waiting() -> None:
    done = python(STRAY.format(new_session=True))
    assert done.stop is Stop.EXITED


def test_too_much_output_ends_the_process() -> None:
    program = "import os\nwhile True: os.write(1, b'x' * 2**16)"
    done = python(program, limits=Limits(output=MEGABYTE))
    assert done.stop is Stop.OUTPUT
    assert len(done.stdout) <= processes.TAIL_BYTES


def test_a_log_that_grew_past_its_limit_is_not_kept_whole(tmp_path: Path) -> None:
    log = tmp_path / "log"
    program = f"import os\nfor _ in range(64): os.write(1, b'x' * {MEGABYTE})"
    python(program, limits=Limits(output=MEGABYTE), log=log)
    assert log.stat().st_size <= MEGABYTE


def test_too_much_memory_ends_the_process() -> None:
    program = f"kept = b'x' * {128 * MEGABYTE}\n{FOREVER}"
    assert python(program, limits=Limits(memory=64 * MEGABYTE)).stop is Stop.MEMORY


def test_too_many_processes_end_them_all() -> None:
    program = f"""
import subprocess, sys
for _ in range(6):
    subprocess.Popen([sys.executable, "-c", {FOREVER!r}])
{FOREVER}
"""
    assert python(program, limits=Limits(processes=3)).stop is Stop.PROCESSES


def test_the_end_of_long_output_is_kept() -> None:
    program = f"print('first'); print('x' * {processes.TAIL_BYTES}); print('last')"
    done = python(program)
    assert len(done.stdout) == processes.TAIL_BYTES
    assert done.stdout.endswith("last\n")
    assert "first" not in done.stdout


def test_a_log_keeps_both_streams_of_several_processes(tmp_path: Path) -> None:
    log = tmp_path / "new" / "log.txt"
    for word in ("one", "two"):
        done = python(f"import sys; print('{word}', file=sys.stderr)", log=log)
    assert log.read_text("utf-8") == "one\ntwo\n"
    assert done.stdout.endswith("two\n")


def test_output_that_is_no_text_does_no_harm() -> None:
    assert "\ufffd" in python("import os; os.write(1, b'\\xff\\xfe')").stdout


def test_a_command_that_had_to_succeed_shows_argv_status_and_the_end_of_its_output() -> None:
    with pytest.raises(processes.CommandError) as caught:
        python("import sys; print('why', file=sys.stderr); sys.exit(3)", check=True)
    told = str(caught.value)
    assert sys.executable in told
    assert "ended with exit status 3\nwhy" in told


def test_a_command_that_is_not_there() -> None:
    with pytest.raises(WorkbenchError, match=r"^cannot run no-such-command: No such file"):
        processes.run(["no-such-command"], deadline=DEADLINE)
    assert not processes.run_quietly(["no-such-command"], DEADLINE)


def test_a_given_environment_is_the_only_one() -> None:
    done = python("import os; print(sorted(os.environ))", env={"ONLY": "this"})
    assert "HOME" not in done.stdout
    assert "ONLY" in done.stdout


def test_stopping_ends_what_runs_and_refuses_what_comes(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    program = f"import os; print(os.getpid(), flush=True); {FOREVER}"
    with ThreadPoolExecutor() as threads:
        running = threads.submit(python, program, log=log)
        until(lambda: log.exists() and log.read_text("utf-8").endswith("\n"))
        stopper = threading.Thread(target=processes.stop_all)
        stopper.start()
        stopper.join()
        with pytest.raises(processes.Interrupted):
            running.result(DEADLINE)
    assert is_gone(int(log.read_text("utf-8")))
    with pytest.raises(processes.Interrupted):
        python("")
    processes.resume()
    assert python("").ok


def test_no_descriptor_is_left_open() -> None:
    python("")
    before = os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else []
    python("")
    python(FOREVER, SHORT)
    after = os.listdir("/proc/self/fd") if before else []
    assert len(after) == len(before)


STOPPED_WHILE_STARTING = """
import os, signal
from harness.system import processes
signal.signal(signal.SIGTERM, lambda *_: processes.stop_all())
start = processes.subprocess.Popen

def signalled(*words, **options):
    os.kill(os.getpid(), signal.SIGTERM)
    return start(*words, **options)

processes.subprocess.Popen = signalled
try:
    processes.run(["sleep", "infinity"], deadline=1e6)
except processes.Interrupted:
    print("interrupted")
"""


def test_a_signal_that_comes_while_a_process_is_started_stops_it() -> None:
    """Its handler runs in the thread that starts it, and must not wait for that thread."""
    words = [sys.executable, "-c", STOPPED_WHILE_STARTING]
    done = subprocess.run(words, capture_output=True, text=True, timeout=DEADLINE, check=False)
    assert done.stdout == "interrupted\n", done.stderr
