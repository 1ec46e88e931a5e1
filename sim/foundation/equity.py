"""What several laws do with a firm's shares: sell new ones, end a search or a call, price the few that are traded.

premium     value = cash, if any, + the rest * exp(change of the premium): cash is worth what it is
taken in    cash + amount, raised + amount; founders keep value / (value + amount) of their stake
scarcity    scarcity of the only listed one * exp(-traded share / float_ref) / number listed; few shares are dear
Sources: Hong, Scheinkman & Xiong (2006) and Ofek & Richardson (2003) for the float; sizes: assumption.
"""

from __future__ import annotations

from sim.foundation.columns import NEVER
from sim.foundation.firm_means import RAISED_MONTHS
from sim.foundation.jit import law
from sim.foundation.maths import exp
from sim.foundation.months import HALF_YEAR, MONTHS_A_YEAR


@law
def take_in(firm, amount):  # type: ignore[no-untyped-def]
    """New shares are paid for at the value in force: cash, money raised and founders' stake."""
    firm.cash += amount
    firm.raised += amount
    firm.raised_smooth += amount / RAISED_MONTHS
    firm.founders_stake *= 1.0 - amount / (firm.value + amount)


@law
def take_round(firm, amount, tick):  # type: ignore[no-untyped-def]
    """A private round of any kind: its price is the last one, and nobody calls old money any more."""
    take_in(firm, amount)
    firm.value += amount
    firm.post_money = firm.value
    firm.last_round_month = tick
    stop_seeking(firm)
    forget_call(firm)


@law
def move_premium(firm, change, cap):  # type: ignore[no-untyped-def]
    """The premium moves by ``change``, within its cap, and with it at once the price of all but the firm's cash.

    Returns the share by which the price fell, negative where it rose; 0 of a firm that was worth nothing.
    """
    before, price = firm.premium, firm.value
    firm.premium = min(max(before + change, -cap), cap)
    cash = min(max(firm.cash, 0.0), price)
    firm.value = cash + (price - cash) * exp(firm.premium - before)
    return 1.0 - firm.value / price if price > 0.0 else 0.0


@law
def stop_seeking(firm):  # type: ignore[no-untyped-def]
    """The firm no longer asks for money, so nobody refuses it any more."""
    firm.seeking_month = NEVER
    firm.refused_months = 0


@law
def forget_call(firm):  # type: ignore[no-untyped-def]
    """Nobody calls the firm's money any more."""
    firm.called_month = NEVER
    firm.owed = 0.0


@law
def scarce_float(share, float_ref):  # type: ignore[no-untyped-def]
    """How scarce a stock is of which ``share`` is traded, in [0, 1]: at ``float_ref`` a third of it is left."""
    return exp(-share / float_ref)


@law
def scarce(share, listed, scarcity, float_ref):  # type: ignore[no-untyped-def]
    """Premium, log, of a listed firm of which ``share`` is traded, where ``listed`` startups are."""
    return scarcity * scarce_float(share, float_ref) / max(listed, 1.0)


@law
def traded(age, at_listing, at_6, at_12):  # type: ignore[no-untyped-def]
    """Share of a stock that is traded ``age`` months after listing, from what the IPO and the unlocks bring."""
    share = at_listing
    if age >= HALF_YEAR:
        share += at_6
    if age >= MONTHS_A_YEAR:
        share += at_12
    return min(share, 1.0)
