"""Life stories: any world told event by event, and the three worlds that a report tells."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sim.engine.block import Block
from sim.foundation.columns import EVENT, EVENTS
from sim.foundation.months import HALF_YEAR, MONTHS_A_YEAR, month_of
from sim.foundation.states import A_GIANT, A_STARTUP, MARKET, State
from sim.outcomes.given import numbers_of
from sim.outcomes.index import tick_text
from sim.outcomes.typical_worlds import LOOKED_AT, typical_of, typical_worlds
from sim.outcomes.world_tables import RULES
from sim.scenario.layout import layout_of
from sim.scenario.model import Firm, Scenario
from sim.words.events import SENTENCES, Moment
from sim.words.months import month_name
from sim.words.text import listed

MARKET_NAME = "The industry"
FIRST_WORDS, LAST_WORDS = "opening", "horizon"  # the events of first and last words, which the log does not tell
ROUND_EVENTS = ("round", "down round", "strategic round")
MOST_NAMED = 8  # startups that are named in how a world ends; more are counted
NOTABLE_TALENT = 0.1  # index: a year in which less was poached is not told


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing that happened: when (``tick``, ``date`` as YYYY-MM), what (``event``), how it is told, and why.

    ``value`` is the event's amount as logged; ``cause`` the text of the rule that fired, empty where none did.
    """

    tick: int
    date: str
    event: str
    text: str
    value: float
    cause: str

    @property
    def line(self) -> str:
        """``March 2024: raised ...``"""
        return f"{self.when}: {self.text}"

    @property
    def when(self) -> str:
        """``March 2024``; tick 0 is the opening."""
        month = month_of(self.date)
        return month_name(month) if self.tick > 0 and month is not None else "At the opening"


@dataclass(frozen=True, slots=True)
class Story:
    """One firm's life in one world; ``firm`` is ``market`` for what happened to the industry as a whole.

    ``fate`` is independent, acquired, closed or never_entered; empty for the industry.
    """

    firm: str
    name: str
    kind: str
    fate: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True, eq=False)
class WorldStory:
    """One world: its number, why it was chosen, the lives in it (the industry's last)."""

    world: int
    why: str
    lives: tuple[Story, ...]

    @property
    def title(self) -> str:
        """``World 4,711: a typical one``"""
        return f"World {self.world:,}: {self.why}"

    @property
    def ending(self) -> str:
        """How it ends, in a sentence: which startups are independent, or where they are many how many of those that
        ever entered.
        """
        there = [life for life in self.lives if life.kind == A_STARTUP and life.fate != State.NEVER_ENTERED]
        left = [life.name for life in there if life.fate == State.INDEPENDENT]
        if len(left) > MOST_NAMED:
            return f"{len(left):,} startups of {len(there):,} are independent at the end."
        if not left:
            return "No startup is independent at the end."
        return f"Independent at the end: {listed(left)}."

    def told(self) -> list[tuple[Story, Sentence]]:
        """What happened in it, whose it is and the sentence, by month; without the first and last words of a life."""
        said = [
            (life, sentence)
            for life in self.lives
            for sentence in life.sentences
            if sentence.event not in (FIRST_WORDS, LAST_WORDS)
        ]
        return sorted(said, key=lambda one: one[1].tick)


def life_stories(scenario: Scenario, events: np.ndarray, entry_months: np.ndarray) -> list[Story]:
    """Every firm's story from the events of one world (LOG_DTYPE, in the order they happened), rows in order.

    ``entry_months`` (firms,) are the ticks of entry, NEVER for who did not enter: the log does not tell of those who
    were there from the opening. The industry's own story comes last, if anything happened to it.
    """
    rows = layout_of(scenario)
    order = np.argsort(events["firm"], kind="stable")
    bounds = np.searchsorted(events["firm"][order], np.arange(-1, len(rows.ids) + 1))
    lives = [events[order[start:stop]] for start, stop in pairwise(bounds)]
    stories = []
    for row, life in enumerate(lives[1:]):
        firm = scenario.firms[rows.series[row]]
        number = rows.ids[row].removeprefix(firm.id).replace("-", " ")
        fate, last = _last_words(scenario, firm, life, int(entry_months[row]))
        first, told = _first_words(scenario, firm, int(entry_months[row])), _told(scenario, life, firm.kind == A_GIANT)
        stories.append(Story(rows.ids[row], firm.name + number, firm.kind, fate, (*first, *told, *last)))
    if len(lives[0]):
        stories.append(Story(MARKET, MARKET_NAME, MARKET, "", tuple(_told(scenario, lives[0]))))
    return stories


def _first_words(scenario: Scenario, firm: Firm, entered: int) -> list[Sentence]:
    """What a firm was at the opening; nothing for one that entered later, which has an event of its own."""
    if entered > 0:
        return []
    text = "there from the start"
    if firm.listed is not None:
        text += f", listed since {month_name(firm.listed)}"
    if firm.pivoted is not None:
        text += f", out of the general race since {month_name(firm.pivoted)}"
    return [Sentence(0, tick_text(scenario, 0), FIRST_WORDS, text, 0.0, "")]


