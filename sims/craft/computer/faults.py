"""Misbehaviour of a craft that a scenario may ask for (see `groundsys.mission.faults`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundsys.values.instants import Instant
from sims.craft.nature.dust import DustStorm
from sims.faults import Stretch, faults_called


@dataclass(frozen=True, slots=True)
class Loss:
    """Every `nth` packet is lost; of packets called `packet` alone if that is given."""

    nth: int
    packet: str | None


@dataclass(frozen=True, slots=True)
class LostMemory:
    """From `at_ns` on a recorder has `left_bytes`."""

    at_ns: int
    left_bytes: int


@dataclass(frozen=True, slots=True)
class StuckSensor:
    """A parameter of housekeeping is read as it was when the stretch began."""

    parameter: str
    stretch: Stretch


@dataclass(frozen=True, slots=True)
class ClockReset:
    """At `at_ns` the clock jumps so far; None: it begins at zero."""

    at_ns: int
    jump_s: float | None


@dataclass(frozen=True, slots=True)
class Faults:
    """What one craft is to do wrong; times are true TAI nanoseconds."""

    drop_file: frozenset[int] = frozenset()
    corrupt_file: frozenset[int] = frozenset()
    stray_file: frozenset[int] = frozenset()
    upset_upload: frozenset[int] = frozenset()
    lose_scheduled: frozenset[int] = frozenset()
    alter_scheduled: frozenset[int] = frozenset()
    silent: tuple[Stretch, ...] = ()
    dust_storms: tuple[DustStorm, ...] = ()
    command_deaf: tuple[Stretch, ...] = ()
    uplink_lock_lost: tuple[Stretch, ...] = ()
    stuck_sensors: tuple[StuckSensor, ...] = ()
    reset_counts_ns: tuple[int, ...] = ()
    safe_mode_ns: tuple[int, ...] = ()
    lost_memory: tuple[LostMemory, ...] = ()
    clock_resets: tuple[ClockReset, ...] = ()
    lose_packets: tuple[Loss, ...] = ()
    no_replay: bool = False
    stuck_beacon: bool = False
    fail_commands: bool = False
    no_reports: bool = False
    #: one in so many of the accepted commands is executed again; 0: none
    repeat_every: int = 0
    stuck_valve: bool = False
    thrust_share: float = 1.0
    stuck_release: bool = False
    spring_share: float = 1.0
    tumbling: tuple[Stretch, ...] = ()
    #: what an accelerometer sticks at once it has felt it
    accelerometer_sticks_m_s2: float | None = None
    late_stamps: bool = False
    mute_on_ground: bool = False
    live_channels: int | None = None
    misaligned_deg: float = 0.0
    leak_m_s2: float = 0.0
    dud_projectile: bool = False
    stuck_latch: bool = False


def faults_of(craft: str, entries: Sequence[Mapping[str, Any]], start: Instant) -> Faults:
    """The faults meant for `craft`, in a scenario that begins at `start`; others are left alone.

    Those that wait for an event of the craft are not among them (see `awaited_faults`).  Raises
    `DefinitionError` for an entry that names no fault at all.
    """

    def mine(name: str) -> list[Mapping[str, Any]]:
        return [one for one in faults_called(name, entries, craft) if "at_event" not in one]

    def numbers(name: str, key: str = "sequence") -> frozenset[int]:
        return frozenset(int(one[key]) for one in mine(name))

    def stretches(name: str) -> tuple[Stretch, ...]:
        return tuple(Stretch.of(one, start) for one in mine(name))

    def moments_ns(name: str) -> tuple[int, ...]:
        return tuple(stretch.from_ns for stretch in stretches(name))

    return Faults(
        drop_file=numbers("drop_file"),
        corrupt_file=numbers("corrupt_file"),
        stray_file=numbers("stray_file"),
        upset_upload=numbers("upset_upload"),
        lose_scheduled=numbers("lose_scheduled", "insertion"),
        alter_scheduled=numbers("alter_scheduled", "insertion"),
        silent=stretches("silent_cube"),
        dust_storms=tuple(
            DustStorm(
                *(Stretch.of(one, start), float(one["optical_depth"])),
                *(float(one["rise_sols"]), float(one["clearing_sols"])),
            )
            for one in mine("dust_storm")
        ),
        command_deaf=stretches("command_deaf"),
        uplink_lock_lost=stretches("uplink_lock_lost"),
        stuck_sensors=tuple(
            StuckSensor(one["parameter"], Stretch.of(one, start)) for one in mine("sensor_stuck")
        ),
        reset_counts_ns=moments_ns("reset_counts"),
        safe_mode_ns=moments_ns("safe_mode"),
        lost_memory=tuple(
            LostMemory(Stretch.of(one, start).from_ns, round(one["left_kb"] * 1e3))
            for one in mine("recorder_full")
        ),
        clock_resets=tuple(
            ClockReset(Stretch.of(one, start).from_ns, one.get("jump_s"))
            for one in mine("clock_reset")
        ),
        lose_packets=tuple(Loss(one["nth"], one.get("packet")) for one in mine("lose_packets")),
        no_replay=bool(mine("no_replay")),
        stuck_beacon=bool(mine("stuck_beacon")),
        fail_commands=bool(mine("fail_commands")),
        no_reports=bool(mine("no_reports")),
        repeat_every=min((int(one["nth"]) for one in mine("repeat_commands")), default=0),
        stuck_valve=bool(mine("stuck_valve")),
        thrust_share=min((float(one["share"]) for one in mine("weak_engine")), default=1.0),
        stuck_release=bool(mine("stuck_release")),
        spring_share=min((float(one["share"]) for one in mine("weak_springs")), default=1.0),
        tumbling=stretches("tumbling"),
        accelerometer_sticks_m_s2=min(
            (float(one["m_s2"]) for one in mine("stuck_accelerometer")), default=None
        ),
        late_stamps=bool(mine("late_stamps")),
        mute_on_ground=bool(mine("mute_on_ground")),
        misaligned_deg=max((float(one["deg"]) for one in mine("misaligned_camera")), default=0.0),
        leak_m_s2=max((float(one["m_s2"]) for one in mine("leaking_thruster")), default=0.0),
        dud_projectile=bool(mine("dud_projectile")),
        stuck_latch=bool(mine("stuck_latch")),
        live_channels=min((int(one["channels"]) for one in mine("few_channels")), default=None),
    )


def awaited_faults(
    craft: str, entries: Sequence[Mapping[str, Any]]
) -> dict[str, list[Mapping[str, Any]]]:
    """By event of `craft`: the faults that it brings about, once."""
    awaited: dict[str, list[Mapping[str, Any]]] = {}
    for one in entries:
        if "at_event" in one and one.get("spacecraft", craft) == craft:
            awaited.setdefault(one["at_event"], []).append(one)
    return awaited


def brought_about(fault: Mapping[str, Any], after_s: float) -> Mapping[str, Any]:
    """An awaited fault as one of known times, the event being `after_s` after the start."""
    timed = {key: value for key, value in fault.items() if key != "at_event"}
    timed["after_s"] = after_s + fault.get("after_s", 0.0)
    if "until_s" in fault:
        timed["until_s"] = after_s + fault["until_s"]
    return timed
