"""Third iron law: numbers by hand, limits, signs with the state forced (pivoted), compiled as plain."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import (
    assumed,
    bounded,
    compiled_as_plain,
    demand_month,
    giant,
    later,
    rows,
    startup,
    told,
    vertical_month,
    world,
)

from sim.foundation.columns import VERTICAL
from sim.laws import vertical

ALL = bounded(*(f"vertical_{a.name}" for a in vertical.MECHANISM.assumptions))
SHARE = st.floats(0, 1)
LEAD = st.floats(-5, 5)
TERMS = ("vertical_margin", "vertical_dso", "vertical_delay", "vertical_bad_debt", "vertical_pull")
LIGHT, DEEP = {"pivot_month": 0, "deep": 0}, {"pivot_month": 0, "deep": 1}


def _month(*firms, open_gap=1.0, copied=0.5, **assume):
    w = world(*firms, market={"open_gap": open_gap, "copied": copied}, **assume)
    vertical_month(w)
    return w


def test_relief_by_hand():
    """deep_relief + (1 - deep_relief) * (1 - exp(-lead / lead_ref)) for one who keeps core technology."""
    assume = assumed(vertical_deep_relief=0.2, vertical_lead_ref=0.5)
    assert vertical.relief(True, 1.0, assume) == approx(0.2 + 0.8 * (1.0 - math.exp(-2.0)), rel=1e-14)
    assert vertical.relief(True, -1.0, assume) == approx(0.2, rel=1e-14)
    assert vertical.relief(False, 1.0, assume) == 0.0


def test_the_price_of_a_lead_by_hand():
    """A lead of 0.5 at lead_ref 0.5 counts 1 - 1/e. It adds 0.4 of that to the price at strength 1 and beyond, half at
    a half; margin = 1 - (project cost + lost) / price."""
    deep = startup(**DEEP, gap=0.5)
    led = 1.0 - math.exp(-1.0)
    for strength, claimed in ((1.0, 1.0), (3.0, 1.0), (0.5, 0.5)):
        w = _month(
            deep,
            startup(**LIGHT, gap=0.5),
            giant(gap=0.5),
            vertical_strength=strength,
            vertical_lead_price=0.4,
            vertical_lead_ref=0.5,
            vertical_deep_relief=0.0,
            vertical_custom_cost=0.2,
            vertical_undercut=0.0,
            demand_project_cost=0.3,
        )
        price = 1.0 + claimed * 0.4 * led
        assert w.firms[0].vertical_price == approx(price, rel=1e-13)
        assert w.firms[0].vertical_margin == approx(1.0 - (0.3 + strength * (1.0 - led) * 0.2) / price, rel=1e-12)
        assert list(w.firms.vertical_price[1:]) == [1.0, 1.0], "not without core technology; giants sell at par"


def test_leaders_move_in_by_hand():
    """leaders_move * (1 - exp(-lead / lead_ref)); carving: with giants' effort, over copy_ref."""
    w = world(
        startup(gap=0.5),
        startup(gap=1.0),
        startup(**LIGHT, gap=0.0),
        giant(gap=0.0, mix_vertical=0.5),
        market={"open_gap": 1.0},
        vertical_leaders_move=0.4,
        vertical_lead_ref=0.5,
        vertical_copy_ref=2.0,
        vertical_copy_pace=0.1,
    )
    vertical_month(w)
    moved = 0.4 * (1.0 - math.exp(-1.0))
    assert list(w.firms.moves_in) == approx([moved, 0.0, 0.0, 0.0], rel=1e-14)
    assert w.market.copied == approx(1.0 - 0.9 ** ((0.5 + moved) / 2.0), rel=1e-13)


def test_a_lead_takes_orders_in_verticals():
    """A leader moves in: its effort is its mix and what it moves; who lives there has less of the market."""
    shares = []
    for gap in (1.0, 0.5, 0.0):
        w = world(
            startup(gap=gap), startup(**LIGHT, gap=1.0), market={"open_gap": 1.0, "copied": 0.2}, vertical_strength=1.0
        )
        vertical_month(w)
        demand_month(w)
        shares.append((float(w.shares[0, VERTICAL]), float(w.shares[1, VERTICAL])))
    assert shares[0][0] < shares[1][0] < shares[2][0]
    assert shares[0][1] > shares[1][1] > shares[2][1]


