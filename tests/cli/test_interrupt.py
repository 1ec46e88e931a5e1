"""Interrupts that come at a bad moment: while a library is imported, or while they are held back."""

from __future__ import annotations

import subprocess
import sys

import pytest

LIBRARY = """
import os, signal, time
os.kill(os.getpid(), signal.{name})
time.sleep({seconds})
whole = True
"""
PROGRAM = """
import signal, sys, time
from sim.cli import interrupt
from sim.study import processes
signal.signal(signal.SIGINT, {before})
interrupt.tell()
try:
    import library
    with processes._undisturbed():
        time.sleep(0.2)
    time.sleep(20)
except KeyboardInterrupt:
    print(interrupt.came(), sys.modules["library"].whole)
"""
HEARD, DEAF = "signal.default_int_handler", "signal.SIG_IGN"  # to Ctrl-C, as the shell has started it
HOW = [("SIGINT", HEARD), ("SIGTERM", HEARD), ("SIGTERM", DEAF)]


@pytest.mark.skipif(sys.platform == "win32", reason="a process there cannot send itself a signal")
@pytest.mark.parametrize(("name", "before"), HOW)
@pytest.mark.parametrize("seconds", [0.0, 0.1], ids=["held back after it", "and after that"])
def test_what_is_imported_is_imported_whole_and_the_interrupt_comes_after_it(tmp_path, name, seconds, before):
    (tmp_path / "library.py").write_text(LIBRARY.format(name=name, seconds=seconds), encoding="utf-8")
    (tmp_path / "program.py").write_text(PROGRAM.format(before=before), encoding="utf-8")
    done = subprocess.run([sys.executable, tmp_path / "program.py"], capture_output=True, text=True, timeout=15)
    assert (done.stdout, done.stderr) == ("True True\n", "")
