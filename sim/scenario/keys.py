"""Ids: what they may look like, what copies are called, and the stable 32-bit key that luck is drawn with."""

from __future__ import annotations

import hashlib
import re

from sim.foundation.states import ALL, ALL_GIANTS, ALL_STARTUPS, EVER_LISTED, MARKET, PIVOTERS

MAX_ID = 64
ID_RULE = f"lower-case letters, digits and single hyphens between them, at most {MAX_ID} characters"
ID_PATTERN = "^[a-z0-9]+(-[a-z0-9]+)*$"
RESERVED_IDS = (ALL, MARKET, ALL_STARTUPS, ALL_GIANTS, EVER_LISTED, PIVOTERS)
_ID = re.compile(ID_PATTERN[1:-1], re.ASCII)


def luck_key(text: str) -> int:
    """Stable key of a firm's id or an assumption's path: the first four bytes, little endian, of its SHA-256.

    The engine keeps paths and firms in separate domains.
    """
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:4], "little")


def is_id(text: str) -> bool:
    """True if ``text`` can be an id."""
    return len(text) <= MAX_ID and _ID.fullmatch(text) is not None


def copy_ids(id: str, copies: int) -> tuple[str, ...]:
    """The firms an entry stands for: itself, or for a class ``<id>-001`` to ``<id>-<copies>``."""
    if copies == 0:
        return (id,)
    return tuple(f"{id}-{number:03d}" for number in range(1, copies + 1))
