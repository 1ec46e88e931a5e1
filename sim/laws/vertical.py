"""Third iron law, vertical: not a retreat but a quagmire.

With strength s, for every startup (giants carry no burden):
led     = 1 - exp(-lead over open source / lead_ref)                                            in [0, 1)
relief  = deep_relief + (1 - deep_relief) * led for a firm that keeps core technology (a deep pivot, or still in the
          general race), else 0
price   = 1 + min(s, 1) * lead_price * led for who keeps core technology, else 1
margin  = 1 - (project cost + s * (1 - relief) * (custom_cost + undercut * copied)) / price
dso     = project dso + s * (1 - relief) * extra_days;     delivery = 1 + s * (1 - relief) * extra_months
pull    = exp(-s * (1 - relief) * copy_pull * copied);     bad debt = s * (1 - relief) * extra_bad_debt
moves   = leaders_move * led: effort in verticals, beyond its mix, of a startup in the general race
carving = (giants' effort in verticals + what such startups move in) / copy_ref
copied' = copied + (1 - (1 - copy_pace) ** carving) * (1 - copied), while a pivoted startup lives
Neutral form (s = 0): a vertical has the project line's margin and payment terms, nobody moves in or copies it, and a
lead commands no price.
Sources: S001-23, S001-24 (exception), S001-18, P-BC-08 (a giant enters medical AI); sizes: D.
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.branches import pick
from sim.foundation.causes import COPIED
from sim.foundation.columns import EVENT, GIANT, NEVER, STARTUP
from sim.foundation.jit import law
from sim.foundation.maths import exp, power
from sim.foundation.world import tell

COPY = EVENT["copy"]

MECHANISM = Mechanism(
    "vertical",
    "Verticals are a quagmire: giants copy and undercut, clients are scattered, delivery eats the margin, "
    "money comes late.",
    "The neutral form: a vertical has the project line's margin and payment terms.",
    (
        Assumption("strength", 1, "dial", 0, 3, "0: neutral form; 1: the documents' claim", "S001-23; scale: D"),
        Assumption(
            "copy_pace",
            0.05,
            "share a month",
            0,
            1,
            "how fast a full effort of giants and leaders copies",
            "S001-23, P-BC-08; pace: D",
        ),
        Assumption("copy_ref", 1.5, "weight", 0.01, 100, "effort in verticals that counts as full"),
        Assumption(
            "leaders_move",
            0.4,
            "weight",
            0,
            10,
            "effort that a leader of the general race puts into verticals",
            "S001-30; size: D",
        ),
        Assumption("lead_price", 0.25, "ratio", 0, 5, "price that a lead over open source adds", "S001-24; size: D"),
        Assumption("copy_pull", 1.2, "log", 0, 5, "customers lost to a full copy", "D"),
        Assumption("custom_cost", 0.6, "share of price", 0, 2, "cost of custom-made delivery", "S001-23; size: D"),
        Assumption("undercut", 0.5, "share of price", 0, 2, "margin lost to a full copy", "S001-23; size: D"),
        Assumption(
            "extra_days", 110, "days", 0, 720, "how much later clients pay", "S001-23, P-ZP-44, P-MK-14; days: D"
        ),
        Assumption("extra_months", 5, "months", 0, 60, "how much longer delivery takes", "S001-23; size: D"),
        Assumption("extra_bad_debt", 0.12, "share", 0, 1, "share of bills never paid", "P-MK-14; share: D"),
        Assumption("deep_relief", 0.6, "share", 0, 1, "relief of one who keeps core technology", "S001-24; size: D"),
        Assumption("lead_ref", 0.3, "generations", 0.01, 10, "lead over open source that relieves by 63%"),
        Assumption("told_at", 0.5, "share", 0, 1, "copy that is told as an event"),
    ),
)


@law
def led(lead, assume):
    """How far a lead over open source, generations, counts, in [0, 1)."""
    return 1.0 - exp(-max(lead, 0.0) / assume.vertical_lead_ref)


@law
def relief(keeps_core, lead, assume):
    """Share of the quagmire that core technology spares a firm; ``lead`` over open source in generations."""
    own = assume.vertical_deep_relief + (1.0 - assume.vertical_deep_relief) * led(lead, assume)
    return pick(keeps_core, own, 0.0)


@law
def terms(burden, copied, assume):
    """Margin lost, extra days, delivery months, extra bad debt, and pull, at this burden (strength * (1 - relief))."""
    lost = burden * (assume.vertical_custom_cost + assume.vertical_undercut * copied)
    days = burden * assume.vertical_extra_days
    months = 1.0 + burden * assume.vertical_extra_months
    bad = burden * assume.vertical_extra_bad_debt
    pull = exp(-burden * assume.vertical_copy_pull * copied)
    return lost, days, months, bad, pull


@law
def moves_in(firm, open_gap, assume):
    """Effort of a firm of the general race in verticals beyond its mix: none without a lead, all with a large one."""
    moves = assume.vertical_leaders_move * led(open_gap - firm.gap, assume)
    return pick((firm.pivot_month < NEVER) | (firm.kind == GIANT), 0.0, moves)


@law
def is_on(assume):
    """True where the law is in force."""
    return (assume.vertical_on == 1.0) & (assume.vertical_strength > 0.0)


@law
def open_month(world):
    """Before anybody moves in."""
    world.market.carving, world.market.lived_from = 0.0, 0


@law
def move_in(world, f):
    """Giants and leaders of the general race put effort into verticals; a pivoted startup lives from them."""
    firm, market = world.firms[f], world.market
    firm.moves_in = pick(is_on(world.assume), moves_in(firm, market.open_gap, world.assume), 0.0)
    if firm.kind == GIANT:
        market.carving += firm.mix_vertical
    elif firm.pivot_month <= world.tick:
        market.lived_from = 1
    else:
        market.carving += firm.moves_in


@law
def copy(world):
    """Verticals are carved up as soon as somebody lives from them, as fast as others put effort in."""
    market, assume = world.market, world.assume
    if is_on(assume) and market.lived_from == 1 and market.carving > 0.0:
        before = market.copied
        left = power(1.0 - assume.vertical_copy_pace, market.carving / assume.vertical_copy_ref)
        market.copied += (1.0 - left) * (1.0 - market.copied)
        if before < assume.vertical_told_at <= market.copied:
            tell(world, -1, COPY, market.copied, COPIED, market.copied)


@law
def step(world, f):
    """Terms of trade in verticals this month."""
    firm, market, assume = world.firms[f], world.market, world.assume
    strength = pick(is_on(assume), assume.vertical_strength, 0.0)
    claimed = min(strength, 1.0)  # what the exception gives is given once, however strong the law
    keeps_core = (firm.pivot_month == NEVER) | (firm.deep == 1)
    burden = strength * (1.0 - relief(keeps_core, market.open_gap - firm.gap, assume))
    burden = pick(firm.kind == GIANT, 0.0, burden)
    lost, days, months, bad, pull = terms(burden, market.copied, assume)
    dearer = claimed * assume.vertical_lead_price * led(market.open_gap - firm.gap, assume)
    firm.vertical_price = 1.0 + pick(keeps_core & (firm.kind == STARTUP), dearer, 0.0)
    firm.vertical_margin = 1.0 - (assume.demand_project_cost + lost) / firm.vertical_price
    firm.vertical_dso = assume.receivables_project_dso_days + days
    firm.vertical_delay = months
    firm.vertical_bad_debt = bad
    firm.vertical_pull = pull
