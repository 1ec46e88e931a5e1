"""The tables of an answer to take away: as CSV in an archive, or as sheets of one workbook."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from sim.study.in_stages import Stage

if TYPE_CHECKING:
    import pandas as pd

OF_RUN = ("survival", "fates", "causes", "landscape", "endgame", "headline")
MOST_SHEET_NAME = 31  # characters that a workbook allows
NOT_IN_A_SHEET = str.maketrans("", "", "[]:*?/\\'")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"


def frames(stage: Stage) -> dict[str, pd.DataFrame]:
    """Name -> table: what differs first, then the tables of the base and of every variant."""
    found: dict[str, pd.DataFrame] = {}
    labels = ["base", *(f"variant{number}" for number in range(1, len(stage.runs)))]
    if stage.study is not None:
        found |= {"differences": stage.study.differences, "flipped": stage.study.flipped}
    for label, run in zip(labels, stage.runs, strict=True):
        found |= {f"{label}-{name}": getattr(run.outcomes, name) for name in OF_RUN}
    return found


def as_csv(stage: Stage, about: str) -> bytes:
    """An archive with a CSV file a table, and a line ``about`` what they are of."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", about)
        for name, frame in frames(stage).items():
            archive.writestr(f"{name}.csv", frame.to_csv(index=False, lineterminator="\n"))
    return buffer.getvalue()


def as_xlsx(stage: Stage, about: str) -> bytes:
    """A workbook with a sheet a table; the first says ``about`` what they are of. Texts are texts, never formulas."""
    import pandas as pd

    buffer = io.BytesIO()
    as_text = {"options": {"strings_to_formulas": False, "strings_to_urls": False}}
    with pd.ExcelWriter(buffer, engine="xlsxwriter", engine_kwargs=as_text) as book:
        pd.DataFrame({"about": about.splitlines()}).to_excel(book, sheet_name="about", index=False)
        for name, frame in frames(stage).items():
            sheet = name.translate(NOT_IN_A_SHEET)[:MOST_SHEET_NAME]
            frame.to_excel(book, sheet_name=sheet, index=False, freeze_panes=(1, 0))
    return buffer.getvalue()
