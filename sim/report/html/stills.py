"""Figures as PNG and SVG: Kaleido drives a Chromium that is already on the machine; nothing is downloaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.report.pictures.picture import Picture, combined

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FORMATS = ("png", "svg")
STILL_WIDTH = 1100
PNG_PIXELS = 2  # pixels of a PNG for each pixel of the layout


def browser() -> str | None:
    """Path of a Chromium: BROWSER_PATH, else the first found on the PATH; None where there is none."""
    named = os.environ.get("BROWSER_PATH")
    if named:
        return named if Path(named).is_file() else None
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def write_stills(pictures: Sequence[Picture], folder: Path) -> str | None:
    """Write ``<name>.png`` and ``<name>.svg`` of every picture that has something to show.

    Returns a message for the user where that is not possible, else None.
    """
    found = browser()
    if found is None:
        return "No PNG or SVG: no Chromium was found. Install Debian's chromium, or name one in BROWSER_PATH."
    try:
        import kaleido
    except ImportError:
        return "No PNG or SVG: Kaleido is not installed. It comes with the extra: pip install 'shakeout[png]'."
    jobs: list[dict[str, Any]] = [
        {
            "fig": combined(picture, STILL_WIDTH),
            "path": folder / f"{picture.name}.{form}",
            "opts": {"format": form, "width": None, "height": None, "scale": PNG_PIXELS if form == "png" else 1},
        }
        for picture in pictures
        if picture.panels
        for form in FORMATS
    ]
    try:
        kaleido.write_fig_from_object_sync(jobs, kopts={"path": found, "mathjax": False, "n": 1})
    except Exception as error:
        return f"No PNG or SVG: the browser at {found} failed ({type(error).__name__}: {str(error)[:200]})."
    return None
