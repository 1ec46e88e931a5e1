"""Run the blocks of docs/tour.md; ``python -m tools.docs.tour`` writes what comes out into it."""

from __future__ import annotations

import ast
import contextlib
import io
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TOUR = ROOT / "docs" / "tour.md"
STEP = re.compile(r"^```python\n(?P<code>.*?)^```\n```text\n(?P<shown>.*?)^```$", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"(?<![\w.-])[-−+]?\d+(?:,\d{3})*(?:\.\d+)?(?![\w-])")
NEAR = 0.02  # of a share, and of any other number: what a rare draw on another kind of processor may move


def steps(text: str) -> list[tuple[str, str]]:
    """(code, output shown) of every step of the tour, in order."""
    return [(found["code"], found["shown"]) for found in STEP.finditer(text)]


def cell(code: str, names: dict[str, Any]) -> str:
    """What a notebook shows for a cell: what it prints, then the value of its last line. ``names`` are kept."""
    tree = ast.parse(code)
    end = tree.body[-1]
    last = ast.Expression(end.value) if isinstance(end, ast.Expr) else None
    if last is not None:
        tree.body.pop()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "tour", "exec"), names)
        value = eval(compile(last, "tour", "eval"), names) if last is not None else None
        if value is not None:
            print(value.to_string() if hasattr(value, "to_string") else repr(value))
    return "".join(f"{line.rstrip()}\n" for line in printed.getvalue().splitlines())


def outputs(text: str) -> Iterator[tuple[str, str, str]]:
    """(code, output shown, output found) of every step, run one after the other from the root of the project."""
    names: dict[str, Any] = {}
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        for code, shown in steps(text):
            yield code, shown, cell(code, names)
    finally:
        os.chdir(before)


def agree(shown: str, found: str) -> bool:
    """True if both say the same words, and numbers within NEAR of each other (shares absolutely, others relatively)."""
    words = [" ".join(NUMBER.sub("#", text).split()) for text in (shown, found)]
    numbers = [[float(n.replace(",", "").replace("−", "-")) for n in NUMBER.findall(text)] for text in (shown, found)]
    return words[0] == words[1] and all(
        abs(one - other) <= NEAR * max(1.0, abs(one)) + 1e-9 for one, other in zip(*numbers, strict=True)
    )


def rewritten(text: str) -> str:
    """``text`` with what its blocks show today."""
    found = iter(list(outputs(text)))
    return STEP.sub(lambda match: f"```python\n{match['code']}```\n```text\n{next(found)[2]}```", text)


if __name__ == "__main__":
    TOUR.write_text(rewritten(TOUR.read_text(encoding="utf-8")), encoding="utf-8")
    print("written: docs/tour.md")
