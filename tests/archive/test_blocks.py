"""Finished blocks come back exactly, and a file that is not sound is never trusted."""

from __future__ import annotations

import os

import numpy as np
import pytest

from sim.archive import blocks
from sim.archive.blocks import BlockStore, Span
from sim.engine.block import BLOCK_WORLDS


def same(left, right) -> bool:
    names = (*blocks.DENSE, *blocks.SPARSE, "events")
    arrays = [(getattr(left, name), getattr(right, name)) for name in names]
    return (left.first, left.clipped) == (right.first, right.clipped) and all(
        a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes() for a, b in arrays
    )


@pytest.fixture
def store(tmp_path) -> BlockStore:
    return BlockStore(tmp_path / "stem")


def put(store, block) -> None:
    store.put(Span(block.first, block.worlds), blocks.packed(block))


def test_a_block_comes_back_bit_for_bit(store, make_block):
    block = make_block(first=2048, worlds=7)
    put(store, block)
    assert store.has(Span(2048, 7))
    assert same(store.read(Span(2048, 7)), block)


def test_empty_events_and_histograms_come_back(store, make_block):
    block = make_block()
    bare = type(block)(
        **{name: np.zeros_like(getattr(block, name)) for name in blocks.SPARSE},
        **{name: getattr(block, name) for name in ("first", *blocks.DENSE)},
        events=block.events[:0],
    )
    put(store, bare)
    assert same(store.read(Span(0, 7)), bare)


def test_the_same_block_is_the_same_bytes(store, make_block):
    put(store, make_block())
    once = store.path(Span(0, 7)).read_bytes()
    put(store, make_block())
    assert store.path(Span(0, 7)).read_bytes() == once


@pytest.mark.parametrize("world", [0, 255, 256, 65_536, 9_999_999])
def test_the_log_keeps_every_number_however_narrow_its_columns(store, make_block, world):
    block = make_block()
    block.events["world"] = world + np.arange(len(block.events))
    block.events["firm"][::2] = -1
    block.events["firm"][1] = 499
    block.events["month"][0] = 360
    block.events["value"][0] = -0.0
    put(store, block)
    assert same(store.read(Span(0, 7)), block)


@pytest.mark.parametrize("worlds", [1, 1023, 1024, 1025, 10_000])
def test_spans_cover_every_world_once(worlds):
    covered = [world for span in blocks.spans(worlds) for world in range(span.first, span.first + span.worlds)]
    assert covered == list(range(worlds))
    assert all(span.first % BLOCK_WORLDS == 0 for span in blocks.spans(worlds))


def test_a_smaller_last_block_never_passes_for_a_whole_one(store, make_block):
    put(store, make_block(worlds=7))
    assert store.read(Span(0, 8)) is None
    store.path(Span(0, 7)).rename(store.path(Span(0, 8)))
    assert store.has(Span(0, 8))  # the file is sound ...
    assert store.read(Span(0, 8)) is None  # ... but of another block


@pytest.mark.parametrize("harm", ["torn", "flipped", "empty", "foreign", "other format", "longer", "folder", "pipe"])
def test_a_file_that_is_not_sound_is_as_if_absent(store, make_block, harm):
    block, span = make_block(), Span(0, 7)
    put(store, block)
    path = store.path(span)
    content = path.read_bytes()
    middle = len(content) // 2
    harmed = {
        "torn": content[:middle],
        "flipped": content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
        "empty": b"",
        "foreign": b"PK\x03\x04" + content,
        "other format": content.replace(b"shakeout block", b"shakeout other", 1),
        "longer": content + b"\0",
    }
    path.unlink()
    if harm == "folder":
        path.mkdir()
    elif harm == "pipe":
        os.mkfifo(path)  # whoever opens it for reading waits for a writer
    else:
        path.write_bytes(harmed[harm])
    assert not store.has(span)
    assert store.read(span) is None
    put(store, block)
    assert same(store.read(span), block)


def test_a_sound_digest_over_a_pickle_is_refused(store):
    """A file made to look sound: NumPy is told not to unpickle, so nothing in it runs."""
    import hashlib
    import io

    class Harm:
        def __reduce__(self):
            return (os.mkdir, (str(store.folder / "harm"),))

    buffer = io.BytesIO()
    np.savez(buffer, about=np.array([Harm()], dtype=object))
    payload = buffer.getvalue()
    store.folder.mkdir()
    store.path(Span(0, 7)).write_bytes(
        blocks.MAGIC + len(payload).to_bytes(8) + hashlib.sha256(payload).digest() + payload
    )
    assert store.read(Span(0, 7)) is None
    assert not (store.folder / "harm").exists()


def test_a_full_disk_leaves_nothing_half_written(store, make_block, monkeypatch):
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        put(store, make_block())
    assert list(store.folder.iterdir()) == []


def test_a_file_that_claims_to_be_huge_is_not_read(store, make_block, monkeypatch):
    put(store, make_block())
    with store.path(Span(0, 7)).open("r+b") as file:
        file.truncate(1 << 40)  # without holes it would fill no memory
    assert not store.has(Span(0, 7))
