"""How what people hold in a notebook shows itself: as a few lines of text, and as a small table and a figure.

The table and the figure are drawn by the report, which stands above whatever has them; so it is imported by its name,
and only when a notebook asks for HTML.
"""

from __future__ import annotations

from importlib import import_module

LONGEST_LINE = 600  # characters of a line of text
DRAWN_BY = "sim.report.notebook"


class Shown:
    """Gives a class what notebooks ask for. Its ``__repr__`` is its own: a line or a few."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        """A sentence, a small table and a figure: HTML without scripts, which needs nothing from elsewhere."""
        html: str = import_module(DRAWN_BY).html_of(self)
        return html
