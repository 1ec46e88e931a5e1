"""docs/statements.md: every statement of the documents, what carries it, the run that shows it, and the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from tools.severities.document import asked, told
from tools.severities.seen import ROOT
from tools.statements import (
    document_000,
    document_001_bubble,
    document_001_fates,
    document_001_foretold,
    document_001_laws,
    document_002,
    document_003_004,
)
from tools.statements.panel import Worlds
from tools.statements.row import CONTRARY, VERDICTS, WORKS, Statement, Told

DOCUMENT = ROOT / "docs" / "statements.md"
WORLDS = 1000
COMMAND = "python -m tools.statements"
PARTS = (
    document_000,
    document_001_bubble,
    document_001_fates,
    document_001_laws,
    document_001_foretold,
    document_002,
    document_003_004,
)
STATEMENTS: tuple[Statement, ...] = tuple(statement for part in PARTS for statement in part.STATEMENTS)
HEAD = [
    "| # | doc | statement | mechanism | run: asked, **measured** | verdict |",
    "| ---: | --- | --- | --- | --- | --- |",
]


def measured(worlds: Worlds, say: Callable[[str], None] = lambda _line: None) -> list[Told]:
    """Every statement on ``worlds``; ``say`` is told of each."""
    found = []
    for statement in STATEMENTS:
        found.append(Told(statement, tuple(row.measure(worlds) for row in statement.asked)))
        say(line(found[-1]))
    return found


def verdict(one: Told) -> str:
    """The verdict in the table: what does not work stands out."""
    return one.verdict if one.verdict == WORKS else f"**{one.verdict}**"


def line(one: Told) -> str:
    """A row of the table."""
    statement = one.statement
    runs = "; ".join(
        f"{row.text}: {asked(row)}, **{told(row, found)}**"
        for row, found in zip(statement.asked, one.found, strict=True)
    )
    against = f". Against it: {statement.against}" if statement.against and one.verdict == CONTRARY else ""
    cells = (
        str(statement.number),
        statement.document,
        statement.says,
        statement.mechanism,
        runs + against,
        verdict(one),
    )
    return f"| {' | '.join(cells)} |"


def text(found: list[Told], worlds: int, seed: int) -> str:
    """The whole document."""
    counts = Counter(one.verdict for one in found)
    said = ", ".join(f"{counts[name]} {name}" for name in VERDICTS)
    open_ones = "; ".join(
        f"{one.statement.number} *{one.statement.says}* ({one.verdict})" for one in found if one.verdict != WORKS
    )
    head = f"""# What the documents say, and what the model does with it

The five documents make {len(found)} statements of what leads to what. Here is each, the mechanism that carries it,
the run that shows it, and a verdict that is computed from what was measured. That a statement works says that the
model does what the document says, not that the document is right. Where two documents contradict each other, the model
can follow one.

Made by `{COMMAND}`; `--worlds N` for another number of worlds, `--print` to write nothing. The
baseline is the flagship, [six-dragons](../scenarios/six-dragons.yaml). In every run there are the same {worlds:,}
worlds of seed {seed}, with the same luck. Beside each number stands half its 95% interval, or both ends where it is
lopsided; the world is the sampling unit, and differences are taken world by world. *Points* are a difference of shares
in per cent, what is named first less the other; *times* a ratio. *The six* alone is the share of them that are
independent in December 2030. The equations are in [ODD.md](ODD.md), the ids in [evidence.csv](evidence.csv); what the
laws must show is in [laws.md](laws.md).

- **works**: the interval lies on the side that is asked for, and the value has at least the size that is asked for.
- **weak**: the sign is not sure on so many worlds, or the size too small.
- **contrary**: the interval lies on the other side; the line says what another document or the evidence says to it.
- **absent**: nothing moves in any world, or there is nothing to be read.

Of several numbers the worst decides. Ranges with a size (at least half, at most 0.8 times) are our reading of the
documents' words.

**{said}.** Not working: {open_ones or "none"}.
"""
    return "\n".join([head, *HEAD, *map(line, found), ""])
