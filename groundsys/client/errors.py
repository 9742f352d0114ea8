"""Errors of a fetch that lie with the portal."""

from __future__ import annotations

from groundsys.values.errors import GroundsysError


class PortalError(GroundsysError):
    """The portal is not there, or does not answer as a portal does."""

    title = "Portal trouble"
