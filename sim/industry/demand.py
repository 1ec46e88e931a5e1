"""Demand: eight separate markets (four lines, at home and abroad) that grow, each with a price.

size_k        grows at a rate that starts high and slows to a floor; API and projects also with the frontier
weight_i      = (effort * (reach * footing) ** reach_elasticity * place * exp(-quality * gap)) ** taking
                gap: its own in API, elsewhere that of what it offers, open models included
attraction_i  = weight_i / (sum of weights + outside);  outside = self-building, free and foreign offers
share_i'      = share_i + switching * (attraction_i * free - choosing_i * share_i)
                choosing = 1 - niche_loyal * niche;  free = 1 - sum of (1 - choosing) * share
                shares and the outside option sum to 1
consumers     users = size * share; revenue = users * revenue per user * price * what a niche pays
API           revenue = size * share * price ** (1 - volume_elasticity); cost follows volume, revenue / price
projects      revenue = size * share * price * season; cost = project_cost of the undiscounted price
verticals     orders = size * share * season go into the backlog; revenue = backlog / delivery months
prospect      what a firm's capability alone would win of all markets at the horizon of valuation
Shares govern new and switching users only. Logit demand after Anderson, de Palma & Thisse (1992).
Sources: P-MK-01, P-MK-02, P-MK-03 (market size), P-ZP-45, S003-15, S003-17, P-MM-05, P-MM-33, P-ZP-06 (seasons).
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.branches import mostly, pick
from sim.foundation.columns import API, CONSUMER, HOME, INDEPENDENT, LINE_COUNT, PROJECTS, VERTICAL
from sim.foundation.formulas import TINY, growth_log, season
from sim.foundation.jit import law
from sim.foundation.maths import exp, log, power
from sim.foundation.months import MONTHS_A_YEAR

SMOOTHING = 1.0 / MONTHS_A_YEAR  # of revenue over a year

MECHANISM = Mechanism(
    "demand",
    "Eight markets grow; shares of new and switching users follow capability, reach and price.",
    "There is no revenue.",
    (
        Assumption("pool_home", 250, "million users", 0, 1e4, "reachable consumers at home at the opening"),
        Assumption("pool_abroad", 250, "million users", 0, 1e4, "reachable consumers abroad at the opening"),
        Assumption("api_home", 40, "¤ a month", 0, 1e6, "API market at home", "P-MK-01; split: assumption"),
        Assumption("api_abroad", 130, "¤ a month", 0, 1e6, "API market abroad"),
        Assumption("projects_home", 70, "¤ a month", 0, 1e6, "project market at home", "P-MK-01; split: assumption"),
        Assumption("projects_abroad", 60, "¤ a month", 0, 1e6, "project market abroad"),
        Assumption("vertical_home", 45, "¤ a month", 0, 1e6, "market of verticals at home"),
        Assumption("vertical_abroad", 20, "¤ a month", 0, 1e6, "market of verticals abroad"),
        Assumption(
            "growth_year",
            0.8,
            "log a year",
            0,
            5,
            "growth of business markets at the opening",
            "P-MK-02; growth from 2023 to 2024: T",
        ),
        Assumption("growth_floor_year", 0.2, "log a year", 0, 2, "growth it slows to", "D"),
        Assumption("growth_half_life", 24, "months", 1, 240, "half-life of the excess growth"),
        Assumption("threshold", 1.5, "generations", 0, 20, "frontier from which capability opens business demand"),
        Assumption(
            "opening", 0.22, "log per generation", 0, 10, "demand that a generation beyond it opens", "S002-04; size: D"
        ),
        Assumption("opened_most", 20, "ratio", 1, 1e4, "most that capability multiplies business demand by"),
        Assumption(
            "pool_growth_year",
            0.6,
            "log a year",
            0,
            5,
            "growth of the consumer pools at the opening",
            "P-GI-05, P-GI-06; rate: assumption",
        ),
        Assumption("pool_floor_year", 0.04, "log a year", 0, 2, "growth it slows to"),
        Assumption("arpu_home", 0.25, "¤ per million users and month", 0, 100, "revenue per user at home"),
        Assumption(
            "arpu_abroad",
            1.3,
            "¤ per million users and month",
            0,
            100,
            "revenue per user abroad",
            "P-MM-06, P-MM-33; users of 2024: assumption",
        ),
        Assumption("arpu_growth_year", 0.22, "log a year", -1, 2, "growth of revenue per user"),
        Assumption("api_price", 1, "ratio", 0.001, 10, "API list price over its trend"),
        Assumption("volume_elasticity", 0.12, "elasticity", 0, 2, "volume's answer to a price cut", "S003-15; size: D"),
        Assumption("switching_consumer", 0.04, "share a month", 0, 1, "consumers who choose anew"),
        Assumption("switching_api", 0.10, "share a month", 0, 1, "API customers who choose anew"),
        Assumption("switching_projects", 0.06, "share a month", 0, 1, "project customers who choose anew"),
        Assumption("switching_vertical", 0.05, "share a month", 0, 1, "vertical customers who choose anew"),
        Assumption(
            "quality_consumer",
            1.2,
            "log per generation",
            0,
            20,
            "pull of capability on consumers",
            "S002-07; size: assumption",
        ),
        Assumption(
            "quality_api",
            2.5,
            "log per generation",
            0,
            20,
            "pull of capability on API customers",
            "S002-04; size: assumption",
        ),
        Assumption("quality_projects", 1.5, "log per generation", 0, 20, "pull of capability on project customers"),
        Assumption("quality_vertical", 1.0, "log per generation", 0, 20, "pull of capability in verticals"),
        Assumption(
            "reach_consumer", 1.0, "elasticity", 0, 3, "pull of reach on consumers", "S000-19; size: assumption"
        ),
        Assumption("reach_business", 0.2, "elasticity", 0, 3, "pull of reach on business customers"),
        Assumption(
            "niche_loyal",
            0.7,
            "share",
            0,
            1,
            "customers of a full niche who do not choose anew",
            "S001-17; size: assumption",
        ),
        Assumption(
            "niche_pays", 0.6, "ratio", 0, 20, "what customers of a full niche pay more", "S001-17; size: assumption"
        ),
        Assumption(
            "outside_consumer", 5, "ratio", 0.01, 1000, "pull of using none, over a firm at par", "P-MS-07; size: T"
        ),
        Assumption(
            "outside_api", 2.0, "ratio", 0.01, 1000, "pull of self-building on open source", "S003-17; size: assumption"
        ),
        Assumption("outside_projects", 2.5, "ratio", 0.01, 1000, "pull of integrators on open source"),
        Assumption("outside_vertical", 3.0, "ratio", 0.01, 1000, "pull of a vertical's own software houses"),
        Assumption(
            "second_half_share",
            0.74,
            "share",
            0.5,
            1,
            "share of project and vertical revenue in July-December",
            "P-ZP-06; size: assumption",
        ),
        Assumption(
            "api_cost",
            0.22,
            "share of price",
            0,
            2,
            "unit cost of API at the opening",
            "P-ZP-34, P-ZP-35, P-ZP-36; size: T",
        ),
        Assumption(
            "project_cost", 0.22, "share of price", 0, 2, "cost of delivering projects", "P-ZP-30, P-ZP-31, P-ZP-32"
        ),
        Assumption(
            "thin_delivery", 1.7, "ratio", 0, 20, "what delivering costs more, per share of its people gone", "D"
        ),
        Assumption(
            "consumer_cost",
            1.4,
            "¤ per million users and month",
            0,
            100,
            "cost of serving a user at the opening",
            "P-MM-24; level: T",
        ),
    ),
    (
        Assumption("mix_consumer", 0.25, "weight", 0, 10, "effort in consumer products"),
        Assumption("mix_api", 0.25, "weight", 0, 10, "effort in API"),
        Assumption("mix_projects", 0.25, "weight", 0, 10, "effort in projects"),
        Assumption("mix_vertical", 0.05, "weight", 0, 10, "effort in verticals"),
        Assumption(
            "niche", 0, "share", 0, 1, "how far its customers are a niche of their own", "S001-17; size: assumption"
        ),
        Assumption("reach", 1, "ratio", 0.01, 100, "channels and ecosystem over a startup's"),
    ),
)


@law
def grown(assume, tick):
    """Growth factors of business markets, consumer pools and revenue per user since the opening."""
    half_life = assume.demand_growth_half_life
    business = exp(growth_log(assume.demand_growth_year, assume.demand_growth_floor_year, half_life, tick))
    pool = exp(growth_log(assume.demand_pool_growth_year, assume.demand_pool_floor_year, half_life, tick))
    arpu = exp(assume.demand_arpu_growth_year * tick / MONTHS_A_YEAR)
    return business, pool, arpu


@law
def opened_by(frontier, assume):
    """What capability beyond the threshold multiplies business demand by, at least 1."""
    beyond = assume.demand_opening * max(frontier - assume.demand_threshold, 0.0)
    return exp(min(beyond, log(assume.demand_opened_most)))


@law
def measure(world):
    """Size of every market this month, before seasons."""
    assume, sizes, market = world.assume, world.sizes, world.market
    business, pool, arpu = grown(assume, world.tick)
    market.arpu_growth = arpu
    kept = 1.0 - assume.demand_volume_elasticity
    opened = opened_by(market.frontier, assume)
    market.api_take_home = power(market.api_price, kept)
    market.api_take_abroad = power(market.api_price_abroad, kept)
    sizes[HOME + CONSUMER] = assume.demand_pool_home * pool
    sizes[HOME + API] = assume.demand_api_home * business * opened
    sizes[HOME + PROJECTS] = assume.demand_projects_home * business * opened
    sizes[HOME + VERTICAL] = assume.demand_vertical_home * business
    sizes[LINE_COUNT + CONSUMER] = assume.demand_pool_abroad * pool
    sizes[LINE_COUNT + API] = assume.demand_api_abroad * business * opened
    sizes[LINE_COUNT + PROJECTS] = assume.demand_projects_abroad * business * opened
    sizes[LINE_COUNT + VERTICAL] = assume.demand_vertical_abroad * business


@law
def appeal(mix, hit, reach_log, reach_elasticity, quality, gap, taking):
    """A firm's weight in a line before it is split over places; 0 where it makes no effort."""
    weight = exp(taking * (log(mix) + hit + reach_elasticity * reach_log - quality * gap))
    return pick(mix > 0.0, weight, 0.0)


