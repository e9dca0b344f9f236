"""The program curl."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Final

from .. import deadlines
from ..observation import Ending, HttpResponse, Recorder
from ..request import HttpRequest
from . import Pace

ENDINGS: Final = {
    0: Ending.COMPLETE,
    7: Ending.REFUSED,
    18: Ending.CUT,
    28: Ending.HUNG,
    52: Ending.CUT,
    55: Ending.CUT,
    56: Ending.CUT,
}
"""What curl's exit statuses mean, from EXIT CODES in curl(1)."""


def fetch(
    address: tuple[str, int], request: HttpRequest, recorder: Recorder, pace: Pace
) -> HttpResponse:
    """See ``clients.Fetch``."""
    url = f"http://{address[0]}:{address[1]}{request.target}"
    with tempfile.TemporaryDirectory(prefix="lab-curl-") as directory:
        body, head, sent = (Path(directory) / name for name in ("body", "head", "sent"))
        sent.write_bytes(request.body)
        argv = ["curl", "--silent", "--no-buffer", "--noproxy", "*", "--output", str(body)]
        argv += ["--dump-header", str(head), "--request", request.method]
        # For all of it: what curl does about a lack of progress takes it longer.
        argv += ["--max-time", str(deadlines.HUNG)]
        argv += ["--http1.0"] if request.version == "1.0" else ["--http1.1"]
        argv += ["--head"] if request.method == "HEAD" else []
        argv += [x for k, v in request.headers() if k != "Host" for x in ("--header", f"{k}: {v}")]
        if request.body:
            argv += ["--data-binary", f"@{sent}", "--header", "Expect:"]
        recorder.note("client", "started")
        done = subprocess.run(
            [*argv, url],
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            check=False,
            timeout=deadlines.BOOT,
        )
        got = body.read_bytes() if body.exists() and request.method != "HEAD" else b""
        status, headers = _head(head)
        recorder.note("client", "received", len(got))
    ending = ENDINGS.get(done.returncode, Ending.MALFORMED)
    reason = f"curl exit status {done.returncode}" if ending is Ending.MALFORMED else ""
    known = recorder.now() if ending is Ending.COMPLETE else None
    return HttpResponse(ending, status, headers, got, reason, known)


def _head(file: Path) -> tuple[int | None, tuple[tuple[str, str], ...]]:
    if not file.exists() or not file.stat().st_size:
        return None, ()
    first, *lines = file.read_text("latin-1").splitlines()
    pairs = (line.partition(":") for line in lines if ":" in line)
    return int(first.split()[1]), tuple((k, v.strip()) for k, _, v in pairs)
