"""Customers, what they were promised, and their payloads, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from groundsys.mission.spacecraft.packet_model import Field

PayloadKind = Literal["weather", "seismometer", "magnetometer", "camera"]


@dataclass(frozen=True, slots=True)
class Payload:
    """A payload: how its files are laid out and what its products are called."""

    id: str
    name: str
    kind: PayloadKind
    #: record fields of the payload's file, with calibration
    record: tuple[Field, ...]
    sample_interval_s: float
    file_interval_s: float
    settings: Mapping[str, Any] = field(default_factory=dict)
    #: in which Level 1 is made (`product_formats`), or () for the kind's usual
    formats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """What a customer was promised: this share of its files home so long after they were made.

    It is measured over the files that have fallen due within `window_s`.
    """

    share: float
    within_s: float
    window_s: float = 7.0 * 86_400.0


@dataclass(frozen=True, slots=True)
class Customer:
    id: str
    name: str
    contact: str
    #: payload ids
    payloads: tuple[str, ...]
    #: weight of this customer's data in the plan
    priority: float = 1.0
    #: data should be home so long after they were measured
    latency_goal_s: float = 86_400.0
    #: so many commands of the own payload may be asked for in 24 hours of mission time
    commands_per_day: int = 0
    #: so many octets of their packets may wait for one pass
    command_octets_per_pass: int = 0
    #: None: nothing was promised
    service_level: ServiceLevel | None = None
    #: partners who may be given this customer's products
    shares_with: tuple[str, ...] = ()