@law
def line_effort(firm, assume, line, tick):
    """Effort of a firm in a line: a pivoted firm keeps little of the general lines and turns to verticals."""
    pivoted = firm.pivot_month <= tick
    if line == VERTICAL:
        turned = max(firm.mix_vertical, assume.pivot_vertical_mix)
        own = pick(pivoted, turned, firm.mix_vertical + firm.moves_in)
        return own * firm.vertical_pull * firm.fresh
    own = firm.mix_consumer if line == CONSUMER else (firm.mix_api if line == API else firm.mix_projects)
    own *= firm.fresh
    return own * pick(pivoted, assume.pivot_keeps_lines, 1.0)


@law
def pulls(assume, line):
    """Quality pull, reach elasticity, outside option and switching of a line."""
    if line == CONSUMER:
        return (
            assume.demand_quality_consumer,
            assume.demand_reach_consumer,
            assume.demand_outside_consumer,
            assume.demand_switching_consumer,
        )
    reach = assume.demand_reach_business
    if line == API:
        return assume.demand_quality_api, reach, assume.demand_outside_api, assume.demand_switching_api
    if line == PROJECTS:
        return assume.demand_quality_projects, reach, assume.demand_outside_projects, assume.demand_switching_projects
    return assume.demand_quality_vertical, reach, assume.demand_outside_vertical, assume.demand_switching_vertical


