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

#: hops of a command, beside its states (`groundsys.commanding.hops`)
HOPS = (
    tr_later("radiated"),
    tr_later("kept"),
    tr_later("arrived"),
    tr_later("accepted"),
    tr_later("started"),
    tr_later("completed"),
    tr_later("confirmed"),
)

#: what commands are for (`groundsys.commanding.ledger`)
PURPOSES = (
    tr_later("downlink"),
    tr_later("relay session"),
    tr_later("operator"),
    tr_later("procedure"),
    tr_later("plan"),
    tr_later("file"),
    tr_later("forward"),
    tr_later("replay"),
    tr_later("quiet"),
    tr_later("upload"),
)

#: roles of people (`groundsys.authority`)
ROLES = (
    tr_later("observer"),
    tr_later("operator"),
    tr_later("flight director"),
    tr_later("payload operator"),
)

#: states and verdicts of passes and relay sessions (`groundsys.passes`)
CONTACT_STATES = (
    tr_later("planned"),
    tr_later("configuring"),
    tr_later("searching"),
    tr_later("loading"),
    tr_later("loaded"),
    tr_later("open"),
    tr_later("locked"),
    tr_later("closed"),
    tr_later("cancelled"),
    tr_later("executed"),
    tr_later("degraded"),
    tr_later("missed"),
)

#: states of a procedure's run (`groundsys.procedures`)
RUN_STATES = (
    tr_later("running"),
    tr_later("held"),
    tr_later("completed"),
    tr_later("aborted"),
)

#: where the time between measurement and delivery went (`groundsys.custody.latency`)
LATENCIES = (
    tr_later("geometry"),
    tr_later("queueing"),
    tr_later("light time"),
    tr_later("us"),
)
