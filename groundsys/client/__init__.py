"""A customer's side: fetching products from a portal."""

from groundsys.client.command import fetch_command
from groundsys.client.fetching import fetch
from groundsys.client.reporting import FetchReport, Progress

__all__ = ["FetchReport", "Progress", "fetch", "fetch_command"]
