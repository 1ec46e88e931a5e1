"""The store of finished blocks: one self-checking file a block, without pickle.

A file is a magic line, length and SHA-256 of the payload, and the payload: the arrays of the block as an ``.npz``.
Histograms, mostly zeros, keep only their nonzero bins, the log its columns in as few bytes as they need; floats, which
hardly shrink, are not compressed. A file that is torn, altered or of another format is treated as if it were not
there, so its block is computed again.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.archive import atomic
from sim.engine.block import BLOCK_WORLDS, Block
from sim.foundation import regular_files
from sim.foundation.columns import LOG_DTYPE

MAGIC = b"shakeout block 5\n"
LENGTH_BYTES, DIGEST_BYTES = 8, 32
HEAD_BYTES = len(MAGIC) + LENGTH_BYTES + DIGEST_BYTES
ABOUT = "about.json"  # beside the blocks: what they are blocks of
ZIP_LEVEL = 1  # the fastest level: the arrays are sparse already
DENSE = ("histories", "endgame", "extinct", "probes", "year_ends", "paths_seen", "landscape_seen")
SPARSE = ("paths", "landscape", "leaders")


class Span(NamedTuple):
    """The worlds ``first`` to ``first + worlds - 1``: one block."""

    first: int
    worlds: int


def spans(worlds: int) -> list[Span]:
    """The blocks that make up a run of ``worlds`` worlds; the last one may be smaller than ``BLOCK_WORLDS``."""
    return [Span(first, min(BLOCK_WORLDS, worlds - first)) for first in range(0, worlds, BLOCK_WORLDS)]


@dataclass(frozen=True, slots=True)
class BlockStore:
    """The finished blocks of one stem, in ``folder``. Several processes may use it at once."""

    folder: Path

    def path(self, span: Span) -> Path:
        """File of one block. A smaller last block has a name of its own and never passes for the whole one."""
        return self.folder / f"{span.first:012d}-{span.worlds:04d}.block"

    def begin(self, about: bytes) -> None:
        """Make the folder, and keep in it what it is ``about``; what killed processes left half-written goes.

        OSError if the folder cannot be written.
        """
        if os.path.lexists(self.folder) and not self.folder.is_dir():
            atomic.remove(self.folder)  # whatever it is, it is in the way
        self.folder.mkdir(parents=True, exist_ok=True)
        atomic.clear_stale(self.folder)
        if not (self.folder / ABOUT).is_file():
            atomic.remove(self.folder / ABOUT)
            atomic.write_bytes(self.folder / ABOUT, about)

    def put(self, span: Span, content: bytes) -> None:
        """Put a block on the disk that was ``packed`` here or elsewhere, whole or not at all.

        ValueError if ``content`` is not what ``packed`` made, OSError if the disk is full or the folder impossible.
        """
        if _sound(content) is None:
            raise ValueError("a block was altered on its way")
        path = self.path(span)
        if path.is_dir() and not path.is_symlink():
            atomic.remove(path)  # whatever it is, it is in the way
        atomic.write_bytes(path, content)

    def has(self, span: Span) -> bool:
        """True if the block is there and its file is sound."""
        return self._payload(span) is not None

    def read(self, span: Span) -> Block | None:
        """The block, or None if it is not there or its file is not sound."""
        payload = self._payload(span)
        if payload is None:
            return None
        try:
            block = _unpack(payload)
        except (ValueError, KeyError, OSError, zlib.error, zipfile.BadZipFile):
            return None
        return block if (block.first, block.worlds) == span else None

    def _payload(self, span: Span) -> bytes | None:
        try:
            with regular_files.reading(self.path(span)) as file:
                head = file.read(HEAD_BYTES)
                whole = os.fstat(file.fileno()).st_size == HEAD_BYTES + int.from_bytes(
                    head[len(MAGIC) :][:LENGTH_BYTES]
                )
                content = head + file.read() if whole else b""
        except OSError:
            return None
        return _sound(content)


def packed(block: Block) -> bytes:
    """The content of the block's file: the same block gives the same bytes on every machine with the same zlib."""
    payload = _pack(block)
    return MAGIC + len(payload).to_bytes(LENGTH_BYTES) + hashlib.sha256(payload).digest() + payload


def _sound(content: bytes) -> bytes | None:
    """The payload of a block's file, or None if the file is torn, altered or of another format."""
    digest, payload = content[HEAD_BYTES - DIGEST_BYTES : HEAD_BYTES], content[HEAD_BYTES:]
    return payload if content.startswith(MAGIC) and hashlib.sha256(payload).digest() == digest else None


def _pack(block: Block) -> bytes:
    arrays: dict[str, Any] = {name: getattr(block, name) for name in DENSE}
    for name in SPARSE:
        counts = getattr(block, name)
        index = np.flatnonzero(counts)
        arrays[f"{name}_shape"] = np.array(counts.shape, dtype=np.int64)
        arrays[f"{name}_steps"] = np.diff(index, prepend=0).astype(np.uint32)
        arrays[f"{name}_counts"] = counts.ravel()[index]
    for name in block.events.dtype.names or ():
        arrays[f"events_{name}"] = _narrow(block.events[name])
    about = {"first": block.first, "clipped": block.clipped}
    arrays["about"] = np.frombuffer(json.dumps(about, sort_keys=True).encode(), dtype=np.uint8)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, array, allow_pickle=False)
            how = zipfile.ZIP_STORED if array.dtype.kind == "f" else zipfile.ZIP_DEFLATED
            file.writestr(zipfile.ZipInfo(f"{name}.npy"), content.getbuffer(), how, ZIP_LEVEL)
    return buffer.getvalue()


def _unpack(payload: bytes) -> Block:
    with np.load(io.BytesIO(payload), allow_pickle=False) as arrays:
        about = json.loads(arrays["about"].tobytes())
        dense = {name: arrays[name] for name in DENSE}
        sparse = {}
        for name in SPARSE:
            nonzero = arrays[f"{name}_counts"]
            counts = np.zeros(tuple(arrays[f"{name}_shape"]), nonzero.dtype)
            counts.ravel()[np.cumsum(arrays[f"{name}_steps"], dtype=np.int64)] = nonzero
            sparse[name] = counts
        events = np.empty(len(arrays["events_world"]), LOG_DTYPE)
        for name in LOG_DTYPE.names or ():
            events[name] = arrays[f"events_{name}"]
    return Block(first=int(about["first"]), clipped=dict(about["clipped"]), events=events, **dense, **sparse)


def _narrow(column: np.ndarray) -> np.ndarray:
    """Whole numbers in the smallest type that holds them all, floats as they are; contiguous."""
    if column.dtype.kind == "i" and column.size:
        column = column.astype(np.promote_types(np.min_scalar_type(column.min()), np.min_scalar_type(column.max())))
    return np.ascontiguousarray(column)
