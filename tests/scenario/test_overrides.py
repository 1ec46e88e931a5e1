"""What is said beside the file: PATH=VALUE, with or without dates."""

import dataclasses

import pytest
from small_scenario import TEXT, minimal

from sim.foundation.errors import InputError
from sim.foundation.months import month_of
from sim.scenario.load import load_mapping, load_text, with_sets
from sim.scenario.model import Value
from sim.scenario.override import parse_set

HAZARD = "assumptions.closure.hazard_month"


def test_the_parts_of_a_set():
    assert parse_set("a.b=1").path == "a.b" and parse_set("a.b = 1").value.data == 1
    dated = parse_set("a={uniform: [0, 1]}@2025-07..2025-12")
    assert dated.value.plain() == {"uniform": [0, 1]}
    assert (dated.first, dated.last) == (month_of("2025-07"), month_of("2025-12"))
    assert parse_set("a=1@2025-07").last is None
    assert parse_set("firms.a.name=x@2025-07").value.data == "x@2025-07"  # a name may hold an @
    assert parse_set("a=2026-01").value.data == "2026-01"


def test_an_undated_set_replaces_what_the_file_states():
    scenario = load_text(
        TEXT,
        [
            f"{HAZARD}=0.5",
            "firms.zhipu.cash={uniform: [1, 2], source: me}",
            "firms.minimax.cash=3",
            "firms.tencent.enters=2025-01",
            "firms.zhipu.listed=null",
            "firms.lab.copies=3",
            "firms.zhipu.name=Zhi Pu",
            "start=2023-08",
            "end=2030-11",
            "worlds=5",
            "seed=0",
        ],
    )
    assert scenario.assumptions[HAZARD] == Value("number", (0.5,), "--set")
    zhipu, minimax, tencent, lab = scenario.firms
    assert zhipu.values["cash"] == Value("uniform", (1.0, 2.0), "me")
    assert minimax.values["cash"] == Value("number", (3.0,), "--set")
    assert tencent.enters == month_of("2025-01") and zhipu.listed is None and lab.copies == 3
    assert zhipu.name == "Zhi Pu"
    assert (scenario.start, scenario.end) == (month_of("2023-08"), month_of("2030-11"))
    assert (scenario.worlds, scenario.seed) == (5, 0)


def test_a_later_set_wins_and_acts_on_the_earlier():
    scenario = load_text(TEXT, [f"{HAZARD}=0.5", f"{HAZARD}=0.1", f"{HAZARD}={{times: 3}}"])
    assert scenario.assumptions[HAZARD].numbers == (pytest.approx(0.3),)


@pytest.mark.parametrize(
    ("base", "op", "result"),
    [
        (10, "{times: 2}", ("number", (20,))),
        (10, "{plus: -3}", ("number", (7,))),
        ({"uniform": [1, 3]}, "{times: 2}", ("uniform", (2, 6))),
        ({"uniform": [1, 3]}, "{plus: 2}", ("uniform", (3, 5))),
        ({"triangular": [1, 2, 3]}, "{plus: 2}", ("triangular", (3, 4, 5))),
        ({"normal": [5, 2]}, "{times: 3}", ("normal", (15, 6))),
        ({"normal": [5, 2]}, "{plus: 3}", ("normal", (8, 2))),
        ({"lognormal": [5, 0.5]}, "{times: 3}", ("lognormal", (15, 0.5))),
        ({"lognormal": [5, 0.5]}, "{times: 0}", ("number", (0,))),
        ({"choice": [1, 5]}, "{times: 0}", ("choice", (0, 0))),
        (None, "{times: 0}", ("number", (0,))),  # acts on the default
    ],
)
def test_times_and_plus_act_on_the_stated_value(base, op, result):
    firm = {} if base is None else {"burn_month": base}
    value = load_mapping(minimal(firms={"a": firm}), [f"firms.a.burn_month={op}"]).firms[0].values["burn_month"]
    assert (value.kind, value.numbers, value.source) == (*result, "--set")


