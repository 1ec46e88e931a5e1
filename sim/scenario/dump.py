"""The resolved scenario as YAML that runs again to the same result."""

from __future__ import annotations

from sim.scenario.frozen import thaw
from sim.scenario.model import Scenario
from sim.scenario.yaml_text import write


def to_yaml(scenario: Scenario) -> str:
    """``scenario`` as one file: what it extends is merged in, dated sets are events, defaults stay defaults."""
    return write(thaw(scenario.resolved))
