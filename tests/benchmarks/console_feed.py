"""A busy fleet on the bus, as a process of its own: `python -m tests.benchmarks.console_feed`.

So many craft with so many parameters each change so many times a second; every craft's change is
one message, as the desks send it, packed beforehand but for its times, so that the sender takes
little of the machine.  Requests are answered as the desks answer them.  The endpoints are printed
as one line of JSON; the process ends with its standard input.
"""

from __future__ import annotations

import json
import math
import os
import select
import struct
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

from groundsys.authority import Asker, Role, actions_of
from groundsys.bus.live import Publisher, bind_requests
from groundsys.bus.wire import pack, unpack
from groundsys.telemetry.live_values import topic_of
from groundsys.values.instants import Instant

#: seconds of light from the fleet, and when it flies
_LIGHT_TIME_S = 1.0
_START = Instant.from_utc_iso("2031-08-20T00:00:00Z")
#: messages are packed with these in place of what differs
_CRAFT, _MADE, _RECEIVED = b"craft-00", b"\xf1madetim", b"\xf2receivd"
_NANOSECONDS = struct.Struct(">Q")
_PHASES = 8


def craft_names(count: int) -> list[str]:
    return [f"craft-{number:02d}" for number in range(1, count + 1)]


def parameter_names(count: int) -> list[str]:
    return [f"parameter_{number:03d}" for number in range(count)]


def main() -> None:
    craft, parameters, hertz = (int(argument) for argument in sys.argv[1:])
    publisher = _PackedPublisher()
    requests, endpoint = bind_requests()
    print(json.dumps({"events": publisher.endpoint, "requests": endpoint}), flush=True)
    fleet = _Fleet(craft_names(craft), parameter_names(parameters))
    began = due = time.monotonic()
    sent = 0
    while not select.select([sys.stdin], [], [], 0.0)[0]:
        wait_s = max(0.0, due - time.monotonic())
        if requests.poll(wait_s * 1e3):
            *envelope, payload = requests.recv_multipart()
            requests.send_multipart(
                [*envelope, pack({"ok": True, **fleet.answer(unpack(payload))})]
            )
        if time.monotonic() < due:
            continue
        fleet.go_on(time.monotonic() - began)
        publisher.publish("clock", fleet.clock)
        publisher.publish("fleet", fleet.snapshot)
        for name, payload in fleet.payloads():
            publisher.publish_packed(topic_of(name), payload)
            sent += 1
        due = max(due + 1.0 / hertz, time.monotonic())
    took_s = time.monotonic() - began
    cpu = os.times()
    told = {"messages_per_s": sent / took_s, "cpu_share": (cpu.user + cpu.system) / took_s}
    print(json.dumps(told), flush=True)
    requests.close()
    publisher.close()


class _PackedPublisher(Publisher):
    def publish_packed(self, topic: str, payload: bytes) -> None:
        self._socket.send_multipart([topic.encode(), payload])


class _Fleet:
    """What is told; every value of every craft is another each time."""

    def __init__(self, craft: list[str], parameters: list[str]) -> None:
        self._craft, self._parameters = craft, parameters
        self._waves = [math.sin(number) for number in range(len(parameters) + 97)]
        self._packed = [self._pack(phase) for phase in range(_PHASES)]
        self._tick = 0
        self.go_on(0.0)

    def go_on(self, after_s: float) -> None:
        self._tick += 1
        self._now = _START.plus_seconds(after_s)
        made_ns = self._now.plus_seconds(-_LIGHT_TIME_S).tai_ns
        self._made_ns = made_ns
        self.clock = {
            "now_ns": self._now.tai_ns,
            "rate": 1.0,
            "scenario": "console",
            "simulated": True,
        }
        self.snapshot = {
            "craft": {
                name: {
                    "mode": "NOMINAL",
                    "battery_percent": 80.0,
                    "recorder_percent": 10.0,
                    "lock": True,
                    "antenna": "usuda-64",
                    "light_time_s": _LIGHT_TIME_S,
                    "last_sclk_ns": made_ns,
                    "last_scet_ns": made_ns,
                    "last_ert_ns": self._now.tai_ns,
                    "age_s": 0.0,
                    "frames": self._tick,
                    "packets": self._tick,
                }
                for name in self._craft
            }
        }

    def payloads(self) -> Iterator[tuple[str, bytes]]:
        made, received = (_NANOSECONDS.pack(at) for at in (self._made_ns, self._now.tai_ns))
        for number, name in enumerate(self._craft):
            one = self._packed[(self._tick + number) % _PHASES]
            one = one.replace(_MADE, made).replace(_RECEIVED, received)
            yield name, one.replace(_CRAFT, name.encode())

    def _pack(self, phase: int) -> bytes:
        times = [_NANOSECONDS.unpack(one)[0] for one in (_MADE, _RECEIVED)]
        waves = self._waves[phase * 11 :]
        values = {
            parameter: [wave, *times, "", True]
            for parameter, wave in zip(self._parameters, waves, strict=False)
        }
        return pack({"spacecraft": _CRAFT.decode(), "whole": False, "values": values})

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        match request["verb"]:
            case "status":
                asker = Asker("ada", Role.OPERATOR)
                may = {"name": "ada", "role": "operator", "may": actions_of(asker)}
                return {"clock": self.clock, "fleet": self.snapshot, "asker": may, "events": []}
            case "telemetry_parameters":
                return self._catalogue()
            case "telemetry_history":
                return self._history(request)
        return {}

    def _catalogue(self) -> dict[str, Any]:
        """Every craft of a build of its own: nothing is shared."""
        parameters = [
            {
                "name": name,
                "kind": "number",
                "unit": "V",
                "description": f"Voltage at point {name}",
                "cadence_s": 1.0,
                "limits": [{"level": "warning", "minimum": -2.0, "maximum": 2.0}],
            }
            for name in self._parameters
        ]
        group = {"name": "ALL", "description": "Everything", "parameters": parameters}
        page = {
            "id": "1-all",
            "title": "All",
            "description": "Everything",
            "scope": "craft",
            "items": [{"parameter": name, "show": "sparkline"} for name in self._parameters],
        }
        plotted = {"parameter": self._parameters[0], "show": "plot"}
        page["items"] = [plotted, *page["items"][1:]]  # type: ignore[index]
        return {
            "craft": {name: {"model": name} for name in self._craft},
            "models": {name: {"groups": [group]} for name in self._craft},
            "pages": [page],
        }

    def _history(self, request: Mapping[str, Any]) -> dict[str, Any]:
        start, end = request["from_ns"], request["until_ns"]
        count = min(request["points"], len(self._waves))
        step = (end - start) // count
        points = [
            [start + number * step, start + number * step + step // 2, wave - 0.1, wave + 0.1, 60]
            for number, wave in enumerate(self._waves[:count])
        ]
        return {
            "spacecraft": request["spacecraft"],
            "parameter": request["parameter"],
            "from_ns": start,
            "until_ns": end,
            "points": points,
        }


if __name__ == "__main__":
    main()
