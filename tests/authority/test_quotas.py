"""A customer commands its own payload, as much as its file says and no more."""

from __future__ import annotations

import pytest

from groundsys.authority import Quota, Used, check_quota, owner_of_command, quota_of
from groundsys.mission import load_mission
from groundsys.mission.ground.customer_model import Customer
from groundsys.values.errors import AccessRefusedError

PAYLOAD_COMMANDS = {"PAYLOAD_POWER", "PAYLOAD_SET_GAIN", "PAYLOAD_SELF_TEST", "PAYLOAD_CAMPAIGN"}


def test_a_payload_s_commands_belong_to_its_customer_and_the_craft_s_to_nobody() -> None:
    mission = load_mission()
    owners = {"cube-polar": "polar-weather", "cube-tharsis": "tharsis-seismo", "otv": ""}
    for name, owner in owners.items():
        craft = mission.spacecraft[name]
        for command in craft.model.commands:
            wanted = owner if command.name in PAYLOAD_COMMANDS else ""
            assert owner_of_command(mission.customers, craft, command) == wanted


def test_a_customer_without_a_quota_may_ask_for_nothing() -> None:
    quota = quota_of(Customer("c", "C", "c@example", ("weather",)))
    with pytest.raises(AccessRefusedError, match="commands for today are used up"):
        check_quota(quota, Used(), 10)


def test_the_last_one_of_the_day_and_of_the_contact_still_goes() -> None:
    quota = Quota(commands_per_day=3, octets_per_pass=40)
    check_quota(quota, Used(2, 26), 14)
    with pytest.raises(AccessRefusedError, match="today"):
        check_quota(quota, Used(3, 0), 14)
    with pytest.raises(AccessRefusedError, match="next pass"):
        check_quota(quota, Used(2, 27), 14)


def test_quotas_are_read_from_the_customers_files() -> None:
    mission = load_mission()
    assert quota_of(mission.customers["polar-weather"]) == Quota(12, 400)
