"""Products that take off: now and then one product wins far more customers than its maker's means explain.

hit'      = hit * (1 - fade) + size * log(chance / u) while u < chance, at most ``most``
effort    of its line (demand) is multiplied by exp(hit), and what a customer pays by 1 + pays * hit
Consumer products and API each have a hit of their own, from one draw a month: u for the one, u - chance for the other,
so a month brings one or none. Only who is in the general race makes a new one.
Sources: form: Rosen (1981) for the few that take nearly all, Salganik, Dodds & Watts (2006) for success that quality
does not foretell; S001-16 (DeepSeek), P-MS-07 (Kimi in 2024). Sizes: assumption.
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.jit import law
from sim.foundation.maths import log

MECHANISM = Mechanism(
    "take_off",
    "Now and then a product takes off, and wins more customers than its maker's means explain.",
    "No product takes off: customers follow effort, capability, reach and price alone.",
    (
        Assumption(
            "chance_month", 0.02, "probability a month", 0, 0.5, "chance that a firm's product in a line takes off"
        ),
        Assumption(
            "size",
            1,
            "log",
            0,
            5,
            "mean of what that adds to the pull of the product",
            "form: Salganik, Dodds & Watts (2006); size: assumption",
        ),
        Assumption("fade_month", 0.05, "share a month", 0, 1, "how fast it fades"),
        Assumption("most", 3, "log", 0, 10, "most that a product can have of it"),
        Assumption("pays", 0.2, "ratio per log", 0, 2, "what customers of a product that took off pay more"),
    ),
)


@law
def after(hit, u, assume):
    """A product's hit, log, a month later, with the luck ``u`` of the month, uniform on (0, 1)."""
    kept = hit * (1.0 - assume.take_off_fade_month)
    chance = assume.take_off_chance_month
    if u < chance:
        kept += assume.take_off_size * log(chance / u)
    return min(kept, assume.take_off_most)


@law
def step(world, f):
    """Whether a product of the firm takes off this month, and what is left of one that did."""
    firm, assume = world.firms[f], world.assume
    if assume.take_off_on == 0.0:
        firm.hit_consumer, firm.hit_api = 0.0, 0.0
        return
    # a draw of 1 is no luck
    u = 1.0 if firm.pivot_month <= world.tick else world.luck[f].u_take_off
    beyond = u - assume.take_off_chance_month
    firm.hit_consumer = after(firm.hit_consumer, u, assume)
    firm.hit_api = after(firm.hit_api, beyond if beyond > 0.0 else 1.0, assume)
