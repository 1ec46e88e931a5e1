"""Sums over worlds that merge: of any parts of the worlds of a run, in any grouping, to the same as of all in one go.

Workers add up their worlds and send what merges; the process that asked never sees the worlds themselves. All sums are
whole numbers, so that merging is exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class Counts:
    """What is added up of worlds; ``SUMS`` names the attributes it is in: numbers, arrays, and mappings or lists of
    these.
    """

    SUMS: ClassVar[tuple[str, ...]] = ()

    def sums(self) -> dict[str, Any]:
        """What ``merge`` takes: plain data, without the scenario."""
        return {name: getattr(self, name) for name in self.SUMS}

    def merge(self, sums: Mapping[str, Any]) -> None:
        """Count the worlds behind ``sums``, of the same scenario, too."""
        for name in self.SUMS:
            setattr(self, name, plus(getattr(self, name), sums[name]))


def plus(one: Any, other: Any) -> Any:
    """The sum of two numbers, arrays, mappings (by key: a key of one alone stays) or lists (in step; an empty one is
    nothing).
    """
    if isinstance(one, Mapping):
        return {
            key: plus(one[key], other[key]) if key in one and key in other else of
            for key, of in {**one, **other}.items()
        }
    if isinstance(one, list):
        return [plus(a, b) for a, b in zip(one, other, strict=True)] if one and other else one or other
    return one + other
