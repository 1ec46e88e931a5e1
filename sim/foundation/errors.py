"""What goes wrong, said to the person who can mend it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

MAX_ERRORS = 100  # after so many no further one is looked for


class ShakeoutError(Exception):
    """Base of every error this package raises on purpose."""

    exit_code = 3


class InputError(ShakeoutError):
    """The input is wrong: exit code 2, one message that says where, what was found and what is allowed.

    Parameters are the parts of the message; those that do not apply stay None. ``nearest`` is found by
    ``nearest_of`` from the keys that would have been valid. ``told``: it only follows from another error.
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
        told: bool = False,
    ) -> None:
        self.problem = problem
        self.file = file
        self.line = line
        self.key = key
        self.found = found
        self.allowed = allowed
        self.nearest = nearest
        self.told = told
        self.also: tuple[str, ...] = ()
        super().__init__(self.message())

    @property
    def parts(self) -> dict[str, Any]:
        """What the message is made of besides the problem, as they are handed in: to say it of another place."""
        return {name: getattr(self, name) for name in ("file", "line", "key", "found", "allowed", "nearest")}

    @property
    def place(self) -> str:
        """File, line and key, as far as they are known."""
        line = f"line {self.line}" if self.line is not None else None
        return ", ".join(part for part in (self.file, line, self.key) if part)

    def __str__(self) -> str:
        return self.message()

    def message(self) -> str:
        """The whole message, one fact a line, all printable: place, problem, found, allowed, nearest, where else."""
        place = _printable(self.place)
        lines = [f"{place}: {self.problem}" if place else self.problem]
        if self.found is not None:
            lines.append(f"  found:   {shown(self.found)}")
        if self.allowed is not None:
            lines.append(f"  allowed: {_printable(self.allowed)}")
        if self.nearest is not None:
            lines.append(f"  nearest: {_printable(self.nearest)}")
        lines += [f"  also in: {_printable(place)}" for place in self.also]
        return "\n".join(lines)


class InputErrors(InputError):
    """Several things are wrong with one input: the message has all ``errors``, the other attributes are the first's."""

    def __init__(self, errors: Sequence[InputError], more: bool = False) -> None:
        first = errors[0]
        self.errors, self.more = tuple(errors), more
        super().__init__(first.problem, **first.parts)

    def message(self) -> str:
        """How many there are, then the message of each."""
        count = sum(1 + len(error.also) for error in self.errors)
        head = f"{count} errors" + (", and perhaps more that were not looked for" if self.more else "")
        return "\n".join([head, *(error.message() for error in self.errors)])

    def __reduce__(self) -> tuple[type[InputErrors], tuple[tuple[InputError, ...], bool]]:
        return InputErrors, (self.errors, self.more)


class Gathered:
    """Errors of one input that do not depend on each other, so that all can be said at once."""

    def __init__(self) -> None:
        self.errors: list[InputError] = []

    def add(self, error: InputError) -> None:
        """Keep ``error``, unless it only follows from another or is known already."""
        for one in error.errors if isinstance(error, InputErrors) else (error,):
            if not one.told and all(str(one) != str(known) for known in self.errors):
                self.errors.append(one)
            if len(self.errors) >= MAX_ERRORS:
                raise _TooMany

    @contextmanager
    def part(self) -> Iterator[None]:
        """What goes wrong inside is kept, and reading goes on after it."""
        try:
            yield
        except InputError as error:
            self.add(error)

    def each(self, *readers: Callable[[], Any]) -> list[Any]:
        """What every one of ``readers`` gives; None for one whose error was kept."""
        results: list[Any] = [None] * len(readers)
        for index, reader in enumerate(readers):
            with self.part():
                results[index] = reader()
        return results

    @contextmanager
    def whole(self) -> Iterator[None]:
        """All that was kept inside, or made an end of it, is raised as one InputError at the end."""
        more = False
        try:
            with self.part():
                yield
        except _TooMany:
            more = True
        if self.errors:
            raise _together(self.errors, more) from None


class _Raised(Gathered):
    def add(self, error: InputError) -> None:
        raise error


NOT_GATHERED = _Raised()  # the first error is raised


class _TooMany(Exception):
    """MAX_ERRORS were gathered."""


def _together(errors: Sequence[InputError], more: bool) -> InputError:
    """One error for all: in the order of files and lines, what is wrong in the same way in several places only once."""
    files = list(dict.fromkeys(error.file for error in errors))
    placed = sorted(errors, key=lambda error: (error.file is None, files.index(error.file), error.line or 0))
    same: dict[tuple[str, ...], list[InputError]] = {}
    for error in placed:
        alike = (error.problem, str(error.found), str(error.allowed), str(error.nearest))
        same.setdefault(alike, []).append(error)
    for first, *others in same.values():
        first.also = tuple(error.place for error in others)
    kept = [first for first, *_ in same.values()]
    if len(errors) == 1:
        return kept[0]
    return InputErrors(kept, more)


class RunError(ShakeoutError):
    """The run failed after it began; what is finished is kept (exit code 3)."""


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "�" for c in text)


def shown(found: object, limit: int = 120) -> str:
    """``found`` as one printable line of at most ``limit`` characters."""
    text = found if isinstance(found, str) else repr(found)
    text = _printable(text)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def nearest_of(word: str, choices: Iterable[str]) -> str | None:
    """The valid key closest to ``word``, or None if nothing is close."""
    close = difflib.get_close_matches(str(word)[:200], list(choices), n=1, cutoff=0.5)
    return close[0] if close else None


def first_line(error: BaseException) -> str:
    """What an exception says, on one line."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    text = str(error).strip().splitlines()
    return text[0] if text else type(error).__name__
