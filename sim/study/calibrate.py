"""Calibration: which settings of the assumptions without a source can have made the facts, as a table of joint draws.

Two waves of points fill the space of wide priors (study/priors.py). Each point is simulated in some worlds; what no
setting near it can have made is ruled out (outcomes/history_matching.py). Further waves move what is left to where the
chance of the facts is high; the settings of the last are the draws of an ensemble.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.archive import atomic, digest
from sim.archive.dictionary import A_SHARE, FLAG, INTEGER, NUMBER, TEXT, TEXT_OR_NONE, Column, Table
from sim.archive.folder import RunFolder, plain_rows
from sim.foundation.errors import InputError, first_line
from sim.foundation.file_paths import expanded
from sim.foundation.months import month_asked, month_text
from sim.foundation.whole_numbers import whole
from sim.outcomes import history_matching as matching
from sim.outcomes.hindcast import date_of
from sim.outcomes.history_matching import Screened
from sim.scenario import ensemble
from sim.scenario.grammar import MAX_SEED
from sim.scenario.model import ENSEMBLE_FILE, Scenario
from sim.study import waves
from sim.study.hindcast import facts_of
from sim.study.how import SUMMARISING, How
from sim.study.many_worlds import ManyWorlds
from sim.study.precision import sized
from sim.study.priors import Prior, priors_of
from sim.study.study import Kind, Study, answered, folder_name, frame_of, manifest_of
from sim.study.waves import Cloud, Target, Wave
from sim.words.calibration import contradiction, headline_of

if TYPE_CHECKING:
    import pandas as pd

POINTS = 2048  # of a wave
WORLDS_A_POINT = 128  # if none are asked for
ROWS_KEPT = 512  # of the ensemble
ENOUGH = 0.5  # share of the settings that must count, by their weights, when the power of the facts is raised
SETTLING = 2  # waves after the power is that of the facts
MOST_WAVES = 30  # with the last it is, however few settings count
FEWEST_POINTS = 256  # of a wave, so that a screening of hundreds of assumptions can find any
FEWEST_LEFT = 16  # points that must survive, else the facts and the model contradict each other
NEAREST = 3  # points that are told where none survives
MOST_KILLING = 5  # facts that are told of each
SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
SHARE_NAMES = tuple(f"{100 * share:02.0f}" for share in SHARES)
FIRST_TWO = "the first two weigh nothing"
ASSUMPTION_TABLE = Table(
    "every assumption that was varied: its prior, and what the facts leave of it",
    (
        Column("path", TEXT, "", "path of the assumption"),
        Column("low", NUMBER, "that of the assumption", "lower end of its prior"),
        Column("high", NUMBER, "that of the assumption", "upper end"),
        Column("stated", NUMBER, "that of the assumption", "what the scenario states: its value, or the median of it"),
        Column("scale", TEXT, "", "what is uniform in between: the number (`even`), its `log` or that of its `odds`"),
        Column("speaks", TEXT_OR_NONE, "", "the fact that speaks to it most clearly", "no fact speaks to it"),
        Column("correlation", NUMBER, "", "rank correlation with what that fact measures", "no fact speaks to it"),
        *(
            Column(f"p{share}", NUMBER, "that of the assumption", f"quantile {share}% of the draws", "it is not drawn")
            for share in SHARE_NAMES
        ),
        Column(
            "left",
            NUMBER,
            A_SHARE,
            "width of the middle 90% of draws over that of the prior, on its scale",
            "it is not drawn",
        ),
    ),
)
FACT_TABLE = Table(
    "every fact that was fitted to",
    (
        Column("fact", TEXT, "", "its id in the scenario"),
        Column("says", TEXT, "", "what it says"),
        Column("date", TEXT, "YYYY-MM", "the last month it speaks of"),
        Column("met", FLAG, "", "whether any point meets it; a fact that none meets rules nothing out"),
        Column("implausibility", NUMBER, "", "the least of all points of the first wave that tell it"),
        Column("ruled_out", NUMBER, A_SHARE, "share of the points of the first wave that it alone rules out"),
        Column("spoken_to", INTEGER, "", "assumptions that it speaks to"),
        Column(
            "kept",
            NUMBER,
            "that of the fact",
            "median of the worlds that were kept; of an event their share",
            "none counts",
        ),
    ),
)
WAVE_TABLE = Table(
    "the waves",
    (
        Column("wave", INTEGER, "", "its number, from 1"),
        Column("varied", INTEGER, "", "assumptions that vary: in the first wave all, then those that facts speak to"),
        Column("points", INTEGER, "", "settings that were simulated"),
        Column("worlds", INTEGER, "", "worlds of all of them"),
        Column("kept", INTEGER, "", "of its settings those that no fact rules out, by their own worlds"),
        Column("left", NUMBER, A_SHARE, "share of the priors' space that emulators leave", "they judge the first only"),
        Column("power", NUMBER, "", "power of the chance of the facts by which settings weigh", FIRST_TWO),
        Column("count", NUMBER, "", "settings of equal weight that say as much, before the step (Kish)", FIRST_TWO),
        Column("step", NUMBER, A_SHARE, "how far its steps go, of the spread of all settings", FIRST_TWO),
        Column("taken", NUMBER, A_SHARE, "share of the steps that were taken", FIRST_TWO),
        Column("chance", NUMBER, "", "mean logarithm of the chance of the facts, after the steps", FIRST_TWO),
    ),
)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Calibration(Study):
    """What the facts to ``until`` (YYYY-MM) leave of the assumptions without a source.

    ``assumptions``, ``facts`` and ``waves`` are the tables of these names as pandas frames. The draws are in
    ``ensemble``, the content of ensemble.parquet.
    """

    KIND = Kind(
        "calibrate",
        "calibrate.html",
        "a calibration: what facts leave of the assumptions that no source gives",
        "the page of this calibration: open it in a browser, it works offline",
        {"assumptions.csv": ASSUMPTION_TABLE, "facts.csv": FACT_TABLE, "waves.csv": WAVE_TABLE},
    )
    until: str
    assumptions: pd.DataFrame
    facts: pd.DataFrame
    waves: pd.DataFrame
    ensemble: bytes = b""

    @property
    def priors(self) -> dict[str, Prior]:
        """Path -> its prior, for every assumption that was varied."""
        rows: Any = self.assumptions[list(Prior._fields)].itertuples(index=False)
        return {row.path: Prior(*row) for row in rows}

    def summary(self) -> list[dict[str, Any]]:
        """The rows of assumptions.csv to which a fact speaks."""
        return plain_rows(self.assumptions[self.assumptions["speaks"].notna()])

    def write(self, part: Path) -> dict[str, list[str]]:
        """Write the tables and the draws; the columns of the tables."""
        (part / ENSEMBLE_FILE).write_bytes(self.ensemble)
        return super().write(part)


def calibrate(
    scenario: Scenario, until: str, how: How, points: int | None = None, to: Path | str | None = None
) -> Calibration:
    """What the facts of ``scenario`` to ``until`` (YYYY-MM) leave of the assumptions without a source.

    ``points`` settings a wave, each in ``how.worlds`` worlds (WORLDS_A_POINT if none are asked for). The draws are also
    written to the file ``to``. InputError if there is no fact, nothing to vary, or nothing left; else errors as in
    ``run.run``.
    """
    ends = month_asked("--until", until)
    target = None if to is None else _target(to)
    points = whole("--points", POINTS if points is None else points, FEWEST_POINTS, ensemble.MOST_ROWS)
    base = to_calibrate(sized(scenario, how, WORLDS_A_POINT), ends)
    priors = priors_of(base)
    if not priors:
        raise InputError("nothing to vary: every size has a source", key="assumptions", found=scenario.name)

    def reopen(done: RunFolder) -> Calibration:
        return Calibration.reopened(done, base, until=until, ensemble=(done.path / ENSEMBLE_FILE).read_bytes())

    name = folder_name(Calibration.KIND, [digest.question(base, None), until, points])
    found = answered([base], name, how, lambda: _computed(base, ends, priors, points, how), reopen)
    if target is not None:
        atomic.write_bytes(target, found.ensemble)
    return found


def _target(to: Path | str) -> Path:
    """The file ``to``, in a folder that is there and can be written. InputError if there is none, before any work."""
    target = expanded(to)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        trial = target.parent / f".{target.name}.writable"
        atomic.write_bytes(trial, b"")
        trial.unlink(missing_ok=True)
        if target.is_dir():
            raise IsADirectoryError("it is a folder")
    except (OSError, ValueError) as error:
        allowed = "a file that can be written"
        problem = f"the ensemble cannot be written: {first_line(error)}"
        raise InputError(problem, key="--ensemble", found=str(to), allowed=allowed) from error
    return target


def to_calibrate(scenario: Scenario, ends: int) -> Scenario:
    """``scenario`` with its facts to the month ``ends`` alone, to that month, without joint draws of its own.

    InputError if there is no such fact.
    """
    facts = [fact for fact in facts_of(scenario) if date_of(fact) <= ends]
    if not facts:
        first = min((date_of(fact) for fact in facts_of(scenario)), default=None)
        allowed = "a scenario that states facts" if first is None else f"{month_text(first)} or later"
        raise InputError("no fact to fit to", key="--until", found=month_text(ends), allowed=allowed)
    if scenario.ensemble:
        raise InputError(
            "calibrated already", key="ensemble", found=scenario.ensemble, allowed="a scenario without one"
        )
    last = max(date_of(fact) for fact in facts)
    return replace(
        scenario,
        end=last,
        claims=(),
        facts=tuple(fact for fact in scenario.facts if fact in facts),
        reported=tuple(fact for fact in scenario.reported if fact in facts),
        probes=tuple(probe for probe in scenario.probes if probe.month <= last),
    )


class Matched(NamedTuple):
    """What the waves left: the facts as they are seen (``targets``), what the first wave says of them (``screened``,
    ``misses``, ``met``, ``least``), which assumptions they speak to (``drawn``, of all that were varied), a row of
    waves.csv for each wave, and the settings that the last wave leaves.
    """

    targets: Sequence[Target]
    screened: Screened
    misses: np.ndarray
    met: np.ndarray
    least: np.ndarray
    drawn: np.ndarray
    waves: list[dict[str, Any]]
    last: Cloud


def _computed(base: Scenario, ends: int, priors: Sequence[Prior], points: int, how: How) -> Calibration:
    started, many = time.perf_counter(), ManyWorlds(how)
    matched = _matched(many, base, priors, points)
    how.tell(SUMMARISING, base.worlds * points, base.worlds * points)
    left = len(matched.last.x)
    rows = matching.taken(np.full(left, 1 / left), ROWS_KEPT)
    columns = waves.scaled([priors[i] for i in matched.drawn.tolist()], matched.last.x[rows])
    until = month_text(ends)
    about = {
        "until": until,
        "scenario": base.name,
        "question": digest.question(base, None),
        "facts": [target.fact.id for target in matched.targets],
        "no_setting_meets": [t.fact.id for t, met in zip(matched.targets, matched.met, strict=True) if not met],
        "varied": len(priors),
        "priors": {prior.path: prior[1:] for prior in priors if prior.path in columns},
        "points": points,
        "worlds_a_point": base.worlds,
        "seed": base.seed,
        "made_by": digest.simulated_by(),
    }
    assumptions = _assumption_rows(priors, matched, columns)
    facts = _fact_rows(matched)
    manifest = manifest_of(
        Calibration.KIND,
        base,
        how,
        base.notices,
        {"simulate_seconds": time.perf_counter() - started, "worlds_computed": many.computed},
        until=until,
        points=points,
        headline=headline_of(until, len(priors), assumptions, facts),
    )
    return Calibration(
        scenario=base,
        until=until,
        assumptions=frame_of(ASSUMPTION_TABLE, assumptions),
        facts=frame_of(FACT_TABLE, facts),
        waves=frame_of(WAVE_TABLE, matched.waves),
        ensemble=ensemble.packed({path: draws.tolist() for path, draws in columns.items()}, about),
        manifest=manifest,
    )


def _matched(many: ManyWorlds, base: Scenario, priors: Sequence[Prior], points: int) -> Matched:
    """Simulate the waves. The first varies all ``priors`` and tells which of them the facts speak to; the others vary
    those alone. InputError if too little is left.
    """
    facts = facts_of(base)
    many.part = "wave 1"
    first = waves.worlds_of(many, base, priors, waves.filling(points, len(priors), base.seed), facts)
    targets = waves.scaled_to(waves.targets_of(facts), first)
    first = waves.compressed(targets, first)
    screened, misses = waves.screened(first), waves.misses(targets, first)
    met, least = waves.met(targets, first)
    drawn = np.flatnonzero((screened.speaks & met).any(axis=1))
    if not drawn.size:
        allowed = "more points or worlds (--points, --worlds), or more facts"
        raise InputError("the facts speak to no assumption", key="facts", found=len(targets), allowed=allowed)
    judge = waves.judge_of(targets, met, first._replace(x=first.x[:, drawn]))
    x, share = waves.next_points(judge, points, drawn.size, base.seed)
    if len(x) < FEWEST_LEFT:
        raise _nothing_left(targets, np.where(met, misses, 0.0))
    active = [priors[i] for i in drawn.tolist()]

    def simulated(number: int, x: np.ndarray) -> Wave:
        many.part = f"wave {number}"
        seeded = replace(base, seed=_seed(base, number))
        return waves.compressed(targets, waves.worlds_of(many, seeded, active, x, facts))

    power = waves.power_of_facts(first, screened, met)
    told, last = _closer(simulated, x, targets, met, power, lambda number: _seed(base, number), points)
    row = _wave_row(1, len(priors), first, waves.cloud_of(targets, first, met))
    return Matched(targets, screened, misses, met, least, drawn, [{**row, "left": share}, *told], last)


def _closer(
    simulated: Callable[[int, np.ndarray], Wave],
    x: np.ndarray,
    targets: Sequence[Target],
    met: np.ndarray,
    power: float,
    seed: Callable[[int], int],
    points: int,
) -> tuple[list[dict[str, Any]], Cloud]:
    """From the settings ``x`` to ``points`` of the priors weighed by the chance of the facts that are ``met``, to their
    ``power``: a row of waves.csv for each wave from the second on, and the settings. InputError if too few are left.

    The second wave simulates ``x``, each later one a step from every setting that the last one led to. What facts rule
    out counts on the way, by the chance of the facts there, and is left out at the end.
    """
    wave = simulated(2, x)
    cloud = waves.cloud_of(targets, wave, met)
    told = [_wave_row(2, x.shape[1], wave, cloud)]
    number, missing, settled, far = 2, power, 0, matching.FIRST_STEP
    while settled < SETTLING and (number > 2 or cloud.left.any()):
        number += 1
        settled += missing == 0.0
        enough = len(cloud.x) * ENOUGH if number < MOST_WAVES else 0.0
        raised = matching.power_for(cloud.score, missing, enough)
        weights, missing = matching.weighed(cloud.score, raised), missing - raised
        cloud = cloud.at(matching.taken(weights, points))
        x, back = matching.steps(cloud.x, far, seed(number))
        wave = simulated(number, x)
        to = waves.cloud_of(targets, wave, met)
        cloud, share = waves.stepped(cloud, to, back, power - missing, seed(number))
        row = {"power": power - missing, "count": matching.effective(weights), "step": far, "taken": share}
        told.append({**_wave_row(number, x.shape[1], wave, to), **row, "chance": float(cloud.score.mean())})
        far = matching.next_step(far, share)
    if cloud.left.sum() < FEWEST_LEFT:
        raise _nothing_left(targets, np.where(met, waves.misses(targets, wave), 0.0))
    return told, cloud.at(np.flatnonzero(cloud.left))


def _seed(base: Scenario, number: int) -> int:
    """The seed of a wave."""
    return (base.seed + number) & MAX_SEED


def _wave_row(number: int, varied: int, wave: Wave, cloud: Cloud) -> dict[str, Any]:
    row = {"wave": number, "varied": varied, "points": len(wave.x), "worlds": len(wave.rows)}
    return {**row, "kept": int(cloud.left.sum())}


def _nothing_left(targets: Sequence[Target], misses: np.ndarray) -> InputError:
    """The error of a calibration that no point survives: the points nearest to the facts, and what kills each."""
    worst = misses.max(axis=1)
    cut = matching.cut(len(targets))
    few = int((worst <= cut).sum())
    points = []
    for point in np.argsort(worst, kind="stable")[few : few + NEAREST]:
        kill = [i for i in np.argsort(-misses[point], kind="stable") if misses[point, i] > cut]
        points.append([(targets[i].fact.id, float(misses[point, i])) for i in kill[:MOST_KILLING]])
    return InputError(
        f"too few settings can have made the facts: {contradiction(points)}",
        key="facts",
        found=f"{few} of {len(misses):,} points of the last wave",
        allowed=f"at least {FEWEST_LEFT} points: leave such facts out, or say how exact they are (tolerance)",
    )


def _assumption_rows(
    priors: Sequence[Prior], matched: Matched, columns: Mapping[str, np.ndarray]
) -> list[dict[str, Any]]:
    """A row of assumptions.csv for every prior; those to which a fact speaks most clearly first."""
    rho = np.where(matched.screened.speaks, matched.screened.rho, 0.0)
    clearest = np.abs(rho).argmax(axis=1)
    rows = []
    for i in np.argsort(-np.abs(rho).max(axis=1), kind="stable").tolist():
        prior, fact = priors[i], clearest[i]
        row: dict[str, Any] = {**prior._asdict(), "speaks": None}
        if rho[i, fact]:
            row |= {"speaks": matched.targets[fact].fact.id, "correlation": float(rho[i, fact])}
        if prior.path in columns:
            quantiles = np.quantile(columns[prior.path], SHARES)
            row |= {f"p{name}": float(x) for name, x in zip(SHARE_NAMES, quantiles, strict=True)}
            low, high = prior.place(quantiles[[0, -1]])
            row["left"] = float(high - low) / (SHARES[-1] - SHARES[0])
        rows.append(row)
    return rows


def _fact_rows(matched: Matched) -> list[dict[str, Any]]:
    """A row of facts.csv for every fact, in the order of the file: events, then numbers."""
    rows = []
    for i, target in enumerate(matched.targets):
        mean = matched.last.mean[:, i]
        middle = float(np.nanmean(mean)) if not np.isnan(mean).all() else np.nan
        rows.append(
            {
                "fact": target.fact.id,
                "says": target.fact.says,
                "date": month_text(date_of(target.fact)),
                "met": bool(matched.met[i]),
                "implausibility": float(matched.least[i]),
                "ruled_out": float((matched.misses[:, i] > matching.cut(len(matched.targets))).mean()),
                "spoken_to": int(matched.screened.speaks[:, i].sum()),
                "kept": target.told(middle),
            }
        )
    return rows
