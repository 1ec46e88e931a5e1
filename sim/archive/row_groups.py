"""Parquet files put together from others without reading their pages: the bytes are those of a file written in one go.

A Parquet file is its pages, and a footer that says where they lie: a structure in Thrift's compact protocol. No library
here joins files without decoding every value, so their footers are taken apart and written as one, with the pages where
they are now. Both formats are fixed: https://parquet.apache.org/docs/file-format/metadata/.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

PARQUET_MAGIC = b"PAR1"
FOOTER_LENGTH_BYTES = 4  # of the footer's length, before the magic bytes at the end
TRUTH, UNTRUTH, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST_OF, SET_OF, _MAP, STRUCT = range(
    1, 13
)  # types of the protocol
DOUBLE_BYTES = 8
LONG_LIST = 15  # a list of so many elements or more says how many in a number of its own
NUM_ROWS, ROW_GROUPS = 3, 4  # fields of FileMetaData
COLUMNS, GROUP_OFFSET = 1, 5  # of RowGroup
COLUMN_OFFSETS, COLUMN_META = (2, 4, 6), 3  # of ColumnChunk: of the chunk and of its indices; all else about it
PAGE_OFFSETS = (9, 10, 11, 14)  # of ColumnMetaData: of data, index and dictionary pages, and of a Bloom filter
Fields = dict[int, tuple[int, Any]]  # of a structure: field -> type, value


class Offset(int):
    """A place in the file: so much more where other pages come before."""


class Groups(NamedTuple):
    """The footer of a Parquet file: the bytes ``before`` its number of rows, the row ``groups``, and those ``after``.

    A row group is bytes with an Offset here and there between them, which depends on what comes before in the file.
    """

    before: bytes
    rows: int
    groups: tuple[tuple[bytes | Offset, ...], ...]
    after: bytes


def cut(path: Path) -> Groups:
    """Take the footer off the Parquet file at ``path``: what is left there are its pages. ValueError if it is none."""
    with path.open("r+b") as file:
        end = file.seek(0, os.SEEK_END) - len(PARQUET_MAGIC) - FOOTER_LENGTH_BYTES
        file.seek(max(end, 0))
        length, magic = int.from_bytes(file.read(FOOTER_LENGTH_BYTES), "little"), file.read()
        if magic != PARQUET_MAGIC or end - length < len(PARQUET_MAGIC):
            raise ValueError(f"{path} is no Parquet file")
        file.seek(end - length)
        groups = _groups(file.read(length))
        file.truncate(end - length)
    return groups


def _groups(footer: bytes) -> Groups:
    fields = _Reader(footer).structure()
    rows, groups = fields[NUM_ROWS][1], fields[ROW_GROUPS][1][1]
    for group in groups:
        _mark(group, (GROUP_OFFSET,))
        for column in group[COLUMNS][1][1]:
            _mark(column, COLUMN_OFFSETS)
            _mark(column[COLUMN_META][1], PAGE_OFFSETS)
    before = b"".join(_fields({field: of for field, of in fields.items() if field < NUM_ROWS}))
    after = b"".join(_structure({field: of for field, of in fields.items() if field > ROW_GROUPS}, ROW_GROUPS))
    return Groups(before, rows, tuple(tuple(_joined(_structure(group))) for group in groups), after)


class Joined:
    """A Parquet file at ``path`` while files of the same columns, which were cut, are added to it one after the other.

    That columns differ is not noticed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._rows, self._groups, self._about = 0, list[bytes](), Groups(b"", 0, (), b"")
        path.write_bytes(PARQUET_MAGIC)

    def add(self, pages: Path, part: Groups) -> None:
        """Add the pages in the file ``pages``, whose footer is ``part``; the file goes."""
        with self.path.open("ab") as out, pages.open("rb") as file:
            by = out.tell() - len(PARQUET_MAGIC)
            file.seek(len(PARQUET_MAGIC))
            shutil.copyfileobj(file, out)
        for group in part.groups:
            placed = (_signed(piece + by) if isinstance(piece, Offset) else piece for piece in group)
            self._groups.append(b"".join(placed))
        self._rows, self._about = self._rows + part.rows, part
        pages.unlink()

    def finish(self) -> None:
        """Write the footer. ValueError if nothing was added."""
        if not self._about.before:
            raise ValueError("no part of which to make a Parquet file")
        listed = _fields({NUM_ROWS: (I64, self._rows), ROW_GROUPS: (LIST_OF, (STRUCT, self._groups))}, NUM_ROWS - 1)
        with self.path.open("ab") as out:
            start = out.tell()
            for piece in (self._about.before, *listed, self._about.after):
                out.write(piece)
            length = out.tell() - start
            out.write(length.to_bytes(FOOTER_LENGTH_BYTES, "little") + PARQUET_MAGIC)


