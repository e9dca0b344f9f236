"""How a diagram looks: its style sheet, and its key.

Owns the classes and colours. A line's style and head, and the words at it, say the same as
its colour. It must not know what is drawn.
"""

from __future__ import annotations

from typing import Final

from .steps import Kind

ARROWS: Final = {Kind.OPEN: "sq-c", Kind.BYTES: "sq-b", Kind.FIN: "sq-f", Kind.RST: "sq-r"}
"""The class of the line of what passes."""

WORDS: Final = {
    Kind.OPEN: "sq-dim",
    Kind.FIN: "sq-end",
    Kind.RST: "sq-bad",
    Kind.LOST: "sq-bad",
    Kind.BAD: "sq-bad",
    Kind.GOOD: "sq-good",
}
"""The class of the words at a step; others have none."""

_LIGHT: Final = (
    "--sq-bg:#fff;--sq-ink:#1d2330;--sq-dim:#5b6474;--sq-line:#c3c9d4;--sq-act:#dbe4f3;"
    "--sq-end:#0a57b5;--sq-bad:#b3121d;--sq-good:#17692f;--sq-wait:#8a5300"
)
_DARK: Final = (
    "--sq-bg:#14171e;--sq-ink:#e6e9ef;--sq-dim:#a2abbb;--sq-line:#454d5c;--sq-act:#2b3a55;"
    "--sq-end:#7db8ff;--sq-bad:#ff8f8f;--sq-good:#7ad694;--sq-wait:#f0b35c"
)

STYLE: Final = (
    f":root{{{_LIGHT}}}"
    f"@media(prefers-color-scheme:dark){{:root{{{_DARK}}}}}"
    f":root[data-theme=light]{{{_LIGHT}}}"
    f":root[data-theme=dark]{{{_DARK}}}"
    f"@media print{{:root,:root[data-theme]{{{_LIGHT}}}}}"
    ".sq-box{overflow-x:auto;max-width:100%}"
    ".sq{display:block;background:var(--sq-bg);color:var(--sq-ink);"
    "font:11px/1 system-ui,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}"
    "@media print{.sq-box{overflow:visible}.sq{max-width:100%;height:auto;break-inside:avoid}}"
    ".sq path{fill:none;stroke-width:1.4}"
    ".sq text{fill:var(--sq-ink);stroke:var(--sq-bg);stroke-width:3px;"
    "stroke-linejoin:round;paint-order:stroke;font-variant-numeric:tabular-nums}"
    ".sq .sq-v{stroke:var(--sq-line);stroke-width:1}"
    ".sq .sq-s{stroke:var(--sq-line);stroke-width:1;stroke-dasharray:1 4}"
    ".sq .sq-a{stroke:var(--sq-act);stroke-width:9}"
    ".sq .sq-u{stroke:var(--sq-act);stroke-width:9;stroke-dasharray:3 3}"
    ".sq .sq-w{stroke:var(--sq-wait);stroke-width:7;stroke-dasharray:1.5 2.5}"
    ".sq .sq-z{stroke:var(--sq-dim);stroke-width:1.2}"
    ".sq .sq-b{stroke:var(--sq-ink);fill:var(--sq-ink);stroke-width:1.7}"
    ".sq .sq-c{stroke:var(--sq-dim);fill:var(--sq-dim);stroke-dasharray:1.5 2}"
    ".sq .sq-f{stroke:var(--sq-end);fill:var(--sq-end);stroke-dasharray:9 2.5}"
    ".sq .sq-r{stroke:var(--sq-bad);fill:var(--sq-bad);stroke-dasharray:9 2.5 1.5 2.5}"
    ".sq .sq-l{stroke:var(--sq-bad);stroke-width:1.7;stroke-dasharray:4 3.5}"
    ".sq .sq-x{stroke:var(--sq-bad);stroke-width:2}"
    ".sq .sq-g{stroke:var(--sq-good);fill:var(--sq-good)}"
    ".sq .sq-d{stroke:var(--sq-dim);fill:var(--sq-bg)}"
    ".sq .sq-k{stroke-dasharray:none}"
    ".sq-tm{text-anchor:middle}.sq-te{text-anchor:end}.sq-n{font-size:10px}.sq-h{font-weight:600}"
    ".sq .sq-n text,.sq .sq-dim text{fill:var(--sq-dim)}"
    ".sq .sq-bad text{fill:var(--sq-bad)}.sq .sq-good text{fill:var(--sq-good)}"
    ".sq .sq-end text{fill:var(--sq-end)}.sq .sq-wait text{fill:var(--sq-wait)}"
)
"""The style sheet that a page with diagrams holds once. Put each into a ``.sq-box``, which
scrolls where the page is narrower than the diagram."""
