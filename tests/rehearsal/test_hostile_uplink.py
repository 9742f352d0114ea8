"""A flight under attack: recorded, forged and clear commands reach the OTV, and none is executed.

In the same flight OTV and a cube change their keys, so that recordings come under both.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from groundsys.store import Store
from tests.rehearsal.faulty_flights import Flown, rehearse, spoilt_definitions

pytestmark = [pytest.mark.campaign, pytest.mark.xdist_group("flights")]

CRAFT = ("otv", "cube-polar", "cube-tharsis")
CHANGED = ("otv", "cube-polar")


def with_key_changes(definitions: Path) -> Path:
    path = definitions / "scenarios" / "short.yaml"
    text = path.read_text(encoding="utf-8")
    orders = "".join(
        f"  - {{spacecraft: {craft}, command: CHANGE_KEY, "
        'arguments: {security_parameter_index: 2}, at: "00:22"}\n'
        for craft in CHANGED
    )
    path.write_text(text.replace("commands:\n", "commands:\n" + orders, 1), encoding="utf-8")
    return definitions


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Flown:
    folder = tmp_path_factory.mktemp("attacked")
    faults = [{"fault": "hostile_uplink", "spacecraft": "otv"}]
    definitions = with_key_changes(spoilt_definitions(folder, faults=faults))
    return rehearse(folder, "--mission-db", str(definitions))


def test_the_day_is_flown_as_if_nobody_attacked(attacked: Flown) -> None:
    assert attacked.failed == set()
    assert attacked.exit_code == 0, attacked.output


def test_every_attack_is_refused(attacked: Flown) -> None:
    attacks = Counter(one["kind"] for one in attacked.truth("space", "attack"))
    assert set(attacks) == {"replayed", "replayed_past_farm", "forged", "in_clear"}
    assert attacks["replayed"] > 20
    refused = Counter(one["reason"] for one in attacked.truth("otv", "refused_frame"))
    assert refused.total() == attacks.total()
    assert refused["invalid_mac"] == attacks["forged"]
    # recordings under the first key, after the craft has left it, fail by their index
    assert refused["invalid_spi"] >= attacks["in_clear"]
    assert refused["replayed"] > attacks["replayed"]


def test_nothing_is_executed_but_what_the_ledger_knows_and_nothing_twice(attacked: Flown) -> None:
    with Store(attacked.run / "store.sqlite", read_only=True) as store:
        commands = store.commands.all()
    for craft in CRAFT:
        received = [
            (one["name"], one["source"], one["count"])
            for one in attacked.truth(craft, "command")
            if one["outcome"] == "received"
        ]
        assert received
        assert len(set(received)) == len(received)
        issued = {
            (command.name, *attempt.request)
            for command in commands
            if command.spacecraft == craft
            for attempt in command.attempts
        }
        assert set(received) <= issued


def test_both_keys_were_changed_and_their_files_are_their_owners_alone(attacked: Flown) -> None:
    for craft in CHANGED:
        done = [
            one["outcome"]
            for one in attacked.truth(craft, "command")
            if one["name"] == "CHANGE_KEY"
        ]
        assert done == ["received", "completed"]
    of_links = list((attacked.run / "keys").glob("*.key"))
    assert len(of_links) == 2 * len(CRAFT)
    keys = [path for path in (attacked.run / "keys").rglob("*") if path.is_file()]
    assert set(of_links) < set(keys)
    assert {path.stat().st_mode & 0o777 for path in keys} == {0o600}
    secrets = [path.read_bytes() for path in keys]
    kept = [attacked.run / "store.sqlite", attacked.run / "run.json"]
    kept += [path for path in (attacked.run / "logs").iterdir() if path.is_file()]
    for path in kept:
        content = path.read_bytes()
        assert not [key for key in secrets if key in content or key.hex().encode() in content]
