"""What goes wrong, said to the person who can mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ShakeoutError(Exception):
    """Base of every error this package raises on purpose."""

    exit_code = 3


class InputError(ShakeoutError):
    """The input is wrong: exit code 2, one message that says where, what was found and what is allowed.

    Parameters are the parts of the message; those that do not apply stay None. ``nearest`` is found by
    ``nearest_of`` from the keys that would have been valid.
    """

    exit_code = 2

    def __init__(
        self,
        problem: str,
        *,
        file: str | None = None,
        line: int | None = None,
        key: str | None = None,
        found: object = None,
        allowed: str | None = None,
        nearest: str | None = None,
    ) -> None:
        self.problem = problem
        self.file = file
        self.line = line
        self.key = key
        self.found = found
        self.allowed = allowed
        self.nearest = nearest
        super().__init__(self.message())

    def message(self) -> str:
        """The whole message, one fact a line: place, problem, found, allowed, nearest."""
        place = ", ".join(
            part
            for part in (
                self.file,
                f"line {self.line}" if self.line is not None else None,
                self.key,
            )
            if part
        )
        lines = [f"{place}: {self.problem}" if place else self.problem]
        if self.found is not None:
            lines.append(f"  found:   {shown(self.found)}")
        if self.allowed is not None:
            lines.append(f"  allowed: {self.allowed}")
        if self.nearest is not None:
            lines.append(f"  nearest: {self.nearest}")
        return "\n".join(lines)


class RunError(ShakeoutError):
    """The run failed after it began; what is finished is kept (exit code 3)."""


def shown(found: object, limit: int = 120) -> str:
    """``found`` as one printable line of at most ``limit`` characters."""
    text = found if isinstance(found, str) else repr(found)
    text = "".join(c if c.isprintable() else "�" for c in text)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def nearest_of(word: str, choices: Iterable[str]) -> str | None:
    """The valid key closest to ``word``, or None if nothing is close."""
    close = difflib.get_close_matches(str(word)[:200], list(choices), n=1, cutoff=0.5)
    return close[0] if close else None
