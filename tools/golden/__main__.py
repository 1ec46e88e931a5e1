"""Compare with the golden baseline, or replace it and say why: ``python -m tools.golden [--update "what and why"]``.

``--bits`` keeps the digest of last bits as they are now, where nothing else differs: a formula is written another way.
``--update`` writes the new baseline, its digest as the edition of the model (sim/foundation/edition.py) and, in
CHANGELOG.md under "Results" of "Unreleased", the line that says what changed in the results and why. There is no
update without one. Ensembles of another edition are refused: calibrate again.
"""

from __future__ import annotations

import argparse
import sys

from sim.engine.simulate import simulate
from sim.foundation.edition import MODEL
from tools.golden.baseline import (
    BASELINE,
    BITS,
    CHANGELOG,
    EDITION,
    WORLDS,
    differences,
    digest_of_baseline,
    digest_of_bits,
    flagship,
    read,
    to_text,
    told,
)

HEADING = "### Results\n"
SHORTEST = 20  # characters of a line that says something


def with_line(changelog: str, line: str) -> str:
    """``changelog`` with ``line`` first under "Results" of its newest section. ValueError without that heading."""
    before, heading, after = changelog.partition(HEADING)
    if not heading or before.count("\n## ") != 1:
        raise ValueError(f'{CHANGELOG.name} has no heading "{HEADING.strip()}" in its first section')
    rest = after.lstrip("\n")
    return f"{before}{heading}\n- {line}\n{rest if rest.startswith('- ') else chr(10) + rest}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.golden", description=__doc__)
    parser.add_argument("--update", metavar="LINE", help="the changelog line: what changed in the results, and why")
    parser.add_argument("--bits", action="store_true", help="keep the digest of last bits, if nothing else differs")
    asked = parser.parse_args()
    if asked.update is not None and len(asked.update.strip()) < SHORTEST:
        parser.error("--update needs a changelog line: what changed in the results, and why")
    block = simulate(flagship(), 0, WORLDS)
    found, bits = told(flagship(), block), digest_of_bits(block)
    changed = differences(found, read()) if BASELINE.exists() else ["there was no baseline"]
    print("\n".join(changed) or "The results are those of the baseline.")
    same = BITS.exists() and BITS.read_text(encoding="utf-8").strip() == bits
    if not changed and not same:
        print(f"Their last bits are not: {bits}")
    if not changed and asked.bits:
        BITS.write_text(f"{bits}\n", encoding="utf-8")
        return 0
    if asked.update is None or not changed:
        return 0 if same and not changed else 1
    changelog = CHANGELOG.read_text(encoding="utf-8")
    with_line(changelog, "")  # refuses before anything is written
    BASELINE.write_text(to_text(found), encoding="utf-8")
    BITS.write_text(f"{bits}\n", encoding="utf-8")
    EDITION.write_text(EDITION.read_text(encoding="utf-8").replace(MODEL, digest_of_baseline()), encoding="utf-8")
    line = f"{asked.update.strip().rstrip('.')} (baseline `{digest_of_baseline()}`)."
    CHANGELOG.write_text(with_line(changelog, line), encoding="utf-8")
    print(f"\nwritten: {BASELINE.name}, and in {CHANGELOG.name}: {line}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
