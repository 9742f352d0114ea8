"""Every fault that a rehearsal may ask for: declared once, for readers, simulators and listings.

A fault is a mapping in a scenario's `faults`, or behind `groundsys rehearse --inject` or `groundsys
inject`: `fault`, its name; whom it strikes; when; and what else it needs.  What each does is in
`sims/craft/computer/faults.py`, `sims/space/faults.py` and, for what strikes the ground and its
people, `groundsys/rehearsal/flying` (`killing.py`, `attendance.py`, `customers.py`,
`tampering.py`); none scripts an outcome.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundsys.mission.faults.fault_model import FaultDefinition, FaultParameter

#: processes that may be killed, those of them that write files (the portal: where it listens), and
#: the states of a command that a strike may wait for
PROCESSES = ("antenna", "desks", "hub", "portal", "yamcs")
WRITERS = ("desks", "hub", "portal")
COMMAND_STATES = (
    "drafted", "prepared", "approved", "queued", "issuing", "issued", "radiated", "accepted",
    "started", "completed", "failed", "expired", "cancelled", "superseded",
)  # fmt: skip


def _sequence(of: str, name: str = "sequence") -> FaultParameter:
    return FaultParameter(name, f"number of the {of}", "count", default=1, minimum=1)


_PACKET = FaultParameter("packet", "only packets called so", "text", names="packet")
_NTH_PACKET = FaultParameter("nth", "one in so many", "count", default=50, minimum=1)
_NTH_FRAME = FaultParameter("nth", "one in so many", "count", default=1, minimum=1)
_LINK = FaultParameter(
    "direction", "frames or commands", "text", default="downlink", choices=("downlink", "uplink")
)

_STATE = FaultParameter("state", "of a command; at once without", "text", choices=COMMAND_STATES)

_DEFINITIONS = (
    # craft: files and packets
    FaultDefinition(
        "drop_file", "carrier", "records a file and never sends it",
        parameters=(_sequence("file"),),
    ),
    FaultDefinition(
        "corrupt_file", "carrier",
        "sends a file with one octet changed, and with a checksum that fits the change",
        parameters=(_sequence("file"),),
    ),
    FaultDefinition(
        "stray_file", "carrier",
        "sends with a file one that no payload made: its records a day before, another number",
        parameters=(_sequence("file"),),
    ),
    FaultDefinition(
        "lose_packets", "craft", "generates packets and never stores them",
        parameters=(_NTH_PACKET, _PACKET),
    ),
    FaultDefinition(
        "reset_counts", "craft", "starts all packet counts again at zero", timing="moment"
    ),
    FaultDefinition(
        "clock_reset", "craft", "begins to count time at zero, as its computer is started anew",
        timing="moment",
        parameters=(
            FaultParameter("jump_s", "its clock jumps so far instead", "number", "s"),
        ),
    ),
    FaultDefinition(
        "recorder_full", "orbiter",
        "loses memory: the oldest packets are overwritten, also such as were never sent",
        timing="moment",
        parameters=(
            FaultParameter("left_kb", "what is left", "number", "kB", 100.0, minimum=1.0),
        ),
    ),
    FaultDefinition(
        "no_replay", "orbiter", "reports replays as done and sends nothing"
    ),
    FaultDefinition(
        "stuck_beacon", "orbiter", "sends the tone that says all is well, whatever has happened"
    ),
    FaultDefinition(
        "sensor_stuck", "craft",
        "reads a parameter of housekeeping as it was at the beginning, on board and in telemetry",
        timing="stretch",
        parameters=(
            FaultParameter(
                "parameter", "which", "text", required=True, names="housekeeping parameter"
            ),
        ),
    ),
    # craft: commands
    FaultDefinition(
        "fail_commands", "craft", "can start no accepted command, for a fault of hardware"
    ),
    FaultDefinition("no_reports", "craft", "executes commands and makes no report on them"),
    FaultDefinition(
        "repeat_commands", "craft",
        "executes commands a second time once it has done so: its queue forgets that it has",
        parameters=(FaultParameter("nth", "one in so many", "count", default=1, minimum=1),),
    ),
    FaultDefinition(
        "command_deaf", "speaker", "decodes no telecommand, though it sees the carrier",
        timing="stretch",
    ),
    FaultDefinition(
        "uplink_lock_lost", "speaker",
        "has a receiver that holds no carrier: no command up, and nothing down but idle frames",
        timing="stretch",
    ),
    FaultDefinition(
        "upset_upload", "orbiter",
        "has an octet changed in memory once an uploaded file has been received whole",
        parameters=(_sequence("uploaded file"),),
    ),
    FaultDefinition(
        "lose_scheduled", "orbiter",
        "loses an insertion into the schedule from memory, and reports it as done",
        parameters=(_sequence("insertion", "insertion"),),
    ),
    FaultDefinition(
        "alter_scheduled", "orbiter", "keeps an insertion into the schedule with a bit changed",
        parameters=(_sequence("insertion", "insertion"),),
    ),
    # craft: what it is and does
    FaultDefinition(
        "safe_mode", "craft",
        "is put into safe mode by its watchdog: a cube sends no file; an orbiter begins no relay "
        "session, turns to the Sun for an hour and falls back to its lowest rate",
        timing="moment",
    ),
    FaultDefinition("silent_cube", "cube", "answers no hail", timing="stretch"),
    FaultDefinition(
        "dust_storm", "cube",
        "sees the Sun through a dust storm, which rises when it begins and clears after its end",
        timing="stretch",
        parameters=(
            FaultParameter("optical_depth", "at its height", "number", default=10.8,
                           minimum=0.4, maximum=20.0),
            FaultParameter("rise_sols", "it rises so long", "number", "sols", 2.0, minimum=0.01),
            FaultParameter("clearing_sols", "it clears to 1/e in so long", "number", "sols", 10.0,
                           minimum=0.01),
        ),
    ),
    FaultDefinition(
        "stuck_valve", "orbiter", "has a latch valve to the engine that does not open"
    ),
    FaultDefinition(
        "weak_engine", "orbiter",
        "has an engine of too little thrust: a burn takes longer, or its time limit cuts it short",
        parameters=(
            FaultParameter(
                "share", "of the thrust", "number", default=0.5, minimum=0.01, maximum=1.0
            ),
        ),
    ),
    FaultDefinition(
        "tumbling", "orbiter", "cannot damp the rates with which it has left its launcher",
        timing="stretch",
    ),
    FaultDefinition("stuck_release", "orbiter", "does not let a released cube go"),
    FaultDefinition(
        "weak_springs", "orbiter", "lets cubes go with a share of the push that was measured",
        parameters=(
            FaultParameter("share", "of the push", "number", default=0.4, minimum=0.0, maximum=3.0),
        ),
    ),
    # what is known of where it is
    FaultDefinition(
        "lose_solution", "speaker", "has an orbit determined, and nobody is told",
        parameters=(_sequence("solution"),),
    ),
    FaultDefinition(
        "wrong_solution", "speaker", "has an orbit determined that is farther off than is stated",
        parameters=(
            _sequence("solution"),
            FaultParameter(
                "sigmas", "so many times as far", "number", default=30.0, minimum=1.0
            ),
        ),
    ),
    FaultDefinition(
        "misaligned_camera", "cube",
        "looks aside of where it says that it looks, alike in all pictures",
        parameters=(
            FaultParameter("deg", "one sigma about each axis", "number", "deg", 1.0, minimum=0.0),
        ),
    ),
    # capsules, and who hears them
    FaultDefinition(
        "stuck_accelerometer", "capsule", "tells nothing else once it has felt a deceleration",
        parameters=(
            FaultParameter("m_s2", "which", "number", "m/s2", 30.0, minimum=0.0),
        ),
    ),
    FaultDefinition(
        "late_stamps", "capsule", "stamps what it sends live a second later than what it keeps"
    ),
    FaultDefinition(
        "mute_on_ground", "capsule", "breaks its radio by landing, and is never heard again"
    ),
    FaultDefinition(
        "few_channels", "orbiter", "hears no more than a few entering capsules at once",
        parameters=(
            FaultParameter("channels", "how many", "count", default=2, minimum=0),
        ),
    ),
    # who goes down to a small body
    FaultDefinition(
        "leaking_thruster", "explorer", "is pushed sideways by a thruster that leaks",
        parameters=(
            FaultParameter("m_s2", "how hard", "number", "m/s2", 0.006, minimum=0.0),
        ),
    ),
    FaultDefinition("dud_projectile", "explorer", "has a sampler whose projectile does not fire"),
    FaultDefinition("stuck_latch", "explorer", "is not held when it docks"),
    FaultDefinition("dead_beacon", "arriving", "sends nothing under its parachute"),
    FaultDefinition(
        "shut_parachute", "arriving", "has a parachute that never opens, and with it no beacon"
    ),
    FaultDefinition(
        "lost_receipt", "arriving", "changes hands on the ground, and nobody files that"
    ),
    # space and antennas
    FaultDefinition("clean_air", "space", "loses and damages no frame, for once"),
    FaultDefinition("deaf_antenna", "antenna", "receives nothing", timing="stretch"),
    FaultDefinition(
        "mistaken_tones", "antenna",
        "takes each tone of a beacon for the next one: its detector's table is wrong",
        timing="stretch",
    ),
    FaultDefinition(
        "wind_stow", "antenna",
        "is stowed against the wind, which nobody has told: it neither receives nor transmits",
        timing="stretch",
    ),
    FaultDefinition(
        "bit_errors", "downlink",
        "is disturbed: at least a share of its bits is wrong before correction",
        timing="stretch",
        parameters=(
            FaultParameter(
                "rate", "of wrong bits", "number", default=0.005, minimum=1e-9, maximum=0.5
            ),
            _LINK,
        ),
    ),
    FaultDefinition(
        "duplicate_frames", "downlink", "hands frames over twice", timing="stretch",
        parameters=(_NTH_FRAME,),
    ),
    FaultDefinition(
        "hostile_uplink", "speaker",
        "hears each CLTU again from somebody else: as recorded, forged, and commands in clear",
    ),
    # the ground itself
    FaultDefinition(
        "kill", "ground", "is killed (kill -9), at once or while a command is in a state",
        parameters=(
            FaultParameter("process", "which", "text", required=True, choices=PROCESSES),
            _STATE,
        ),
    ),
    FaultDefinition(
        "disk_full", "ground",
        "finds its disk full, at once or while a command is in a state; after a while it has room",
        parameters=(
            FaultParameter("process", "which", "text", required=True, choices=WRITERS),
            _STATE,
            FaultParameter("for_s", "it lasts so long by the wall", "number", "s", 5.0,
                           minimum=0.1),
        ),
    ),
    FaultDefinition("absent", "person", "is not there: asks for nothing, and says go nowhere"),
    FaultDefinition(
        "stand_in", "person", "has somebody else of the same role say go at gates",
        parameters=(FaultParameter("by", "who: a name that no other has", "text", required=True),),
    ),
    # who fetches data
    FaultDefinition(
        "mixed_up_key", "customer", "was handed somebody else's key, and fetches by it",
        parameters=(
            FaultParameter("of", "whose", "text", required=True, names="customer or partner"),
        ),
    ),
    FaultDefinition(
        "bit_rot", "customer",
        "has a bit turned over by its disk, in the largest file of raw data that it has fetched",
    ),
    # what people rely on when they ask who did what
    FaultDefinition(
        "rewritten_log", "log",
        "has an entry given to another actor at the flight's end, by whoever may write its file",
    ),
)  # fmt: skip

#: every fault by its name
FAULTS: Mapping[str, FaultDefinition] = {one.name: one for one in _DEFINITIONS}


def settled(fault: Mapping[str, Any]) -> dict[str, Any]:
    """A fault as stated, with the defaults of what is not."""
    definition = FAULTS[fault["fault"]]
    defaults = {one.name: one.default for one in definition.parameters if one.default is not None}
    return {**defaults, **fault}


def not_before(fault: Mapping[str, Any], begin_s: float) -> dict[str, Any]:
    """A fault that begins at `begin_s` (from the scenario's start) at the earliest.

    One that is moved lasts as long; one that waits for an event needs no moving.
    """
    late_s = begin_s - float(fault.get("after_s", 0.0))
    if "at_event" in fault or late_s <= 0.0:
        return dict(fault)
    moved = {"after_s": begin_s}
    if "until_s" in fault:
        moved["until_s"] = fault["until_s"] + late_s
    return {**fault, **moved}


def fault_text(fault: Mapping[str, Any]) -> str:
    """A fault in one line, as `--inject` takes it: `silent_cube,spacecraft=cube-polar`.

    Whom it strikes, when, and what else it is told; who injected it is left out.
    """
    parameters = (one.name for one in FAULTS[fault["fault"]].parameters)
    order = (
        "spacecraft",
        "antenna",
        "person",
        "customer",
        "at_event",
        "after_s",
        "until_s",
        *parameters,
        "leg",
    )
    stated = (f"{key}={_plain(fault[key])}" for key in order if key in fault)
    return ",".join((str(fault["fault"]), *stated))


def _plain(value: Any) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value) if whole else value)
