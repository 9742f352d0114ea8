"""The simulated spacecraft as participants of the mission clock."""

from sims.craft.lander import LanderNode
from sims.craft.orbiter import OrbiterNode

__all__ = ["LanderNode", "OrbiterNode"]
