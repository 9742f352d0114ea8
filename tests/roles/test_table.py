"""The one table says what was written down by hand."""

from __future__ import annotations

import pytest

from groundsys.authority import PERMISSIONS, Action, Role
from tests.roles.expected import ACTIONS, EXPECTED, ROLES


def test_both_know_the_same_roles_and_actions() -> None:
    assert set(ROLES.values()) == set(Role)
    assert set(ACTIONS) == set(Action)
    assert len(EXPECTED) == len(Role) * len(Action)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
def test_every_role_and_every_action(role: Role, action: Action) -> None:
    assert PERMISSIONS[action][role] == EXPECTED[role, action]
