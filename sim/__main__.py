"""The program ``shakeout``: a handler for interrupts first, then everything else is imported."""

from __future__ import annotations

from sim.cli import interrupt


def main() -> None:
    """Run the command that was typed."""
    interrupt.leave()
    from sim.cli.main import main as commands

    commands()


if __name__ == "__main__":
    main()
