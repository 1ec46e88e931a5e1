"""The flagship beside the evidence: ``python -m tests.calibration`` prints it, ``--write`` puts it in the document."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import sim
from sim.study.run import Run
from tests.calibration.measures import EQUAL_SCORES, Row, fill, later, number, top_four, training
from tests.golden.baseline import digest_of_baseline

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "calibration.md"
FLAGSHIP = ROOT / "scenarios" / "six-dragons.yaml"
LAWS = ("scale", "listing", "vertical")
HEAD = "| what | evidence | source | median | 5-95% | |\n| --- | --- | --- | ---: | ---: | --- |"


def rows_text(rows: list[Row]) -> str:
    return "\n".join([HEAD, *(row.text() for row in rows)])


def measured(worlds: int) -> dict[str, str]:
    """The tables of traced worlds: training window, what came later, and the null of equal scores."""
    flagship, null = training(), [top_four(year, "if all scored alike") for year in ("2025", "2026")]
    after = later()
    fill(flagship + after, sim.load(FLAGSHIP), worlds)
    fill(null, sim.load(FLAGSHIP, EQUAL_SCORES), worlds)
    null_text = "\n".join(row.text(verdict="null") for row in null)
    return {"training": rows_text(flagship), "later": f"{rows_text(after)}\n{null_text}"}


def share(run: Run, firm: str, column: str) -> str:
    head = run.outcomes.headline.set_index("firm")
    return number(float(head.loc[firm, column]), percent=True)


def facts_text(run: Run) -> str:
    """The ledger of facts: what happened, and in which share of worlds it does."""
    lines = ["| what happened | source | share of worlds | 95% |", "| --- | --- | ---: | ---: |"]
    for fact in run.outcomes.facts.itertuples():
        band = f"{100 * fact.low:.0f}-{100 * fact.high:.0f}%"
        lines.append(f"| {fact.says} | {fact.source} | {number(fact.probability, percent=True)} | {band} |")
    return "\n".join(lines)


def laws_text(worlds: int) -> str:
    """What each law does to the industry: the flagship, each law neutral, all neutral, each at double strength."""
    settings: dict[str, list[str]] = {"the flagship": []}
    settings |= {f"{law} neutral": [f"assumptions.{law}.strength=0"] for law in LAWS}
    settings["all three neutral"] = [f"assumptions.{law}.strength=0" for law in LAWS]
    settings |= {f"{law} doubled": [f"assumptions.{law}.strength=2"] for law in LAWS}
    lines = [
        "| | independent | in the general race | acquired | closed | listed | abandoned | HHI, median | endgame |",
        "| --- " + "| ---: " * 8 + "|",
    ]
    for name, sets in settings.items():
        run = sim.run(sim.load(FLAGSHIP, sets, worlds=worlds))
        columns = ("independent", "general", "acquired", "closed", "listed", "abandoned")
        shares = [share(run, "startups", column) for column in columns]
        landscape = run.landscape()
        hhi = landscape[landscape["quantity"] == "concentration"]["median"].iloc[-1]
        endgame = number(float(run.endgame()["share"].iloc[-1]), percent=True)
        lines.append(f"| {name} | {' | '.join(shares)} | {hhi:.2f} | {endgame} |")
    return "\n".join(lines)


def written(document: str, blocks: dict[str, str]) -> str:
    """``document`` with the text between each pair of marks replaced. ValueError if a mark is missing."""
    for name, text in blocks.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        if not pattern.search(document):
            raise ValueError(f"no <!-- {name} --> in {DOCUMENT.name}")
        document = pattern.sub(lambda match, text=text: f"{match[1]}{text}\n{match[2]}", document)
    return document


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.calibration", description=__doc__)
    parser.add_argument("--traced", type=int, default=512, help="worlds that are traced month by month")
    parser.add_argument("--worlds", type=int, default=4096, help="worlds of the ledger and of the laws")
    parser.add_argument("--quick", action="store_true", help="only the training window, in 64 worlds")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/calibration.md")
    asked = parser.parse_args()
    if asked.quick:
        rows = training()
        fill(rows, sim.load(FLAGSHIP), 64)
        print(rows_text(rows))
        return
    blocks = measured(asked.traced)
    blocks["facts"] = facts_text(sim.run(sim.load(FLAGSHIP, worlds=asked.worlds)))
    blocks["laws"] = laws_text(asked.worlds)
    blocks["made"] = (
        f"Made by `python -m tests.calibration --write` with seed {sim.load(FLAGSHIP).seed}: {asked.traced:,} traced "
        f"worlds for the first two tables, {asked.worlds:,} for the others, "
        f"on results of baseline `{digest_of_baseline()}`."
    )
    for text in blocks.values():
        print(f"{text}\n")
    if asked.write:
        DOCUMENT.write_text(written(DOCUMENT.read_text(encoding="utf-8"), blocks), encoding="utf-8")
        print(f"written: {DOCUMENT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
