"""What whole judgings took, kept for the forecasts of later ones.

Owns: the file of it. Must not know how a forecast is made. Two runs at once may both write it
down: the last one's stays.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec

from ..judge.forecast import Experience
from ..model import SpuriousError
from ..system.files import replace_bytes
from ..system.home import Home


def _file(home: Home) -> Path:
    return home.folder("durations") / "judgings.json"


def known(home: Home) -> Experience:
    """What was seen so far; nothing if there is no file, or none that is whole."""
    with suppress(OSError, msgspec.MsgspecError):
        return msgspec.json.decode(_file(home).read_bytes(), type=Experience)
    return Experience()


def learn(home: Home, new: Experience) -> None:
    """Add a judging. A folder that can not be written costs only guesses."""
    with suppress(SpuriousError):
        replace_bytes(_file(home), msgspec.json.encode(known(home).with_one_more(new)))
