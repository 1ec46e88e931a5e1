"""Whole numbers as people ask for them, from a command line or from Python."""

from __future__ import annotations

import operator
from typing import SupportsIndex

from sim.foundation.errors import InputError


def whole(key: str, value: object, low: int, high: int | None = None) -> int:
    """``value`` as a whole number from ``low`` to ``high``. InputError that names ``key`` if it is none."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, SupportsIndex) and not isinstance(value, bool):
        number = operator.index(value)
        if low <= number and (high is None or number <= high):
            return number
    allowed = f"a whole number from {low}" + ("" if high is None else f" to {high}")
    raise InputError("no such number", key=key, found=value, allowed=allowed)
