"""Payload files become products that a customer can use: Level 0, Level 1, manifest."""

from groundsys.products.building import build_products
from groundsys.products.manifest_signature import sign_manifest
from groundsys.products.naming import versioned
from groundsys.products.payload_file import HEADER_OCTETS, sclk_span
from groundsys.products.provenance import FrameRange, ProductFile, Provenance

__all__ = [
    "HEADER_OCTETS",
    "FrameRange",
    "ProductFile",
    "Provenance",
    "build_products",
    "sclk_span",
    "sign_manifest",
    "versioned",
]
