"""What a written ``null`` takes out of an inherited scenario, and who still speaks of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sim.foundation.errors import InputError
from sim.scenario.node import Node

OWN_NULLS = {  # keys of entries of which null is a value: a firm that never enters, an event without end
    "firms": ("enters", "listed", "pivoted"),
    "events": ("until",),
    "claims": ("given",),
    "facts": ("given",),
}
_LISTED = 20  # of a section, in a notice
_SHOWN = 5  # places where a removed id is still named


@dataclass(frozen=True, slots=True)
class Removed:
    """``nodes``: path -> the null that removed it; ``named``: path -> what names it all the same."""

    nodes: dict[str, Node] = field(default_factory=dict)
    named: dict[str, list[Node]] = field(default_factory=dict)

    def refuse(self, path: str, node: Node) -> None:
        """InputError if ``path`` was removed; that ``node`` names it all the same is then remembered."""
        if path in self.nodes:
            self.named.setdefault(path, []).append(node)
            raise node.error("it was removed", found=path, told=True)

    def errors(self) -> Iterator[InputError]:
        """An error at the line of every removal of what is still named."""
        for path, places in self.named.items():
            shown = [node.place for node in places[:_SHOWN]]
            if len(places) > _SHOWN:
                shown.append(f"{len(places) - _SHOWN} more")
            allowed = "to remove or change that, too"
            yield self.nodes[path].error("null removes what is still named", found="; ".join(shown), allowed=allowed)

    def notices(self) -> tuple[str, ...]:
        """One sentence that says all that was removed."""
        return (f"Removed by null: {', '.join(in_short(self.nodes))}.",) if self.nodes else ()


def in_short(paths: Iterable[str]) -> list[str]:
    """``paths``, those of a section of which there are very many only counted: "118 facts"."""
    sections: dict[str, list[str]] = {}
    for path in paths:
        sections.setdefault(path.partition(".")[0], []).append(path)
    return [said for name, own in sections.items() for said in (own if len(own) <= _LISTED else [f"{len(own)} {name}"])]


def is_value(path: tuple[str, ...]) -> bool:
    """True where null is a value of its own."""
    return len(path) == 3 and path[2] in OWN_NULLS.get(path[0], ())
