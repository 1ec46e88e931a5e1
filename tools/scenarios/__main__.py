"""Make the table of docs/scenarios.md again: ``python -m tools.scenarios [--worlds N] [--print]``."""

from __future__ import annotations

import argparse

from tools.scenarios.library import DOCUMENT, WORLDS, table, with_table


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.scenarios", description=__doc__)
    parser.add_argument("--worlds", type=int, default=WORLDS, metavar="N", help="worlds of each scenario")
    parser.add_argument("--print", action="store_true", help="print the table and write nothing")
    asked = parser.parse_args()
    made = table(asked.worlds)
    print(made)
    if not asked.print:
        DOCUMENT.write_text(with_table(DOCUMENT.read_text(encoding="utf-8"), made), encoding="utf-8")
        print(f"written: docs/{DOCUMENT.name}")


if __name__ == "__main__":
    main()
