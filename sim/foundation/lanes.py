"""Worlds side by side: a column of one firm holds the numbers of all worlds of a tile, one after the other.

A tile is made of NumPy records whose every column is a row of ``LANES`` numbers, one for each world. A law does not see
that: ``lane(tile.market, w)`` is the market of world ``w`` with the columns as attributes, ``rows(tile.firms, w)[f]``
its firm ``f``, ``table(tile.shares, w)[f, k]`` a share. Numba compiles each of them to an address. So a law reads like
a rule for one firm of one world, and a loop over worlds that runs it compiles to vectors: columns lie at known
distances, so that the compiler sees that they do not overlap.
"""

from __future__ import annotations

import hashlib
import operator
from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types
from numba.core.imputils import lower_getattr_generic, lower_setattr_generic
from numba.core.typing.templates import AttributeTemplate
from numba.extending import infer_getattr, intrinsic, models, overload, overload_attribute, register_model

from sim.foundation.columns import MARKETS

LANES = 128  # worlds of a tile at most
DIGITS_OF_NAME = 16


def in_lanes(dtype: np.dtype) -> np.dtype:
    """``dtype``, all columns of eight bytes, with a row of LANES numbers for each."""
    return np.dtype([(name, dtype[name], (LANES,)) for name in dtype.names or ()], align=True)


class Lane:
    """A record of one world, uncompiled: columns are attributes."""

    __slots__ = ("_columns", "_world")

    def __init__(self, columns: Any, world: int) -> None:
        object.__setattr__(self, "_columns", columns)
        object.__setattr__(self, "_world", world)

    def __getattr__(self, name: str) -> Any:
        return self._columns[name][self._world]

    def __setattr__(self, name: str, value: Any) -> None:
        self._columns[name][self._world] = value


class Rows:
    """The records of one world, uncompiled."""

    __slots__ = ("_columns", "_world", "shape")

    def __init__(self, columns: Any, world: int) -> None:
        self._columns, self._world, self.shape = columns, world, columns.shape

    def __getitem__(self, row: int) -> Lane:
        return Lane(self._columns[row], self._world)


def lane(columns: Any, world: int) -> Any:
    """The record of ``world`` in ``columns``, (1,) records in lanes."""
    return Lane(columns[0], world)


def rows(columns: Any, world: int) -> Any:
    """The records of ``world`` in ``columns``, (rows,) records in lanes."""
    return Rows(columns, world)


def table(numbers: Any, world: int) -> Any:
    """The numbers of ``world`` in ``numbers``, (rows, markets, LANES) or (markets, LANES)."""
    return numbers[..., world]


def held(array: Any) -> Any:
    """``array`` itself. Compiled, its address alone, as its tile outlives every law: nothing counts who refers to it.

    ``lane``, ``rows`` and ``table`` are compiled for what is held.
    """
    return array


# What follows tells Numba the same.


def _named(what: str, of: types.Type) -> str:
    """Name of a type made of another one, which stands in every symbol: short, as a record's tells all its columns."""
    return f"{what}({hashlib.sha256(str(of).encode()).hexdigest()[:DIGITS_OF_NAME]})"


class LaneType(types.Type):  # type: ignore[misc]
    """A record of one world: the address of its columns, and which of their numbers is its own."""

    def __init__(self, record: types.Record) -> None:
        self.record = record
        super().__init__(name=_named("Lane", record))


class RowsType(types.Type):  # type: ignore[misc]
    """The records of one world: the address of the first, how many there are, and the place of the world."""

    def __init__(self, record: types.Record) -> None:
        self.record = record
        super().__init__(name=_named("Rows", record))


class TableType(types.Type):  # type: ignore[misc]
    """Numbers of one world by market (one place), or by row and market (two)."""

    def __init__(self, places: int) -> None:
        self.places = places
        super().__init__(name=f"Table({places})")


class HeldType(types.Type):  # type: ignore[misc]
    """The address of the first of some numbers or records, how many there are, by how many places."""

    def __init__(self, array: types.Array) -> None:
        self.of, self.places = array.dtype, array.ndim - 1
        super().__init__(name=_named("Held", array))


def _model(of: type, *members: tuple[str, types.Type]) -> None:
    class Model(models.StructModel):  # type: ignore[misc]
        def __init__(self, manager: Any, kind: types.Type) -> None:
            super().__init__(manager, kind, list(members))

    register_model(of)(Model)


