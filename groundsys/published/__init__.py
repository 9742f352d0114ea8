"""The catalogue as the desks publish it beside the products: signed, sealed, read by portals.

    groundsys-catalogue/heads/NUMBER               who may enter, and what holds of each space
    groundsys-catalogue/spaces/CUSTOMER/NUMBER     a batch of one customer's events and products

Everything is put once and never changes; what is newest is the head of the highest number, and from
the oldest that is kept, numbers leave none out.  What has been superseded for 25 hours is removed:
no portal believes it any more (`groundsys.published.superseded`).  A head is
signed (Ed25519, the key that signs manifests) and tells the SHA-256 of each batch that it rests on,
when it was issued, and the hash of the head before it.

Whoever owns the store reads none of it: a head is sealed with a key of the portals, a batch with
one of its customer's.  A portal has the former and, of each customer, a *share*; a customer's door
in the head opens by share and token together, and behind it lies what opens the batches.  So what
is stolen from a portal opens nothing without a token, and a token opens nothing without a portal.
With a customer's key its share is destroyed, at the desks at once and at portals with their next
look: then old heads and batches, wherever they are kept, open to nobody.
"""

from groundsys.published.doors import Grant, OpenedDoor
from groundsys.published.kit import PortalKit
from groundsys.published.publishing import CataloguePublisher
from groundsys.published.reading import PublishedCatalogue
from groundsys.published.space import PublishedProduct, PublishedSpace

__all__ = [
    "CataloguePublisher",
    "Grant",
    "OpenedDoor",
    "PortalKit",
    "PublishedCatalogue",
    "PublishedProduct",
    "PublishedSpace",
]
