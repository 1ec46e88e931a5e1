"""Receivables: projects and verticals pay late, consumers and API pay at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import bounded, compiled_as_plain, later, receivables_month, startup, step_as_plain, world

from sim.industry import receivables

ALL = bounded("receivables_project_dso_days", "receivables_bad_debt")
MONEY = st.floats(0, 1e6)


def _firm(consumer=0.0, api=0.0, projects=0.0, vertical=0.0, **values):
    return startup(
        revenue_consumer=consumer,
        revenue_api=api,
        revenue_projects=projects,
        revenue_vertical=vertical,
        revenue=consumer + api + projects + vertical,
        **values,
    )


def test_collected_share_by_hand():
    """30.4375 days a month over days sales outstanding, at most all."""
    assert receivables.collected_share(60.875) == approx(0.5, rel=1e-14)
    assert receivables.collected_share(30.4375) == 1.0
    assert receivables.collected_share(10.0) == 1.0


def test_a_month_by_hand():
    """Half of late revenue is vertical, at 181.75 days: the mix is at 121.3125; extra bad debt counts half."""
    w = world(
        _firm(
            consumer=5.0,
            api=3.0,
            projects=20.0,
            vertical=20.0,
            receivables=60.0,
            vertical_dso=181.75,
            vertical_bad_debt=0.1,
        ),
        receivables_project_dso_days=60.875,
        receivables_bad_debt=0.05,
    )
    receivables_month(w)
    firm = w.firms[0]
    assert firm.bad_debt == approx(0.1 * 40.0, rel=1e-13)
    owed = 60.0 + 36.0
    collected = owed * 30.4375 / 121.3125
    assert firm.receivables == approx(owed - collected, rel=1e-13)
    assert firm.collections == approx(8.0 + collected, rel=1e-13)


@given(ALL, MONEY, MONEY, MONEY, MONEY, st.floats(1, 2000), st.floats(0, 1))
def test_nothing_is_lost_on_the_way(values, at_once, projects, vertical, owed, dso, bad):
    w = world(
        _firm(
            api=at_once, projects=projects, vertical=vertical, receivables=owed, vertical_dso=dso, vertical_bad_debt=bad
        ),
        **values,
    )
    receivables_month(w)
    firm = w.firms[0]
    scale = max(at_once, projects, vertical, owed, 1.0)
    assert firm.receivables + firm.collections + firm.bad_debt == approx(owed + firm.revenue, abs=1e-9 * scale)
    assert min(firm.receivables, firm.collections, firm.bad_debt) >= 0.0


@given(ALL, MONEY, MONEY, st.floats(1, 720), st.floats(0, 720))
def test_later_payment_no_more_cash(values, projects, owed, days, more):
    collections = []
    for dso in (days, min(days + more, 720.0)):
        w = world(_firm(projects=projects, receivables=owed), **{**values, "receivables_project_dso_days": dso})
        receivables_month(w)
        collections.append(float(w.firms[0].collections))
    assert collections[1] <= collections[0]


def test_verticals_pay_later_than_projects_and_some_never():
    late, later_still = (
        world(_firm(projects=a, vertical=b, vertical_dso=150.0, vertical_bad_debt=0.08)) for a, b in ((40, 0), (0, 40))
    )
    for w in (late, later_still):
        receivables_month(w)
    assert later_still.firms[0].collections < late.firms[0].collections < 40.0
    assert later_still.firms[0].bad_debt > late.firms[0].bad_debt > 0.0


def test_everything_is_paid_in_the_end():
    w = world(_firm(receivables=100.0), receivables_bad_debt=0.0)
    collected = 0.0
    for tick in range(1, 200):
        receivables_month(later(w, tick))
        collected += w.firms[0].collections
    assert collected == approx(100.0, rel=1e-9)


def test_off_every_bill_is_paid_in_the_month_of_delivery():
    w = world(
        _firm(consumer=5.0, projects=20.0, vertical=20.0, receivables=60.0, vertical_dso=300.0), receivables_on=0.0
    )
    receivables_month(w)
    firm = w.firms[0]
    assert (firm.collections, firm.receivables, firm.bad_debt) == (105.0, 0.0, 0.0)
    receivables_month(w)
    assert firm.collections == 45.0


@given(ALL, MONEY, MONEY, MONEY, st.floats(1, 2000), st.floats(0, 1))
def test_compiled_as_plain(values, projects, vertical, owed, dso, bad):
    assert compiled_as_plain(receivables.collected_share, dso)
    firm = _firm(
        api=3.0, projects=projects, vertical=vertical, receivables=owed, vertical_dso=dso, vertical_bad_debt=bad
    )
    assert step_as_plain(receivables_month, lambda: world(firm, **values))
