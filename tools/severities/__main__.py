"""Measure every row of "signs and severities" and write docs/laws.md: ``python -m tools.severities [--worlds N]``."""

from __future__ import annotations

import argparse

from tools.severities.document import DOCUMENT, WORLDS, measured, text
from tools.severities.seen import Runs


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.severities", description=__doc__)
    parser.add_argument("--worlds", type=int, default=WORLDS, metavar="N", help="worlds of each variant")
    parser.add_argument("--print", action="store_true", help="print the rows and write nothing")
    asked = parser.parse_args()
    if asked.worlds < 2:
        parser.error("--worlds: at least 2, one world shows no spread")
    found = measured(asked.worlds, lambda line: print(line, flush=True))
    if not asked.print:
        DOCUMENT.write_text(text(found, asked.worlds, Runs(asked.worlds).scenario().seed), encoding="utf-8")
        print(f"written: docs/{DOCUMENT.name}")


if __name__ == "__main__":
    main()
