"""Products as files, for readers that know nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from groundsys.products import ProductFile
from groundsys.products.made import Made


@dataclass(frozen=True, slots=True)
class Written:
    """A product, and where it lies."""

    product: ProductFile
    path: Path

    @property
    def name(self) -> str:
        return self.product.name


def written(product: ProductFile | Made, folder: Path) -> Path:
    """Where it lies now, in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / product.name
    path.write_bytes(product.octets)
    return path


def all_written(products: Iterable[ProductFile], folder: Path) -> list[Written]:
    """All of them, beside each other in `folder`."""
    return [Written(one, written(one, folder)) for one in products]
