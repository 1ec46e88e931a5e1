"""A horizon made shorter fits what was written for the longer one, and says so; a wrong date stays an error."""

import pytest
from small_scenario import TEXT, minimal, write

from sim.foundation.errors import InputError
from sim.foundation.months import month_of
from sim.scenario.load import load, load_mapping, load_text
from sim.scenario.yaml_text import to_yaml

HAZARD = "assumptions.closure.hazard_month"


def test_an_earlier_end():
    scenario = load_text(TEXT.replace("enters: 2022-01", "enters: 2026-01"), ["end=2025-03"])
    assert scenario.claims == () and scenario.facts == () and scenario.probes == ()
    assert {change.origin for change in scenario.changes} == {"events.price-war"}
    assert all(change.last == month_of("2025-03") for change in scenario.changes)
    assert scenario.firms[2].id == "tencent" and scenario.firms[2].enters is None
    assert scenario.notices == (
        "Left out, because dated outside 2023-07 to 2025-03: "
        "events.later, claims.bought, claims.few, facts.zhipu-lists.",
        "Never comes, because dated after 2025-03: firms.tencent.enters.",
    )


def test_an_end_that_some_claims_survive():
    scenario = load_text(TEXT, ["end=2028-04"])
    assert [claim.id for claim in scenario.claims] == ["bought"]  # few asks for 2030-12 in one corner


def test_a_later_start():
    scenario = load_text(TEXT, ["start=2025-01"])
    war = [change for change in scenario.changes if change.origin == "events.price-war"]
    assert len(war) == 2 and all((c.first, c.last) == (month_of("2025-01"), month_of("2025-06")) for c in war)
    assert scenario.firms[0].enters == month_of("2023-07")
    assert scenario.notices == ("Began before 2025-01, in force from the start: events.price-war.",)
    assert load_text(TEXT, ["start=2025-07"]).changes[0].origin == "events.later"


def test_events_before_the_start_keep_their_order():
    """The event of 2024-02 applies after that of 2024-01, wherever they stand in the file."""
    events = {
        "third": {"date": "2025-01", "set": {HAZARD: 0.3}},
        "second": {"date": "2024-02", "set": {HAZARD: 0.2}},
        "first": {"date": "2024-01", "set": {HAZARD: 0.1}},
    }
    scenario = load_mapping(minimal(events=events), ["start=2025-01", f"{HAZARD}=0.4@2025-01"])
    assert [change.value.numbers[0] for change in scenario.changes] == [0.1, 0.2, 0.3, 0.4]
    assert {change.first for change in scenario.changes} == {month_of("2025-01")}
    assert load_text(to_yaml(scenario)).changes == scenario.changes


def test_an_extending_file_with_an_earlier_end(tmp_path):
    write(tmp_path, "base.yaml", TEXT)
    short = write(tmp_path, "short.yaml", "extends: base.yaml\nend: 2027-12\n")
    assert [claim.id for claim in load(short).claims] == []
    assert "claims.bought" in load(short).notices[0]
    longer = write(tmp_path, "longer.yaml", "extends: short.yaml\nend: 2030-12\n")
    assert [claim.id for claim in load(longer).claims] == ["bought", "few"]
    assert load(longer).notices == ()


@pytest.mark.parametrize(
    "more",
    [
        "events: {mine: {date: 2028-01, set: {assumptions.closure.on: 0}}}",
        "claims: {mine: {when: {endgame: true, by: 2028-01}}}",
        "claims: {few: {when: {endgame: true, by: 2028-01}}}",
        "firms: {zhipu: {enters: 2028-01}}",
        "events: {price-war: {until: 2028-01}}",
    ],
)
def test_a_date_outside_the_horizon_of_its_own_file_is_an_error(tmp_path, more):
    write(tmp_path, "base.yaml", TEXT)
    path = write(tmp_path, "short.yaml", f"extends: base.yaml\nend: 2027-12\n{more}\n")
    with pytest.raises(InputError, match="a date after the horizon") as caught:
        load(path)
    assert caught.value.file == str(path) and caught.value.line == 3 and caught.value.found == "2028-01"


def test_a_set_outside_the_horizon_is_an_error_even_if_it_shortens_it():
    for sets in (["end=2027-12", f"{HAZARD}=1@2028-01"], ["end=2027-12", "firms.zhipu.enters=2028-01"]):
        with pytest.raises(InputError, match="a date after the horizon"):
            load_text(TEXT, sets)


def test_an_earlier_start_that_overtakes_a_listing_is_an_error(tmp_path):
    """Started listed in the base; in the longer story it has not listed yet, and only the author can say what then."""
    late = minimal(start="2026-04", firms={"a": {"listed": "2026-01", "pivoted": "2025-10"}})
    base = write(tmp_path, "base.yaml", to_yaml(load_mapping(late)))
    assert load(base).firms[0].listed == month_of("2026-01")
    assert load(base, ["start=2026-02"]).firms[0].pivoted == month_of("2025-10")
    earlier = write(tmp_path, "earlier.yaml", "extends: base.yaml\nstart: 2025-11\n")
    shorter = write(tmp_path, "shorter.yaml", "extends: base.yaml\nstart: 2025-11\nend: 2025-12\n")
    for path, sets in ((base, ["start=2025-11"]), (earlier, []), (shorter, [])):
        with pytest.raises(InputError, match="a month before the start 2025-11") as caught:
            load(path, sets)
        assert caught.value.key == "firms.a.listed" and caught.value.found == "2026-01"
        assert caught.value.file == str(base) and caught.value.line is not None
    without = ["firms.a.listed=null"]
    assert load(earlier, without).firms[0].listed is None
    with pytest.raises(InputError, match=r"firms\.a\.pivots"):
        load(earlier, [*without, "start=2025-10"])


def test_an_unchanged_horizon_says_nothing():
    assert load_text(TEXT, ["end=2030-12"]).notices == ()
    assert len(load_text(TEXT, ["end=2031-12"]).claims) == 2
