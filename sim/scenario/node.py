"""A piece of scenario text with the place it came from: every reader of one can say what is wrong, and where."""

from __future__ import annotations

import datetime
import math
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sim.foundation.errors import NOT_GATHERED, Gathered, InputError, nearest_of, shown
from sim.foundation.months import month_of, month_text, span_of_dates

MAX_NODES = 25_000
MAX_DEPTH = 32
MAX_LINE = 200  # characters of a name, a title or a source
MAX_TEXT = 10_000  # characters of a description or a note
_ALL_SHOWN = 16  # so many allowed keys are listed; of more only the nearest is named
_JOINERS = "\u200c\u200d"  # zero-width, but part of emoji and of some scripts
YES, NO = ("true", "on", "yes", "y"), ("false", "off", "no", "n")
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # would reorder the text around them


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a scenario: ``data`` is None, a bool, int, float, str, a tuple of nodes or a dict of nodes.

    ``key`` is the path from the top ("firms.zhipu.cash"), ``line`` counts from 1. Nodes of a ``--set`` have a key
    that begins with it, and no file. Of a ``flawed`` node an error is known already: whatever else is said of it only
    follows from that.
    """

    data: Any
    key: str = ""
    file: str | None = None
    line: int | None = None
    flawed: bool = False

    @property
    def place(self) -> str:
        """Key, file and line, for a message about another place."""
        line = f"line {self.line}" if self.line is not None else None
        where = ", ".join(part for part in (self.file, line) if part)
        return f"{self.key} ({where})" if where else self.key

    def error(self, problem: str, **parts: Any) -> InputError:
        """An InputError about this place."""
        told = parts.pop("told", False) or self.flawed
        return InputError(problem, file=self.file, line=self.line, key=self.key or None, told=told, **parts)

    def wrong(self, problem: str, allowed: str, nearest: str | None = None) -> InputError:
        """An InputError that shows what was found here."""
        found = "nothing (null)" if self.data is None else self.plain()
        if isinstance(found, bool):
            found = str(found).lower()
        return self.error(problem, found=found, allowed=allowed, nearest=nearest)

    def plain(self) -> Any:
        """The data as dicts, lists and scalars."""
        if isinstance(self.data, dict):
            return {key: node.plain() for key, node in self.data.items()}
        if isinstance(self.data, tuple):
            return [node.plain() for node in self.data]
        return self.data

    def replaced(self, data: Any) -> Node:
        """Other data at the same place."""
        return Node(data, self.key, self.file, self.line, self.flawed)

    def spoilt(self, data: Any = None) -> Node:
        """``data`` at the same place, of which an error is known already."""
        return Node(data, self.key, self.file, self.line, True)

    def section(self, name: str) -> dict[str, Node]:
        """The entries of the mapping ``name`` in this one; none where it is not stated, or is no mapping."""
        below = self.data.get(name)
        return below.data if below is not None and isinstance(below.data, dict) else {}

    # readers: each gives the data in one type, or raises an InputError

    def mapping(self, allowed: str = "a mapping (key: value)") -> dict[str, Node]:
        """The entries of a mapping."""
        if not isinstance(self.data, dict):
            raise self.wrong("not a mapping", allowed)
        return self.data

    def fields(
        self, known: Collection[str], required: Collection[str] = (), errors: Gathered = NOT_GATHERED
    ) -> dict[str, Node]:
        """The entries of a mapping whose keys are among ``known`` and include ``required``.

        Every wrong key is added to ``errors``; an unknown one is left out, a missing one is a flawed node.
        """
        stated = self.mapping(f"a mapping with the keys {list_of(known)}")
        entries, meant = dict[str, Node](), set[str | None]()

        for key, node in stated.items():
            if key in known:
                entries[key] = node
                continue
            near = nearest_of(key, known)
            meant.add(near)
            errors.add(node.error("unknown key", found=key, allowed=list_of(known), nearest=near))
        for key in required:
            if key not in entries:
                told = key in meant  # its key was mistyped
                errors.add(self.error(f"the key {key} is missing", allowed=list_of(known), told=told))
                entries[key] = Node(None, child_key(self.key, key), self.file, self.line, True)
        return entries

    def items(self, allowed: str, fewest: int = 0, most: int = MAX_NODES) -> tuple[Node, ...]:
        """The members of a list of ``fewest`` to ``most``."""
        if not isinstance(self.data, tuple):
            raise self.wrong("not a list", allowed)
        if not fewest <= len(self.data) <= most:
            raise self.wrong(f"a list of {len(self.data)}", allowed)
        return self.data

    def number(self, low: float = -math.inf, high: float = math.inf) -> float:
        """A finite number within [low, high]."""
        allowed = range_text(low, high)
        if isinstance(self.data, bool) or not isinstance(self.data, int | float):
            raise self.wrong("not a number", allowed)
        try:
            number = float(self.data)
        except OverflowError:
            raise self.error(
                "too large", found=f"a number of {int(self.data).bit_length()} bits", allowed=allowed
            ) from None
        if not math.isfinite(number):
            raise self.wrong("not a finite number", allowed)
        if not low <= number <= high:
            raise self.wrong("outside its bounds", allowed)
        return number + 0.0  # -0.0 becomes 0.0

    def whole(self, low: int, high: int) -> int:
        """A whole number within [low, high]."""
        number = self.number(low, high)
        if not number.is_integer():
            raise self.wrong("not a whole number", f"a whole number from {low} to {high}")
        return int(number)

    def flag(self) -> bool:
        """True or False."""
        if not isinstance(self.data, bool):
            raise self.wrong("neither true nor false", "true or false", self.meant("true", "false"))
        return self.data

    def meant(self, yes: str, no: str) -> str | None:
        """``yes`` or ``no`` where this is another language's word for it, such as on or off."""
        word = str(self.data).lower()
        return yes if word in YES else no if word in NO else None

    def text(self, limit: int = MAX_LINE, lines: bool = False) -> str:
        """Printable text of at most ``limit`` characters, on one line unless ``lines``."""
        if not isinstance(self.data, str):
            raise self.wrong("not a text", "a text; put quotes around it if it looks like a number or a date")
        if len(self.data) > limit:
            raise self.error(f"a text of {len(self.data)} characters", allowed=f"at most {limit} characters")
        if not all(_is_text(c) or (lines and c in "\n\t") for c in self.data):
            raise self.wrong("characters that cannot be shown", "printable text" + ("" if lines else " on one line"))
        return self.data

    def choice(self, options: Collection[str], what: str) -> str:
        """One of the words ``options``."""
        if not isinstance(self.data, str) or self.data not in options:
            near = nearest_of(self.data, options) if isinstance(self.data, str) else None
            raise self.wrong(f"not {what}", list_of(options), near)
        return self.data

    def month(self, low: int | None = None, high: int | None = None) -> int:
        """A calendar month written YYYY-MM, within [low, high] where given."""
        month = month_of(self.data)
        if month is None:
            nearest = self.data[:7] if isinstance(self.data, str) and month_of(self.data[:7]) is not None else None
            allowed = f"a month written YYYY-MM, such as 2024-05, from {span_of_dates()}"
            raise self.wrong("not a month of the calendar", allowed, nearest)
        if low is not None and month < low:
            raise self.wrong("a date before the horizon", _span(low, high))
        if high is not None and month > high:
            raise self.wrong("a date after the horizon", _span(low, high))
        return month


