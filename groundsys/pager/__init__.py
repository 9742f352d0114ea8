"""Pages people when nobody acknowledges an alarm, so that a shift can be left alone.

A process of its own beside the ground segment: it sees what consoles see, sends through hooks
(mail, webhook), and also pages when the desks themselves do not answer.
"""

from __future__ import annotations

from groundsys.pager.duty import Contact, Duty, Step, read_duty
from groundsys.pager.escalation import Concern, Page, due_pages

__all__ = ["Concern", "Contact", "Duty", "Page", "Step", "due_pages", "read_duty"]
