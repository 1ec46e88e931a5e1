"""What propositions and amounts may speak of: firms, groups and months of one scenario."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sim.foundation.errors import Gathered
from sim.scenario.model import Probe
from sim.scenario.node import Node
from sim.scenario.removed import Removed


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be spoken of, the probes that were found to be needed, and what is wrong with what was said.

    ``groups`` are the members of every group and of every class, as Scenario has them. ``start`` and ``end`` are None
    where they are wrong themselves.
    """

    firms: Collection[str]
    groups: Mapping[str, tuple[str, ...]]
    start: int | None
    end: int | None
    probes: set[Probe] = field(default_factory=set)
    removed: Removed = field(default_factory=Removed)
    errors: Gathered = field(default_factory=Gathered)

    def firm(self, node: Node) -> str:
        """The firm that ``node`` names: one that stands alone."""
        self.removed.refuse(f"firms.{node.data}", node)
        if isinstance(node.data, str) and node.data in self.groups and node.data not in self.firms:
            raise node.wrong("a group or a class, not a firm", "a firm; or count: {of: GROUP, state: STATE}")
        return node.choice(self.firms, "a firm of this scenario")

    def group(self, node: Node, single: bool = False) -> str:
        """The group or class that ``node`` names; with ``single`` one that has firms that stand alone."""
        for section in ("groups", "firms"):
            self.removed.refuse(f"{section}.{node.data}", node)
        name = node.choice(self.groups, "a group or class of this scenario")
        if single and not any(id in self.firms for id in self.groups[name]):
            raise node.wrong("no firm that stands alone", "a group that has firms that are not classes")
        return name

    def month(self, node: Node) -> int:
        """The month that ``node`` states, within the horizon."""
        return node.month(self.start, self.end)
