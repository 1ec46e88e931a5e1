"""The benchmarks are a package of the repository: ``tests.benchmarks``, run as a command or looked at by pytest."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = str(Path(__file__).parents[2])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)
