"""Money is shown in the scenario's currency wherever it is shown, and a currency is nowhere but in a scenario."""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path
from typing import Any

import made_up
import pytest

import sim
from sim.foundation.currency import DEFAULT_CURRENCY, MONEY, unit_in
from sim.report.html.write import write
from sim.scenario.load import load_mapping, with_sets
from sim.scenario.params import rows
from sim.scenario.schema import json_schema
from sim.study.what_if import retell
from sim.words.histories import why
from tools.docs.documents import assumptions

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "study"))
from small_industry import small

PACKAGE = Path(sim.__file__).parent
DOLLARS = "USD million"


@pytest.mark.parametrize(
    ("unit", "currency", "shown"),
    [
        ("¤ a month", "RMB million", "RMB million a month"),
        ("¤", "US$ billion", "US$ billion"),
        ("¤ per million users and month", "USD million", "USD per user and month"),
        ("¤ per million users", "USD thousand", "USD thousand per million users"),
        ("months", "USD million", "months"),
    ],
)
def test_a_declared_unit_in_a_currency(unit: str, currency: str, shown: str):
    assert unit_in(unit, currency) == shown


def in_dollars() -> Any:
    return load_mapping({**small(20).resolved, "currency": DOLLARS})


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The page of a run and of every study of a scenario in dollars."""
    folder = tmp_path_factory.mktemp("dollars")
    asked, set_ = in_dollars(), "firms.beta.cash=60"
    vary = {"assumptions.burn.overhead_month": (5, 20, 3)}
    write(made_up.run(made_up.scenario(currency=DOLLARS)), folder)
    write(sim.what_if(asked, [set_, "assumptions.burn.overhead_month=9@2024-02"], jobs=1), folder)
    write(sim.compare(asked, with_sets(asked, [set_]), jobs=1), folder)
    write(sim.sweep(asked, vary, jobs=1), folder)
    write(sim.flip(asked, {"firms.alpha.cash": (10, 900)}, "alpha-goes >= 0.5", jobs=1), folder)
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.html")}


def test_every_page_shows_the_scenario_s_currency_and_no_other(written: dict[str, str]):
    assert set(written) >= {"report.html", "whatif.html", "compare.html", "sweep.html", "flip.html"}
    for name, text in written.items():
        own = re.sub(r"<script>(?!\s*\{).*?</script>", "", text, flags=re.DOTALL)
        own = re.sub(r"A currency is a label, nothing is converted: [^.]*\.", "", own)  # the notice, which names both
        own = re.sub(r'<section id="evidence".*?</section>', "", own, flags=re.DOTALL)  # quotes its rows as they are
        assert "USD" in own, name
        for other in ("RMB", MONEY, json.dumps(MONEY)[1:-1]):
            assert other not in own, (name, own[max(own.find(other) - 200, 0) : own.find(other) + 50])


def test_what_parts_two_worlds_is_told_in_the_currency():
    asked = in_dollars()
    told = retell(asked, with_sets(asked, ["firms.beta.cash=60"]), 0, "beta")
    first, *_ = why(asked, {"beta": "Beta"}, told)
    assert "USD" in first and "RMB" not in first and MONEY not in first


def test_lists_without_a_scenario_show_the_currency_of_the_defaults():
    shown = f"{rows()}{assumptions()}{json_schema()}"
    assert MONEY not in shown and f"{DEFAULT_CURRENCY} a month" in shown and "RMB per user" in shown


def test_no_code_names_a_currency():
    """Outside docstrings a currency is said once: the one that the defaults are in."""
    found = []
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        sentences = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        found += [
            (path.name, node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in sentences
            if "RMB" in node.value
        ]
    assert found == [("currency.py", DEFAULT_CURRENCY)]
