"""Payload files become products that a customer can use: Level 0, Level 1, manifest."""

from groundsys.products.building import build_products
from groundsys.products.provenance import FrameRange, ProductFile, Provenance

__all__ = ["FrameRange", "ProductFile", "Provenance", "build_products"]
