"""A customer's side: fetching products from a portal."""

from groundsys.client.command import fetch_command
from groundsys.client.fetching import fetch
from groundsys.client.reporting import FetchReport, Progress
from groundsys.client.verification import FolderVerification, verify_folder

__all__ = [
    "FetchReport",
    "FolderVerification",
    "Progress",
    "fetch",
    "fetch_command",
    "verify_folder",
]
