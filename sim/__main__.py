"""The program ``shakeout``: a handler for interrupts first, then everything else is imported."""

from __future__ import annotations

import gc

from sim.cli import interrupt

COLLECT_AFTER = 100_000, 20, 20  # more objects than by default: most of what a command makes lives as long as it does


def main() -> None:
    """Run the command that was typed."""
    interrupt.leave()
    gc.set_threshold(*COLLECT_AFTER)
    from sim.cli.main import main as commands

    try:
        commands()
    finally:
        gc.freeze()  # Python collects once more when it ends, and finds nothing to look at


if __name__ == "__main__":
    main()
