"""The same laws as Mesa agents: a model per world, an agent per firm, ``AgentSet.do`` for what firms do themselves."""

from __future__ import annotations

from typing import Any

import mesa

from sim.foundation.months import number_in_year
from tools.benchmarks.feed import Ending, Feed
from tools.benchmarks.month_by_hand import FIRM, MONTH
from tools.benchmarks.plain import PlainWorld, Step, ending, steps_of


class FirmAgent(mesa.Agent):  # type: ignore[misc]
    """A firm: its columns are the agent's attributes."""

    def act(self, steps: tuple[Step, ...], tick: int) -> None:
        """Do these steps of the month for oneself."""
        own = self.model.world.own(self.row, tick)
        for step in steps:
            step(own)

    def leave(self) -> None:
        """Leave the model if the firm is gone."""
        if self.model.world.is_gone(self.row):
            self.remove()


class IndustryModel(mesa.Model):  # type: ignore[misc]
    """One world."""

    def __init__(self, feed: Feed, w: int) -> None:
        super().__init__(seed=0)
        firms = FirmAgent.create_agents(self, len(feed.problem.ids))
        self.parts = [(part, steps_of(part.rules)) for part in MONTH]
        self.world = PlainWorld(feed, w, firms)
        for f, firm in enumerate(firms):
            firm.row = f

    def step(self) -> None:
        """One month."""
        tick = self.steps
        self.world.change(tick)
        now: Any = self.world.world(tick)
        month = number_in_year(now.month)
        for part, steps in self.parts:
            if month not in part.months:
                continue
            if part.who == FIRM:
                self.agents.do("act", steps, tick)
            else:
                for step in steps:
                    step(now)
        self.agents.do("leave")


class ByMesa:
    """The worlds of a feed, ready to run once."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.models = [IndustryModel(feed, w) for w in range(feed.worlds)]

    def run(self) -> None:
        """Run all worlds to the end."""
        for model in self.models:
            for _ in range(self.feed.ticks):
                model.step()

    def ending(self) -> Ending:
        """How the worlds ended."""
        return ending(self.feed, [model.world for model in self.models])
