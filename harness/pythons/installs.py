"""Gets a Python that this machine lacks, with uv (https://docs.astral.sh/uv/).

Owns: the interpreters below the workbench's folder. uv's own settings hold for
it: a mirror (``UV_PYTHON_INSTALL_MIRROR``), or that nothing may be downloaded
(``UV_PYTHON_DOWNLOADS=never``). Must not know which tree needs what.
"""

from __future__ import annotations

import os

from uv import find_uv_bin

from ..model import WorkbenchError
from ..system import processes
from ..system.home import Home
from ..system.index import redacted
from .interpreters import INSTALLED

GET_SECONDS = 300.0  # some 30 MB over a slow line
# Without a network the answer shall come at once; a setting of the user's goes before these.
IMPATIENT = {"UV_HTTP_RETRIES": "0", "UV_HTTP_CONNECT_TIMEOUT": "5"}


def get(home: Home, minor: str) -> None:
    """Install CPython ``minor`` (``3.12``) where ``interpreters.find`` looks for it.

    Raises ``WorkbenchError`` with one line of uv's words if it cannot be had.
    """
    env = IMPATIENT | os.environ | {"UV_NO_PROGRESS": "1"}
    env["UV_PYTHON_INSTALL_DIR"] = str(home.folder(INSTALLED))
    with home.lock(INSTALLED):
        finished = processes.run(
            [find_uv_bin(), "python", "install", "--no-bin", f"cpython@{minor}"],
            deadline=GET_SECONDS,
            env=env,
        )
    if not finished.ok:
        raise WorkbenchError(f"uv can not get Python {minor}: {_why(finished)}")


def _why(finished: processes.ProcessResult) -> str:
    """What failed and the cause at the root of it, of the lines that uv prints."""
    if finished.stop is not processes.Stop.EXITED:
        return f"it took longer than {GET_SECONDS:.0f} s"
    lines = [line.strip() for line in finished.stderr.splitlines() if line.strip()]
    told = list(dict.fromkeys([*lines[:1], *lines[-1:]])) or ["it says nothing"]
    return redacted(
        "; ".join(line.removeprefix("error: ").removeprefix("cause: ") for line in told)
    )
