"""Node.js, as the ticket's author used it: http.request, agent false."""

from __future__ import annotations

import base64
import json
import socket
import subprocess
from contextlib import ExitStack

from .. import deadlines
from ..observation import Ending, HttpResponse, Recorder
from ..request import HttpRequest
from ..servers import PROGRAMS
from . import Pace


def fetch(
    address: tuple[str, int], request: HttpRequest, recorder: Recorder, pace: Pace
) -> HttpResponse:
    """See ``clients.Fetch``."""
    job: dict[str, object] = {
        "host": address[0],
        "port": address[1],
        "method": request.method,
        "path": request.target,
        "headers": {k: v for k, v in request.headers() if k != "Transfer-Encoding"},
        "chunked": request.chunked,
        "body": base64.b64encode(request.body).decode(),
        "idle": deadlines.HUNG * 1000,
    }
    with ExitStack() as stack:
        given: tuple[int, ...] = ()
        if pace.buffer is not None:
            # Node cannot set SO_RCVBUF: it is handed a connected socket.
            sock = stack.enter_context(socket.socket())
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, pace.buffer)
            sock.connect(address)
            job["fd"] = sock.fileno()
            given = (sock.fileno(),)
        recorder.note("client", "started")
        done = subprocess.run(
            ["node", str(PROGRAMS / "client.js")],
            input=json.dumps(job).encode(),
            capture_output=True,
            timeout=deadlines.BOOT,
            check=False,
            pass_fds=given,
        )
    line, _, body = done.stdout.partition(b"\n")
    if done.returncode or not line:
        return HttpResponse(Ending.MALFORMED, reason=f"node: {done.stderr.decode()[-200:]}")
    told = json.loads(line)
    recorder.note("client", "received", len(body))
    recorder.note("client", told["event"])
    ending = Ending(told["ending"])
    known = recorder.now() if ending is Ending.COMPLETE else None
    headers = tuple((k, str(v)) for k, v in told["headers"].items())
    return HttpResponse(ending, told["status"], headers, body, told["reason"], known)
