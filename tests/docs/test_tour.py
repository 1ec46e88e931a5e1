"""The tour runs, block after block, and shows what a reader will see."""

from __future__ import annotations

import ast
import re

import pytest

import sim
from tools.docs import tour

TEXT = tour.TOUR.read_text(encoding="utf-8")


def test_every_block_runs_and_shows_what_the_tour_shows():
    count = 0
    for code, shown, found in tour.outputs(TEXT):
        assert tour.agree(shown, found), f"{code}\nshown:\n{shown}\nfound (python -m tools.docs.tour):\n{found}"
        count += 1
    assert count >= 10


def test_every_python_block_is_a_step_and_every_step_shows_something():
    assert len(re.findall("^```python$", TEXT, flags=re.MULTILINE)) == len(tour.steps(TEXT))
    assert all(shown.strip() for _, shown in tour.steps(TEXT))


def test_the_tour_goes_where_it_says():
    """Load, find an assumption, run, plot, what-if, sweep, flip point, sensitivity, trace, claims."""
    called = {
        ast.unparse(node.func)
        for code, _ in tour.steps(TEXT)
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call)
    }
    asked = {"sim.load", "sim.run", "sim.what_if", "sim.trace", "rows", "figures.survival_curves", "life_stories"}
    assert asked | {"sim.sweep", "sim.flip", "sim.sensitivity"} <= called


def test_no_line_is_wider_than_a_page():
    """What blocks show may be longer by a few letters: sentences of life stories have no width."""
    outputs = {line for _, shown in tour.steps(TEXT) for line in shown.splitlines()}
    assert max(len(line) for line in TEXT.splitlines() if line not in outputs) <= 120
    assert max(map(len, outputs)) <= 140


def test_the_scenario_of_ones_own_is_valid(tmp_path):
    block = re.search(r"^```yaml\n(.*?)^```$", TEXT, flags=re.MULTILINE | re.DOTALL)
    assert block is not None
    folder = tour.ROOT / "scenarios"
    (tmp_path / "six-dragons.yaml").write_text((folder / "six-dragons.yaml").read_text(encoding="utf-8"))
    (tmp_path / "my-view.yaml").write_text(block[1], encoding="utf-8")
    assert sim.load(tmp_path / "my-view.yaml").title == "Capital comes back in 2027"


@pytest.mark.parametrize(
    ("shown", "found", "same"),
    [
        ("a 0.50\n", "a  0.52", True),
        ("a 0.50\n", "a 0.53", False),
        ("a 1,000", "a 1,019", True),
        ("a 1,000", "a 1,021", False),
        ("gives MiniMax 23 points", "costs MiniMax 23 points", False),
        ("−3.00", "3.00", False),
        ("2030-12 0.5", "2030-12 0.5 0.5", False),
        ("2028-04", "2029-04", False),
    ],
)
def test_words_are_compared_exactly_and_numbers_nearly(shown, found, same):
    assert tour.agree(shown, found) is same


def test_a_cell_shows_what_it_prints_and_its_last_value():
    names = {}
    assert tour.cell("x = 2\nprint('one')\nx + 1", names) == "one\n3\n"
    assert tour.cell("y = x", names) == ""
    assert names["y"] == 2


def test_outputs_are_put_into_the_text():
    text = "a\n```python\nprint(1 + 1)\n```\n```text\n```\nb\n```python\n'c'\n```\n```text\nold\n```\n"
    assert tour.rewritten(text) == (
        "a\n```python\nprint(1 + 1)\n```\n```text\n2\n```\nb\n```python\n'c'\n```\n```text\n'c'\n```\n"
    )
