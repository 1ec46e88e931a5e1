"""One meaning a name: a constant, or a type of its own name, is made in one module of ``sim``; others import it."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

import sim

PACKAGE = Path(sim.__file__).parent
CONSTANT = re.compile(r"[A-Z][A-Z0-9_]+")
TYPE = re.compile(r"[A-Z][A-Za-z0-9]+")  # one letter: a type variable
ALLOWED = {"MECHANISM"}  # every mechanism declares itself under this name; the catalogue gathers them


def assigned(source: str) -> set[str]:
    """The names of constants and types that the top level of a module assigns; those that begin with _ are its own."""
    found: set[str] = set()
    for node in ast.parse(source).body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        names = [part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)]
        found |= {name for name in names if CONSTANT.fullmatch(name) or TYPE.fullmatch(name)}
    return found


def test_a_name_of_a_constant_or_of_a_type_is_made_in_one_module():
    places: dict[str, list[str]] = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        for name in assigned(path.read_text(encoding="utf-8")):
            places[name].append(path.relative_to(PACKAGE).as_posix())
    assert {name: modules for name, modules in places.items() if len(modules) > 1 and name not in ALLOWED} == {}


def test_assigned_by_hand():
    source = (
        "from a import COLUMNS\nROWS, WIDE = 1, 2\nRow = dict[str, int]\nKINDS: tuple = ()\n_OWN = 3\nname = 4\nT = 5\n"
    )
    assert assigned(source) == {"ROWS", "WIDE", "Row", "KINDS"}
