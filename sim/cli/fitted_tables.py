"""Tables as wide as there is room: columns of which no word is broken, or rows told line by line."""

from __future__ import annotations

from collections.abc import Sequence

GAP, EDGES = 3, 2  # columns between two columns of a table, and at its two ends
LONGEST_NAME = 40  # of a first column that is not broken


def widths(columns: Sequence[str], rows: Sequence[Sequence[str]], room: int) -> list[int] | None:
    """The width of every column in a table of at most ``room``; None where words would have to be broken.

    Texts break between words, the first column only where its names are long. What room is left goes to the columns
    that need little first.
    """
    from rich.cells import cell_len

    cells = list(zip(columns, *rows, strict=True))
    natural = [max(map(cell_len, column)) for column in cells]
    least = [max(cell_len(word) for cell in column for word in cell.split() or [""]) for column in cells]
    if natural and natural[0] <= LONGEST_NAME:
        least[0] = natural[0]
    left = room - EDGES - GAP * (len(cells) - 1) - sum(least)
    if left < 0:
        return None
    found = least[:]
    waiting = sorted(range(len(cells)), key=lambda i: natural[i] - least[i])
    for done, column in enumerate(waiting):
        more = min(natural[column] - least[column], left // (len(cells) - done))
        found[column], left = least[column] + more, left - more
    return found


def dropped(
    columns: Sequence[str], rows: Sequence[Sequence[str]], room: int, spare: Sequence[str]
) -> tuple[list[int], list[str]]:
    """Which columns stay, by index, and the names of those of ``spare`` that are left out, in that order, so that the
    rest fits; none is left out in vain."""
    for count in range(len(spare) + 1):
        kept = [i for i, name in enumerate(columns) if name not in spare[:count]]
        if widths([columns[i] for i in kept], [[row[i] for i in kept] for row in rows], room) is not None:
            return kept, list(spare[:count])
    return list(range(len(columns))), []


def told(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Every row as lines: its first cell, then every other with its name, whole."""
    lines = []
    for first, *others in rows:
        lines.append(f"{columns[0]}: {first}" if columns[0] else first)
        lines += [f"  {name}: {cell}" if name else f"  {cell}" for name, cell in zip(columns[1:], others, strict=True)]
    return lines
