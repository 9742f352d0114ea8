"""An alarm of the real Yamcs: raised by telemetry, acknowledged in an operator's name."""

from __future__ import annotations

from groundsys.backend import Yamcs
from groundsys.ccsds.fields import raw_from_engineering
from groundsys.mission.spacecraft.packet_model import Field
from groundsys.values.instants import Instant
from groundsys.values.records import AlarmRecord
from tests.yamcs.craft import Craft, wait_for


def field_of(craft: Craft, packet: str, name: str) -> Field:
    return next(one for one in craft.spacecraft.model.packet(packet).fields if one.name == name)


def test_an_alarm_is_raised_acknowledged_and_cleared(
    yamcs: Yamcs, cube: Craft, now: Instant
) -> None:
    battery = field_of(cube, "EPS", "eps_battery_charge")
    low, good = raw_from_engineering(battery, 12.0), raw_from_engineering(battery, 80.0)

    def tell(seconds: float, raw: object) -> None:
        packet = cube.packet("EPS", now.plus_seconds(seconds), eps_battery_charge=raw)
        cube.send_and_wait(yamcs, cube.frames("TELEMETRY", [packet]))

    def alarms() -> list[AlarmRecord]:
        return [
            alarm
            for alarm in yamcs.alarms(cube.spacecraft)
            if alarm.parameter == "eps_battery_charge"
        ]

    tell(0, low)
    [alarm] = wait_for(alarms)
    assert alarm.level in ("critical", "severe", "distress", "warning", "watch")
    assert float(alarm.value) < 15
    assert abs(alarm.since.seconds_since(now)) < 0.002
    assert not alarm.acknowledged
    yamcs.acknowledge_alarm(
        cube.spacecraft, alarm.id, operator="flight-director", comment="seen: heater is on"
    )
    acknowledged = wait_for(lambda: [one for one in alarms() if one.acknowledged])[0]
    assert acknowledged.id == alarm.id
    assert acknowledged.acknowledged_by == "flight-director"
    tell(60, good)
    wait_for(lambda: not alarms())
