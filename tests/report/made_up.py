"""A made-up finished run with plausible shapes: random blocks put through the real statistics."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.engine.block import Block
from sim.foundation.causes import ABANDONED, CAUSES, DISTRESSED, NEWNESS, NO_CAUSE, OUT_OF_MONEY
from sim.foundation.columns import ACQUIRED, CLOSED, EVENT, HISTORY_DTYPE, INDEPENDENT, LOG_DTYPE, NEVER, NOT_ENTERED
from sim.foundation.histograms import BINS, LANDSCAPE, PATHS, YEARLY, bin_of, nothing_seen
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS
from sim.outcomes.summary import summarise
from sim.scenario.layout import layout_of
from sim.scenario.model import Change, Claim, Firm, Scenario, Value
from sim.scenario.year_ends import KEPT, firms_kept, year_ends
from sim.study.run import Run
from sim.words.life_stories import WorldStory, life_stories

START = 2023 * 12 + 6  # July 2023
SIX = ("zhipu", "minimax", "moonshot", "stepfun", "baichuan", "zero-one")
STARTUPS = {
    "zhipu": "Zhipu", "minimax": "MiniMax", "moonshot": "Moonshot", "stepfun": "StepFun", "baichuan": "Baichuan",
    "zero-one": "01.AI", "deepseek": "DeepSeek",
}  # fmt: skip
GIANTS = {
    "bytedance": "ByteDance", "alibaba": "Alibaba", "tencent": "Tencent", "baidu": "Baidu", "huawei": "Huawei",
    "xiaomi": "Xiaomi",
}  # fmt: skip
MINIMAX = "MiniMax may be acquired by a giant if the consumer business stays unprofitable"


def default_value(declared: Any) -> Value:
    return Value("number", (declared.default,), declared.source)


def firm(ident: str, name: str, kind: str = "startup", copies: int = 0, enters: int | None = START) -> Firm:
    values = {n: default_value(a) for n, a in FIRM_ASSUMPTIONS.items()}
    if kind == "startup":
        first = next(iter(values))
        values[first] = Value("uniform", (0.0, FIRM_ASSUMPTIONS[first].high / 2), "P-XX-01", "range of three reports")
    return Firm(ident, name, kind, enters, None, None, copies, values)


def scenario(
    firms: tuple[Firm, ...] | None = None, ticks: int = 90, claims: tuple[Claim, ...] | None = None, **changed: Any
) -> Scenario:
    """The flagship's cast unless told otherwise."""
    if firms is None:
        firms = tuple(firm(i, n, enters=START + 5 if i == "deepseek" else START) for i, n in STARTUPS.items())
        firms += tuple(firm(i, n, "giant") for i, n in GIANTS.items())
    paths = list(ASSUMPTIONS)
    assumptions = {path: default_value(declared) for path, declared in ASSUMPTIONS.items()}
    for path in paths[1:5]:
        low, high = ASSUMPTIONS[path].low, ASSUMPTIONS[path].high
        assumptions[path] = Value("uniform", (low, (low + high) / 2), "S001-27", "a note on where this comes from")
    end = START + ticks - 1
    made = Scenario(
        name="six-dragons",
        title="The six dragons, 2023-2030",
        description="Six start-ups on the equal footing the documents describe, a latecomer with its own funding, and "
        "giants that compete in every line, from the price war of 2024 to the listings of 2026 and beyond.",
        currency="RMB million",
        start=START,
        end=end,
        worlds=2000,
        seed=7,
        firms=firms,
        groups={"six": SIX} if {f.id for f in firms} >= set(SIX) else {},
        assumptions=assumptions,
        changes=tuple(
            Change(
                path,
                START + 10 + i,
                None if i else START + 20,
                op,
                Value("number", (0.5,)),
                "events.price-war-2024",
                "S003-15",
            )
            for i, (path, op) in enumerate(zip(paths[1:4], ("times", "set", "plus"), strict=True))
        ),
        claims=claims if claims is not None else made_claims(end),
        facts=() if claims is not None else made_facts(end),
        probes=(),
        given=frozenset(paths[1:12]),
        resolved={},
        notices=("assumptions.demand.api_price: an event of 2025-06 overwrites --set",),
    )
    return replace(made, **changed)


