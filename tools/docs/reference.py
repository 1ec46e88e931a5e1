"""The reference run and the picture of its report: ``python -m tools.docs.reference`` (needs a Chromium).

results/reference/ keeps what a run of 1,024 worlds of the flagship says, without the page, the plots and the worlds
themselves; docs/picture.png shows the top of its page.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import sim
from sim.archive import inventory
from sim.report.html import stills
from sim.study import readme
from tools.docs.documents import ROOT

FLAGSHIP = "scenarios/six-dragons.yaml"
WORLDS = 1024
REFERENCE = ROOT / "results" / "reference"
PICTURE = ROOT / "docs" / "picture.png"
LEFT_OUT = ("report.html", "plots/", "firms.parquet", "events.parquet")
WIDTH, HEIGHT = 1400, 1820
COLOURS = 256
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars", "--disable-sync")
NOTES = """# The reference run

What `{command}` said when this was made: the tables of a small run, kept so that a reader, or a comparison, has one
without computing it. `manifest.json` names the code, the versions and the machine that made it; `scenario.yaml` runs
again. Left out to keep it small: the report, the plots and the tables of single worlds (`firms.parquet`,
`events.parquet`). Open it with `sim.open_run("results/reference")`. Made anew by `python -m tools.docs.reference`.
"""


def keep(folder: Path) -> None:
    """Copy what is kept of the run in ``folder`` to results/reference."""
    shutil.rmtree(REFERENCE, ignore_errors=True)
    REFERENCE.mkdir(parents=True)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    about = (folder / readme.README).read_text(encoding="utf-8")
    left_out = (*LEFT_OUT, readme.README)
    manifest["files"] = {name: file for name, file in manifest["files"].items() if not name.startswith(left_out)}
    for name in manifest["files"]:
        shutil.copyfile(folder / name, REFERENCE / name)
    text = json.dumps(inventory.seal(manifest), indent=2, ensure_ascii=False)
    (REFERENCE / "manifest.json").write_text(text + "\n", encoding="utf-8")
    (REFERENCE / readme.README).write_text(NOTES.format(command=manifest["command"]) + "\n" + about, encoding="utf-8")


def take(page: Path) -> None:
    """Photograph the top of ``page`` into docs/picture.png."""
    browser = stills.browser()
    if browser is None:
        sys.exit("no Chromium found: the reference run is written, the picture is the old one")
    with tempfile.TemporaryDirectory() as place:
        shot = Path(place) / "shot.png"
        options = [f"--user-data-dir={place}/profile", f"--window-size={WIDTH},{HEIGHT}", "--virtual-time-budget=10000"]
        command = [browser, *FLAGS, *options, f"--screenshot={shot}", page.resolve().as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        keep_picture(shot, PICTURE)


def keep_picture(shot: Path, picture: Path) -> None:
    """Write a picture of a page to ``picture``, in few colours so that it stays small."""
    from PIL import Image

    with Image.open(shot) as image:
        few = image.convert("RGB").quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(picture, optimize=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        command = f"shakeout run {FLAGSHIP} --worlds {WORLDS}"
        done = sim.run(sim.load(ROOT / FLAGSHIP), worlds=WORLDS, out=place, command=command)
        assert done.folder is not None
        keep(done.folder)
        take(done.folder / "report.html")
    for path in (*sorted(REFERENCE.iterdir()), PICTURE):
        print(f"{path.stat().st_size:>9,}  {path.relative_to(ROOT)}")