def _mark(fields: Fields, which: Sequence[int]) -> None:
    """Make those of ``fields`` that are there an Offset; 0 is none."""
    for field in which:
        if field in fields and fields[field][1]:
            fields[field] = fields[field][0], Offset(fields[field][1])


def _joined(pieces: Iterable[Any]) -> Iterator[Any]:
    """``pieces`` with bytes that follow one another as one."""
    run: list[bytes] = []
    for piece in pieces:
        if isinstance(piece, bytes):
            run.append(piece)
        else:
            yield b"".join(run)
            yield piece
            run.clear()
    yield b"".join(run)


class _Reader:
    """Values of the compact protocol, one after the other. A list is its elements' type and the elements.

    Maps, which the metadata of Parquet does not have, are not known: KeyError.
    """

    def __init__(self, content: bytes) -> None:
        self.content, self.at = content, 0

    def byte(self) -> int:
        self.at += 1
        return self.content[self.at - 1]

    def number(self) -> int:
        """A whole number without a sign, seven bits a byte."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def signed(self) -> int:
        """A whole number, its sign in the last bit."""
        value = self.number()
        return value >> 1 ^ -(value & 1)

    def taken(self, size: int) -> bytes:
        """The next ``size`` bytes."""
        self.at += size
        return self.content[self.at - size : self.at]

    def value(self, kind: int) -> Any:
        """The value of a type, in a structure or a list."""
        if kind in (I16, I32, I64):
            return self.signed()
        if kind == BINARY:
            return self.taken(self.number())
        if kind == STRUCT:
            return self.structure()
        if kind in (LIST_OF, SET_OF):
            head = self.byte()
            size = head >> 4 if head >> 4 < LONG_LIST else self.number()
            return head & 0x0F, [self.value(head & 0x0F) for _ in range(size)]
        if kind in (TRUTH, UNTRUTH, BYTE):  # of a list: in a structure the type says which
            return self.byte()
        if kind == DOUBLE:
            return self.taken(DOUBLE_BYTES)
        raise KeyError(kind)

    def structure(self) -> Fields:
        fields: Fields = {}
        field = 0
        while head := self.byte():
            kind = head & 0x0F
            field = field + (head >> 4) if head >> 4 else self.signed()
            fields[field] = kind, None if kind in (TRUTH, UNTRUTH) else self.value(kind)
        return fields


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _signed(value: int) -> bytes:
    return _number(2 * value if value >= 0 else -2 * value - 1)


def _written(kind: int, value: Any) -> Iterator[Any]:
    """The bytes of a value, as _Reader reads them; what was marked, or is written already, as it is."""
    if isinstance(value, Offset):
        yield value
    elif kind in (I16, I32, I64):
        yield _signed(value)
    elif kind == BINARY:
        yield _number(len(value)) + value
    elif kind == STRUCT:
        yield from (value,) if isinstance(value, bytes) else _structure(value)
    elif kind in (LIST_OF, SET_OF):
        of, elements = value
        size = len(elements)
        yield bytes([size << 4 | of]) if size < LONG_LIST else bytes([LONG_LIST << 4 | of]) + _number(size)
        for one in elements:
            yield from _written(of, one)
    else:
        yield value if kind == DOUBLE else bytes([value])


def _structure(fields: Fields, last: int = 0) -> Iterator[Any]:
    yield from _fields(fields, last)
    yield b"\0"


def _fields(fields: Fields, last: int = 0) -> Iterator[Any]:
    """``fields`` of a structure after the field ``last``."""
    for field, (kind, value) in fields.items():
        step = field - last
        yield bytes([step << 4 | kind]) if 0 < step < LONG_LIST + 1 else bytes([kind]) + _signed(field)
        if value is not None:
            yield from _written(kind, value)
        last = field
