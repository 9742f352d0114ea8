"""Who may see what: a product is seen by the customer who flies its payload, and nobody else."""

from __future__ import annotations

from collections.abc import Mapping

from groundsys.customers.spaces import name_in_space
from groundsys.mission.ground.customer_model import Customer
from groundsys.values.errors import AccessRefusedError, DefinitionError


def owner_of_payload(customers: Mapping[str, Customer], payload: str) -> Customer:
    """The one customer who flies `payload`; `DefinitionError` if there is none or several."""
    owners = [customer for customer in customers.values() if payload in customer.payloads]
    if len(owners) != 1:
        raise DefinitionError(
            f"payload '{payload}' must belong to one customer",
            expected="exactly one",
            found=", ".join(sorted(customer.id for customer in owners)) or "none",
            remedy="name the payload in exactly one file of mission_db/customers",
        )
    return owners[0]


def may_see(customer: str | None, product_owner: str, key: str) -> bool:
    """True if the product belongs to `customer` and its bytes lie in that customer's space."""
    if customer is None or customer != product_owner:
        return False
    try:
        name_in_space(customer, key)
    except AccessRefusedError:
        return False
    return True