_model(LaneType, ("data", types.voidptr), ("world", types.intp))
_model(RowsType, ("data", types.voidptr), ("count", types.intp), ("world", types.intp))
_model(HeldType, ("data", types.voidptr), ("count", types.intp))
_model(TableType, ("data", types.CPointer(types.float64)), ("world", types.intp))


@intrinsic
def _rows(typing: Any, columns: Any, world: Any) -> Any:
    found = RowsType(columns.of)

    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        records = cgutils.create_struct_proxy(columns)(context, builder, value=arguments[0])
        out = cgutils.create_struct_proxy(found)(context, builder)
        out.data, out.count, out.world = records.data, records.count, arguments[1]
        return out._getvalue()

    return found(columns, types.intp), make


@intrinsic
def _row(typing: Any, of: Any, row: Any) -> Any:
    found = LaneType(of.record)

    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        records = cgutils.create_struct_proxy(of)(context, builder, value=arguments[0])
        out = cgutils.create_struct_proxy(found)(context, builder)
        bytes_before = builder.mul(arguments[1], context.get_constant(types.intp, of.record.size))
        out.data = builder.gep(records.data, [bytes_before], inbounds=True)
        out.world = records.world
        return out._getvalue()

    return found(of, types.intp), make


@intrinsic
def _count(typing: Any, of: Any) -> Any:
    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return cgutils.create_struct_proxy(of)(context, builder, value=arguments[0]).count

    return types.intp(of), make


@overload(lane)
def _lane_compiled(columns, world):  # type: ignore[no-untyped-def]
    return lambda columns, world: _row(_rows(columns, world), 0)


@overload(rows)
def _rows_compiled(columns, world):  # type: ignore[no-untyped-def]
    return lambda columns, world: _rows(columns, world)


@intrinsic
def _held(typing: Any, array: Any) -> Any:
    found = HeldType(array)

    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        owned = context.make_array(array)(context, builder, arguments[0])
        out = cgutils.create_struct_proxy(found)(context, builder)
        out.data = builder.bitcast(owned.data, cgutils.voidptr_t)
        out.count = builder.extract_value(owned.shape, 0)
        return out._getvalue()

    return found(array), make


def _held_address(context: Any, builder: Any, kind: Any, value: Any, place: Any) -> Any:
    data = cgutils.create_struct_proxy(kind)(context, builder, value=value).data
    number = context.get_data_type(kind.of)
    if isinstance(kind.of, types.Record):
        first = builder.gep(data, [builder.mul(place, context.get_constant(types.intp, kind.of.size))], inbounds=True)
        return builder.bitcast(first, context.get_value_type(kind.of))
    return builder.gep(builder.bitcast(data, ir.PointerType(number)), [place], inbounds=True)


@intrinsic
def _held_at(typing: Any, of: Any, place: Any) -> Any:
    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address = _held_address(context, builder, of, *arguments)
        return address if isinstance(of.of, types.Record) else builder.load(address)

    return of.of(of, types.intp), make


@intrinsic
def _put_held(typing: Any, of: Any, place: Any, number: Any) -> Any:
    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.store(arguments[2], _held_address(context, builder, of, *arguments[:2]))
        return context.get_dummy_value()

    return types.void(of, types.intp, of.of), make


@overload(held)
def _held_compiled(array):  # type: ignore[no-untyped-def]
    return lambda array: _held(array)


@overload_attribute(HeldType, "shape")
def _held_shape(of):  # type: ignore[no-untyped-def]
    return lambda of: (_count(of),)


@overload(operator.getitem)
def _held_at_compiled(of, place):  # type: ignore[no-untyped-def]
    return (lambda of, place: _held_at(of, place)) if isinstance(of, HeldType) else None


@overload(operator.setitem)
def _put_held_compiled(of, place, number):  # type: ignore[no-untyped-def]
    return (lambda of, place, number: _put_held(of, place, number)) if isinstance(of, HeldType) else None


@overload(operator.getitem)
def _row_compiled(of, row):  # type: ignore[no-untyped-def]
    if isinstance(of, RowsType):
        return lambda of, row: _row(of, row)
    return None


@overload_attribute(RowsType, "shape")
def _rows_shape(of):  # type: ignore[no-untyped-def]
    return lambda of: (_count(of),)


