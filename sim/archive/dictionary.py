"""The data dictionary: every file of a run's folder and every column of its tables, declared once.

Tables are written and read back by these declarations (tables.py), and the README of each folder is made from them
(study/readme.py). What the folders of a study have beside is declared in its own module, in the same form. ``¤`` in a
unit stands for the scenario's unit of money.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sim.foundation.states import State
from sim.scenario.model import ENSEMBLE_FILE

INTEGER, A_MONTH, NUMBER, TEXT, TEXT_OR_NONE, FLAG = "whole", "month", "number", "text", "text or none", "flag"
TYPES = {  # kind of a column -> what it is called
    INTEGER: "whole number",
    A_MONTH: "whole number",
    NUMBER: "number",
    TEXT: "text",
    TEXT_OR_NONE: "text",
    FLAG: "true or false",
}
DATE = "YYYY-MM"
A_SHARE = "share, 0 to 1"
OWN_UNIT = "that of the quantity"
TICK = "tick"
ONE_WORLD = "there is one world, which has no interval"


class Column(NamedTuple):
    """``unit`` is "" where there is none; ``empty`` says what an empty cell means, "" where no cell is."""

    name: str
    kind: str
    unit: str
    says: str
    empty: str = ""


class Table(NamedTuple):
    """``notes`` go below it. In a study, columns that are called like a varied path stand before those declared."""

    says: str
    columns: tuple[Column, ...]
    notes: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """What the columns are called, in order."""
        return [column.name for column in self.columns]


FIRM = Column("firm", TEXT, "", "id of the firm; of one of a class `<id>-001` and on")
FIRM_OR_GROUP = Column("firm", TEXT, "", "id of a firm, a class or a group")
WORLD = Column("world", INTEGER, "", "number of the world, from 0; `shakeout trace --world` tells its story")
AT_TICK = Column("month", INTEGER, TICK, "month of the run: 1 is the first, 0 the opening before it")
AT_DATE = Column("date", TEXT, DATE, "the same month on the calendar")
VARIANT = Column("variant", TEXT, "", "name of the variant, or of the run that is compared with the first")


def bounds(of: str, unit: str, empty: str = ONE_WORLD, named: bool = False) -> tuple[Column, Column]:
    """The interval of the column ``of``: low and high, or ``named`` after it where a table has several."""
    prefix = f"{of}_" if named else ""
    return (
        Column(f"{prefix}low", NUMBER, unit, f"lower bound of the 95% interval of `{of}`", empty),
        Column(f"{prefix}high", NUMBER, unit, f"upper bound of the 95% interval of `{of}`", empty),
    )


def spread(of: str, unit: str, named: bool = False) -> tuple[Column, ...]:
    """The spread between draws of the column ``of``, with its interval; ``named`` as for ``bounds``."""
    name = f"{of}_sd" if named else "sd"
    says = (
        f"what is not known: standard deviation of `{of}` from one draw of the uncertain assumptions to another, luck "
        "averaged out; 0 where nothing is uncertain"
    )
    empty = "it is not known: fewer than two draws have two worlds to count, or something is given"
    return Column(name, NUMBER, unit, says, empty), *bounds(name, unit, empty, named=True)


MILESTONES_SAID = {  # stem of the column -> what came in that month
    "entry": "it entered",
    "exit": "it was acquired or closed",
    "pivot": "it left the general race",
    "listing": "it was listed",
    State.ABANDONED: "the market abandoned it",
    State.PROFITABLE: "it completed its first year of operating cash flow at or above zero",
}


def _milestones() -> tuple[Column, ...]:
    columns = []
    for stem, came in MILESTONES_SAID.items():
        before = f"month of the run in which {came}; negative or 0 before the start"
        columns.append(Column(f"{stem}_month", A_MONTH, TICK, before, "never"))
    for stem, came in MILESTONES_SAID.items():
        columns.append(Column(f"{stem}_date", TEXT_OR_NONE, DATE, f"calendar month in which {came}", "never"))
    return tuple(columns)


FIRMS_PARQUET = Table(
    "one row for every world and firm: how it ended, and when what happened to it",
    (
        WORLD,
        FIRM,
        Column("fate", TEXT, "", "`independent`, `acquired`, `closed` or `never_entered`, at the horizon"),
        *_milestones(),
        Column("rounds", INTEGER, "", "venture rounds raised since the start"),
        Column("raised", NUMBER, "¤", "money raised from investors since the start"),
        Column("final_valuation", NUMBER, "¤", "valuation at the horizon; 0 for a firm that is not independent then"),
        Column("cause", TEXT, "", "what ended it: the rule that fired", "it is not gone"),
    ),
)
EVENTS_PARQUET = Table(
    "one row for every milestone, in the order they happened, world by world",
    (
        WORLD,
        Column("month", INTEGER, TICK, "month of the run in which it happened"),
        AT_DATE,
        Column("firm", TEXT, "", "id of the firm; of one of a class `<id>-001` and on", "the event is the market's"),
        Column("event", TEXT, "", "what happened"),
        Column("value", NUMBER, "see below", "how much: what it is depends on the event"),
        Column("cause", TEXT, "", "the rule that fired"),
    ),
    notes=(
        "`value` by event: entry, closure: cash of the firm, ¤; round, down round, strategic round: amount raised, ¤; "
        "redemption: money that investors called, ¤; listing, abandonment: valuation, ¤; report cut: fall of the "
        "price, share; pivot: 1 where core technology is kept "
        "(deep), else 0; exodus: share of the talent that has left; spin-off: proceeds, ¤; acquisition: price, ¤; "
        "shift: share by which leads shrank; copy: share of the verticals that is copied; profitable: operating cash "
        "flow of twelve months, ¤; cannot pivot, cannot raise (a decision of the scenario that could not be, "
        "the cause says why): cash of the firm, ¤; cannot list: valuation, ¤.",
    ),
)
ACTIVE = "the firm is active in no world in this month, or the value lies beyond what is recorded"
TOO_FEW = "too few worlds to bound it, or the median itself is empty"


def _quantile(level: int) -> str:
    return f"value that {level}% of the worlds do not exceed" if level != 50 else "median over worlds"


PATHS_PARQUET = Table(
    "quantiles over worlds of the quantities of every firm in every month",
    (
        Column("firm", TEXT, "", "id of the firm, or of the class: then its firms of all worlds are pooled"),
        Column("quantity", TEXT, "", "what is measured: see below"),
        AT_TICK,
        AT_DATE,
        Column("worlds", INTEGER, "", "worlds in which the firm is active then; of a class firms, all worlds together"),
        *(Column(f"p{level:02d}", NUMBER, OWN_UNIT, _quantile(level), ACTIVE) for level in (5, 25, 50, 75, 95)),
        *bounds("p50", OWN_UNIT, TOO_FEW, named=True),
    ),
)
SWEPT_SURVIVAL = Table(
    "survival curves of firms, classes and groups",
    (
        Column("group", TEXT, "", "id of a firm, a class or a group"),
        Column("endpoint", TEXT, "", "until when: it stays `independent`, or in the `general` race"),
        Column("origin", TEXT, "", "the clock: `calendar`, or the milestone and years of a cohort that start it"),
        Column("month", INTEGER, "months", "on the calendar the month of the run, else months since the clock started"),
        Column("date", TEXT, DATE, "the month on the calendar", "the clock is not the calendar"),
        Column("at_risk", INTEGER, "", "worlds (of groups: firms in all worlds) that are followed so far"),
        Column("survival", NUMBER, A_SHARE, "share of them that has not left", "nobody is at risk"),
        *bounds("survival", A_SHARE, "nobody is at risk, or there is one world"),
    ),
)
SURVIVAL_CSV = SWEPT_SURVIVAL._replace(columns=(*SWEPT_SURVIVAL.columns, *spread("survival", A_SHARE)))
STATE_UNIT = "share of worlds (of classes and groups: of firms in all worlds), 0 to 1"
FATES_CSV = Table(
    "how likely every fate and milestone is by every month",
    (
        FIRM_OR_GROUP,
        Column(
            "fate",
            TEXT,
            "",
            "`acquired`, `closed`, `independent` and `never_entered`, which sum to 1; the milestones "
            "`listed`, `pivoted`, `abandoned`, `profitable`; or `general`: still in the general race",
        ),
        AT_TICK,
        AT_DATE,
        Column("incidence", NUMBER, STATE_UNIT, "share in this state, or that has passed this milestone, by then"),
        *bounds("incidence", STATE_UNIT),
    ),
)
CAUSES_CSV = Table(
    "what ended the firms: every fate and cause that ended any firm of the run, in every year",
    (
        FIRM_OR_GROUP,
        Column("year", INTEGER, "calendar year", "year of the exit; the first and the last may be in the run in part"),
        Column("fate", TEXT, "", "`acquired` or `closed`"),
        Column("cause", TEXT, "", "the rule that fired, as in events.parquet"),
        Column("share", NUMBER, STATE_UNIT, "share that ended so in this year"),
        *bounds("share", STATE_UNIT),
        Column("cumulative", NUMBER, STATE_UNIT, "share that ended so by the end of this year, or by the horizon"),
        *bounds("cumulative", STATE_UNIT, named=True),
    ),
    notes=(
        "There is a row for every firm, class and group, every year of the run, and every fate and cause that ended "
        "any firm in any world, with a share of 0 where it ended nobody; a cause that ended nobody at all has no rows. "
        "Over the causes of a fate `cumulative` sums to the `incidence` of that fate in fates.csv.",
    ),
)
QUANTILE_LEVELS = {"median": 50, "p05": 5, "p25": 25, "p75": 75, "p95": 95}
LANDSCAPE_CSV = Table(
    "quantiles over worlds of the industry's quantities in every month in which they are observed",
    (
        AT_TICK,
        AT_DATE,
        Column("quantity", TEXT, "", "what is measured: see below"),
        *(
            Column(name, NUMBER, OWN_UNIT, _quantile(level), "the value lies beyond what is recorded")
            for name, level in QUANTILE_LEVELS.items()
        ),
        *(
            bound
            for name in QUANTILE_LEVELS
            for bound in bounds(
                name, OWN_UNIT, "too few worlds to bound it, or the quantile itself is empty", named=True
            )
        ),
    ),
)
ENDGAME_CSV = Table(
    "how likely the endgame is to have begun by every month",
    (
        AT_TICK,
        AT_DATE,
        Column("share", NUMBER, A_SHARE, "share of worlds in which it has begun by then"),
        *bounds("share", A_SHARE),
        *spread("share", A_SHARE),
    ),
)


def _ledger(what: str, *more: Column) -> Table:
    return Table(
        f"in how many worlds each {what} of the scenario comes true",
        (
            Column("claim", TEXT, "", f"id of the {what}"),
            Column("says", TEXT, "", "the sentence it stands for", "none is given"),
            Column("source", TEXT, "", "evidence id, paper, or `assumption`", "none is given"),
            Column("probability", NUMBER, A_SHARE, "share of `worlds` in which it is true", "`worlds` is 0"),
            *bounds("probability", A_SHARE, "fewer than two worlds are asked"),
            Column("worlds", INTEGER, "", "worlds that meet its condition and in which it is true or false"),
            *more,
            *spread("probability", A_SHARE),
        ),
    )


CLAIMS_CSV = _ledger("claim")
FACTS_CSV = _ledger("fact", Column("happened", FLAG, "", "whether it happened"))
STATE_COLUMNS = {  # as in fates.csv -> the share of worlds that is in the column of this name
    State.ACQUIRED: "was acquired by the horizon",
    State.CLOSED: "closed by the horizon",
    State.INDEPENDENT: "is independent at the horizon",
    State.NEVER_ENTERED: "has not entered by the horizon",
    State.LISTED: "was listed by the horizon",
    State.PIVOTED: "left the general race by the horizon",
    State.ABANDONED: "was abandoned by the market by the horizon",
    State.PROFITABLE: "had a year of operating cash flow at or above zero by the horizon",
    State.IN_GENERAL_RACE: "is in the general race at the horizon",
}
AMONG = "abandoned_among_listed"


def _states() -> tuple[Column, ...]:
    columns: list[Column] = []
    for name, says in STATE_COLUMNS.items():
        columns.append(Column(name, NUMBER, STATE_UNIT, f"share that {says}"))
        columns += bounds(name, STATE_UNIT, named=True)
    columns.append(Column(AMONG, NUMBER, A_SHARE, "of those that listed, the share that was abandoned", "none listed"))
    few = "fewer than two are listed, or there is one world"
    return (*columns, *bounds(AMONG, A_SHARE, few, named=True))


HEADLINE_CSV = Table(
    "every firm, class and group at the horizon: the table that the page opens with",
    (
        FIRM_OR_GROUP,
        Column("name", TEXT, "", "its name"),
        Column("kind", TEXT, "", "`startup`, `giant` or `group`"),
        Column("members", INTEGER, "firms", "firms in it"),
        *_states(),
        Column(
            "median_exit",
            TEXT_OR_NONE,
            DATE,
            "month by which half of all that enter by the horizon are gone",
            "fewer than half are gone by the horizon, or nobody enters",
        ),
        Column("median_exit_low", TEXT_OR_NONE, DATE, "lower bound of its 95% interval", "after the horizon"),
        Column("median_exit_high", TEXT_OR_NONE, DATE, "upper bound of its 95% interval", "after the horizon"),
        *(column for name in STATE_COLUMNS for column in spread(name, STATE_UNIT, named=True)),
    ),
)
LEADERS_CSV = Table(
    "how often a startup leads the general race in every month",
    (
        Column("series", TEXT, "", "id of the firm or class"),
        AT_TICK,
        Column("share", NUMBER, A_SHARE, "share of worlds in which it (one of the class) leads"),
    ),
)
MIXED = "shares 0 to 1; counts and ¤: see `quantity`"
ONE_SIDE = "the firm or group is in one of the two runs only"
DIFFERENCES_CSV = Table(
    "what changes: the variant (or the other run) less the base (or the first run)",
    (
        VARIANT,
        Column("firm", TEXT, "", "id of a firm, a class or a group; `all`: the industry"),
        Column(
            "quantity",
            TEXT,
            "",
            "`survival` (still independent, of those that entered), a fate, milestone or `general` (share); a fate and "
            "its cause as in causes.csv, `closed: out of money` (share ended so by the date); `raised`, "
            "`final_valuation` (¤ a world, a firm that is gone counts 0); `independents_left`, `general_left` "
            "(startups a world), `endgame` (share); of single startups over the worlds in which they are there (of "
            "paired runs, in both): `runway` (months, medians), `cash` (¤) and `revenue` (¤ a month, means), and "
            "`counted`, the share of worlds that these rest on",
        ),
        Column("date", TEXT, DATE, "by the end of this month"),
        Column("base", NUMBER, MIXED, "in the base, or the first run", ONE_SIDE),
        Column("variant_value", NUMBER, MIXED, "in the variant, or the other run", ONE_SIDE),
        Column(
            "difference",
            NUMBER,
            MIXED,
            "`variant_value` less `base`; of `runway` in paired runs the median of the differences world by world",
            ONE_SIDE,
        ),
        *bounds("difference", MIXED, f"{ONE_SIDE}, or there are too few worlds (one; of `runway` five)"),
        Column("paired", FLAG, "", "true: world by world with the same luck; false: as independent runs"),
        Column(
            "variance_ratio",
            NUMBER,
            "ratio",
            "variance of the unpaired difference over that of the paired one",
            "not paired, the paired variance is 0, or it is told by medians (`runway`)",
        ),
    ),
)
EVIDENCE_CSV = Table(
    "the facts that the scenario's texts (of a study, all its scenarios') name by id: rows of docs/evidence.csv",
    (
        Column("id", TEXT, "", "S…: a passage of the documents behind the scenario; P-…: a public page"),
        Column("subject", TEXT, "", "whom it is about"),
        Column("fact", TEXT, "", "what is said"),
        Column("value", TEXT, "see `unit`", "the number or date in it", "it is no number"),
        Column("unit", TEXT, "", "unit of `value`", "there is none"),
        Column("date", TEXT, "YYYY, YYYY-MM or YYYY-MM-DD", "when it was so, or was said", "no date is given"),
        Column("source_kind", TEXT, "", "`seed`: one of the documents; else what kind of public page"),
        Column("source", TEXT, "", "the document, or the page's address"),
        Column("note", TEXT, "", "the words it rests on, or a remark", "there is none"),
    ),
)
GIVEN_CSV = Table(
    "what is given, in the order in which worlds were set aside",
    (
        Column("known", TEXT, "", "id of the fact or claim, or the proposition"),
        Column("says", TEXT, "", "what a world must have to stay, in words"),
        Column("left", INTEGER, "", "worlds that are left when it and all rows above are given"),
    ),
)
NONE_ASKED = "no such world was asked, or nobody is asked about"
BESIDE_CSV = Table(
    "the worlds that are left beside all worlds: fates at the horizon, claims and facts",
    (
        Column("about", TEXT, "", "`fate`, `claim` or `fact`"),
        Column("id", TEXT, "", "id of the firm, class or group; of the claim or fact"),
        Column("quantity", TEXT, "", "which fate or milestone; of a claim or fact `true`"),
        Column("share", NUMBER, A_SHARE, "of the worlds that are left (of a class or group of its firms)", NONE_ASKED),
        *bounds("share", A_SHARE, NONE_ASKED),
        Column("worlds", INTEGER, "", "worlds that are left; of a claim or fact those in which it can be told"),
        Column("all_share", NUMBER, A_SHARE, "the same of all worlds", NONE_ASKED),
        Column("all_low", NUMBER, A_SHARE, "lower bound of the 95% interval of `all_share`", NONE_ASKED),
        Column("all_high", NUMBER, A_SHARE, "upper bound of the 95% interval of `all_share`", NONE_ASKED),
        Column("all_worlds", INTEGER, "", "all worlds; of a claim or fact those in which it can be told"),
        Column("apart", NUMBER, A_SHARE, "`share` less `all_share`", NONE_ASKED),
        *(
            Column(f"apart_{end}", NUMBER, A_SHARE, f"{said} bound of the 95% interval of `apart`", NONE_ASKED)
            for end, said in (("low", "lower"), ("high", "upper"))
        ),
    ),
)
GIVEN_TABLES = {"given.csv": GIVEN_CSV, "beside.csv": BESIDE_CSV}  # in the folder of a run in which something is given
DIFFERENCES_ALL = {  # in the folder of a study of runs in which something is given
    "differences_all.csv": DIFFERENCES_CSV._replace(
        says="of all worlds, whether they agree with what is given or not: as differences.csv"
    )
}
DECLARED = {
    "evidence.csv": EVIDENCE_CSV,
    "firms.parquet": FIRMS_PARQUET,
    "events.parquet": EVENTS_PARQUET,
    "paths.parquet": PATHS_PARQUET,
    "headline.csv": HEADLINE_CSV,
    "survival.csv": SURVIVAL_CSV,
    "fates.csv": FATES_CSV,
    "causes.csv": CAUSES_CSV,
    "landscape.csv": LANDSCAPE_CSV,
    "endgame.csv": ENDGAME_CSV,
    "claims.csv": CLAIMS_CSV,
    "facts.csv": FACTS_CSV,
    "leaders.csv": LEADERS_CSV,
    "differences.csv": DIFFERENCES_CSV,
    **GIVEN_TABLES,
}
OTHER_FILES = {  # files that are no tables; a folder ends with a slash
    "manifest.json": "seed, worlds, versions, command, timings, notices, and size and SHA-256 of every other file",
    "scenario.yaml": "the scenario with everything filled in; it runs again to the same result",
    "README.md": "this text",
    ENSEMBLE_FILE: "the joint draws that scenario.yaml names: a column an assumption, a row a draw",
}


def columns_of(file: str, table: Table, found: Sequence[str]) -> list[tuple[str, Column | None]]:
    """Every column of a ``table`` in ``file`` that has the columns ``found``, in order, with its declaration; None for
    a varied path, whose name alone has dots. ValueError if they are not those that are declared.
    """
    declared = {column.name: column for column in table.columns}
    varied = [name for name in found if "." in name]
    if list(found) != [*varied, *declared]:
        raise ValueError(f"{file} has the columns {', '.join(found)}; declared are {', '.join(declared)}")
    return [(name, declared.get(name)) for name in found]


def names_of(kind: str, table: Table | None = None) -> tuple[str, ...]:
    """Names of all columns of that kind in ``table``; without one, in any table of a run."""
    looked_at = [one for one in DECLARED.values() if one is not EVIDENCE_CSV] if table is None else [table]
    return tuple(dict.fromkeys(c.name for one in looked_at for c in one.columns if c.kind == kind))
