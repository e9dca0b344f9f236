"""``comparison.html``: what differs between two reports, as one page.

Owns: what the page says, and in which order. Must not know HTML (the template does).
"""

from __future__ import annotations

from .. import difference_words as words
from ..difference import CandidateDifference, Differences
from .page import anchor
from .page import render as render_page
from .tones import OF_VERDICT

STYLE = "li, p, dd { overflow-wrap: anywhere; }"


def render(found: Differences) -> str:
    """The whole page."""
    return render_page(
        "differences.html",
        title=f"Compared: {words.headline(found).rstrip('.')}",
        styles=[STYLE],
        found=found,
        words=words,
        tones=OF_VERDICT,
        ident=_ident,
        changed=[each for each in found.candidates if each.is_in_both and not each.is_same],
    )


def _ident(found: CandidateDifference) -> str:
    return anchor("c", found.side.name, found.side.base)
