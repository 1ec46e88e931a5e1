"""Which row is which firm: the order of the file, copies of a class in place."""

import dataclasses
import pickle

import numpy as np
import pytest
from small_scenario import TEXT

from sim.scenario.layout import layout_of
from sim.scenario.load import load


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = tmp_path_factory.mktemp("layout") / "small.yaml"
    path.write_text(TEXT.replace("copies: 12", "copies: 2"), encoding="utf-8")
    return load(path)


def test_rows_lie_in_the_order_of_the_file_with_the_copies_of_a_class_in_place(small):
    first, second, giant, lab = small.firms
    layout = layout_of(dataclasses.replace(small, firms=(first, lab, second, giant)))
    assert layout.ids == ("zhipu", "lab-001", "lab-002", "minimax", "tencent")
    assert layout.series_ids == ("zhipu", "lab", "minimax", "tencent")
    assert layout.series.tolist() == [0, 1, 1, 2, 3]
    assert layout.kinds.tolist() == [0, 0, 0, 0, 1]
    assert layout.of_series("lab").tolist() == [1, 2] and layout.of_series("minimax").tolist() == [3]
    assert layout.singles == {"zhipu": 0, "minimax": 3, "tencent": 4}
    with pytest.raises(KeyError):
        layout.of_series("lab-001")


def test_a_class_of_one_copy_is_no_single_firm(small):
    one = dataclasses.replace(small.firms[3], copies=1)
    layout = layout_of(dataclasses.replace(small, firms=(one,)))
    assert layout.ids == ("lab-001",) and layout.singles == {} and layout.of_series("lab").tolist() == [0]


def test_it_is_made_once_for_the_same_firms_and_nobody_changes_it(small):
    layout = layout_of(small)
    assert layout_of(dataclasses.replace(small, seed=small.seed + 1)) is layout
    assert layout_of(dataclasses.replace(small, firms=small.firms[:2])) is not layout
    with pytest.raises(ValueError):
        layout.kinds[0] = 1
    copy = pickle.loads(pickle.dumps(layout))
    assert copy.ids == layout.ids and np.array_equal(copy.series, layout.series) and copy.rows == layout.rows
