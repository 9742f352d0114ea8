"""What a writer of products is told: one payload file and all that is known of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groundsys.geometry.central_bodies import CentralBodies, known_bodies
from groundsys.mission.celestial.body_model import Body
from groundsys.mission.ground.customer_model import Customer, Payload
from groundsys.mission.mission_name import Programme
from groundsys.mission.programme import programme_of
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.products.calibrated_columns import Column, calibrated_column
from groundsys.products.naming import free_stem
from groundsys.products.payload_file import PayloadFile
from groundsys.products.provenance import Provenance
from groundsys.products.quality import quality_flags
from groundsys.products.solar_time import local_mean_solar_sols
from groundsys.products.time_tags import NANOSECONDS_PER_DAY, scet_tai_ns, sigma_s, unix_ns
from groundsys.values.clock import ClockSolution
from groundsys.values.instants import Instant, SpacecraftEventTime


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """The present records of one payload file that fall on one UTC day: one element a record.

    `tai_ns` is SCET as TAI since 1970, `utc_ns` the same as UTC without leap seconds, `sclk_ns`
    the craft's own clock, `sigma_s` one standard deviation of SCET; `index` counts the file's
    records, and `quality` is of `groundsys.products.quality`.
    """

    index: NDArray[np.intp]
    tai_ns: NDArray[np.int64]
    utc_ns: NDArray[np.int64]
    sclk_ns: NDArray[np.int64]
    sigma_s: NDArray[np.float32]
    quality: NDArray[np.int16]
    columns: tuple[Column, ...]

    @property
    def start(self) -> Instant:
        """SCET of the first sample."""
        return Instant(int(self.tai_ns[0]))

    @property
    def end(self) -> Instant:
        """SCET of the last sample."""
        return Instant(int(self.tai_ns[-1]))


@dataclass(frozen=True, eq=False)
class Observation:
    """A decoded payload file with its payload, craft, customer, clock and provenance.

    `taken` are the lower-case names of other files' products in the same space.
    """

    payload: Payload
    customer: Customer
    spacecraft: Spacecraft
    file: PayloadFile
    file_name: str
    clock: ClockSolution
    provenance: Provenance
    software_version: str
    taken: Collection[str] = ()
    programme: Programme = field(default_factory=programme_of)
    bodies: CentralBodies = field(default_factory=known_bodies)

    @property
    def body(self) -> Body | None:
        """What a camera looks at, or the craft stands on or flies about, if that is known."""
        craft, target = self.spacecraft, str(self.payload.settings.get("target", ""))
        place = craft.site.body if craft.site else craft.orbit.center if craft.orbit else target
        known = self.bodies.find(place.lower())
        return None if known is None else known.definition

    def local_sols(self, tai_ns: NDArray[np.int64]) -> NDArray[np.float64] | None:
        """Local mean solar time at the craft's site in sols; None where none is counted."""
        site, body = self.spacecraft.site, self.body
        if site is None or body is None or body.solar_time is None:
            return None
        return local_mean_solar_sols(body.solar_time, tai_ns, site.longitude_deg)

    @cached_property
    def sigma_s(self) -> NDArray[np.float64]:
        """One standard deviation of each record's SCET, in seconds."""
        return sigma_s(self.clock, self.file.sclk_ns())

    @cached_property
    def tai_ns(self) -> NDArray[np.int64]:
        """SCET of each record, as TAI nanoseconds since 1970."""
        return scet_tai_ns(self.clock, self.file.sclk_ns())

    @property
    def start(self) -> SpacecraftEventTime:
        """SCET of the first record, whether it came or not."""
        return self.clock.scet(self.file.header.start_sclk_ns)

    @cached_property
    def quality(self) -> NDArray[np.int16]:
        """Quality bits of each record."""
        fields = self.payload.record
        return quality_flags(fields, self.file, self.sigma_s, self.clock, self.spacecraft)

    @cached_property
    def series(self) -> tuple[Series, ...]:
        """The calibrated records of each UTC day, as ISTP's daily files ask; none if none came."""
        return tuple(self._series())

    def _series(self) -> Iterator[Series]:
        columns = [
            calibrated_column(field, self.file.raw[field.name])
            for field in self.payload.record
            if field.kind not in ("binary", "string")
        ]
        index = np.flatnonzero(self.file.present)
        utc_ns = unix_ns(self.tai_ns[index])
        day = utc_ns // NANOSECONDS_PER_DAY
        sclk_ns = self.file.sclk_ns()
        for number in np.unique(day):
            chosen = day == number
            here = index[chosen]
            yield Series(
                index=here,
                tai_ns=self.tai_ns[here],
                utc_ns=utc_ns[chosen],
                sclk_ns=sclk_ns[here],
                sigma_s=self.sigma_s[here].astype(np.float32),
                quality=self.quality[here],
                columns=tuple(column.at(here) for column in columns),
            )

    @property
    def source(self) -> str:
        """ISTP's logical source: the first part of its products' names."""
        usual = f"{self.spacecraft.id}_l1_{self.payload.id}"
        return str(self.payload.settings.get("logical_source", usual))

    def series_stem(self, series: Series) -> str:
        """Name of a day's file without suffix, as ISTP's file naming asks."""
        return f"{self.source}_{series.start.to_utc():%Y%m%d%H%M%S}_v{self.provenance.version:02d}"

    def free_name(self, stem: str, suffix: str) -> str:
        """What a product is called: a name that no other file's product has."""
        free = free_stem(stem, suffix, self.taken, self.provenance.transaction)
        return f"{free}{suffix}"

    @property
    def title(self) -> str:
        """What was measured, for people."""
        return str(self.payload.settings.get("title", self.payload.name))

    def setting(self, name: str, usual: Any) -> str:
        """A text of the payload's settings."""
        return str(self.payload.settings.get(name, usual))

    @property
    def clock_text(self) -> str:
        """The clock solution that told the times, in a line."""
        clock = self.clock
        return (
            f"SCLK {clock.sclk_ref_ns} ns = TAI {clock.scet_ref.tai_ns} ns, "
            f"rate {clock.rate!r}, uncertainty {clock.uncertainty_s:g} s"
        )
