"""A customer's side: fetching products from a portal, opening them, and checking its messages."""

from groundsys.client.command import fetch_command
from groundsys.client.fetching import fetch
from groundsys.client.listing import Selection
from groundsys.client.portal import Portal, Product, Products
from groundsys.client.reporting import FetchReport, Progress
from groundsys.client.verification import FolderVerification, verify_folder
from groundsys.customers.webhooks import is_signed

__all__ = [
    "FetchReport",
    "FolderVerification",
    "Portal",
    "Product",
    "Products",
    "Progress",
    "Selection",
    "fetch",
    "fetch_command",
    "is_signed",
    "verify_folder",
]
