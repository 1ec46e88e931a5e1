"""The library that survival curves are tested against. Its newest version holds pandas below 3, which users do not."""

from __future__ import annotations

from typing import Any

import pytest

WHERE = "lifelines is not installed: .ci/run asks it in an environment of its own, with the lowest versions"


def lifelines() -> Any:
    """The module, or the test is skipped."""
    return pytest.importorskip("lifelines", reason=WHERE)
