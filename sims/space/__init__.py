"""The space between craft and antennas: light time, visibility, noise and loss."""

from sims.space.node import Space

__all__ = ["Space"]