def _gathered(scenario: Scenario, life: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``life`` with the poaching of a calendar year summed up, and which of its events are told: of refusals in a row,
    and of failed rounds in a row, only the last.

    Those are recorded only when a world is traced; milestones stay as they are, so a world is told in the same words
    whether everything in it was recorded or its milestones alone.
    """
    poached = life["event"] == EVENT["poached"]
    in_a_row = EVENT["refused"], EVENT["round failed"]
    kept, year = life.copy(), (scenario.start - 1 + life["month"]) // MONTHS_A_YEAR
    drop = np.zeros(len(life), bool)
    for index in np.flatnonzero(poached):
        same_year = poached & (year == year[index])
        kept["value"][index] = life["value"][same_year].sum()
        drop[index] = same_year[index + 1 :].any() or kept["value"][index] < NOTABLE_TALENT
    for before, index in pairwise(np.flatnonzero(~poached)):
        drop[before] = life["event"][before] == life["event"][index] and life["event"][index] in in_a_row
    return kept, ~drop


def _counted(life: np.ndarray) -> np.ndarray:
    """(events,) what ``Moment.times`` counts: rounds, cuts in a row, failures in a row, askings for one round."""
    times, rounds, cuts, failed, asked, last_cut = np.zeros(len(life), int), 0, 0, 0, 0, -HALF_YEAR
    for index, (code, tick) in enumerate(zip(life["event"].tolist(), life["month"].tolist(), strict=True)):
        event = EVENTS[code]
        if event in ROUND_EVENTS:
            rounds, failed, asked = rounds + 1, 0, 0
            times[index] = rounds
        elif event == "report cut":
            cuts, last_cut = cuts + 1 if tick - last_cut == HALF_YEAR else 1, tick
            times[index] = cuts
        elif event == "round failed":
            failed += 1
            times[index] = failed
        elif event == "seeks money":
            asked, failed = asked + 1, 0
            times[index] = asked
        elif event == "refused":
            failed = 0
    return times


def _told(scenario: Scenario, life: np.ndarray, giant: bool = False) -> list[Sentence]:
    """One firm's events as sentences."""
    names = [scenario.firms[number].name for number in layout_of(scenario).series]
    gathered, shown = _gathered(scenario, life)
    told, last = [], 0.0
    for happened, times in zip(gathered[shown], _counted(life)[shown].tolist(), strict=True):
        event, cause, tick = EVENTS[happened["event"]], int(happened["cause"]), int(happened["month"])
        value, worth = float(happened["value"]), float(happened["worth"])
        other = names[int(happened["other"])] if happened["other"] >= 0 else ""
        moment = Moment(value, cause, float(happened["saw"]), times, scenario.currency, worth, other, last, giant)
        text = SENTENCES[event](moment)
        told.append(Sentence(tick, tick_text(scenario, tick), event, text, value, RULES[cause]))
        last = worth if event in ROUND_EVENTS else last
    return told


def _last_words(scenario: Scenario, firm: Firm, life: np.ndarray, entered: int) -> tuple[str, list[Sentence]]:
    """How the firm ended, and for one that is still there what it is at the horizon."""
    happened = {EVENTS[code] for code in life["event"]}
    for fate, event in ((State.ACQUIRED, "acquisition"), (State.CLOSED, "closure")):
        if event in happened:
            return fate, []
    if entered > scenario.ticks:
        text, fate = "it never entered", State.NEVER_ENTERED
    elif firm.kind == A_GIANT:
        text, fate = "still in the general race", State.INDEPENDENT
    else:
        listed = "listing" in happened or firm.listed is not None
        pivoted = "pivot" in happened or firm.pivoted is not None
        text, fate = "still independent", State.INDEPENDENT
        text += ", listed" if listed else ""
        text += ", abandoned by the market" if "abandonment" in happened else ""
        text += ", out of the general race" if pivoted else ", in the general race"
    end = scenario.ticks
    return fate, [Sentence(end, tick_text(scenario, end), LAST_WORDS, text, 0.0, "")]


def chosen_stories(scenario: Scenario, blocks: Callable[[], Iterable[Block]]) -> list[WorldStory]:
    """A typical world and two that end very differently from it and from each other, of the first few thousand.

    Fewer where there are not so many different worlds. The choice depends on nothing but the worlds.
    """
    worlds, seen, log = _looked_at(blocks())
    if not len(worlds):
        return []
    stories: list[WorldStory] = []
    for index in typical_worlds(scenario, seen):
        world = int(worlds[index])
        why = "it ends very differently" if stories else "a typical one"
        happened = log[log["world"] == world]
        lives = life_stories(scenario, happened, seen["entry_month"][index])
        stories.append(WorldStory(world, why, tuple(lives)))
    return stories


def typical_life(scenario: Scenario, blocks: Iterable[Block], firm: str) -> tuple[WorldStory, float] | None:
    """The life of ``firm`` (of a class its first copy) in a world that is typical for it, and the share of the first
    few thousand worlds in which it ends in that way. None where ``firm`` is nobody, or there is no world.
    """
    rows = layout_of(scenario).rows.get(firm)
    worlds, seen, log = _looked_at(blocks)
    if rows is None or not len(worlds):
        return None
    index, share = typical_of(scenario, seen, rows[0])
    world = int(worlds[index])
    lives = life_stories(scenario, log[log["world"] == world], seen["entry_month"][index])
    return WorldStory(world, "typical for this firm", (lives[rows[0]],)), share


def _looked_at(blocks: Iterable[Block]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Numbers, histories and events of the first LOOKED_AT worlds."""
    numbers, histories, events, looked = [], [], [], 0
    for block in blocks:
        most = LOOKED_AT - looked
        numbers.append(numbers_of(block)[:most])
        histories.append(block.histories[:most])
        events.append(block.events)
        looked += len(numbers[-1])
        if looked >= LOOKED_AT:
            break
    if not looked:
        return np.empty(0, int), np.empty(0), np.empty(0)
    return np.concatenate(numbers), np.concatenate(histories), np.concatenate(events)