@law
def outside_weight(assume, market, outside, quality, line, place):
    """Weight of the outside option: using none, building on open source, or foreign offers."""
    gap = 0.0
    if line != CONSUMER:
        if assume.open_source_on == 0.0 and place == 0:
            return 0.0
        gap = market.open_gap
    pull = outside * assume.overseas_barrier if place == 1 else outside
    return pull * exp(-market.taking * quality * gap)


@law
def part(world, f):
    """Split a firm's efforts between home and abroad: two powers, taken anew only where something changed."""
    firm, taking, assume = world.firms[f], world.market.taking, world.assume
    place = firm.overseas + 2.0 * assume.overseas_on
    if not mostly((place == firm.parted_at) & (taking == firm.parted_taking)):
        firm.parted_at, firm.parted_taking = place, taking
        firm.part_home = power(1.0 - firm.overseas, taking)
        firm.part_abroad = power(firm.overseas, taking) if assume.overseas_on == 1.0 else 0.0


@law
def offer(world, f):
    """What is the same in every line: what a firm offers, to whom, and its reach."""
    firm, market, assume = world.firms[f], world.market, world.assume
    firm.prospect = 0.0
    if not mostly(assume.demand_on == 1.0):
        no_revenue(firm)
        return
    firm.reach_log = log(firm.reach * firm.footing)
    adopted = min(firm.gap, market.open_gap + assume.frontier_adoption_gap)
    firm.offer_gap = pick(assume.open_source_on == 1.0, adopted, firm.gap)
    firm.choosing = 1.0 - assume.demand_niche_loyal * firm.niche
    avoided = (firm.abandoned_month <= world.tick) & (assume.listing_on == 1.0)
    lost = assume.releases_stale_loss * firm.stale
    lost += pick(avoided, assume.listing_strength * assume.listing_abandoned_clients, 0.0)
    firm.fresh = exp(-lost)


