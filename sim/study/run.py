"""A run: many worlds of one scenario, what came out of them, and where it is kept."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.archive import digest, tables
from sim.archive.dictionary import GIVEN_CSV, GIVEN_TABLES
from sim.archive.folder import RunFolder, number, plain_rows
from sim.engine.block import Block, histories_alone
from sim.engine.prepared import draws_of
from sim.foundation.errors import InputError
from sim.outcomes.beside import ABOUT_CLAIM, ABOUT_FACT, ABOUT_FATE, COMES_TRUE, beside_frame
from sim.outcomes.given import known_only, numbers_of
from sim.scenario.model import Scenario
from sim.study import executor, memory, replicates
from sim.study.counting import WorldTables, count_run, luck_of, over_worlds
from sim.study.focus import asked_in, claims_first, first, focus_in
from sim.study.given import (
    GIVEN,
    Blocks,
    Left,
    Part,
    beside_question,
    cut_blocks,
    given_in,
    left_in,
    parts_of,
    worlds_left,
)
from sim.study.how import SUMMARISING, How
from sim.study.many_worlds import HEADLINE_STATES, ManyWorlds, blocks_of, with_worlds
from sim.study.precision import precise
from sim.study.study import Answer, Kind, answered, manifest_of

if TYPE_CHECKING:
    import pandas as pd

    from sim.outcomes.differences import Piece, Side
    from sim.outcomes.summary import Outcomes
    from sim.words.life_stories import WorldStory

# outcome -> file of the run folder
_CSV = ("fates", "causes", "survival", "landscape", "endgame", "claims", "facts", "headline", "leaders")
OUTCOME_FILES = {**{name: f"{name}.csv" for name in _CSV}, "paths": tables.PATHS_FILE}
GIVEN_FILE, BESIDE_FILE = GIVEN_TABLES
FOLLOWED = ("cash", "runway", "value")  # what a run in memory tells of firms by month
KEPT_BYTES = 64 << 20  # of worlds in memory for a second look; beyond that they are read from their blocks again


@dataclass(frozen=True, eq=False)
class Conditioned:
    """Which worlds of a run are ``left``, and what gives ``blocks`` of all."""

    left: Left
    blocks: Blocks


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Run(Answer):
    """Many worlds of one scenario. The methods give pandas frames with the columns of the result files.

    ``blocks`` gives its worlds block by block, in order; of a run ``from_tables``, opened from its folder alone,
    ``pieces`` does. ``warnings``: what a reader must know of how it was opened. Where something is given all of this is
    about the worlds that are left; ``all_worlds`` is then beside.csv, and ``conditioned`` says which they are.
    ``world_tables`` are those of its worlds, until they are written.
    """

    KIND = Kind(
        "run",
        "report.html",
        "a run",
        "the report: open it in a browser, it works offline; another, as report-minimax.html, tells first whom its "
        "name says: --firm made it, the manifest does not list it",
    )
    outcomes: Outcomes
    blocks: Callable[[], Iterator[Block]]
    pieces: Callable[[], Iterable[Piece]] | None = None
    warnings: tuple[str, ...] = ()
    all_worlds: pd.DataFrame | None = None
    conditioned: Conditioned | None = None
    world_tables: WorldTables | None = None

    @property
    def from_tables(self) -> bool:
        """Whether it was opened from its folder alone."""
        return self.pieces is not None

    @property
    def headline(self) -> str:
        """The sentence to quote: who is left."""
        from sim.words.survivors import who_is_left

        manifest, outcomes = self.manifest, self.outcomes
        told = asked_in(manifest), focus_in(self.scenario, manifest), given_in(manifest)
        return who_is_left(self.scenario, outcomes.headline, outcomes.landscape, *told)

    def survival(self) -> pd.DataFrame:
        """survival.csv: curves of firms and groups, with 95% bands."""
        return self.outcomes.survival

    def fates(self) -> pd.DataFrame:
        """fates.csv: cumulative incidence of fates and milestones by month."""
        return self.outcomes.fates

    def causes(self) -> pd.DataFrame:
        """causes.csv: what ended the firms, by year, fate and cause.

        InputError if the run was opened from a folder of an earlier version, which did not keep it.
        """
        from sim.outcomes.exits import NOT_KEPT

        if self.outcomes.causes is None:
            raise InputError(
                NOT_KEPT,
                file=str(self.folder),
                allowed="a folder with causes.csv: run the scenario again to have one",
            )
        return self.outcomes.causes

    def landscape(self) -> pd.DataFrame:
        """landscape.csv: quantiles of the industry's quantities by month."""
        return self.outcomes.landscape

    def endgame(self) -> pd.DataFrame:
        """endgame.csv: share of worlds that reached the endgame by each month."""
        return self.outcomes.endgame

    def claims(self) -> pd.DataFrame:
        """claims.csv: share of worlds in which each forecast comes true."""
        return self.outcomes.claims

    def beside(self) -> pd.DataFrame:
        """beside.csv: fates, claims and facts in the worlds that are left beside those of all worlds.

        InputError if nothing is given, as all worlds are then left.
        """
        if self.all_worlds is None:
            raise InputError("nothing is given: all worlds are left", allowed="a run with given=...")
        return self.all_worlds

    def paths(self) -> pd.DataFrame:
        """paths.parquet: quantiles of every firm's quantities by month."""
        return self.outcomes.paths

    def firms(self) -> pd.DataFrame:
        """firms.parquet: one row per world and firm."""
        if self.folder is not None:
            return RunFolder(self.folder, self.manifest).frame(tables.FIRMS_FILE)
        from sim.outcomes.world_tables import histories_table

        return tables.framed(histories_table(self.scenario, self.blocks()))

    def events(self) -> pd.DataFrame:
        """events.parquet: the milestones of every world, in the order they happened."""
        if self.folder is not None:
            return RunFolder(self.folder, self.manifest).frame(tables.EVENTS_FILE)
        from sim.outcomes.world_tables import events_table

        return tables.framed(events_table(self.scenario, np.concatenate([block.events for block in self.blocks()])))

    def summary(self) -> list[dict[str, Any]]:
        """One row per firm and group at the horizon, as plain numbers, who is in focus first: what the terminal shows.

        firm, name, kind, then independent, acquired, closed, listed, pivoted and never_entered, each with ``_low`` and
        ``_high`` (None where there is one world), then the month by which half of all that enter are gone: median_exit
        with ``_low`` and ``_high`` (YYYY-MM; None: not by the horizon, or nobody enters). Then, of every share, ``_sd``
        with ``_sd_low`` and ``_sd_high``: its spread between draws of the uncertain assumptions, a standard deviation
        (0 where nothing is uncertain, None where it is not known). Where something is given also ``all_independent``
        and so on: the same of all worlds.
        """
        told = (*HEADLINE_STATES, "median_exit", *(f"{state}_sd" for state in HEADLINE_STATES))
        columns = ["firm", "name", "kind", *(f"{what}{bound}" for what in told for bound in ("", "_low", "_high"))]
        frame = self.outcomes.headline.reindex(columns=columns)  # an older version wrote fewer
        rows = first(plain_rows(frame), focus_in(self.scenario, self.manifest))
        beside = self._beside_by(ABOUT_FATE)
        for row in rows if beside else ():
            row |= {
                f"all_{state}{end}": beside[row["firm"], state][f"all_{part}"]
                for state in HEADLINE_STATES
                for end, part in (("", "share"), ("_low", "low"), ("_high", "high"))
            }
        return rows

    def _beside_by(self, *about: str) -> dict[tuple[str, str], dict[str, Any]]:
        """Rows of beside.csv by id and quantity, as plain numbers; none where nothing is given."""
        rows = [] if self.all_worlds is None else plain_rows(self.all_worlds)
        return {(row["id"], row["quantity"]): row for row in rows if row["about"] in about}

    def ledger(self) -> list[dict[str, Any]]:
        """Claims, then facts, in each those about who is in focus first, as plain numbers: ``scenario`` and the columns
        of claims.csv.

        ``asked`` is what exactly was asked of the worlds, with its dates, in words. ``happened`` says whether a fact
        did; it is None for a claim. Where something is given also ``all_probability``, ``all_low``, ``all_high`` and
        ``all_worlds``: the same of all worlds.
        """
        from sim.words.propositions import asked

        said = {(c.id, c.happened): asked(self.scenario, c) for c in (*self.scenario.claims, *self.scenario.facts)}
        frames = (self.outcomes.claims, self.scenario.claims), (self.outcomes.facts, self.scenario.facts)
        focus, name = focus_in(self.scenario, self.manifest), self.scenario.name
        rows = [row for frame, asked in frames for row in claims_first(plain_rows(frame), asked, focus)]
        told = [{"scenario": name, "happened": None, **row} for row in rows]
        told = [{**row, "asked": said[row["claim"], row["happened"]]} for row in told]
        beside = {about: self._beside_by(about) for about in (ABOUT_CLAIM, ABOUT_FACT)}
        for row in told if self.all_worlds is not None else ():
            found = beside[ABOUT_CLAIM if row["happened"] is None else ABOUT_FACT][row["claim"], COMES_TRUE]
            row |= {
                "all_probability": found["all_share"],
                **{key: found[key] for key in ("all_low", "all_high", "all_worlds")},
            }
        return told

    @cached_property
    def stories(self) -> list[WorldStory]:
        """Up to three worlds told from their milestones: a typical one, then two that end very differently."""
        from sim.words.life_stories import chosen_stories

        return chosen_stories(self.scenario, self.blocks)

    @cached_property
    def side(self) -> Side:
        """The run as differences look at it, world by world."""
        from sim.outcomes.differences import Side

        endgame = self.outcomes.endgame["share"].to_numpy(float)
        return Side(self.scenario, self.outcomes.worlds, self.pieces or _pieces(self.scenario, self.blocks), endgame)

    @cached_property
    def side_of_all(self) -> Side:
        """All its worlds as differences look at them, where something is given."""
        from sim.outcomes.differences import Side
        from sim.outcomes.endgame import EndgameCounts

        assert self.conditioned is not None
        endgame = EndgameCounts(self.scenario)
        for block in self.conditioned.blocks():
            endgame.add(block)
        pieces = _pieces(self.scenario, self.conditioned.blocks)
        return Side(self.scenario, self.scenario.worlds, pieces, endgame.reached / endgame.worlds)

    def write(self, part: Path) -> dict[str, list[str]]:
        """Write every table; the columns of each. Only a run just made for a folder can be written, and only once."""
        assert self.world_tables is not None
        columns = {file: tables.schema_of(file).names for file in (tables.FIRMS_FILE, tables.EVENTS_FILE)}
        for name, file in OUTCOME_FILES.items():
            frame = getattr(self.outcomes, name)
            columns[file] = list(frame)
            if file.endswith(".csv"):
                tables.write_csv(frame, part / file)
            else:
                with tables.parquet(part / file) as add:
                    add(tables.of_frame(frame, file))
        for file, frame in self._given_tables():
            tables.write_csv(frame, part / file)
            columns[file] = list(frame)
        self.world_tables.move(part)
        return columns

    def _given_tables(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """File -> table of what only a run has in which something is given."""
        import pandas as pd

        if self.all_worlds is not None:
            steps = self.manifest[GIVEN]["steps"]
            yield GIVEN_FILE, pd.DataFrame(steps, columns=GIVEN_CSV.names)
            yield BESIDE_FILE, self.all_worlds


def run(scenario: Scenario, how: How) -> Run:
    """Simulate ``scenario``, or take up where an earlier run of the same question stopped.

    With a precision: simulate until the widest 95% interval of a firm's fate is at most that half-width. InputError if
    the question or the results folder is wrong, RunError if the run fails after it began.
    """
    asked = with_worlds(scenario, how.worlds, how.seed)
    parts = parts_of(asked, how.given)

    def reopen(done: RunFolder) -> Run:
        simulated = with_worlds(asked, int(done.manifest["worlds"]), None)
        blocks: Blocks = functools.partial(blocks_of, simulated, done.path.parents[1])
        if parts:
            left = functools.cache(lambda: left_in(simulated, parts, done.path.parents[1], executor.workers(how.jobs)))
            return opened(done, simulated, cut_blocks(simulated, blocks, left))
        return opened(done, simulated, blocks)

    question = digest.question(asked, how.precision)
    name = digest.digest_of([question, *beside_question(parts)]) if parts else question
    return answered([asked], name, how, lambda: simulate(asked, how, None, True, how.out is not None), reopen)


def simulate(
    scenario: Scenario, how: How, left: Left | None = None, replicated: bool = False, tabled: bool = False
) -> Run:
    """The run of ``scenario``; its blocks are kept. Errors are those of ``run``.

    ``left`` are the worlds of another scenario in which to tell it; without it ``how.given`` decides. ``replicated``:
    with the spread between draws, for which its first worlds are given other luck, too; not where something is given,
    since too few of those are left. ``tabled``: with the tables of its worlds, so that it can be written.
    """
    from sim.outcomes.summary import outcomes_of

    parts: tuple[Part, ...] = parts_of(scenario, how.given) if left is None else ()
    started, many = time.perf_counter(), ManyWorlds(how)
    notices = list(scenario.notices)
    if how.precision is None:
        many.compute([scenario])
    else:
        scenario, notice = precise(many, scenario)
        notices.append(notice)
    simulated, computed = time.perf_counter(), many.computed
    spread = replicated and left is None and not parts and bool(draws_of(scenario))
    again = replicates.few_draws_of(scenario) if spread else None
    if again is not None:
        many.compute([again])
    replicated_at = time.perf_counter()
    how.tell(SUMMARISING, scenario.worlds, scenario.worlds)
    blocks: Blocks = functools.partial(blocks_of, scenario, many.out)
    if parts:
        left = left_in(scenario, parts, many.out, many.workers)
    conditioned = None if left is None else Conditioned(left, blocks)
    draws, flags = (again.draws or 0) if again is not None else 0, None if left is None else left.flags
    counted = count_run(scenario, many.out, many.workers, draws, flags, tabled)
    if again is not None:
        luck = functools.partial(luck_of, draws)
        over_worlds(again, many.out, many.workers, luck, counted.sums.luck.merge)
    outcomes, all_worlds = outcomes_of(counted.sums), None
    if conditioned is not None and counted.beside is not None:
        blocks = cut_blocks(scenario, blocks, lambda: conditioned.left)
        outcomes = known_only(scenario, outcomes)
        all_worlds = beside_frame(scenario, outcomes, *counted.beside)
    timings = {
        "simulate_seconds": simulated - started,
        "summarise_seconds": time.perf_counter() - replicated_at,
        "worlds_computed": computed,
        "workers": many.workers if executor.is_local() else None,
    }
    if again is not None:
        timings |= {"replicate_seconds": replicated_at - simulated, "replicates_computed": many.computed - computed}
    own = _about(scenario, outcomes)
    own |= {} if again is None else {"replicate": replicates.kept(again)}
    if left is not None:
        own[GIVEN] = left.told
    manifest = manifest_of(Run.KIND, scenario, how, notices, timings, **own)
    return Run(
        scenario=scenario,
        outcomes=outcomes,
        manifest=manifest,
        blocks=blocks,
        all_worlds=all_worlds,
        conditioned=conditioned,
        world_tables=counted.tables,
    )


def in_memory(scenario: Scenario, blocks: Sequence[Block], seconds: float, paths: Sequence[str] = FOLLOWED) -> Run:
    """The run of ``scenario`` whose worlds are in ``blocks`` already, simulated in so many ``seconds``; nothing is kept
    on the disk, no spread between draws is known, and of what a firm has by month only ``paths``.
    """
    from sim.outcomes.summary import summarise

    started = time.perf_counter()
    outcomes = summarise(scenario, lambda: blocks, paths=paths)
    timings = {"simulate_seconds": seconds, "summarise_seconds": time.perf_counter() - started}
    manifest = manifest_of(Run.KIND, scenario, How(), scenario.notices, timings, **_about(scenario, outcomes))
    kept = [histories_alone(block) for block in blocks]
    return Run(scenario=scenario, outcomes=outcomes, manifest=manifest, blocks=lambda: iter(kept))


def _about(scenario: Scenario, outcomes: Outcomes) -> dict[str, Any]:
    """What the manifest of a run says of its worlds."""
    extinct = {name: number(value) for name, value in asdict(outcomes.extinct).items()}
    return {"stem": digest.stem(scenario), "extinct": extinct, "clipped": outcomes.clipped}


def _pieces(scenario: Scenario, blocks: Callable[[], Iterator[Block]]) -> Callable[[], Iterable[Piece]]:
    """The worlds of a run as differences look at them; a second look at few worlds needs no blocks."""
    from sim.outcomes.differences import Piece
    from sim.outcomes.endgame import endgame_months

    kept: list[Piece] = []
    few = scenario.worlds * memory.world_bytes(scenario) <= KEPT_BYTES

    def pieces() -> Iterable[Piece]:
        if kept:
            return kept
        found = (
            Piece(numbers_of(block), block.histories, endgame_months(block), block.year_ends) for block in blocks()
        )
        if few:
            kept.extend(found)
            return kept
        return found

    return pieces


def opened(done: RunFolder, scenario: Scenario, blocks: Callable[[], Iterator[Block]]) -> Run:
    """The run kept in ``done``, read back from its tables. InputError if one of them is not sound."""
    from sim.outcomes.endgame import Share
    from sim.outcomes.summary import Outcomes

    files = OUTCOME_FILES.items()
    frames: dict[str, Any] = dict.fromkeys(OUTCOME_FILES)  # causes.csv is younger than the others
    frames |= {name: done.frame(file) for name, file in files if name != "causes" or file in done.manifest["files"]}
    try:
        outcomes = Outcomes(
            worlds=worlds_left(done.manifest),
            extinct=Share(**done.manifest["extinct"]),
            clipped=dict(done.manifest["clipped"]),
            **frames,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError("the manifest does not describe a run", file=str(done.path)) from error
    return Run(
        scenario=scenario,
        outcomes=outcomes,
        manifest=done.manifest,
        blocks=blocks,
        folder=done.path,
        reused=True,
        all_worlds=None if given_in(done.manifest) is None else done.frame(BESIDE_FILE),
    )