def test_terms_by_hand():
    assume = assumed(
        vertical_custom_cost=0.3,
        vertical_undercut=0.2,
        vertical_extra_days=80.0,
        vertical_extra_months=4.0,
        vertical_extra_bad_debt=0.05,
        vertical_copy_pull=0.6,
    )
    lost, days, months, bad, pull = vertical.terms(1.5, 0.5, assume)
    assert lost == approx(1.5 * (0.3 + 0.2 * 0.5), rel=1e-14)
    assert (days, months, bad) == approx((120.0, 7.0, 0.075), rel=1e-14)
    assert pull == approx(math.exp(-1.5 * 0.6 * 0.5), rel=1e-14)


def test_the_step_adds_the_terms_to_the_project_line():
    w = _month(
        startup(**LIGHT),
        vertical_strength=1.0,
        vertical_custom_cost=0.25,
        vertical_undercut=0.1,
        vertical_extra_days=90.0,
        demand_project_cost=0.4,
        receivables_project_dso_days=60.0,
    )
    assert w.firms[0].vertical_margin == approx(0.6 - 0.25 - 0.1 * 0.5, rel=1e-14), "no giant: nobody copied further"
    assert w.firms[0].vertical_dso == approx(150.0, rel=1e-14)
    _, _, months, bad, pull = vertical.terms(1.0, 0.5, w.assume)
    assert (w.firms[0].vertical_delay, w.firms[0].vertical_bad_debt, w.firms[0].vertical_pull) == (months, bad, pull)


def test_giants_copy_once_somebody_lives_from_verticals():
    """copied' = copied + pace * (1 - copied), where giants' effort is what counts as full."""
    copying = {"vertical_copy_pace": 0.2, "vertical_copy_ref": 1.5, "vertical_told_at": 0.3}
    w = world(startup(**LIGHT), giant(mix_vertical=1.5), vertical_strength=1.0, **copying)
    vertical_month(w)
    assert w.market.copied == approx(0.2, rel=1e-14)
    vertical_month(later(w, 2))
    assert w.market.copied == approx(0.36, rel=1e-14)
    vertical_month(later(w, 3))
    assert told(w) == ["copy"], "told once, when it passes told_at"
    assert w.log["firm"][0] == -1, "of the market, not of a firm"
    empty = giant(mix_vertical=0.0)
    for firms in (
        (startup(), giant()),
        (startup(**LIGHT),),
        (startup(**LIGHT), giant(status=0)),
        (startup(**LIGHT), empty),
    ):
        w = world(*firms, vertical_strength=1.0)
        vertical_month(w)
        assert w.market.copied == 0.0


def test_off_and_strength_0_are_the_project_line():
    """The project line's margin and payment terms; nobody moves in or copies; a lead commands no price."""
    for switch in ({"vertical_on": 0.0}, {"vertical_strength": 0.0}):
        firms = startup(**LIGHT), startup(**DEEP), startup(), giant()
        w = _month(*firms, copied=0.25, demand_project_cost=0.4, receivables_project_dso_days=70.0, **switch)
        assert w.market.copied == 0.25
        for firm in w.firms:
            assert [firm[name] for name in TERMS] == [1.0 - 0.4, 70.0, 1.0, 0.0, 1.0]
            assert (firm.vertical_price, firm.moves_in) == (1.0, 0.0)


def test_full_relief_is_the_limit():
    deep = startup(**DEEP, gap=0.0)
    w = _month(deep, open_gap=500.0, vertical_strength=1.0, vertical_lead_ref=0.1, vertical_lead_price=0.0)
    neutral = _month(deep, vertical_strength=0.0)
    assert [w.firms[0][name] for name in TERMS] == approx([neutral.firms[0][name] for name in TERMS], rel=1e-12)


@given(ALL, LEAD, st.floats(0, 5))
def test_a_lead_counts_more_the_larger_it_is(values, lead, further):
    assume = assumed(**values)
    little, much = vertical.led(lead, assume), vertical.led(lead + further, assume)
    assert 0.0 <= little <= much <= 1.0
    ahead, behind = (world(startup(gap=5.0 - x)).firms[0] for x in (min(lead + further, 5.0), lead))
    assert vertical.moves_in(ahead, 5.0, assume) >= vertical.moves_in(behind, 5.0, assume) >= 0.0


