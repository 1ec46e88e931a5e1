"""The one place that makes compiled functions.

Laws are written with ``math.*`` and explicit products, so that compiled and uncompiled agree bit for bit
(``NUMBA_DISABLE_JIT=1`` runs them as plain Python). Numba's cache does not notice an edit in another file:
the cache folder is therefore named by a digest of the sources of every layer that is compiled.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np
import platformdirs

from sim.foundation import compile_cache
from sim.foundation.file_paths import PACKAGE

COMPILED_LAYERS = ("foundation", "industry", "laws", "engine")
COMPILED = "complete"  # name of the mark in the cache folder
settings: Any = numba.config  # its names are set at run time


def source_digest(layers: tuple[str, ...] = COMPILED_LAYERS) -> str:
    """Digest of the package's sources in ``layers`` and of the compiler's version, 16 hex digits."""
    digest = hashlib.sha256(f"numba {numba.__version__} numpy {np.__version__}".encode())
    for layer in layers:
        for path in sorted((PACKAGE / layer).rglob("*.py")):
            digest.update(path.relative_to(PACKAGE).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """The user's cache folder for this version of the compiled sources (not created here)."""
    named = os.environ.get("SHAKEOUT_CACHE")
    base = Path(named).expanduser() / "shakeout" if named else platformdirs.user_cache_path("shakeout", False)
    return base / source_digest()


def _use_cache_folder() -> None:
    folder = cache_folder()
    try:
        if not folder.is_absolute() and "SHAKEOUT_CACHE" not in os.environ:
            raise OSError("nobody's home")
        compile_cache.use(folder)
    except OSError:  # a read-only home; workers inherit the variable
        os.environ["SHAKEOUT_CACHE"] = str(compile_cache.temporary())
        folder = cache_folder()
        compile_cache.use(folder)
    settings.CACHE_DIR = str(folder)


_use_cache_folder()
disabled: bool = bool(settings.DISABLE_JIT)


def law(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile ``function``; cached, without the interpreter lock, division by zero as in C."""
    compiled: Callable[..., Any] = numba.njit(cache=True, nogil=True, error_model="numpy", forceinline=True)(function)
    if not disabled:
        compile_cache.seal(compiled)
    return compiled


def uncached(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile ``function`` for this process alone: for one that is made while the program runs."""
    compiled: Callable[..., Any] = numba.njit(nogil=True, error_model="numpy")(function)
    return compiled


def is_compiled_before() -> bool:
    """True if every kernel of exactly these sources was compiled before, to the end (``mark_compiled``)."""
    return disabled or (Path(settings.CACHE_DIR) / COMPILED).exists()


def mark_compiled() -> None:
    """Remember in the cache folder that every kernel is there."""
    (Path(settings.CACHE_DIR) / COMPILED).touch()


def compile_for(kernel: Any, *arguments: Any) -> None:
    """Compile ``kernel`` for arguments of these types without running it; what is compiled before is only loaded."""
    if not disabled:
        type_of: Callable[[Any], Any] = numba.typeof
        kernel.compile(tuple(type_of(argument) for argument in arguments))


def without_blas() -> None:
    """Load numba's arrays without SciPy's linear algebra, which it imports only to see whether it is there.

    For processes that compile nothing but laws, which have no matrices: a worker starts 0.15 seconds earlier.
    """
    modules: dict[str, Any] = sys.modules
    if disabled or "scipy.linalg" in modules:
        return
    modules["scipy.linalg"] = None  # as if it were not installed
    try:
        importlib.import_module("numba.np.arraymath")
    finally:
        del modules["scipy.linalg"]


def view(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile ``function`` into its callers: for one that returns a view of records, which numba cannot pass back."""
    inlined: Callable[..., Any] = numba.njit(inline="always")(function)
    return inlined
