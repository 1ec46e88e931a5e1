"""Plain data that nobody changes by accident: a dict that refuses to, and can still be pickled and compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn


class Frozen(dict[Any, Any]):
    """A dict that cannot be changed after it was made."""

    __slots__ = ()

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("a scenario is not changed after it was loaded; load it again with sets")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type[Frozen], tuple[dict[Any, Any]]]:
        return Frozen, (dict(self),)


def freeze(data: Any) -> Any:
    """``data`` with every mapping a Frozen and every list a tuple, all the way down."""
    if isinstance(data, Mapping):
        return Frozen({key: freeze(value) for key, value in data.items()})
    if isinstance(data, list | tuple):
        return tuple(freeze(value) for value in data)
    return data


def thaw(data: Any) -> Any:
    """The reverse: fresh dicts and lists, free to change."""
    if isinstance(data, Mapping):
        return {key: thaw(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [thaw(value) for value in data]
    return data
