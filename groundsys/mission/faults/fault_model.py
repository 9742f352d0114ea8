"""What a fault is: whom it may strike, when, and what it needs to be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from groundsys.mission.spacecraft.craft_model import Spacecraft

Subject = Literal[
    "craft", "orbiter", "cube", "carrier", "capsule", "explorer", "arriving", "speaker",
    "antenna", "downlink", "space", "ground", "person", "customer", "log",
]  # fmt: skip

#: whom a fault strikes, in words
SUBJECTS: Mapping[Subject, str] = {
    "craft": "any craft",
    "orbiter": "an orbiter",
    "cube": "a cube",
    "carrier": "a craft with a payload",
    "capsule": "a capsule that enters",
    "explorer": "a craft that goes down to a small body",
    "arriving": "a capsule that its carrier's trajectory brings down",
    "speaker": "a craft that antennas speak to",
    "antenna": "an antenna",
    "downlink": "an antenna's link with a craft",
    "space": "every link",
    "ground": "a process of the ground",
    "person": "somebody who asks for commands, runs procedures or says go",
    "customer": "a customer or partner",
    "log": "the audit log",
}

#: keys that name whom a fault strikes; absent: all that it fits
WHOM: Mapping[Subject, tuple[str, ...]] = {
    "craft": ("spacecraft",),
    "orbiter": ("spacecraft",),
    "cube": ("spacecraft",),
    "carrier": ("spacecraft",),
    "capsule": ("spacecraft",),
    "explorer": ("spacecraft",),
    "arriving": ("spacecraft",),
    "speaker": ("spacecraft",),
    "antenna": ("antenna",),
    "downlink": ("spacecraft", "antenna"),
    "space": (),
    "ground": (),
    "person": ("person",),
    "customer": ("customer",),
    "log": (),
}

#: `moment`: it happens once, at `after_s`.  `stretch`: it lasts from `after_s` to `until_s`.
#: Both count from the scenario's start, or from the event `at_event` of the craft that it strikes
Timing = Literal["throughout", "moment", "stretch"]

#: keys that say when; of `from` and `until` see `fault_reading`
TIMES: Mapping[Timing, tuple[str, ...]] = {
    "throughout": (),
    "moment": ("after_s",),
    "stretch": ("after_s", "until_s"),
}


@dataclass(frozen=True, slots=True)
class FaultParameter:
    """What a fault needs to be told beside whom it strikes and when."""

    name: str
    meaning: str
    kind: Literal["number", "count", "text"]
    unit: str = ""
    #: None: what `meaning` says of its absence
    default: float | int | str | None = None
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    #: of a text: what it may be; empty: see `names`
    choices: tuple[str, ...] = ()
    #: of a text: what it names, of the craft's model or of the scenario
    names: Literal["", "packet", "housekeeping parameter", "customer or partner"] = ""


@dataclass(frozen=True, slots=True)
class FaultDefinition:
    """One kind of fault: `sentence` says what it is, with whom it strikes as subject."""

    name: str
    strikes: Subject
    sentence: str
    timing: Timing = "throughout"
    parameters: tuple[FaultParameter, ...] = ()

    @property
    def may_begin_under_way(self) -> bool:
        """Whether it may be injected into a flight that has begun."""
        return self.timing != "throughout"

    @property
    def may_await_event(self) -> bool:
        """Whether it may wait for an event of the craft that it strikes."""
        return WHOM[self.strikes] == ("spacecraft",) and self.timing != "throughout"

    def fits(self, craft: Spacecraft) -> bool:
        """Whether it can strike this craft."""
        match self.strikes:
            case "orbiter":
                return not craft.is_cube
            case "cube":
                return craft.relay is not None
            case "carrier":
                return craft.payload is not None
            case "capsule":
                return craft.entry is not None
            case "explorer":
                return craft.descent is not None
            case "arriving":
                return craft.arrival is not None
            case "speaker" | "downlink":
                return "x_band" in craft.radios
        return self.strikes == "craft"
