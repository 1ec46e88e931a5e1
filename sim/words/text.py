"""Pieces of text: first letters, lists, one line of limited length."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def lower(text: str) -> str:
    """``text`` with its first letter in lower case, the rest untouched."""
    return text[:1].lower() + text[1:]


def capital(text: str) -> str:
    """``text`` with its first letter in upper case, the rest untouched."""
    return text[:1].upper() + text[1:]


def shorten(text: object, limit: int) -> str:
    """One printable line of at most ``limit`` characters."""
    line = " ".join("".join(c if c.isprintable() or c.isspace() else "�" for c in str(text)).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def listed(items: Sequence[str]) -> str:
    """ "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def notes(notices: Iterable[str]) -> tuple[str, ...]:
    """What a reader must know before the figures, as lines of small print, each ended by a full stop."""
    return tuple(f"{shorten(notice, 400).rstrip('.')}." for notice in notices)
