"""A certificate for the servers of the lab that speak TLS.

Owns making one, signed by itself and good for a day, with the openssl command: the
standard library can use certificates, and make none. It must not know who uses it.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

from . import deadlines

MAKE: Final = (
    *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
    *("-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"),
)


def missing() -> str:
    """Why none can be made on this machine; empty when one can."""
    return "" if shutil.which("openssl") else "openssl is not installed: get the package openssl"


def make(folder: Path) -> Path:
    """A new file in ``folder`` with a private key and its certificate.

    CalledProcessError and TimeoutExpired when openssl does not do it."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    argv = [*MAKE, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(argv, check=True, capture_output=True, timeout=deadlines.BOOT)
    both = folder / "server.pem"
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    return both