def test_a_stock_can_be_scaled_at_entry():
    value = load_text(TEXT, ["firms.zhipu.cash={times: 0.5}"]).firms[0].values["cash"]
    assert value == Value("number", (750.0,), "--set", "because")


def test_a_dated_set_is_an_event_after_those_of_the_file():
    scenario = load_text(TEXT, [f"{HAZARD}=0.7@2026-01", f"{HAZARD}={{times: 0.5}}@2024-05..2024-06"])
    changes = [change for change in scenario.changes if change.path == HAZARD]
    assert [(c.origin, c.op, c.first, c.last) for c in changes] == [
        ("events.price-war", "times", month_of("2024-05"), month_of("2025-06")),
        ("events.set-2", "times", month_of("2024-05"), month_of("2024-06")),
        ("events.later", "set", month_of("2026-01"), None),
        ("events.set-1", "set", month_of("2026-01"), None),
    ]
    assert changes[1].source == changes[3].source == "--set"
    assert HAZARD in scenario.given and scenario.assumptions[HAZARD].numbers == (0.01,)


def test_a_dated_set_takes_an_id_that_is_free():
    data = minimal(events={"set-1": {"date": "2024-01", "set": {HAZARD: 0}}})
    assert load_mapping(data, [f"{HAZARD}=1@2024-01"]).changes[-1].origin == "events.set-2"


def test_events_can_be_moved_and_changed():
    scenario = load_text(
        TEXT,
        [
            "events.price-war.date=2024-07",
            "events.price-war.until=null",
            f"events.price-war.set.{HAZARD}={{times: 0.1}}",
            f"events.later.set.{HAZARD}={{uniform: [0, 0.2]}}",
        ],
    )
    war = next(change for change in scenario.changes if change.path == HAZARD)
    assert (war.first, war.last, war.op, war.value.numbers) == (month_of("2024-07"), None, "times", (0.1,))
    assert war.source == "--set"
    later = [change for change in scenario.changes if change.path == HAZARD][1]
    assert (later.op, later.value.kind, later.source) == ("set", "uniform", "--set")


WRONG = [
    ("assumptions.closure.hazard_moth=1", "unknown path", HAZARD),
    ("assumptions.closur.hazard_month=1", "unknown path", HAZARD),
    ("firms.zhpu.cash=1", "unknown path", "firms.zhipu.cash"),
    ("firms.zhipu.csh=1", "unknown path", "firms.zhipu.cash"),
    ("firms.lab-001.cash=1", "unknown path", "firms.lab.cash"),
    ("firms.zhipu=null", "unknown path", None),
    ("events.price-wr.date=2024-05", "unknown path", "events.price-war.date"),
    ("events.price-war.set.assumptions.burn.on=1", "unknown path", None),
    ("events.price-war.title=x", "unknown path", None),
    ("title=x", "unknown path", None),
    ("ends=2030-01", "unknown path", "end"),
    ("=1", "not a PATH=VALUE", None),
    ("worlds", "not a PATH=VALUE", None),
    ("", "not a PATH=VALUE", None),
    ("worlds=", "not a number", None),
    ("worlds=0", "outside its bounds", None),
    ("worlds=ten", "not a number", None),
    ("seed=0.5", "not a whole number", None),
    (f"{HAZARD}=2", "outside its bounds", None),
    (f"{HAZARD}={{times: 200}}", "outside its bounds", None),
    (f"{HAZARD}={{times: {{uniform: [0, 1]}}}}", "an uncertain factor", None),
    (f"{HAZARD}={{times: x}}", "not a number", None),
    (f"{HAZARD}=nan", "not a number", None),
    (f"{HAZARD}=true", "not a number", None),
    (f"{HAZARD}=[1", "not valid YAML", None),
    (f"{HAZARD}=&a 1", "an anchor or alias", None),
    (f"{HAZARD}=!!int 1", "a tag", None),
    (f"{HAZARD}={{unifrm: [0, 1]}}", "unknown key", "uniform"),
    (f"{HAZARD}={{uniform: [1, 0]}}", "low above high", None),
    (f"{HAZARD}=1@2025-13", "not a month of the calendar", None),
    (f"{HAZARD}=1@", "not a month of the calendar", None),
    (f"{HAZARD}=1@2025-07-01", "not a month of the calendar", "2025-07"),
    (f"{HAZARD}=1@2025-07..2025-06", "not a span of months", None),
    (f"{HAZARD}=1@2025-07..2025-08..2025-09", "not a span of months", None),
    (f"{HAZARD}=1@2020-01", "before the horizon", None),
    (f"{HAZARD}=1@2025-07..2031-01", "after the horizon", None),
    ("assumptions.climate.regime={times: 2}@2025-07", "a whole number cannot be multiplied", None),
    ("assumptions.climate.regime={plus: 0.5}@2025-07", "not a whole number", None),
    ("firms.zhipu.cash=1@2025-07", "firms.zhipu.grant_month", None),
    ("firms.minimax.burn_month={plus: 1}", "plus cannot act on a lognormal", None),
    ("firms.zhipu.enters=2025-01@2025-07", "a date on what has none", None),
    ("worlds=5@2025-07", "a date on what has none", None),
    ("events.later.date=2025-01@2025-07", "a date on what has none", None),
    ("nonsense=5@2025-07", "unknown path", None),
    ("end=2022-01", "end before start", None),
    ("start=yesterday", "not a month", None),
    ("firms.zhipu.kind=dwarf", "not a kind of firm", None),
]