def made_claims(end: int) -> tuple[Claim, ...]:
    by = min(START + 57, end)
    bought = {"firm": "minimax", "fate": "acquired", "by": by}
    profit = {"firm": "minimax", "milestone": "profitable", "by": by}
    few = {"count": {"of": "startups", "state": "general"}, "at": by, "between": (2, 3)}
    gone = {
        "all": ({"firm": "baichuan", "fate": "acquired", "by": end}, {"firm": "zero-one", "fate": "closed", "by": end})
    }
    zhipu = {"firm": "zhipu", "milestone": "profitable", "by": by}
    return (
        Claim("minimax-bought", MINIMAX, "S001-27", bought, {"not": profit}),
        Claim("two-or-three", "Only two or three top independent companies are left", "S001-19", few),
        Claim("pivoters-fall", "Baichuan is bought and 01.AI closes", "S001-29", gone),
        Claim("profit-by-2028", "Zhipu is profitable by 2028", "S001-25", zhipu),
        Claim("endgame", "The landscape settles in two years", "S001-24", {"endgame": True, "by": by}),
        Claim("nobody", "A firm that never is does something", "S002-11", bought, {"all": (profit, {"not": profit})}),
    )


def made_facts(end: int) -> tuple[Claim, ...]:
    by = min(START + 30, end)
    lists = [{"firm": who, "milestone": "listed", "by": by} for who in ("zhipu", "minimax")]
    gone = {"firm": "stepfun", "fate": "closed", "by": by}
    return (
        Claim("zhipu-lists", "Zhipu is listed by January 2026", "P-ZP-54", lists[0], None, True),
        Claim("minimax-lists", "MiniMax is listed by January 2026", "P-MM-42", lists[1], None, True),
        Claim("stepfun-gone", "StepFun is closed by January 2026", "P-SF-01", gone, None, False),
    )


def histories(made: Scenario, worlds: int, luck: np.random.Generator) -> np.ndarray:
    """(worlds, rows) histories with a different hazard for every startup."""
    rows = [f for f in made.firms for _ in range(max(f.copies, 1))]
    shape, ticks = (worlds, len(rows)), made.ticks
    startup = np.array([f.kind == "startup" for f in rows])
    weakness = np.where(startup, 0.002 + 0.02 * np.linspace(0, 1, len(rows)), 0.0)
    weakness[startup] = weakness[startup][luck.permutation(int(startup.sum()))]

    def first(hazard: np.ndarray, earliest: int = 1) -> np.ndarray:
        with np.errstate(divide="ignore", over="ignore"):
            wait = np.ceil(np.log(luck.random(shape)) / np.log1p(-np.clip(hazard, 1e-12, 0.9)))
        return np.minimum(earliest + wait, NEVER - 200).astype(np.int64)

    entry = np.array(
        [NEVER if f.enters is None else max(f.enters - made.start + 1, 0) if f.enters > made.start else 0 for f in rows]
    )
    entry = np.broadcast_to(entry, shape)
    bought, shut = first(weakness * 0.6, 14), first(weakness * 0.4, 16)
    leave = entry + np.minimum(bought, shut)
    out = np.where((leave <= ticks) & (entry < NEVER), leave, NEVER)
    made_rows = np.zeros(shape, HISTORY_DTYPE)
    made_rows["fate"] = np.where(
        out < NEVER, np.where(bought <= shut, ACQUIRED, CLOSED), np.where(entry > ticks, NOT_ENTERED, INDEPENDENT)
    )
    made_rows["entry_month"], made_rows["exit_month"] = entry, out
    bought_for, shut_for = (luck.choice(causes, shape) for causes in ((DISTRESSED, ABANDONED), (OUT_OF_MONEY, NEWNESS)))
    made_rows["cause"] = np.select(
        [made_rows["fate"] == ACQUIRED, made_rows["fate"] == CLOSED], [bought_for, shut_for], NO_CAUSE
    )

    def milestone(hazard: np.ndarray, earliest: int, after: np.ndarray) -> np.ndarray:
        when = after + first(hazard * startup, earliest)
        return np.where((when <= ticks) & (when < out), when, NEVER)

    made_rows["pivot_month"] = milestone(weakness, 9, entry)
    made_rows["listing_month"] = milestone(0.03 * startup - weakness, 26, entry)
    made_rows["profitable_month"] = milestone(0.012 * startup - weakness / 2, 30, entry)
    made_rows["abandoned_month"] = milestone(np.full(shape, 0.01), 24, made_rows["listing_month"].astype(np.int64))
    made_rows["rounds"], made_rows["raised"], made_rows["final_valuation"] = 3, 4000, 20000
    return made_rows


