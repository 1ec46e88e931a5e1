"""What keeps laws readable and compiled equal to uncompiled, checked in the sources of laws and industry."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import sim

PACKAGE = Path(sim.__file__).parent
PLAIN = {0, 1, -1, 2, 0.5, 12}
RULES = sorted(p for folder in ("laws", "industry") for p in (PACKAGE / folder).glob("*.py") if p.name != "__init__.py")
LAWS = [p for p in RULES if p.name != "catalogue.py"]


def problems(source: str) -> list[str]:
    """What a law must not do, one line each: numpy, random, literal powers and numbers, foreign imports."""
    found = []
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [f"import {a.name}" for a in node.names if a.name != "math"]
        if isinstance(node, ast.ImportFrom) and not (node.module or "").startswith("sim.foundation"):
            found.append(f"from {node.module}")
        if isinstance(node, ast.Name) and node.id in ("np", "numpy", "random", "numba"):
            found.append(f"{node.id} in line {node.lineno}")
        if isinstance(node, ast.Name) and node.id in ("sum", "sorted", "map", "pow"):
            found.append(f"{node.id} in line {node.lineno}: sums are sequential loops")
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and _literal(node.right):
            found.append(f"a literal power in line {node.lineno}")
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if _number(node) and node.value not in PLAIN:
                    found.append(f"the number {node.value} inside {function.name}")
    return found


def _number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool)


def _literal(node: ast.AST) -> bool:
    return _number(node) or (isinstance(node, ast.UnaryOp) and _number(node.operand))


@pytest.mark.parametrize("path", LAWS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_law_uses_math_names_its_numbers_and_imports_the_foundation_only(path):
    assert problems(path.read_text()) == []


@pytest.mark.parametrize(
    "bad",
    [
        "import numpy as np",
        "from sim.industry import burn",
        "from sim.laws.scale import door",
        "import random",
        "def f(x):\n    return x**3",
        "def f(x):\n    return x**-1",
        "def f(x):\n    return 0.7 * x",
        "def f(x):\n    return np.exp(x)",
        "def f(x):\n    return sum(x)",
    ],
)
def test_the_check_itself_can_fail(bad):
    assert problems(bad)


def test_every_law_is_in_the_catalogue_and_has_a_test_file():
    from sim.laws.catalogue import MECHANISMS

    tests = {p.name for folder in ("laws", "industry") for p in (Path(__file__).parents[1] / folder).glob("test_*.py")}
    for path in LAWS:
        kind = "law" if path.parent.name == "laws" else "mechanism"
        assert f"test_{path.stem}_{kind}.py" in tests, path.stem
    names = [mechanism.name for mechanism in MECHANISMS]
    declaring = {p.stem for p in LAWS if "MECHANISM = Mechanism(" in p.read_text()}
    assert len(names) == len(set(names)) and set(names) == declaring


def test_every_function_of_a_law_has_a_card():
    for path in LAWS:
        tree = ast.parse(path.read_text())
        assert ast.get_docstring(tree), path
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                assert ast.get_docstring(node), f"{path.stem}.{node.name}"


def test_every_mechanism_says_what_it_does_and_what_is_true_when_it_is_off():
    from sim.laws.catalogue import MECHANISMS

    for mechanism in MECHANISMS:
        for sentence in (mechanism.says, mechanism.off):
            assert sentence.endswith(".") and len(sentence.split()) >= 3, mechanism.name
        first = mechanism.all_assumptions()[0]
        assert (first.name, first.default) == ("on", 1), mechanism.name
        assert all(a.unit and a.says and a.source for a in (*mechanism.assumptions, *mechanism.firm))


def test_every_assumption_is_read_by_a_rule():
    """An assumption that nothing reads is a promise that nothing keeps."""
    from sim.engine.state import assumption_column, trait_column
    from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS

    sources = "\n".join(p.read_text() for p in (*LAWS, *(PACKAGE / "engine").glob("*.py")))
    words = {node.attr for node in ast.walk(ast.parse(sources)) if isinstance(node, ast.Attribute)}
    words |= {node.value for node in ast.walk(ast.parse(sources)) if isinstance(node, ast.Constant)}
    unread = [path for path in ASSUMPTIONS if assumption_column(path) not in words]
    unread += [name for name in FIRM_ASSUMPTIONS if trait_column(name) not in words]
    assert unread == []
