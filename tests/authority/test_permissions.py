"""Who may do what, as decided; the whole table is compared in `test_role_matrix.py`."""

from __future__ import annotations

import pytest

from groundsys.authority import Action, Asker, Role, may, may_ask_for, nobody, table_text
from groundsys.authority.permissions import MEANINGS, _read
from groundsys.values.errors import AccessRefusedError

POLAR = Asker("pia", Role.PAYLOAD_OPERATOR, "polar-weather")


def test_a_refusal_says_what_was_expected_found_and_how_to_mend_it() -> None:
    with pytest.raises(AccessRefusedError) as refused:
        may(Asker("obi", Role.OBSERVER), Action.APPROVE_COMMAND)
    assert refused.value.message == "obi may not approve command"
    assert refused.value.expected == "one of the roles: operator, flight director"
    assert refused.value.found == "role observer"
    assert "groundsys login" in refused.value.remedy


def test_whoever_gives_no_token_may_look_and_log_in_and_nothing_else() -> None:
    for action in Action:
        if action in (Action.LOOK, Action.LOG_IN):
            may(nobody(), action)
        else:
            with pytest.raises(AccessRefusedError, match="whoever gives no token"):
                may(nobody(), action)


def test_own_is_the_asker_s_customer_alone_and_never_everybody_s() -> None:
    may_ask_for(POLAR, Action.DRAFT_COMMAND)
    may(POLAR, Action.DRAFT_COMMAND, owner="polar-weather")
    for owner in ("tharsis-seismo", ""):
        with pytest.raises(AccessRefusedError) as refused:
            may(POLAR, Action.DRAFT_COMMAND, owner=owner)
        assert "tharsis" not in str(refused.value)
    with pytest.raises(AccessRefusedError):  # without a customer, nothing is one's own
        may(Asker("x", Role.PAYLOAD_OPERATOR, ""), Action.DRAFT_COMMAND, owner="")


def test_every_action_has_a_meaning_and_the_printed_table_has_every_role_and_action() -> None:
    assert set(MEANINGS) == set(Action)
    header, *lines = table_text().splitlines()
    assert header.split() == list(Role)
    assert [line.split()[0] for line in lines] == list(Action)
    approve = next(line for line in lines if line.startswith("approve_command"))
    assert approve.split()[1:] == ["–", "–", "yes", "yes", "–", "–", "–"]


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ("anonymous observer\nlook yes yes", "lacks a role or an action"),
        ("anonymous observer\nlook yes", "line of look does not fit"),
        ("anonymous\nlook perhaps", "line of look does not fit"),
        ("anonymous\nlook yes\nlook no", "stands in the table twice"),
        ("anonymous\ndance yes", "'dance' is not a valid Action"),
        ("emperor\nlook yes", "'emperor' is not a valid Role"),
    ],
)
def test_a_table_that_is_not_whole_is_refused(table: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        _read(table)
