"""The documents against the model: ``python -m tools.documents`` prints it, ``--write`` makes docs/documents.md."""

from __future__ import annotations

import argparse
import sys

from tools.documents.document import DOCUMENT, WORLDS, text
from tools.documents.measure import SCENARIOS, loaded, measured, shipped
from tools.severities.seen import FLAGSHIP


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.documents", description=__doc__)
    parser.add_argument("--worlds", type=int, default=WORLDS, metavar="N", help="worlds of each run")
    parser.add_argument("--jobs", type=int, metavar="N", help="local workers; one a processor if not given")
    parser.add_argument("--write", action="store_true", help=f"write docs/{DOCUMENT.name}")
    asked = parser.parse_args()
    if asked.worlds < 2:
        parser.error("--worlds: at least 2, one world shows no spread")
    names = [name for name in SCENARIOS if shipped(name)]
    found = [measured(name, asked.worlds, asked.jobs, lambda line: print(line, file=sys.stderr)) for name in names]
    flagship = loaded(FLAGSHIP, asked.worlds)
    made = text(found, flagship, flagship.seed, asked.worlds)
    print(made)
    if asked.write:
        DOCUMENT.write_text(made, encoding="utf-8")
        print(f"written: docs/{DOCUMENT.name}")


if __name__ == "__main__":
    main()