@given(ALL, SHARE, st.floats(0, 10), st.floats(0, 10))
def test_the_more_giants_put_in_the_faster_verticals_are_carved_up(values, copied, effort, more):
    after = []
    for mix in (effort, effort + more):
        w = _month(startup(**LIGHT), giant(mix_vertical=mix), copied=copied, **{**values, "vertical_strength": 1.0})
        after.append(float(w.market.copied))
    assert copied <= after[0] <= after[1] <= 1.0


@given(ALL, SHARE, st.floats(0, 3), st.floats(0, 3))
def test_more_burden_is_worse_in_every_term(values, copied, burden, more):
    assume = assumed(**values)
    light, heavy = vertical.terms(burden, copied, assume), vertical.terms(burden + more, copied, assume)
    assert all(h >= x for h, x in zip(heavy[:4], light[:4], strict=True))
    assert heavy[4] <= light[4] <= 1.0


@given(ALL, SHARE, LEAD, st.floats(0, 5))
def test_deep_pivoters_suffer_less_by_more_the_further_above_open_source(values, copied, lead, further):
    light, deep, ahead = startup(**LIGHT, gap=5.0 - lead), startup(**DEEP, gap=5.0 - lead), startup(**DEEP)
    ahead["gap"] = max(5.0 - lead - further, 0.0)
    w = _month(light, deep, ahead, open_gap=5.0, copied=copied, **values)
    for better, worse in ((1, 0), (2, 1)):
        assert w.firms[better].vertical_margin >= w.firms[worse].vertical_margin
        assert w.firms[better].vertical_pull >= w.firms[worse].vertical_pull
        for name in ("vertical_dso", "vertical_delay", "vertical_bad_debt"):
            assert w.firms[better][name] <= w.firms[worse][name]


@given(ALL, SHARE, st.floats(0, 3))
def test_stronger_law_worse_terms_for_light_pivoters(values, copied, more):
    strong = {**values, "vertical_strength": values["vertical_strength"] + more}
    a, b = _month(startup(**LIGHT), copied=copied, **values), _month(startup(**LIGHT), copied=copied, **strong)
    assert b.firms[0].vertical_margin <= a.firms[0].vertical_margin
    assert b.firms[0].vertical_dso >= a.firms[0].vertical_dso
    assert b.firms[0].vertical_pull <= a.firms[0].vertical_pull


def test_at_the_documents_claim_the_signs_are_strict():
    w = _month(startup(**LIGHT, gap=0.5), startup(**DEEP, gap=0.5), startup(**DEEP, gap=0.1), vertical_strength=1.0)
    margins, days = list(w.firms.vertical_margin), list(w.firms.vertical_dso)
    assert margins == sorted(margins) and len(set(margins)) == 3
    assert days == sorted(days, reverse=True) and len(set(days)) == 3
    neutral = _month(startup(**LIGHT), vertical_strength=0.0)
    assert margins[0] < neutral.firms[0].vertical_margin


def test_a_firm_in_the_general_race_keeps_core_technology():
    w = _month(startup(gap=0.5), startup(**DEEP, gap=0.5), vertical_strength=1.0)
    assert [w.firms[0][name] for name in TERMS] == [w.firms[1][name] for name in TERMS]


@given(ALL, SHARE)
def test_giants_carry_no_burden(values, copied):
    w = _month(giant(), copied=copied, **values)
    assert [w.firms[0][name] for name in TERMS[1:]] == [w.assume.receivables_project_dso_days, 1.0, 0.0, 1.0]


@given(ALL, st.booleans(), LEAD, st.floats(0, 3), SHARE)
def test_compiled_as_plain(values, keeps_core, lead, burden, copied):
    assume = assumed(**values)
    assert compiled_as_plain(vertical.relief, keeps_core, lead, assume)
    assert compiled_as_plain(vertical.terms, burden, copied, assume)
    assert compiled_as_plain(vertical.led, lead, assume)
    assert compiled_as_plain(vertical.moves_in, world(startup(gap=1.0)).firms[0], 1.0 + lead, assume)


def test_gone_firms_are_left_alone():
    gone = startup(status=3, exit_month=0)
    w = world(gone, startup(status=0), vertical_strength=2.0)
    before = rows(w)
    vertical_month(w)
    assert rows(w) == before
