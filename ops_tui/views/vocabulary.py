"""Words that the desks use for states and levels, marked here for the translators.

A word that is not listed is shown as it came.
"""

from __future__ import annotations

from groundsys.locales import tr_later

#: how far a command has come (`groundsys.commanding`)
COMMAND_STATES = (
    tr_later("drafted"),
    tr_later("prepared"),
    tr_later("approved"),
    tr_later("queued"),
    tr_later("issuing"),
    tr_later("issued"),
    tr_later("radiated"),
    tr_later("accepted"),
    tr_later("started"),
    tr_later("completed"),
    tr_later("failed"),
    tr_later("expired"),
    tr_later("cancelled"),
    tr_later("superseded"),
)

#: levels of alarms and severities of events
LEVELS = (
    tr_later("info"),
    tr_later("low"),
    tr_later("watch"),
    tr_later("medium"),
    tr_later("warning"),
    tr_later("distress"),
    tr_later("high"),
    tr_later("critical"),
    tr_later("severe"),
    tr_later("error"),
)
