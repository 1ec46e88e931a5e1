"""The flagship beside the evidence: ``python -m tools.calibration`` prints it, ``--write`` puts it in the document."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import sim
from tools.calibration import calibrated, tables
from tools.golden.baseline import digest_of_baseline

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "calibration.md"
FLAGSHIP = ROOT / "scenarios" / "six-dragons.yaml"
WORLDS = 4096


def measured(worlds: int) -> dict[str, str]:
    """Every made block of the document, from ``worlds`` worlds of the flagship."""
    done = sim.hindcast(FLAGSHIP, worlds=worlds)
    scored = {name: sim.hindcast(name, worlds=worlds) for name in calibrated.CALIBRATED}
    return {
        "made": f"Made by `python -m tools.calibration --write` with seed {done.scenario.seed}: {worlds:,} worlds of "
        f"the flagship, on results of baseline `{digest_of_baseline()}`.",
        "inputs": tables.inputs_text(tables.inputs_of_x(done.scenario)),
        "training": tables.training_table(done),
        "asked": tables.asked_table(done),
        "scores": tables.scores_table(done),
        "events": tables.events_table(done),
        "coverage": tables.coverage_table(done),
        "quantities": tables.quantities_table(done),
        "misses": tables.misses_text(done),
        "left": "\n\n".join(map(calibrated.left_text, calibrated.CALIBRATED)),
        "calibrated": calibrated.scores_text({"six-dragons": done, **scored}),
    }


def written(document: str, blocks: dict[str, str]) -> str:
    """``document`` with the text between each pair of marks replaced. ValueError if a mark is missing."""
    for name, text in blocks.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        if not pattern.search(document):
            raise ValueError(f"no <!-- {name} --> in {DOCUMENT.name}")
        document = pattern.sub(lambda match, text=text: f"{match[1]}{text}\n{match[2]}", document)
    return document


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.calibration", description=__doc__)
    parser.add_argument("--worlds", type=int, default=WORLDS, metavar="N", help="worlds of the flagship")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/calibration.md")
    asked = parser.parse_args()
    if asked.worlds < 2:
        parser.error("--worlds: at least 2, one world shows no spread")
    blocks = measured(asked.worlds)
    for text in blocks.values():
        print(f"{text}\n")
    if asked.write:
        DOCUMENT.write_text(written(DOCUMENT.read_text(encoding="utf-8"), blocks), encoding="utf-8")
        print(f"written: {DOCUMENT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
