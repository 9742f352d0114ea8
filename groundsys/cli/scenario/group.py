"""The verb `scenario` and what its first page teaches."""

from __future__ import annotations

from groundsys.cli.first_page import main


@main.group()
def scenario() -> None:
    """Look at scenarios, check them, and make new ones.

    A scenario is a file in mission_db/scenarios: who flies, when, what operators ask for, how truth
    differs from belief, what goes wrong, and the criteria that a flight is judged by.

    \b
    What there is:
      groundsys scenario list                    every scenario
      groundsys scenario faults                  every fault, as `rehearse --inject` takes it
    \b
    Making one:
      groundsys scenario new windy --from short --start 2031-08-25T00:00:00Z
      groundsys scenario check windy             everything that is wrong, with file and line
      groundsys rehearse windy --inject wind_stow,antenna=dss-43

    Each verb's own page (--help) teaches the rest.
    """
