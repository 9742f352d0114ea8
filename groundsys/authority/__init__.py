"""Who may do what: roles, the one table of permissions, two people, quotas (decisions only)."""

from groundsys.authority.hazard import check_approval, needs_two_people
from groundsys.authority.people import (
    Account,
    canonical_name,
    check_account,
    check_two_people,
    is_same_person,
)
from groundsys.authority.permissions import (
    PERMISSIONS,
    Action,
    Asker,
    Permission,
    Role,
    Scope,
    actions_of,
    may,
    may_ask_for,
    nobody,
    permission,
    roles_that_may,
    table_text,
)
from groundsys.authority.quotas import (
    Quota,
    Used,
    check_quota,
    owner_of,
    owner_of_command,
    packet_octets,
    quota_of,
)

__all__ = [
    "PERMISSIONS",
    "Account",
    "Action",
    "Asker",
    "Permission",
    "Quota",
    "Role",
    "Scope",
    "Used",
    "actions_of",
    "canonical_name",
    "check_account",
    "check_approval",
    "check_quota",
    "check_two_people",
    "is_same_person",
    "may",
    "may_ask_for",
    "needs_two_people",
    "nobody",
    "owner_of",
    "owner_of_command",
    "packet_octets",
    "permission",
    "quota_of",
    "roles_that_may",
    "table_text",
]
