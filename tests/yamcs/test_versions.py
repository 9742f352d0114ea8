"""A craft's software changes in flight: each packet is decoded by the version that made it.

Whenever it comes: before the change, after it, late among stored telemetry, given again, and also
once Yamcs has been started anew.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from groundsys.backend import Yamcs, YamcsServer
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.craft_model import LaterModel, Spacecraft
from groundsys.mission.spacecraft.packet_model import AlarmRange, Field, SpacecraftModel
from groundsys.mission.version import mdb_version
from groundsys.values.instants import Instant
from tests.yamcs.craft import Craft, wait_for

CUBE = "cube-polar"
TEMPERATURE = "thermal_structure_temperature"
#: raw values as they lie in a packet of either version
BEFORE, AFTER = 2000, -1234


def later_model(model: SpacecraftModel) -> SpacecraftModel:
    """THERMAL with its fields in another order, one of them wider and calibrated anew, one dropped
    and one more; COMM dropped for RADIO; everything else as it was."""
    packets = {packet.name: packet for packet in model.packets}
    thermal = packets["THERMAL"]
    fields = {item.name: item for item in thermal.fields}
    sensor = replace(
        fields[TEMPERATURE],
        kind="int",
        bits=16,
        polynomial=(10.0, 0.02),
        alarms=(AlarmRange("critical", minimum=-20.0),),
    )
    packets["THERMAL"] = replace(
        thermal,
        fields=(
            fields["structure_id"],
            sensor,
            fields["thermal_setpoint"],
            Field("thermal_case_temperature", "int", 16, unit="degC", polynomial=(0.0, 0.01)),
            fields["thermal_heater_power"],
            fields["thermal_heater_mode"],
        ),
    )
    comm = packets.pop("COMM")
    packets["RADIO"] = replace(comm, name="RADIO", fields=comm.fields[:3])
    return replace(model, id="cube-2", packets=tuple(packets.values()))


@pytest.fixture(scope="module")
def change(scenario: Scenario) -> Instant:
    """When the software changes: no round time of the clock."""
    return scenario.span.start.plus_seconds(10_001.0)


@pytest.fixture(scope="module")
def spacecraft(mission: Mission, change: Instant) -> Spacecraft:
    cube = mission.spacecraft[CUBE]
    return replace(cube, later_models=(LaterModel(change, later_model(cube.model)),))


@pytest.fixture(scope="module")
def changing(mission: Mission, spacecraft: Spacecraft) -> Mission:
    return replace(mission, spacecraft={**mission.spacecraft, CUBE: spacecraft})


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("versions")


@pytest.fixture(scope="module")
def server(changing: Mission, scenario: Scenario, run: Path) -> Iterator[YamcsServer]:
    with YamcsServer.start(run, changing, replace(scenario, spacecraft=(CUBE,))) as running:
        yield running


@pytest.fixture
def yamcs(server: YamcsServer) -> Iterator[Yamcs]:
    with contextlib.closing(server.connect()) as session:
        yield session


@pytest.fixture(scope="module")
def craft(server: YamcsServer, spacecraft: Spacecraft, run: Path) -> Iterator[Craft]:
    made = Craft(spacecraft, server.links[CUBE], run / "keys")
    with contextlib.closing(made.open()) as one:
        yield one


def thermal(craft: Craft, at: Instant) -> bytes:
    raw = BEFORE if craft.spacecraft.model_at(at) is craft.spacecraft.model else AFTER
    return craft.packet("THERMAL", at, **{TEMPERATURE: raw, "thermal_setpoint": -2500})


def degrees(craft: Craft, at: Instant) -> float:
    """What the temperature in `thermal` is, by the version of that time."""
    model = craft.spacecraft.model_at(at)
    [item] = [one for one in model.packet("THERMAL").fields if one.name == TEMPERATURE]
    raw = BEFORE if model is craft.spacecraft.model else AFTER
    return float(sum(factor * raw**power for power, factor in enumerate(item.polynomial)))


def check_histories(craft: Craft, yamcs: Yamcs, moments: list[Instant]) -> None:
    start, end = min(moments), max(moments).plus_seconds(1.0)
    read = yamcs.parameter_history(craft.spacecraft, TEMPERATURE, start, end)
    assert [one.generation.tai_ns // 10**9 for one in read] == [
        one.tai_ns // 10**9 for one in sorted(moments, key=lambda one: one.tai_ns)
    ]
    assert {one.name for one in read} == {TEMPERATURE}
    expected = [degrees(craft, one) for one in sorted(moments, key=lambda one: one.tai_ns)]
    assert [one.value for one in read] == pytest.approx(expected)
    setpoints = yamcs.parameter_history(craft.spacecraft, "thermal_setpoint", start, end)
    assert [one.value for one in setpoints] == pytest.approx([-25.0] * len(moments))


def test_packets_of_all_times_are_decoded_by_their_version_and_again_after_a_restart(
    craft: Craft, yamcs: Yamcs, server: YamcsServer, changing: Mission, change: Instant
) -> None:
    around = [change.plus_seconds(seconds) for seconds in (-600.0, -0.25, 0.0, 600.0)]
    assert degrees(craft, around[1]) != degrees(craft, around[2])
    yamcs.set_time(around[-1], 0.0)
    for at in around:
        craft.send_and_wait(yamcs, craft.frames("TELEMETRY", [thermal(craft, at)]))
        [reading] = wait_for(
            lambda: list(yamcs.parameter_values(craft.spacecraft, [TEMPERATURE]).values())
        )
        assert reading.value == pytest.approx(degrees(craft, at))
    check_histories(craft, yamcs, around)

    # stored telemetry of the version before comes when the later one has long flown
    late = change.plus_seconds(-3_000.0)
    frames = craft.frames("FILES", [thermal(craft, late)])
    craft.send_and_wait(yamcs, frames)
    [reading] = yamcs.parameter_values(craft.spacecraft, [TEMPERATURE]).values()
    assert reading.value == pytest.approx(degrees(craft, around[-1]))  # that tells the present
    check_histories(craft, yamcs, [late, *around])

    packets, _ = yamcs.packets_since(craft.spacecraft, "", ["THERMAL"])
    assert [packet.name for packet in packets] == ["THERMAL"] * 5
    count = yamcs.count_packets(craft.spacecraft)
    server.restart(changing)
    with contextlib.closing(server.connect()) as again:
        again.set_time(around[-1], 0.0)
        check_histories(craft, again, [late, *around])
        craft.send_and_wait(again, frames)  # given again: of the version before, and no new one
        assert again.count_packets(craft.spacecraft) == count
        check_histories(craft, again, [late, *around])
        later = change.plus_seconds(-1_200.0)
        craft.send_and_wait(again, craft.frames("TELEMETRY", [thermal(craft, later)]))
        check_histories(craft, again, [late, later, *around])


def test_packets_and_fields_come_and_go(craft: Craft, server: YamcsServer, change: Instant) -> None:
    before, after = change.plus_seconds(-5.0), change.plus_seconds(5.0)
    with contextlib.closing(server.connect()) as yamcs:
        cursor = yamcs.packets_since(craft.spacecraft, "", with_binary=False)[1]
        made = [
            craft.packet("COMM", before, comm_downlink_rate=8000),
            craft.packet("RADIO", after, comm_uplink_c_n0=4321),
            craft.packet("THERMAL", after, thermal_case_temperature=-777),
        ]
        craft.send_and_wait(yamcs, craft.frames("TELEMETRY", made))
        packets, _ = yamcs.packets_since(craft.spacecraft, cursor)
        assert [packet.name for packet in packets] == ["COMM", "RADIO", "THERMAL"]
        names = ["comm_downlink_rate", "comm_uplink_c_n0", "thermal_case_temperature"]
        found = yamcs.parameter_values(craft.spacecraft, names)
        assert {name: one.value for name, one in found.items()} == pytest.approx(
            {
                "comm_downlink_rate": 8000,
                "comm_uplink_c_n0": 43.21,
                "thermal_case_temperature": -7.77,
            }
        )


def test_limits_are_those_of_the_version_and_alarms_bear_the_plain_name(
    craft: Craft, server: YamcsServer, change: Instant
) -> None:
    """-14.7 °C is well for the version before, and -24.7 °C critical for the later one."""
    with contextlib.closing(server.connect()) as yamcs:
        at = change.plus_seconds(900.0)
        yamcs.set_time(at, 0.0)
        cold = craft.packet("THERMAL", at, **{TEMPERATURE: -1734})
        craft.send_and_wait(yamcs, craft.frames("TELEMETRY", [cold]))

        def alarm() -> Any:
            alarms = yamcs.alarms(craft.spacecraft)
            return next((one for one in alarms if one.parameter == TEMPERATURE), None)

        raised = wait_for(alarm)
        assert (raised.level, float(raised.value)) == ("critical", pytest.approx(-24.68))
        yamcs.acknowledge_alarm(craft.spacecraft, raised.id, operator="ada", comment="seen")
        assert wait_for(lambda: (found := alarm()) and found.acknowledged_by == "ada")


def test_the_database_names_every_version(mission: Mission, spacecraft: Spacecraft) -> None:
    assert mdb_version(spacecraft).startswith("cube 1.0, cube-2 1.0 (")
    assert mdb_version(spacecraft) != mdb_version(mission.spacecraft[CUBE])
