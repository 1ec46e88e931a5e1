"""Bad files and bad arguments in numbers: every one is refused with exit code 2, says why, and leaves nothing behind.

The bad files are the flagship with one mistake of a kind that people make, at a place drawn by a seeded generator; the
bad arguments are every option of every command with values it cannot take.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.scenario import shipped

FLAGSHIP = (shipped.folder() / "six-dragons.yaml").read_text(encoding="utf-8")
FEW, MANY = 24, 200
LONGEST = 40  # lines of what is said
TINY = """
name: tiny
start: 2023-07
end: 2024-06
worlds: 4
firms:
  alpha: {cash: {uniform: [50, 600]}}
  beta: {cash: 200}
claims:
  alpha-goes: {when: {firm: alpha, fate: closed, by: 2024-06}}
facts:
  beta-stays: {source: S1, when: {firm: beta, fate: closed, by: 2024-06}, happened: false}
"""


def spots(pattern: str, part: int = 0) -> list[tuple[int, int]]:
    """Where ``pattern`` (its group ``part``) stands in the flagship."""
    return [match.span(part) for match in re.finditer(pattern, FLAGSHIP, flags=re.MULTILINE)]


FIELD = r"^    ([a-z_]{4,}): "  # a key of a firm, an event, a claim or an assumption, with its value on the line
NUMBER = r"^    [a-z_]+: \{value: ([0-9.]+)"
MISTAKES: dict[str, tuple[list[tuple[int, int]], Callable[[str], str]]] = {
    "a mistyped key": (spots(FIELD, 1), lambda key: key[:-2] + key[-1] + key[-2] + "q"),
    "a key of no value": (spots(FIELD + r"(.+)$", 2), lambda _: ""),
    "a word for a number": (spots(NUMBER, 1), lambda _: "lots"),
    "off for a number": (spots(NUMBER, 1), lambda _: "off"),
    "a number without end": (spots(NUMBER, 1), lambda _: ".inf"),
    "a number beyond all bounds": (spots(NUMBER, 1), lambda _: "1e99"),
    "a list for a number": (spots(NUMBER, 1), lambda number: f"[{number}]"),
    "null for a number": (spots(NUMBER, 1), lambda _: "null"),
    "bounds the wrong way round": (
        spots(r"uniform: \[([^,\]]+, [^\]]+)\]", 1),
        lambda x: ", ".join(x.split(", ")[::-1]),
    ),
    "one number too few": (spots(r"triangular: \[([^\]]+)\]", 1), lambda x: x.partition(", ")[2]),
    "no such distribution": (spots(r"(triangular|uniform|normal): \[", 1), lambda _: "trianglar"),
    "no such month": (spots(r"(?:date|until|by|at|enters): (20\d\d-\d\d)", 1), lambda date: date[:5] + "13"),
    "a day": (spots(r"(?:date|until|by|at|enters): (20\d\d-\d\d)", 1), lambda date: date + "-01"),
    "a month in words": (spots(r"(?:date|until|by|at): (20\d\d-\d\d)", 1), lambda _: "soon"),
    "no such firm": (spots(r"firm: ([a-z-]+)", 1), lambda firm: firm + "x"),
    "no such fate": (spots(r"(?:fate|milestone|state): ([a-z]+)", 1), lambda word: word[:-1]),
    "no such kind": (spots(r"kind: ([a-z]+)", 1), lambda word: word.upper()),
    "no such path": (spots(r"(assumptions\.[a-z_]+\.[a-z_]+):", 1), lambda path: path + "s"),
    "a line twice": (spots(FIELD + r".+\n"), lambda line: line + line),
    "a bracket lost": (spots(r"^    [a-z_]+: \{[^\"'{}]+(\})$", 1), lambda _: ""),
    "a quote lost": (spots(r"note: \"[^\"]+(\")", 1), lambda _: ""),
    "a tab": (spots(r"^(    )[a-z_]+: ", 1), lambda _: "\t"),
    "an anchor": (spots(NUMBER, 1), lambda number: f"&x {number}"),
    "a tag": (spots(NUMBER, 1), lambda number: f"!!python/name:os.{number}"),
}


def mistaken(what: str, draw: random.Random) -> str:
    """The flagship with the mistake ``what`` at one of its places."""
    places, make = MISTAKES[what]
    first, last = draw.choice(places)
    return FLAGSHIP[:first] + make(FLAGSHIP[first:last]) + FLAGSHIP[last:]


def assert_refused(answer, told: str) -> None:
    assert (answer.code, answer.out) == (2, ""), told + answer.err
    assert answer.err and "Traceback" not in answer.err and "a defect" not in answer.err, told + answer.err
    assert len(answer.err.splitlines()) <= LONGEST, told + answer.err


def refuse_files(command, tmp_path: Path, seed: int, count: int) -> None:
    draw, path = random.Random(seed), tmp_path / "bad.yaml"
    for what in itertools.islice(itertools.cycle(MISTAKES), count):
        path.write_text(mistaken(what, draw), encoding="utf-8")
        answer = command(draw.choice(["check", "run", "trace"]), "bad.yaml")
        assert_refused(answer, f"{what}: ")
        assert re.match(r"shakeout: (bad\.yaml, line \d+|\d+ errors\nbad\.yaml, line \d+)", answer.err), answer.err
        assert "left empty" in answer.err or "found:" in answer.err or "allowed:" in answer.err or "YAML" in answer.err
    assert [file.name for file in tmp_path.iterdir()] == ["bad.yaml"]


def test_every_kind_of_mistake_has_places():
    assert all(len(places) >= 4 for places, _ in MISTAKES.values()), {k: len(v[0]) for k, v in MISTAKES.items()}


def test_bad_files_are_refused(command, tmp_path):
    refuse_files(command, tmp_path, 7, FEW)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_many_bad_files_are_refused(command, tmp_path, seed):
    refuse_files(command, tmp_path, 100 + seed, MANY)


SIMULATES = ("run", "whatif", "sweep", "flip", "sensitivity", "discover", "claims")
NEEDS = {
    "whatif": ["--set", "firms.alpha.cash=5"],
    "sweep": ["--vary", "firms.alpha.cash=1:9:2"],
    "flip": ["--vary", "firms.alpha.cash=1:9", "--until", "alpha-goes >= 0.5"],
    "sensitivity": ["--of", "alpha-goes"],
    "discover": ["--of", "alpha-goes", "--at", "2024-01"],
}
SETS = ["x", "=", "=1", "firms", "firms.alpha.cash", "firms.alpha.cash=", "firms.alpha.cash=x", "firms.alpha.cash=-1"]
SETS += ["firms.alpha.cash=1e99", "firms.alpha.csh=1", "firms.alhpa.cash=1", "firms.alpha.cash=1@2024-01", "seed=-1"]
SETS += ["assumptions.closure.on=off", "assumptions.closure.on=2", "assumptions.closure.hazard_month=0.1@", "worlds=0"]
SETS += ["assumptions.closure.hazard_month=0.1@2023-13", "assumptions.closure.hazard_month=0.1@2024-02..2024-01"]
SETS += ["assumptions.closure.hazard_month={times: -1}", "assumptions.closure.hazard_month={tmes: 1}", "start=soon"]
SETS += ["assumptions.closure.hazard_month={uniform: [1, 0]}", "assumptions.closure.hazard_month=[", "end=2020-01"]
SETS += ["firms.alpha.cash=null", "events.x.date=2024-01", "claims.alpha-goes.says=x", "firms.alpha.cash=.nan"]
BAD = {
    "--worlds": ["0", "-1", "x", "1.5", "1e99", "", "99999999999"],
    "--seed": ["-1", "x", "4294967296", ""],
    "--jobs": ["0", "-3", "x"],
    "--set": SETS,
    "--backend": ["", "clod"],
    "--scheduler": ["tcp://127.0.0.1:1"],
    "--out": ["tiny.yaml", "tiny.yaml/below"],
    "--wrlds": ["3"],
}
GIVEN = ["", ",", "alpha-goes,", "alpha-gos", "alpha aquired by 2024-06", "alpha closed by 2031-01", "x@2024-01"]
GIVEN += ["facts@2024-05", "facts@soon", "@", "facts@", "exit@2024-13"]
WHOLE = {  # a command and its last option -> what that cannot take
    ("sweep", "tiny.yaml", "--vary"): [
        *("x", "", "a=1:2:3", "seed=1:2:2", "firms.alpha.cash=1:2", "firms.alpha.cash=2:1:3"),
        *("firms.alpha.cash=1:9:0", "firms.alpha.cash=1:9:x"),
    ],
    ("flip", "tiny.yaml", "--vary", "firms.alpha.cash=1:9", "--until"): [
        "",
        "x >= 0.5",
        "alpha-goes",
        "alpha-goes >= 2",
    ],
    ("sensitivity", "tiny.yaml", "--of"): ["", "alpha-gos"],
    ("discover", "tiny.yaml", "--at", "2024-01", "--of"): ["", "alpha-gos", "alpha aquired by 2024-06"],
    ("discover", "tiny.yaml", "--of", "alpha-goes", "--at"): ["", "soon", "2024-13", "2024-06", "2022-01", "2024-01"],
    ("hindcast", "tiny.yaml", "--until"): ["", "soon", "2024-13"],
    ("calibrate", "tiny.yaml", "--until"): ["", "soon", "2024-13", "2023-06"],
    ("calibrate", "tiny.yaml", "--points"): ["0", "x", "10", "99999"],
    ("calibrate", "tiny.yaml", "--ensemble"): ["", ".", "tiny.yaml/below"],
    ("run", "tiny.yaml", "--precision"): ["0", "-1", "2", "x", "nan"],
    ("run", "tiny.yaml", "--given"): GIVEN,
    ("claims", "tiny.yaml", "--given"): GIVEN,
    ("whatif", "tiny.yaml", "--set", "firms.alpha.cash=5", "--given"): GIVEN,
    ("compare", "tiny.yaml", "tiny.yaml", "--given"): GIVEN,
    ("trace", "tiny.yaml", "--world"): ["-1", "x", "1.5"],
    ("whatif", "tiny.yaml", "--variant"): ["", "x", ":", "x: y", "x: firms.alpha.csh=1", ": firms.alpha.cash=1"],
    ("compare", "tiny.yaml"): ["nowhere"],
    ("new",): ["A B", "tiny"],
    ("new", "x", "--from"): ["nowhere"],
    ("check",): ["nowhere", "."],
    ("params",): ["zzzzzz"],
    ("list", "--out"): ["nowhere"],
    (): ["nonsense", "--nonsense", "whatif", "check", "new"],
}


def bad_arguments() -> list[list[str]]:
    """Every option of every command that simulates with every value it cannot take, and what else goes wrong."""
    options = [
        [command, "tiny.yaml", *NEEDS.get(command, []), option, value]
        for command in SIMULATES
        for option, values in BAD.items()
        for value in values
    ]
    return [*options, *([*start, value] for start, values in WHOLE.items() for value in values)]


def refuse_arguments(command, tmp_path: Path, asked: list[list[str]]) -> None:
    (tmp_path / "tiny.yaml").write_text(TINY, encoding="utf-8")
    for arguments in asked:
        assert_refused(command(*arguments), f"{arguments}: ")
        left = [file for file in tmp_path.rglob("*") if file.is_file()]
        assert [file.name for file in left] == ["tiny.yaml"], arguments


def test_bad_arguments_are_refused(command, tmp_path):
    refuse_arguments(command, tmp_path, random.Random(7).sample(bad_arguments(), FEW))


@pytest.mark.slow
def test_all_bad_arguments_are_refused(command, tmp_path):
    asked = bad_arguments()
    assert len(asked) > 300
    refuse_arguments(command, tmp_path, asked)