@law
def open_line(world, line):
    """One line of business before customers choose: the outside option, at home and abroad."""
    market, assume = world.market, world.assume
    quality, _, outside, _ = pulls(assume, line)
    market.weights_home = outside_weight(assume, market, outside, quality, line, 0)
    market.weights_abroad = outside_weight(assume, market, outside, quality, line, 1)
    market.free_home, market.free_abroad = 1.0, 1.0


@law
def weigh(world, f, line):
    """A firm's weights in one line of business; its loyal customers do not choose anew."""
    firm, market, assume, shares = world.firms[f], world.market, world.assume, world.shares
    if not mostly(assume.demand_on == 1.0):
        return
    quality, reach_elasticity, _, _ = pulls(assume, line)
    own = line_effort(firm, assume, line, world.tick)
    gap = firm.gap if line == API else firm.offer_gap
    hit = firm.hit_consumer if line == CONSUMER else (firm.hit_api if line == API else 0.0)
    weight = appeal(own, hit, firm.reach_log, reach_elasticity, quality, gap, market.taking)
    firm.weight_home = weight * firm.part_home
    firm.weight_abroad = weight * firm.part_abroad
    market.weights_home += firm.weight_home
    market.weights_abroad += firm.weight_abroad
    market.free_home -= (1.0 - firm.choosing) * shares[f, line]
    market.free_abroad -= (1.0 - firm.choosing) * shares[f, LINE_COUNT + line]


@law
def choose(world, f, line):
    """New and switching users of one line of business choose the firm, or leave it."""
    firm, market, assume, shares = world.firms[f], world.market, world.assume, world.shares
    if not mostly(assume.demand_on == 1.0):
        return
    _, _, _, switching = pulls(assume, line)
    won_home = firm.weight_home / max(market.weights_home, TINY) * max(market.free_home, 0.0)
    won_abroad = firm.weight_abroad / max(market.weights_abroad, TINY) * max(market.free_abroad, 0.0)
    shares[f, line] += switching * (won_home - firm.choosing * shares[f, line])
    shares[f, LINE_COUNT + line] += switching * (won_abroad - firm.choosing * shares[f, LINE_COUNT + line])


@law
def horizon_revenue(world):
    """Revenue a year of all markets, and of verticals alone, at the horizon of valuation."""
    assume, sizes = world.assume, world.sizes
    business_now, pool_now, _ = grown(assume, world.tick)
    business, pool, arpu = grown(assume, world.tick + assume.value_horizon_months)
    home = sizes[HOME + CONSUMER] * assume.demand_arpu_home
    abroad = sizes[LINE_COUNT + CONSUMER] * assume.demand_arpu_abroad if assume.overseas_on == 1.0 else 0.0
    consumers = (home + abroad) * arpu * pool / pool_now
    general, verticals = 0.0, 0.0
    for place in range(2):
        if place == 1 and assume.overseas_on == 0.0:
            continue
        general += sizes[place * LINE_COUNT + API] + sizes[place * LINE_COUNT + PROJECTS]
        verticals += sizes[place * LINE_COUNT + VERTICAL]
    growth = business / business_now
    return MONTHS_A_YEAR * (consumers + (general + verticals) * growth), MONTHS_A_YEAR * verticals * growth


@law
def look_ahead(world):
    """Markets at the horizon of valuation, before firms' prospects in them are weighed."""
    market, assume = world.market, world.assume
    market.within_reach, market.verticals_ahead = horizon_revenue(world)
    market.weights_home = assume.value_outside * exp(-market.taking * assume.demand_quality_projects * market.open_gap)


@law
def weigh_prospect(world, f):
    """A firm's weight at the horizon: what its capability would win at par effort and reach.

    A firm in the general race competes for all markets, a pivoted one for verticals, against the outside option.
    """
    firm, market, assume = world.firms[f], world.market, world.assume
    if not mostly(assume.demand_on == 1.0):
        return
    pivoted = firm.pivot_month <= world.tick
    efforts = firm.mix_consumer + firm.mix_api + firm.mix_projects + firm.mix_vertical
    gap = pick(pivoted, firm.offer_gap, firm.gap)
    weight = exp(-market.taking * assume.demand_quality_projects * gap) * firm.footing * firm.fresh
    weight *= pick(pivoted, firm.vertical_pull, 1.0)
    firm.weight_home = pick((efforts > 0.0) | pivoted, weight, 0.0)
    market.weights_home += firm.weight_home


