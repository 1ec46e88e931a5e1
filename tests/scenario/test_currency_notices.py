"""Of amounts taken over from another currency each is counted once: as stated, as a default, or not at all."""

from __future__ import annotations

import re

from small_scenario import minimal

from sim.scenario.load import load_mapping


def defaults_told(sets=()):
    """How many amounts the notice says are defaults in another currency."""
    (notice,) = load_mapping(minimal(currency="USD million"), sets).notices
    return int(re.search(r"(\d+) amounts of the defaults", notice)[1])


def test_an_amount_that_is_set_is_no_default_any_more():
    before = defaults_told()
    assert defaults_told(["firms.a.cash=5"]) == before - 1
    assert defaults_told(["assumptions.frontier.cost_month=5"]) == before - 1
    assert defaults_told(["assumptions.frontier.cost_month=5@2024-01"]) == before


def test_in_the_currency_of_the_defaults_nothing_is_said():
    assert load_mapping(minimal()).notices == load_mapping(minimal(currency="RMB million")).notices == ()
