"""Shell completion, by shtab (https://docs.iterative.ai/shtab/).

Owns: handing it the parser. Must not know a flag.
"""

from __future__ import annotations

from collections.abc import Mapping

import shtab
from rich.console import Console

from ..request import Request
from .parser import parser_for
from .statuses import DONE


def show(request: Request, verbs: Mapping[str, str], out: Console) -> int:
    """Print the script for the shell that was asked for."""
    parser = parser_for(verbs, shown=True)
    parser.prog = "harness"
    out.file.write(shtab.complete(parser, shell=request.shell))
    return DONE
