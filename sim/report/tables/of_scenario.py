"""The table of a scenario: who takes part."""

from __future__ import annotations

from collections.abc import Mapping

from sim.foundation.currency import unit_in
from sim.foundation.states import A_GIANT
from sim.laws.catalogue import FIRM_ASSUMPTIONS
from sim.report.html.document import Cell, Column, Table
from sim.report.tables.of_run import value_text
from sim.scenario.model import Firm, Scenario
from sim.words.months import short_month
from sim.words.survivors import firm_in_words, firms_of

NOT_FOLLOWED = "not followed"  # giants are open accounts
AT_ENTRY = ("cash", "revenue_year", "users", "talent")  # what a reader knows a firm by


def firms_table(scenario: Scenario) -> Table:
    """Every firm: its kind, when it enters, and some of what it has then."""
    firms = firms_of(scenario)
    heads = [
        Column(f"{name.removesuffix('_year').capitalize()} ({unit_in(FIRM_ASSUMPTIONS[name].unit, scenario.currency)})")
        for name in AT_ENTRY
    ]
    rows = tuple(_row(scenario, firms, firm) for firm in scenario.firms)
    return Table("firms", "", (Column("Firm"), Column("Kind"), Column("Enters"), *heads), rows)


def _row(scenario: Scenario, firms: Mapping[str, Firm], firm: Firm) -> tuple[Cell, ...]:
    values = (
        Cell(NOT_FOLLOWED)
        if firm.kind == A_GIANT and name == "cash"
        else Cell(value_text(firm.values[name], FIRM_ASSUMPTIONS[name]))
        for name in AT_ENTRY
    )
    enters = "never" if firm.enters is None else short_month(firm.enters)
    return (Cell(firm_in_words(scenario, firms, firm.id), strong=True), Cell(firm.kind), Cell(enters), *values)