@infer_getattr
class _Columns(AttributeTemplate):  # type: ignore[misc]
    key = LaneType

    def generic_resolve(self, kind: Any, name: str) -> Any:  # type: ignore[override]
        return kind.record.typeof(name).dtype if name in kind.record.fields else None


def _address(context: Any, builder: Any, kind: Any, value: Any, name: str) -> Any:
    """The address of the world's own number in a column."""
    record = cgutils.create_struct_proxy(kind)(context, builder, value=value)
    number = context.get_data_type(kind.record.typeof(name).dtype)
    first = builder.gep(record.data, [context.get_constant(types.intp, kind.record.offset(name))], inbounds=True)
    return builder.gep(builder.bitcast(first, ir.PointerType(number)), [record.world], inbounds=True)


@lower_getattr_generic(LaneType)
def _get(context: Any, builder: Any, kind: Any, value: Any, name: str) -> Any:
    return builder.load(_address(context, builder, kind, value, name))


@lower_setattr_generic(LaneType)
def _set(context: Any, builder: Any, signature: Any, arguments: Any, attr: str) -> Any:
    target, value = arguments
    builder.store(value, _address(context, builder, signature.args[0], target, attr))
    return context.get_dummy_value()


@intrinsic
def _table(typing: Any, numbers: Any, world: Any) -> Any:
    found = TableType(numbers.places)

    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        cells = cgutils.create_struct_proxy(numbers)(context, builder, value=arguments[0])
        out = cgutils.create_struct_proxy(found)(context, builder)
        out.data = builder.bitcast(cells.data, ir.PointerType(context.get_data_type(types.float64)))
        out.world = arguments[1]
        return out._getvalue()

    return found(numbers, types.intp), make


def _cell(context: Any, builder: Any, kind: Any, value: Any, places: list[Any]) -> Any:
    """The address of the world's own number at ``places`` of a table."""
    cells = cgutils.create_struct_proxy(kind)(context, builder, value=value)
    row = places[0]
    for place in places[1:]:
        row = builder.add(builder.mul(row, context.get_constant(types.intp, len(MARKETS))), place)
    at = builder.add(builder.mul(row, context.get_constant(types.intp, LANES)), cells.world)
    return builder.gep(cells.data, [at], inbounds=True)


@intrinsic
def _cell_of(typing: Any, of: Any, place: Any) -> Any:
    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(_cell(context, builder, of, arguments[0], [arguments[1]]))

    return types.float64(of, types.intp), make


@intrinsic
def _cell_of_row(typing: Any, of: Any, row: Any, place: Any) -> Any:
    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(_cell(context, builder, of, arguments[0], list(arguments[1:])))

    return types.float64(of, types.intp, types.intp), make


@intrinsic
def _put_cell(typing: Any, of: Any, place: Any, number: Any) -> Any:
    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.store(arguments[2], _cell(context, builder, of, arguments[0], [arguments[1]]))
        return context.get_dummy_value()

    return types.void(of, types.intp, types.float64), make


@intrinsic
def _put_cell_of_row(typing: Any, of: Any, row: Any, place: Any, number: Any) -> Any:
    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.store(arguments[3], _cell(context, builder, of, arguments[0], list(arguments[1:3])))
        return context.get_dummy_value()

    return types.void(of, types.intp, types.intp, types.float64), make


@overload(table)
def _table_compiled(numbers, world):  # type: ignore[no-untyped-def]
    return lambda numbers, world: _table(numbers, world)


@overload(operator.getitem)
def _cell_compiled(of, at):  # type: ignore[no-untyped-def]
    if not isinstance(of, TableType):
        return None
    return (lambda of, at: _cell_of(of, at)) if of.places == 1 else (lambda of, at: _cell_of_row(of, at[0], at[1]))


@overload(operator.setitem)
def _put_compiled(of, at, number):  # type: ignore[no-untyped-def]
    if not isinstance(of, TableType):
        return None
    if of.places == 1:
        return lambda of, at, number: _put_cell(of, at, number)
    return lambda of, at, number: _put_cell_of_row(of, at[0], at[1], number)


@overload_attribute(TableType, "shape")
def _table_shape(of):  # type: ignore[no-untyped-def]
    return (lambda of: (len(MARKETS),)) if of.places == 1 else (lambda of: (-1, len(MARKETS)))
