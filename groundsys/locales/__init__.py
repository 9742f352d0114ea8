"""In which language and time zone people read; machines are always told English and UTC.

A message is marked where it is written, `tr("no alarm is selected")`, and its translations are
gettext catalogues beside this file, read as text (`ja.po`).  `python -m groundsys.locales` brings
them up to date with what is marked.
"""

from groundsys.locales.locale import (
    LANGUAGES,
    Locale,
    accepted_language,
    current_locale,
    machine_language,
    reading,
    use_locale,
)
from groundsys.locales.messages import tr, tr_later, tr_plural
from groundsys.locales.time_zones import TIME_ZONES, TimeZone, time_zone

__all__ = [
    "LANGUAGES",
    "TIME_ZONES",
    "Locale",
    "TimeZone",
    "accepted_language",
    "current_locale",
    "machine_language",
    "reading",
    "time_zone",
    "tr",
    "tr_later",
    "tr_plural",
    "use_locale",
]
