"""Commands of this checkout in a process group of their own, as a terminal starts them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(HERE)])}


def started(line: Sequence[str], place: Path | None = None, err: int = subprocess.PIPE) -> subprocess.Popen[str]:
    """The program ``line`` at work in the folder ``place``; its output, and its errors unless ``err``, are piped."""
    return subprocess.Popen(
        line, cwd=place, stdout=subprocess.PIPE, stderr=err, env=ENVIRONMENT, text=True, start_new_session=True
    )
