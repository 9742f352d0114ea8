"""The simulated spacecraft as participants of the mission clock."""

from sims.craft.nodes import LanderNode, OrbiterNode

__all__ = ["LanderNode", "OrbiterNode"]
