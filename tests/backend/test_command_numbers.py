"""Sessions that follow each other while the mission clock stands number no two commands alike."""

from __future__ import annotations

import pytest

from groundsys.backend.session import first_command_number

#: faster than Yamcs answers on any machine: one HTTP request alone takes about as long
FASTEST_ISSUE_S = 0.002


@pytest.mark.parametrize("issued", [1, 3, 80])
@pytest.mark.parametrize("begun", [0.0, 0.0004, 0.0005, 0.4999, 12.3456])
def test_a_session_begins_above_all_that_the_one_before_it_has_issued(
    begun: float, issued: int
) -> None:
    began = 1_900_000_000.0 + begun
    following = first_command_number(began + issued * FASTEST_ISSUE_S)
    assert following >= first_command_number(began) + issued
