"""Errors of a fetch that lie with the portal."""

from __future__ import annotations

import httpx

from groundsys.values.errors import GroundsysError


class PortalError(GroundsysError):
    """The portal is not there, or does not answer as a portal does."""

    title = "Portal trouble"


class BusyError(Exception):
    """Too many requests, or whoever is to answer is silent just now: to be asked again."""

    STATUSES = (429, 503)

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__(f"status {answer.status_code}")
        self.answer = answer
