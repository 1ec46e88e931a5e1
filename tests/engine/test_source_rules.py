"""What keeps laws readable and the same bits on every machine, checked in the sources of laws and industry."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import sim

PACKAGE = Path(sim.__file__).parent
PLAIN = {0, 1, -1, 2, 0.5, 12}
RULES = sorted(p for folder in ("laws", "industry") for p in (PACKAGE / folder).glob("*.py") if p.name != "__init__.py")
LAWS = [p for p in RULES if p.name != "catalogue.py"]
EXACT = {
    "sqrt",
    "floor",
    "inf",
    "nan",
    "isnan",
    "isfinite",
    "fabs",
}  # of math: what the standard rounds in one way only
OWN = PACKAGE / "foundation" / "maths.py"  # exp, log and power, and the only place that may make constants of others
COMPILED = sorted(
    p for folder in ("laws", "industry", "engine", "foundation") for p in (PACKAGE / folder).glob("*.py") if p != OWN
)


def problems(source: str) -> list[str]:
    """What a law must not do, one line each: numpy, random, the C library, numbers without names, foreign imports."""
    found = rounded_elsewhere(source)
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
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            found.append(f"** in line {node.lineno}: power of foundation/maths.py, or a product")
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if _number(node) and node.value not in PLAIN:
                    found.append(f"the number {node.value} inside {function.name}")
    return found


def _number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool)


def rounded_elsewhere(source: str) -> list[str]:
    """Functions that another C library, or another build of NumPy, may round otherwise, a line each."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            of, name = node.value.id, node.attr
            if of == "math" and name not in EXACT:
                found.append(f"math.{name} in line {node.lineno}: exp, log and power are those of foundation/maths.py")
            if of == "np" and name in (
                "exp",
                "log",
                "log2",
                "log10",
                "expm1",
                "log1p",
                "power",
                "interp",
                "cbrt",
                "tanh",
            ):
                found.append(f"np.{name} in line {node.lineno}")
    return found


@pytest.mark.parametrize("path", COMPILED, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_what_is_compiled_takes_exp_log_and_power_from_one_file(path):
    assert rounded_elsewhere(path.read_text()) == []


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
        "def f(x, y):\n    return x**y",
        "import math\n\ndef f(x):\n    return math.exp(x)",
        "import math\n\ndef f(x):\n    return math.pow(x, x)",
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
