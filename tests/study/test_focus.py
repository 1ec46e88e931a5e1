"""--firm: who is asked for stands first, nothing else changes, and an unknown id is refused with the nearest."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path

import pytest
from small_industry import TEXT, small

import sim
from sim.archive.digest import question, stem
from sim.foundation.errors import InputError
from sim.report.html.write import document_of
from sim.scenario.load import load_text, with_sets
from sim.study.focus import first, focus_in, focus_of, itself, named, spoken_of

POORER = "firms.alpha.cash=60"  # touches Alpha in the first place
TWO_CLAIMS = f"""{TEXT}
  beta-goes: {{says: Beta may close, source: S1, when: {{not: {{firm: beta, fate: independent, by: 2024-06}}}}}}
  few: {{says: Few are left, source: S2, when: {{count: {{of: both, state: independent}}, at: 2024-06, at_most: 1}}}}
"""


def test_who_is_asked_for_stands_first_the_others_as_they_were():
    rows = [{"firm": name} for name in ("alpha", "beta", "giant", "both", "beta")]
    assert [row["firm"] for row in first(rows, ("both", "beta"))] == ["both", "beta", "beta", "alpha", "giant"]
    assert first(rows, ()) == rows
    assert first("cab", "b", itself) == ["b", "c", "a"]


def test_an_unknown_id_is_refused_with_the_nearest():
    assert focus_of([small()], ["both", "beta", "both"]) == ("both", "beta")
    assert focus_of([small()], "beta") == ("beta",)
    with pytest.raises(InputError) as caught:
        focus_of([small()], ["beta", "alhpa"])
    assert (caught.value.found, caught.value.nearest, caught.value.key) == ("alhpa", "alpha", "--firm")


def test_members_of_a_group_follow_what_was_asked_for():
    assert focus_in(small(), {"focus": ["beta", "both"]}) == ("beta", "both", "alpha")
    assert focus_in(small(), {"focus": ["giants"]}) == ("giants", "giant")
    assert focus_in(small(), {}) == ()


def test_the_name_of_a_page_tells_different_questions_apart():
    asked = [["beta"], ["both", "beta"], ["beta", "both"], ["both-beta"], []]
    names = [named("report.html", {"focus": focus}) for focus in asked]
    assert names[0] == "report-beta.html" and names[3:] == ["report-both-beta.html", "report.html"]
    assert len(set(names)) == len(names)
    assert len(named("report.html", {"focus": ["firm"] * 99})) < 100


def test_a_forecast_speaks_of_the_firms_it_names_at_any_depth():
    claims = {claim.id: list(spoken_of(claim.when)) for claim in load_text(TWO_CLAIMS).claims}
    assert claims == {"alpha-goes": ["alpha"], "beta-goes": ["beta"], "few": ["both"]}
    assert sorted(spoken_of({"all": ({"firm": "a"}, {"any": [{"not": {"firm": "b"}}]})})) == ["a", "b"]


# run


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def asked(tmp_path):
    file = tmp_path / "small.yaml"
    file.write_text(TWO_CLAIMS, encoding="utf-8")
    return (str(file), "--worlds", "20", "--jobs", "1", "--out", str(tmp_path / "out"))


def test_a_run_tells_them_first_and_its_folder_is_the_same(command, asked):
    plain = json.loads(command("run", *asked, "--json").out)
    folder = Path(plain["folder"])
    before = files(folder)
    focused = json.loads(command("run", *asked, "--json", "--firm", "both", "--firm", "beta").out)
    assert focused["folder"] == plain["folder"]
    names = [row["firm"] for row in plain["summary"]]
    assert [row["firm"] for row in focused["summary"]] == [
        *("both", "beta"), *(name for name in names if name not in ("both", "beta"))
    ]  # fmt: skip
    after = files(folder)
    assert before.items() <= after.items()  # tables, manifest and the page that tells nobody first, byte for byte
    assert {name.partition("/")[0] for name in after.keys() - before.keys()} == {
        f"report-both-beta-{focused_mark(after)}.html", f"plots-both-beta-{focused_mark(after)}"
    }  # fmt: skip
    shown = command("run", *asked, "--firm", "beta")
    assert shown.out.rstrip().endswith("report-beta.html")
    refused = command("run", *asked, "--firm", "alhpa")
    assert refused.code == 2 and "alpha" in refused.err


def focused_mark(found) -> str:
    return next(match[1] for name in found if (match := re.match(r"report-both-beta-(\w+)\.html", name)))


def test_a_page_that_was_altered_is_drawn_anew_and_never_stands_for_the_other(tmp_path):
    once = sim.run(small(20), jobs=1, out=tmp_path, firms=["beta"])
    page = once.folder / "report-beta.html"
    drawn, usual = page.read_bytes(), (once.folder / "report.html").read_bytes()
    assert drawn != usual
    page.write_text("altered")
    again = sim.run(small(20), jobs=1, out=tmp_path, firms=["beta"])
    assert again.reused and page.read_bytes() == drawn
    assert (once.folder / "report.html").read_bytes() == usual
    opened = sim.open_run(once.folder)
    assert "focus" not in opened.manifest and opened.summary()[0]["firm"] == "alpha"


def test_no_digest_and_no_frame_depends_on_it():
    plain, focused = (sim.run(small(20), jobs=1, firms=firms) for firms in ((), ["beta"]))
    assert focused.manifest["stem"] == plain.manifest["stem"] == stem(small(20))
    assert question(focused.scenario, None) == question(plain.scenario, None)
    for frame in ("survival", "fates", "claims", "paths", "firms", "events"):
        assert getattr(focused, frame)().equals(getattr(plain, frame)())
    assert [row["firm"] for row in focused.summary()][:2] == ["beta", "alpha"]
    others = [row for row in plain.summary() if row["firm"] != "beta"]
    assert focused.summary() == [row for row in plain.summary() if row["firm"] == "beta"] + others


def test_in_python_an_unknown_firm_is_refused_before_anything_is_simulated(tmp_path):
    for study in (
        functools.partial(sim.run, small(20)),
        functools.partial(sim.what_if, small(20), [POORER]),
        functools.partial(sim.compare, small(20), small(20, seed=4)),
        functools.partial(sim.sweep, small(20), ["firms.alpha.cash=60:600:2"]),
    ):
        with pytest.raises(InputError, match="alpha"):
            study(jobs=1, out=tmp_path / "out", firms=["alhpa"])
    assert not (tmp_path / "out").exists()


# studies


def test_a_what_if_tells_them_first(tmp_path):
    ask = functools.partial(sim.what_if, small(400), [POORER], jobs=1, out=tmp_path)
    plain = ask()
    before, focused = files(plain.folder), ask(firms=["giant", "beta"])
    assert before.items() <= files(plain.folder).items() and focused.reused and focused.folder == plain.folder
    assert (plain.folder / named("whatif.html", focused.manifest)).is_file()
    assert focused.differences.equals(plain.differences)
    assert plain.summary()[0]["firm"] == "alpha"
    assert [row["firm"] for row in focused.summary()][:2] == ["giant", "beta"]
    # Alpha is touched, the others are not: theirs comes first, then the largest of all
    assert "Alpha" in plain.headline[0] and "The largest" not in plain.headline[0]
    (said,) = focused.headline
    name = next(firm.name for firm in small().firms if firm.id == "beta")
    mine, _, of_all = said.partition(". The largest difference of all: it ")
    assert f"Giant or {name}" in mine or name in mine
    assert plain.headline[0].endswith(of_all) and of_all
    assert focused.manifest["headline"] == focused.headline
    assert ask(firms="alpha").headline == plain.headline


def test_the_page_of_a_what_if_tells_them_first():
    from sim.report.pages import whatif as page

    done = sim.what_if(small(200), [POORER], jobs=1, firms=["beta"])
    plain = sim.what_if(small(200), [POORER], jobs=1)
    name = next(firm.name for firm in small().firms if firm.id == "beta")
    for answer, expected in ((plain, "Alpha"), (done, name)):
        shown = {picture.name: picture for picture in document_of(answer).pictures}
        assert shown["survival-independent"].panels[0].heading == expected
        assert shown["difference-survival-1"].title.startswith(f"Survival: {expected} differs")
        blocks = [block for section in page.document_of(answer).sections for block in section.blocks]
        years = next(block for block in blocks if getattr(block, "name", "") == "by-year-survival-1")
        assert years.rows[0][0].text == expected
    assert page.document_of(done).headline == done.headline[0] != plain.headline[0]


def test_a_comparison_tells_them_first(tmp_path):
    from sim.report.pages import compare as page

    ask = functools.partial(sim.compare, small(400), with_sets(small(400), [POORER]), jobs=1, out=tmp_path)
    plain = ask()
    before, focused = files(plain.folder), ask(firms=["beta"])
    assert before.items() <= files(plain.folder).items() and focused.reused and focused.folder == plain.folder
    assert (plain.folder / "compare-beta.html").is_file()
    assert [done.summary()[0]["firm"] for done in (plain, focused)] == ["alpha", "beta"]
    name = next(firm.name for firm in small().firms if firm.id == "beta")
    assert "Alpha" in plain.headline[0]
    mine, _, of_all = focused.headline[0].partition(". The largest difference of all: ")
    assert name in mine and of_all == plain.headline[0]
    for done, expected in ((plain, "Alpha"), (focused, name)):
        assert document_of(done).pictures[0].panels[0].heading == expected
        (table,) = next(section.blocks for section in page.document_of(done).sections if section.id == "fates")
        assert table.rows[0][0].text == expected


def test_runs_that_are_the_same_worlds_are_so_for_whoever_is_asked_for():
    done = sim.compare(small(40), with_sets(small(40), ["firms.beta.cash=200"]), jobs=1, firms=["beta"])
    assert "are the same worlds" in done.headline[0]


def test_a_sweep_tells_them_first(tmp_path):
    from sim.report.html.document import Details
    from sim.report.pages import sweep as page

    ask = functools.partial(sim.sweep, small(100), ["firms.alpha.cash=60:600:2"], jobs=1, out=tmp_path)
    plain = ask()
    before, focused = files(plain.folder), ask(firms=["beta", "both"])
    assert before.items() <= files(plain.folder).items() and focused.reused and focused.folder == plain.folder
    assert focused.grid.equals(plain.grid)
    firms = [row["firm"] for row in focused.summary()]
    half = len(firms) // 2
    assert firms[:half] == firms[half:] == ["beta", "both", "alpha", *["all"] * 3]
    values = [row["firms.alpha.cash"] for row in focused.summary()]
    assert values == sorted(values)
    name = next(firm.name for firm in small().firms if firm.id == "beta")
    assert re.match(rf"With .* 600 million, {re.escape(name)} is still independent in June 2024 in ", focused.headline)
    assert re.search(
        r"; \d+% to \d+% of group both are still independent in June 2024; the number of", focused.headline
    )
    assert f"; {name}" not in plain.headline
    shown = {picture.name: picture for picture in document_of(focused).pictures}
    assert [key.label for key in shown["sweep-independent"].keys] == [name, "Alpha"]
    assert [panel.heading for panel in shown["sweep-survival-independent"].panels] == [name, "Alpha"]
    (details,) = next(section.blocks for section in page.document_of(focused).sections if section.id == "grid")
    assert isinstance(details, Details)
    heads = [column.label for column in details.blocks[0].columns]
    assert heads[1:4] == [name, "group both", "Alpha"] and heads[4].startswith("Startups")


def test_a_sweep_over_two_assumptions_tells_them_first():
    vary = ["firms.alpha.cash=60:600:2", "firms.beta.cash=60:600:2"]

    name = next(firm.name for firm in small().firms if firm.id == "beta")
    for firms, expected in (((), "Alpha"), (["beta"], name)):
        swept = sim.sweep(small(40), vary, jobs=1, firms=firms)
        shown = {picture.name: picture for picture in document_of(swept).pictures}
        assert shown["sweep-independent"].panels[0].heading == expected


def test_commands_tell_them_first(command, asked):
    vary = ("--vary", "firms.alpha.cash=60:600:2")
    tables = {}
    for firms in ((), ("--firm", "both", "--firm", "beta")):
        for study in (("whatif", asked[0], "--set", POORER), ("compare", asked[0], asked[0], "--set", POORER)):
            answer = json.loads(command(*study, *asked[1:], "--json", *firms).out)
            tables[study[0], firms] = answer["summary"][0]["firm"]
        done = command("sweep", asked[0], *vary, *asked[1:], *firms)
        tables["sweep", firms] = next(line for line in done.out.splitlines() if line.split()[:1] == ["cash"])
    both = ("--firm", "both", "--firm", "beta")
    assert (tables["whatif", ()], tables["whatif", both]) == ("alpha", "both")
    assert (tables["compare", ()], tables["compare", both]) == ("alpha", "both")
    assert tables["sweep", ()].split()[:2] == ["cash", "independent"]
    assert tables["sweep", both].split()[:3] == ["cash", "group", "both"]
    assert "report-" not in done.out and "sweep-both-beta-" in done.out


def test_forecasts_about_them_come_first(command, asked):
    plain = json.loads(command("claims", *asked, "--json").out)["summary"]
    assert [row["claim"] for row in plain] == ["alpha-goes", "beta-goes", "few"]
    focused = json.loads(command("claims", *asked, "--json", "--firm", "beta").out)["summary"]
    assert [row["claim"] for row in focused] == ["beta-goes", "alpha-goes", "few"]
    assert sorted(focused, key=lambda row: row["claim"]) == sorted(plain, key=lambda row: row["claim"])
    group = json.loads(command("claims", *asked, "--json", "--firm", "both").out)["summary"]
    assert [row["claim"] for row in group] == ["few", "alpha-goes", "beta-goes"]
    table = command("claims", *asked, "--firm", "beta").out
    assert table.index("beta-goes") < table.index("alpha-goes")
    matrix = command("claims", asked[0], asked[0], *asked[1:], "--firm", "beta").out
    assert matrix.index("beta-goes") < matrix.index("alpha-goes")
    assert command("claims", *asked, "--firm", "alhpa").code == 2