def tallied(values: np.ndarray, quantity: Any, active: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(worlds, months) values -> (months, BINS) counts of the active ones, and (months, 2) their range."""
    counts, seen = np.zeros((values.shape[1], BINS), np.uint32), nothing_seen((values.shape[1],))
    for month in range(values.shape[1]):
        found = [float(v) for v in values[active[:, month], month]]
        if found:
            counts[month] = np.bincount([bin_of(v, quantity.grid, quantity.scale) for v in found], minlength=BINS)
            seen[month] = min(found), max(found)
    return counts, seen


LEVELS = {"cash": 1500, "runway": 18, "value": 12000, "revenue": 30, "burn": 80, "gap": 0.5, "talent": 1, "users": 20}


def block(made: Scenario, worlds: int, seed: int = 1) -> Block:
    """Random histories, and histograms of ``sample`` of the worlds times a weight (for speed)."""
    luck = np.random.default_rng(seed)
    rows = histories(made, worlds, luck)
    months, sample = made.ticks + 1, min(worlds, 40)
    time = np.arange(months)
    ids = [f.id for f in made.firms for _ in range(max(f.copies, 1))]
    paths = np.zeros((len(made.firms), len(PATHS), months, BINS), np.uint32)
    paths_seen = nothing_seen(paths.shape[:3])
    alive = (rows["entry_month"][:, :, None] <= time) & (rows["exit_month"][:, :, None] > time)
    for index, one in enumerate(made.firms):
        row = ids.index(one.id)
        for q, quantity in enumerate(PATHS):
            steps = luck.normal(0.01, 0.16, (sample, months)).cumsum(axis=1)
            values = LEVELS[quantity.name] * np.exp(steps) * (1 + 0.3 * index)
            if quantity.name == "cash":
                values -= 400
            if one.kind == "startup" or quantity.of_giants:
                counts, paths_seen[index, q] = tallied(values, quantity, alive[:sample, row])
                paths[index, q] = counts * (worlds // sample)
    kinds = np.array([f.kind == "startup" for f in made.firms for _ in range(max(f.copies, 1))])
    race = alive & (rows["pivot_month"][:, :, None] > time)
    left, racing = alive[:, kinds].sum(axis=1), race[:, kinds].sum(axis=1)
    december = (made.start + time - 1) % 12 == 11
    kinds_of = {
        "independents": left[:sample],
        "general": racing[:sample],
        "concentration": np.clip(0.12 + 0.002 * time + luck.normal(0, 0.03, (sample, months)), 0.05, 1),
        "dry_powder": 20000 * np.exp(luck.normal(0, 0.3, (sample, months))),
        "venture_year": 9000 * np.exp(-((time - 30) ** 2) / 900 + luck.normal(0, 0.4, (sample, months))),
        "top_four_share": np.clip(0.6 + 0.004 * time + luck.normal(0, 0.06, (sample, months)), 0, 1),
    }
    landscape = np.zeros((len(LANDSCAPE), months, BINS), np.uint32)
    landscape_seen = nothing_seen(landscape.shape[:2])
    for q, quantity in enumerate(LANDSCAPE):
        seen = np.broadcast_to(december | (quantity.name not in YEARLY), (sample, months))
        landscape[q], landscape_seen[q] = tallied(kinds_of[quantity.name], quantity, seen)
    ends = np.where(luck.random(worlds) < 0.4, luck.integers(30, max(31, 2 * made.ticks), worlds), NEVER)
    gone = np.where(left > 0, NEVER, time).min(axis=1)
    leaders = np.zeros((len(made.firms), months), np.uint32)
    for index, one in enumerate(made.firms):
        if one.kind == "startup":
            leaders[index] = race[:, ids.index(one.id)].sum(axis=0) // max(int(kinds.sum()), 1)
    return Block(
        first=0,
        histories=rows,
        endgame=ends.astype(np.int32),
        extinct=gone.astype(np.int32),
        events=np.zeros(0, LOG_DTYPE),
        paths=paths,
        paths_seen=paths_seen,
        landscape=landscape,
        landscape_seen=landscape_seen,
        leaders=leaders,
        probes=np.zeros((worlds, 0)),
        year_ends=year_ends_of(made, alive, luck),
    )


def year_ends_of(made: Scenario, alive: np.ndarray, luck: np.random.Generator) -> np.ndarray:
    """Runway, cash and revenue at the ends of years, of single startups that are there."""
    ids, months = layout_of(made).ids, [month - made.start + 1 for month in year_ends(made.start, made.end)]
    there = alive[:, [ids.index(firm) for firm in firms_kept(made)]][:, :, months].swapaxes(1, 2)
    made_so = np.array([LEVELS[name] for name in KEPT]) * np.exp(luck.normal(0, 0.5, (*there.shape, len(KEPT))))
    return np.where(there[..., None], made_so, np.nan).astype(np.float32)


def story(made: Scenario, seed: int, why: str) -> WorldStory:
    """One world, told from its milestones."""
    luck = np.random.default_rng(seed)
    ids, rules = layout_of(made).ids, [cause.rule for cause in CAUSES]
    rows: list[tuple[Any, ...]] = []
    entries = np.full(len(ids), NEVER)

    def tell(month: int, who: str | None, event: str, value: float, cause: str, saw: float) -> None:
        row = -1 if who is None else ids.index(who)
        rows.append((seed, month, row, EVENT[event], value, rules.index(cause), saw, 5.0 * value, -1))
        if event == "entry":
            entries[row] = month

    for one in (f for f in made.firms if f.kind == "startup" and f.enters is not None):
        who = f"{one.id}-001" if one.copies else one.id
        entry = one.enters - made.start + 1
        tell(entry, who, "entry", 800, "entered on its date", 0.6)
        end = int(luck.integers(min(20, made.ticks), 2 * made.ticks + 1))
        for month in range(entry + 5, min(end, made.ticks), 11):
            event = "round" if luck.random() < 0.8 else "down round"
            tell(month, who, event, float(luck.integers(300, 5000)), "investors' score high enough", 30000.0)
        if luck.random() < 0.4 and end > 40 and made.ticks > 40:
            tell(33, who, "listing", 48000, "passed the gate while the window was open", 420)
            tell(38, who, "report cut", 0.2, "results below the path", 0.7)
            tell(min(62, made.ticks), who, "abandonment", 0, "failed the profitability test", -900)
        elif luck.random() < 0.6 and made.ticks > 30:
            tell(22, who, "pivot", 0, "behind the frontier and short of cash for its full plan", 1.4)
            tell(24, who, "exodus", 0.3, "people left after the pivot", 0.4)
        if end <= made.ticks:
            if luck.random() < 0.5:
                tell(end, who, "acquisition", 900, "bought in distress", 2.5)
            else:
                tell(end, who, "closure", 0, "out of money", -12)
    if made.ticks > 50:
        tell(47, None, "shift", 0, "new paradigm", 0.2)
    events = np.array(rows, LOG_DTYPE)
    events = events[np.argsort(events["month"], kind="stable")]
    return WorldStory(seed, why, tuple(life_stories(made, events, entries)))


MANIFEST = {
    "kind": "run",
    "stem": "0123456789abcdef",
    "sources": "fedcba9876543210",
    "package": "00ff00ff00ff00ff",
    "versions": {"python": "3.11.2", "shakeout": "0.1.0", "numpy": "2.2.0"},
    "timings": {"simulate_seconds": 4.2, "finished": "2026-04-03T10:00:00Z"},
    "command": "shakeout run secret-folder/scenario.yaml --jobs 2",
}


def run(made: Scenario | None = None, worlds: int = 2000, stories: bool = True) -> Any:
    """A finished run of ``made``."""
    made = made or scenario()
    outcomes = summarise(made, lambda: [block(made, worlds)])
    told = [story(made, *one) for one in ((3, "a typical one"), (5, "it ends very differently"), (8, "another"))]
    about = {"KIND": Run.KIND, "manifest": MANIFEST}
    return SimpleNamespace(scenario=made, outcomes=outcomes, **about, stories=told if stories else [])
