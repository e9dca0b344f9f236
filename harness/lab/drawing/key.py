"""What the lines and signs of a diagram mean, as a diagram.

Owns that key: each line and sign once, with its meaning. It must not know any exchange.
"""

from __future__ import annotations

from html import escape
from typing import Final

from .canvas import Canvas
from .steps import Kind, Seen
from .style import ARROWS

ROW: Final = 20
WIDTH: Final = 350
MEANINGS: Final = (
    "bytes that were seen at both ends",
    "… at one end alone: nobody looks at the other",
    "FIN: one end has sent its last byte",
    "RST: the connection is broken off",
    "bytes that never arrived",
    "the connection is open; broken: not seen to end",
    "somebody waits, in a silence that is cut short",
    "known or free · went wrong · anything else",
)


def _key() -> str:
    canvas = Canvas()
    y = [ROW * n + 12 for n in range(len(MEANINGS))]
    canvas.arrow(ARROWS[Kind.BYTES], 6, y[0], 46, y[0], Seen.BOTH)
    canvas.arrow(ARROWS[Kind.BYTES], 6, y[1], 46, y[1], Seen.LEAVING)
    canvas.arrow(ARROWS[Kind.FIN], 6, y[2], 46, y[2], Seen.BOTH)
    canvas.arrow(ARROWS[Kind.RST], 6, y[3], 46, y[3], Seen.BOTH)
    canvas.lost(6, 36, y[4])
    canvas.line("sq-a", 6, y[5], 24, y[5])
    canvas.line("sq-u", 28, y[5], 46, y[5])
    canvas.line("sq-w", 6, y[6], 46, y[6])
    for n, kind in enumerate((Kind.GOOD, Kind.BAD, Kind.MARK)):
        canvas.sign(kind, 10 + 16 * n, y[7])
    for line, words in zip(y, MEANINGS, strict=True):
        canvas.text("sq-ts", 58, line + 4, words)
    height = ROW * len(MEANINGS) + 4
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="sq" role="img" width="{WIDTH}"'
        f' height="{height}" viewBox="0 0 {WIDTH} {height}"'
        f' aria-label="{escape("Key to the diagrams: " + "; ".join(MEANINGS))}">'
        f"{canvas.svg()}</svg>"
    )


KEY: Final = _key()
"""An ``<svg>`` without ids, for a page that explains its diagrams; ``STYLE`` is its style."""
