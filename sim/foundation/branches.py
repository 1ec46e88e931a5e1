"""What a law can tell the compiler about a condition, so that a loop over worlds compiles to vectors.

A vector has no branches: both sides are computed and one is taken. The compiler does so where it thinks that it pays.
It takes what stands behind a condition to be done half of the time, behind two a quarter; ``mostly`` tells it better.
And it does not do so where a condition chooses between two columns, which it reads by an address that depends on the
condition; ``pick`` reads both. Where both sides of an ``if`` write, they write the same column last: of two last writes
the compiler makes one, to an address that depends on the condition. Uncompiled they are what they say.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types
from numba.core.extending import _Intrinsic
from numba.extending import intrinsic, overload


def pick(condition: Any, one: Any, other: Any) -> Any:
    """``one`` where the condition holds, else ``other``; both are computed."""
    return one if condition else other


@intrinsic
def _select(typing: Any, condition: Any, one: Any, other: Any) -> Any:
    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.select(*arguments)

    return one(types.boolean, one, one), make


@overload(pick)
def _pick_compiled(condition, one, other):  # type: ignore[no-untyped-def]
    return lambda condition, one, other: _select(condition, one, other)


class _Hint(_Intrinsic):  # type: ignore[misc]
    """An intrinsic that gives its argument when it is called uncompiled.

    An overload would be a function of its own, whose hint does not reach the branch; one compiled into its callers
    takes the same condition for all calls (Numba 0.68).
    """

    def __call__(self, condition: Any) -> Any:
        return condition


def _mostly(typing: Any, condition: Any) -> Any:
    """``condition``, which holds in most firms and worlds."""

    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        bit = ir.IntType(1)
        expect = cgutils.get_or_insert_function(builder.module, ir.FunctionType(bit, [bit, bit]), "llvm.expect.i1")
        return builder.call(expect, [arguments[0], bit(1)])

    return types.boolean(types.boolean), make


mostly = _Hint("mostly", _mostly)
mostly._register()
