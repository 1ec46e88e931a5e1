"""What varies must be in force: a value that a dated event overwrites is refused, or the page says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from closed_form import HAZARD, alone
from small_industry import TEXT

import sim
from sim.foundation.errors import InputError
from sim.report.html.document import render
from sim.report.html.write import document_of
from sim.report.pages import sweep as sweep_page
from sim.scenario.load import load
from sim.study.axes import axes_of

WINDOW = "assumptions.exchange.window"
AMBITION = "firms.alone.research_ambition"


def event(date, value=0.2, path=HAZARD, **more):
    return {"date": date, "set": {path: value}, **more}


def refused(vary, grid=True, **more):
    with pytest.raises(InputError) as error:
        axes_of(alone(**more), vary, grid=grid)
    return error.value


def accepted(vary, grid=True, **more):
    (axis,) = axes_of(alone(**more), vary, grid=grid)
    return axis


def test_a_value_that_an_event_sets_from_the_start_cannot_vary_and_the_forms_that_can_are_said():
    error = refused(f"{HAZARD}=0:0.3:3", events={"hard": event("2024-01")})
    assert error.problem == f"events.hard sets {HAZARD} from 2024-01 on: what varies is in force in no month"
    assert f"{HAZARD}=0:0.3:3@2024-01, which" in error.allowed and "@2024-01..2024-12" in error.allowed
    assert f"events.hard.set.{HAZARD}=0:0.3:3, which" in error.allowed
    assert error.key == f"--vary {HAZARD}=0:0.3:3" and error.exit_code == 2


def test_every_form_that_the_message_names_is_accepted_and_moves_something():
    events = {"hard": event("2024-01", until="2024-04"), "soft": event("2024-05", 0.1)}
    numbers = "0:0.3:3"
    error = refused(f"{HAZARD}={numbers}", events=events)
    forms = (f"{HAZARD}={numbers}@2024-05", f"events.soft.set.{HAZARD}={numbers}", "@2024-05..2024-12")
    assert all(form in error.allowed for form in forms)
    for vary in (*forms[:2], f"{HAZARD}={numbers}{forms[2]}"):
        done = sim.sweep(alone(events=events), vary, worlds=64, jobs=1)
        left = done.grid[done.grid["quantity"] == "independents_left"]["estimate"]
        assert left.is_monotonic_decreasing and left.nunique() == 3


def test_file_and_line_of_the_event_are_named(tmp_path):
    file = tmp_path / "small.yaml"
    file.write_text(TEXT + f"events:\n  shock:\n    date: 2023-08\n    set: {{{WINDOW}: 1}}\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        axes_of(load(file), f"{WINDOW}=0:1:2", grid=True)
    lines = file.read_text(encoding="utf-8").splitlines()
    assert (error.value.file, lines[error.value.line - 1]) == (str(file), "  shock:")


@pytest.mark.parametrize(
    ("events", "months"),
    [
        ({"a": event("2024-07")}, None),  # in force for 6 of 12 months: half is enough
        ({"a": event("2024-06")}, "only 5 of 12 months"),
        ({"a": event("2024-01", until="2024-06")}, None),
        ({"a": event("2024-01", until="2024-07")}, "only 5 of 12 months"),
        ({"a": event("2024-02", until="2024-05"), "b": event("2024-04", until="2024-08")}, "only 5 of 12 months"),
        ({"a": event("2024-01", {"times": 2})}, None),  # these act on what varies
        ({"a": event("2024-01", {"plus": 0.1})}, None),
        ({"a": event("2024-01", 0, "assumptions.rounds.on")}, None),  # another path
    ],
)  # fmt: skip
def test_a_value_must_be_in_force_for_half_of_the_run(events, months):
    vary = f"{HAZARD}=0:0.3:3"
    if months is None:
        accepted(vary, events=events)
    else:
        assert months in refused(vary, events=events).problem


def test_a_dated_value_is_judged_by_its_own_months():
    events = {"a": event("2024-03"), "b": event("2024-09")}
    assert "only 2 of 8 months" in refused(f"{HAZARD}=0:0.3:3@2024-07..2025-02", end="2025-06", events=events).problem
    assert "in force in only 2 of 6" in refused(f"{HAZARD}=0:0.3:3@2024-07", events=events).problem
    assert accepted(f"{HAZARD}=0:0.3:3@2024-07..2024-08", events=events).when == "2024-07..2024-08"
    assert accepted(f"{HAZARD}=0:0.3:3@2024-09", events=events).when == "2024-09", "sets of a month apply last"


def test_what_an_event_sets_can_be_overwritten_by_a_later_one():
    events = {"a": event("2024-01", {"times": 2}), "b": event("2024-03")}
    error = refused(f"events.a.set.{HAZARD}=1:3:3", events=events)
    assert "events.b sets" in error.problem and "only 2 of 12 months" in error.problem
    assert f"{HAZARD}=LO:HI:N@2024-03" in error.allowed, "a factor is no value"
    accepted(f"events.b.set.{HAZARD}=0:0.3:3", events=events)


def test_a_firm_that_enters_later_lives_only_from_then_on():
    events = {"a": event("2024-06", 1, AMBITION)}
    for entry, months in (("2024-01", "only 5 of 12"), ("2024-05", "only 1 of 8"), ("2024-06", "no month")):
        firms = {"alone": {"enters": entry, "burn_month": 1}}
        assert months in refused(f"{AMBITION}=0:2:3", events=events, firms=firms).problem


def test_flip_and_python_refuse_it_too():
    events = {"hard": event("2024-01")}
    with pytest.raises(InputError, match=f"{HAZARD}=0:0.3@2024-01"):
        sim.flip(alone(events=events), {HAZARD: (0, 0.3)}, "closes >= 0.5", jobs=1)
    with pytest.raises(InputError, match="in force in no month"):
        sim.sweep(alone(events=events), {HAZARD: (0, 0.3, 3)}, jobs=1)
    found = sim.flip(alone(events=events), {f"{HAZARD}@2024-01": (0, 0.3)}, "closes >= 0.5", worlds=64, jobs=1)
    assert "since January 2024" in found.headline and len(found.crossings) == 1


def test_titles_and_axes_say_since_when_and_a_late_event_is_a_note_on_the_page():
    done = sim.sweep(alone(), f"{HAZARD}=0:0.3:2@2024-03..2024-08", worlds=16, jobs=1)
    assert " in March 2024 to August 2024 from 0 to 0.3" in done.headline
    page = sweep_page.document_of(done)
    assert "in March 2024 to August 2024" in page.description
    drawn = [picture for picture in document_of(done).pictures if picture.name == "sweep-left"]
    assert "in March 2024 to August 2024" in drawn[0].x_title
    late = sim.sweep(alone(events={"late": event("2024-10")}), f"{HAZARD}=0:0.3:2", worlds=16, jobs=1)
    note = f"events.late sets {HAZARD} from 2024-10 on and overwrites the value that varies."
    assert note in late.manifest["notices"] and note in sweep_page.document_of(late).notes


def test_sensitivity_says_which_draws_are_overwritten():
    hazard = {"uniform": [0, 0.3]}
    events = {"late": event("2024-10", {"uniform": [0, 0.2]}), "later": event("2024-12", until="2024-12")}
    done = sim.sensitivity(alone(hazard=hazard, events=events), "closes", worlds=256, jobs=1)
    told = [notice for notice in done.manifest["notices"] if "has no effect" in notice]
    assert told == [
        f"events.late sets {HAZARD} from 2024-10 on: what worlds draw for {HAZARD} has no effect from 2024-10 on",
        f"events.later sets {HAZARD} from 2024-12 to 2024-12: "
        f"what worlds draw for {HAZARD} has no effect from 2024-12 to 2024-12",
        f"events.later sets {HAZARD} from 2024-12 to 2024-12: "
        f"what worlds draw for events.late.set.{HAZARD} has no effect from 2024-12 to 2024-12",
    ]


@pytest.mark.parametrize(
    ("words", "page"),
    [
        (("run", "small.yaml", "--set", f"{WINDOW}=0"), "report.html"),
        (("whatif", "small.yaml", "--set", f"{WINDOW}=0"), "whatif.html"),
        (("compare", "small.yaml", "other.yaml", "--set", f"{WINDOW}=0"), "compare.html"),
        (("run", "small.yaml", "--set", f"events.shock.set.{WINDOW}=0.5"), "report.html"),
    ],
)
def test_a_set_that_an_event_overwrites_is_said_on_the_terminal_and_at_the_head_of_the_page(command, words, page):
    events = f"  shock: {{date: 2024-01, set: {{{WINDOW}: 1}}}}\n  again: {{date: 2024-03, set: {{{WINDOW}: 1}}}}\n"
    Path("small.yaml").write_text(f"{TEXT}events:\n{events}", encoding="utf-8")
    Path("other.yaml").write_text(f"{TEXT.replace('name: small', 'name: other')}events:\n{events}", encoding="utf-8")
    code, out, err = command(*words, "--worlds", "20")
    note = f"events.again sets {WINDOW} from 2024-03 on and overwrites what --set gave it."
    assert code == 0 and f"note: {note}" in " ".join(err.split())
    head = Path(out.splitlines()[-1].removeprefix("Report: ")).parent.joinpath(page).read_text(encoding="utf-8")
    assert note in head[: head.index("<nav")] and head.count(note) == 1


def test_the_report_of_a_run_has_its_notices_once():
    from sim.report.pages.report import document_of

    done = sim.run(alone(events={"late": event("2024-10")}), worlds=8, jobs=1)
    done.manifest["notices"].append("a notice. ")
    assert render(document_of(done)).count("a notice.") == 1