@law
def prospect(world, f):
    """Revenue within a firm's reach at the horizon."""
    firm, market = world.firms[f], world.market
    if not mostly(world.assume.demand_on == 1.0):
        return
    within_reach = pick(firm.pivot_month <= world.tick, market.verticals_ahead, market.within_reach)
    firm.prospect = within_reach * firm.weight_home / max(market.weights_home, TINY)


@law
def bill(world, f):
    """Revenue of the month by line, and its cost, for one firm. Verticals book orders; delivery is elsewhere."""
    firm, market, assume, sizes, shares = world.firms[f], world.market, world.assume, world.sizes, world.shares
    if not mostly(assume.demand_on == 1.0):
        return
    users_home = sizes[CONSUMER] * shares[f, CONSUMER]
    users_abroad = sizes[LINE_COUNT + CONSUMER] * shares[f, LINE_COUNT + CONSUMER]
    firm.users = users_home + users_abroad
    pays = (1.0 + assume.demand_niche_pays * firm.niche) * market.arpu_growth
    at_home = users_home * assume.demand_arpu_home * market.scale_price
    firm.revenue_consumer = (at_home + users_abroad * assume.demand_arpu_abroad) * pays
    firm.revenue_consumer *= 1.0 + assume.take_off_pays * firm.hit_consumer
    volume_cost = market.inference_cost * firm.unit_cost
    consumer_cost = firm.users * assume.demand_consumer_cost * volume_cost
    api_home = sizes[API] * shares[f, API] * market.api_take_home
    api_abroad = sizes[LINE_COUNT + API] * shares[f, LINE_COUNT + API] * market.api_take_abroad
    unit = assume.demand_api_cost * volume_cost
    api_cost = unit * (api_home / market.api_price + api_abroad / market.api_price_abroad)
    firm.revenue_api = (api_home + api_abroad) * (1.0 + assume.take_off_pays * firm.hit_api)
    firm.api_margin = 1.0 - api_cost / max(firm.revenue_api, TINY)
    seasonal = season(world.month, assume.demand_second_half_share)
    projects = sizes[PROJECTS] * shares[f, PROJECTS] * market.project_price
    projects += sizes[LINE_COUNT + PROJECTS] * shares[f, LINE_COUNT + PROJECTS]
    firm.revenue_projects = projects * seasonal
    firm.project_margin = 1.0 - assume.demand_project_cost / max(market.project_price, TINY)
    thin = 1.0 + assume.demand_thin_delivery * max(1.0 - firm.talent / max(firm.organisation, TINY), 0.0)
    project_cost = firm.revenue_projects * (1.0 - firm.project_margin) * thin
    orders = sizes[VERTICAL] * shares[f, VERTICAL] + sizes[LINE_COUNT + VERTICAL] * shares[f, LINE_COUNT + VERTICAL]
    firm.backlog += orders * seasonal * firm.vertical_price
    firm.revenue_vertical = firm.backlog / max(firm.vertical_delay, 1.0)
    firm.backlog -= firm.revenue_vertical
    vertical_cost = firm.revenue_vertical * (1.0 - firm.vertical_margin) * thin
    firm.cost_of_revenue = consumer_cost + api_cost + project_cost + vertical_cost
    firm.revenue = firm.revenue_consumer + firm.revenue_api + firm.revenue_projects + firm.revenue_vertical
    firm.gross_profit = firm.revenue - firm.cost_of_revenue
    firm.smooth_revenue += (firm.revenue - firm.smooth_revenue) * SMOOTHING
    firm.slow_revenue += (firm.revenue - firm.slow_revenue) * (SMOOTHING / 2.0)
    firm.revenue_total += firm.revenue


@law
def forget(world):
    """Customers of firms that are gone are free to choose anew."""
    for f in range(world.firms.shape[0]):
        if world.firms[f].status > INDEPENDENT:
            for k in range(world.shares.shape[1]):
                world.shares[f, k] = 0.0


@law
def no_revenue(firm):
    """What a firm without customers earns."""
    firm.revenue_consumer, firm.revenue_api, firm.revenue_projects, firm.revenue_vertical = 0.0, 0.0, 0.0, 0.0
    firm.revenue, firm.cost_of_revenue, firm.gross_profit = 0.0, 0.0, 0.0
    firm.smooth_revenue -= firm.smooth_revenue / MONTHS_A_YEAR
