"""The verb `plan` and what its first page teaches."""

from __future__ import annotations

from groundsys.cli.first_page import main


@main.group()
def plan() -> None:
    """Plan antenna time and relay sessions: make, look, compare, book.

    Versions of a plan are kept in a plan book, a folder a scenario; none is ever changed.  With
    --run the same verbs speak with a running ground segment instead.

    \b
    First steps:
      groundsys plan make quickstart             the best plan found in some seconds
      groundsys plan show                        as a chart in the terminal
      groundsys plan show --html plan.html       with geometry and rates, for a browser
      groundsys plan explain pass-03             why it is where it is
      groundsys plan observe SCENARIO            when cameras can see what they pass
      groundsys plan sites SCENARIO              where a craft can touch a small body, and when
    \b
    When something happens:
      groundsys plan make quickstart --from 2031-08-20T06:00:00Z \\
        --outage dss-63,2031-08-20T12:00:00Z,2031-08-20T20:00:00Z
      groundsys plan diff                        what that moved, and for whom
      groundsys plan book                        hand it to the running ground segment

    Each verb's own page (--help) teaches the rest.
    """