def child_key(key: str, name: object) -> str:
    """Path of the entry ``name`` of the mapping at ``key``, printable whatever the name holds."""
    text = shown(str(name), 80)
    return f"{key}.{text}" if key else text


def without_lines(node: Node) -> Node:
    """``node`` as part of a text that is one line anyway, such as a ``--set``."""
    data = node.data
    if isinstance(data, dict):
        data = {key: without_lines(below) for key, below in data.items()}
    elif isinstance(data, tuple):
        data = tuple(without_lines(below) for below in data)
    return Node(data, node.key, node.file)


def list_of(words: Collection[str]) -> str:
    """``words`` as text, or how many there are where a list would not be read."""
    if len(words) <= _ALL_SHOWN:
        return ", ".join(words)
    return f"one of {len(words)} names; `shakeout params` and `shakeout schema` list them"


def range_text(low: float, high: float) -> str:
    """What numbers are allowed, in words."""
    if math.isinf(low) and math.isinf(high):
        return "a finite number"
    if math.isinf(high):
        return f"a number from {low:g} on"
    if math.isinf(low):
        return f"a number up to {high:g}"
    return f"a number from {low:.12g} to {high:.12g}"


def _span(low: int | None, high: int | None) -> str:
    if low is None:
        return f"up to {month_text(high or 0)}"
    return f"{month_text(low)} to {month_text(high)}" if high is not None else f"{month_text(low)} or later"


def _is_text(c: str) -> bool:
    return c in _JOINERS or (unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp") and c not in _BIDI)


def from_plain(data: Any, key: str = "", file: str | None = None) -> Node:
    """Nodes of plain Python data (dicts, lists, texts, numbers, dates); numpy numbers count as numbers."""
    left = MAX_NODES

    def build(data: Any, key: str, depth: int) -> Node:
        nonlocal left
        left -= 1
        if left < 0 or depth > MAX_DEPTH:
            problem = "too much data" if left < 0 else "nested too deeply"
            raise InputError(
                problem, file=file, key=key, allowed=f"{MAX_NODES} values, at most {MAX_DEPTH} inside each other"
            )
        if isinstance(data, Mapping):
            entries = {}
            for name, value in data.items():
                if not isinstance(name, str):
                    raise InputError("a key that is no text", file=file, key=key, found=name, allowed="text keys")
                entries[name] = build(value, child_key(key, name), depth + 1)
            return Node(entries, key, file)
        if isinstance(data, list | tuple):
            return Node(tuple(build(value, f"{key}[{i}]", depth + 1) for i, value in enumerate(data)), key, file)
        if isinstance(data, datetime.date):
            data = data.isoformat()
        elif hasattr(data, "item") and getattr(data, "ndim", None) == 0:
            data = data.item()
        if data is not None and not isinstance(data, bool | int | float | str):
            allowed = "a number, a text, a list or a dict"
            raise InputError("not plain data", file=file, key=key, found=type(data).__name__, allowed=allowed)
        return Node(data, key, file)

    return build(data, key, 0)