@pytest.mark.parametrize(("text", "words", "nearest"), WRONG, ids=[text for text, *_ in WRONG])
def test_wrong_sets(text, words, nearest):
    with pytest.raises(InputError) as caught:
        load_text(TEXT, [text])
    error = caught.value
    assert words in str(error)
    assert error.file is None and error.line is None and error.key.startswith(f"--set {text[:30]}")
    if nearest is not None:
        assert error.nearest == nearest


def test_a_single_text_is_no_list_of_sets():
    with pytest.raises(InputError, match="a list of PATH=VALUE"):
        load_text(TEXT, "worlds=5")
    with pytest.raises(InputError, match="not a PATH=VALUE"):
        load_text(TEXT, ["worlds=" + "5" * 20_000])


def test_an_event_that_overwrites_a_set_is_noticed():
    def notices(*sets):
        return load_text(TEXT, sets).notices

    told = f"events.later sets {HAZARD} from 2026-01 on and overwrites what --set gave it."
    assert notices(f"{HAZARD}=0.5") == (told,)
    assert notices(f"{HAZARD}=0.5@2025-12") == (told,)
    assert notices(f"{HAZARD}=0.5@2025-12..2026-01") == (told,)
    assert notices(f"{HAZARD}=0.5", f"{HAZARD}=0.5@2025-12") == (told,)
    assert notices(f"{HAZARD}=0.5@2026-01") == ()  # sets of a month apply last
    assert notices(f"{HAZARD}=0.5@2025-01..2025-12") == ()
    assert notices(f"{HAZARD}=0.5@2027-01") == ()
    assert notices("firms.zhipu.research_ambition=1") == ()  # the event adds to it
    assert notices("firms.zhipu.cash=1") == ()


def test_a_variant_of_a_scenario_equals_loading_it_with_both_sets():
    first, second = f"{HAZARD}=0.5@2024-05", "firms.lab.copies=3"
    both = load_text(TEXT, [second, first])
    assert with_sets(load_text(TEXT, [second]), [first]) == both
    assert with_sets(load_text(TEXT, [first]), [second]) == dataclasses.replace(both, notices=())
    assert with_sets(load_text(TEXT), []) == load_text(TEXT)
