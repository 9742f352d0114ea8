"""Partners, as read from `partners/`; a mission need not have any.

A customer's products go to a partner if both files say so: the partner's `products_of` and the
customer's own `shares_with`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast, get_args

from groundsys.mission.ground.customer_model import Customer
from groundsys.mission.ground.partner_model import Partner, Shared
from groundsys.mission.parsing.findings import Findings, note_unknown
from groundsys.mission.parsing.identifiers import read_id
from groundsys.mission.parsing.reading import Section, read_folder
from groundsys.mission.spacecraft.craft_model import Spacecraft

_FOLDER = "partners"
_KINDS: tuple[str, ...] = get_args(Shared)


def partner_ids(root: Path) -> tuple[str, ...]:
    """The ids of all partners, for whoever is read before them."""
    return tuple(sorted(path.stem for path in (root / _FOLDER).glob("*.yaml")))


def read_partners(
    root: Path,
    spacecraft: Mapping[str, Spacecraft],
    customers: Mapping[str, Customer],
    findings: Findings,
) -> dict[str, Partner]:
    """Every partner of `partners/`."""
    partners: dict[str, Partner] = {}
    if not partner_ids(root):
        return partners
    for section in read_folder(root, _FOLDER, findings):
        partner = Partner(
            id=read_id(section),
            name=section.text("name"),
            contact=section.text("contact"),
            spacecraft=section.references("spacecraft", "spacecraft", spacecraft),
            shares=cast(
                tuple[Shared, ...],
                section.references("shares", "kind of what is shared", _KINDS, optional=True),
            ),
            products_of=_read_products_of(section, customers),
            every_s=60.0 * section.number("every_min", 10.0, minimum=0, maximum=1440),
        )
        if partner.id in customers:
            section.note("id", f"{partner.id!r} is a customer", "give the partner another name")
        if not partner.shares and not partner.products_of:
            section.note("shares", f"nothing is shared with {partner.id}", "state what, or remove")
        section.finish()
        partners[partner.id] = partner
    return partners


def _read_products_of(section: Section, customers: Mapping[str, Customer]) -> tuple[str, ...]:
    """Customers, of whom each has consented; who has not is left out, whatever is loaded."""
    found: list[str] = []
    partner = Path(section.here.file).stem
    for name, place in section.texts("products_of", optional=True):
        note_unknown(section.findings, place, "customer", name, customers)
        if name not in customers:
            continue
        if partner not in customers[name].shares_with:
            section.findings.add(
                place,
                f"{name} has not said that its products are shared with {partner}",
                f"have {name} state `shares_with: [{partner}]` in its own file, or leave it out",
            )
        elif name not in found:
            found.append(name)
    return tuple(found)
