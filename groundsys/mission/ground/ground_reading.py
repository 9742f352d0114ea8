"""Antennas, payloads and customers, as read from `stations/`, `payloads/` and `customers/`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast, get_args

from groundsys.mission.ground.antenna_model import Acquisition, Antenna, Radiometrics, Sky
from groundsys.mission.ground.beacon_reading import read_tone_detector
from groundsys.mission.ground.customer_model import Customer, Payload, PayloadKind, ServiceLevel
from groundsys.mission.ground.drives import Drive
from groundsys.mission.ground.partners import partner_ids
from groundsys.mission.ground.product_formats import POSSIBLE_FORMATS, USUAL_FORMATS
from groundsys.mission.parsing.fields import read_enumerations, read_fields
from groundsys.mission.parsing.findings import Findings
from groundsys.mission.parsing.identifiers import read_id
from groundsys.mission.parsing.reading import Section, read_folder
from groundsys.mission.spacecraft.link_reading import read_radio
from groundsys.mission.spacecraft.place_reading import read_horizon

_KINDS: tuple[str, ...] = get_args(PayloadKind)


def read_antennas(root: Path, findings: Findings) -> dict[str, Antenna]:
    """Every antenna of `stations/`."""
    antennas: dict[str, Antenna] = {}
    for section in read_folder(root, "stations", findings):
        antenna = Antenna(
            id=read_id(section),
            name=section.text("name"),
            complex=section.text("complex"),
            agency=section.text("agency"),
            latitude_deg=section.number("latitude_deg", minimum=-90, maximum=90),
            longitude_deg=section.number("longitude_deg", minimum=-180, maximum=360),
            altitude_m=section.number("altitude_m", minimum=-500, maximum=6000),
            diameter_m=section.number("diameter_m", above=0, maximum=500),
            elevation_mask_deg=section.number("elevation_mask_deg", minimum=0, maximum=60),
            radio=read_radio(section.section("radio")),
            configuration_s=section.number("configuration_s", 300.0, minimum=0, maximum=7200),
            acquisition_s=section.number("acquisition_s", 60.0, minimum=0, maximum=3600),
            source=section.text("source"),
            horizon=read_horizon(section),
            transmit_elevation_mask_deg=(
                section.number("transmit_elevation_mask_deg", minimum=0, maximum=60)
                if "transmit_elevation_mask_deg" in section
                else None
            ),
            teardown_s=section.number("teardown_s", 0.0, minimum=0, maximum=7200),
            downlinks_per_beam=section.integer("downlinks_per_beam", 1, minimum=1, maximum=8),
            cost_per_hour=section.number("cost_per_hour", 0.0, minimum=0),
            sky=_read_sky(section.section("sky")) if "sky" in section else None,
            tracking=_read_tracking(section.optional_section("tracking")),
            acquisition=_read_acquisition(section.optional_section("acquisition")),
            drive=_read_drive(section.section("drive")) if "drive" in section else None,
            tone_detector=(
                read_tone_detector(section.section("tone_detector"))
                if "tone_detector" in section
                else None
            ),
        )
        _check_drive(section, antenna)
        if antenna.id in antennas:
            section.note("id", f"antenna {antenna.id!r} is defined twice", "rename one")
        if antenna.radio.elevation_pattern:
            section.note(
                "radio", f"antenna {antenna.id} has a pattern by elevation", "state its sky"
            )
        section.finish()
        antennas[antenna.id] = antenna
    return antennas


def _read_sky(section: Section) -> Sky:
    sky = Sky(
        zenith_attenuation_db=section.number("zenith_attenuation_db", minimum=0, maximum=3),
        spillover_k=section.number("spillover_k", 0.0, minimum=0, maximum=100),
        spillover_decay_per_deg=section.number(
            "spillover_decay_per_deg", 0.0, minimum=0, maximum=1
        ),
    )
    section.finish()
    return sky


def _read_drive(section: Section) -> Drive:
    drive = Drive(
        azimuth_deg_s=section.number("azimuth_deg_s", above=0, maximum=20),
        elevation_deg_s=section.number("elevation_deg_s", above=0, maximum=20),
        highest_elevation_deg=section.number("highest_elevation_deg", 90.0, minimum=45, maximum=90),
    )
    section.finish()
    return drive


def _check_drive(section: Section, antenna: Antenna) -> None:
    """Plans leave the time to configure between two passes: it must do for the longest turn."""
    drive = antenna.drive
    if drive is None or not (drive.azimuth_deg_s > 0.0 and drive.elevation_deg_s > 0.0):
        return
    needed_s = drive.farthest_s(antenna.elevation_mask_deg)
    if antenna.configuration_s < needed_s:
        section.note(
            "configuration_s",
            f"{antenna.id} is configured in {antenna.configuration_s:g} s, but may have to turn "
            f"for {needed_s:.0f} s",
            f"plan {needed_s:.0f} s or more for it",
        )


def _read_acquisition(section: Section) -> Acquisition:
    usual = Acquisition()
    acquisition = Acquisition(
        search_hz=section.number("search_hz", usual.search_hz, above=0),
        threshold_dbhz=section.number("threshold_dbhz", usual.threshold_dbhz, minimum=0),
        sweep_hz_s=section.number("sweep_hz_s", usual.sweep_hz_s, above=0),
    )
    section.finish()
    return acquisition


def _read_tracking(section: Section) -> Radiometrics:
    usual = Radiometrics()
    tracking = Radiometrics(
        count_interval_s=section.number(
            "count_interval_s", usual.count_interval_s, minimum=1, maximum=3600
        ),
        range_noise_m=section.number("range_noise_m", usual.range_noise_m, minimum=0),
        doppler_noise_mm_s=section.number(
            "doppler_noise_mm_s", usual.doppler_noise_mm_s, minimum=0
        ),
        delay_ns=section.number("delay_ns", usual.delay_ns, minimum=0),
    )
    section.finish()
    return tracking


def read_payloads(root: Path, findings: Findings) -> dict[str, Payload]:
    """Every payload of `payloads/`."""
    payloads: dict[str, Payload] = {}
    numbers: dict[object, str] = {}
    for section in read_folder(root, "payloads", findings):
        kind = section.choice("kind", _KINDS)
        payload = Payload(
            id=read_id(section),
            name=section.text("name"),
            kind=cast(PayloadKind, kind),
            record=read_fields(section.sections("record"), read_enumerations(section)),
            sample_interval_s=section.number("sample_interval_s", above=0),
            file_interval_s=section.number("file_interval_s", above=0),
            settings=cast(Mapping[str, object], section.plain("settings", {})),
            formats=section.references(
                "formats", "product format", POSSIBLE_FORMATS.get(kind, ()), optional=True
            )
            or USUAL_FORMATS.get(kind, ()),
        )
        _check_payload(section, payload)
        number = payload.settings.get("number")
        if number in numbers:
            section.note("settings", f"{payload.id} and {numbers[number]} share number {number}")
        numbers[number] = payload.id
        section.finish()
        payloads[payload.id] = payload
    return payloads


def _check_payload(section: Section, payload: Payload) -> None:
    if any(item.length_field or not item.bits for item in payload.record):
        section.note("record", "a record has a fixed length", "give every field its bits")
    bits = sum(item.bits for item in payload.record)
    if bits % 8:
        section.note("record", f"a record takes {bits} bits", "fill the last byte")
    if payload.sample_interval_s > 0:
        samples = payload.file_interval_s / payload.sample_interval_s
        if samples < 1 or abs(samples - round(samples)) > 1e-9:
            section.note(
                "file_interval_s", f"a file takes {samples:g} samples", "make it a whole number"
            )
    settings = section.optional_section("settings")
    settings.integer("number", minimum=1, maximum=65_535)
    if payload.kind == "seismometer":
        _check_channels(settings, payload)
    if payload.kind == "magnetometer" and any(one.name == "b_down" for one in payload.record):
        settings.numbers("crustal_field_nt")  # it stands on the ground
    if payload.kind == "camera":
        _check_camera(section, settings, payload)


#: where a camera looked, of every line of its pictures
ATTITUDE = frozenset({"right_ascension", "declination", "twist"})


def _check_camera(section: Section, settings: Section, payload: Payload) -> None:
    """A record is a line of the picture."""
    pixels = settings.integer("pixels", minimum=8, maximum=4096)
    lines = {item.name: item.bits for item in payload.record if item.kind == "binary"}
    if lines != {"pixels": 8 * pixels}:
        section.note(
            "record", "no line of pixels", f"add a binary field pixels of {8 * pixels} bits"
        )
    if "target" in settings:
        _check_navigation_camera(section, settings, payload)


def _check_navigation_camera(section: Section, settings: Section, payload: Payload) -> None:
    """It takes pictures of a body from near by, and each line tells where it looked."""
    settings.text("target")
    settings.number("resolution_rad", above=0, maximum=0.1)
    settings.number("pointing_deg", minimum=0, maximum=90)
    settings.number("attitude_arcsec", minimum=0, maximum=3600)
    if "navigation" in settings:  # without, nobody measures its pictures
        navigation = settings.section("navigation")
        navigation.integer("least_pictures", minimum=3)
        navigation.number("velocity_sigma_m_s", above=0)
        navigation.number("figure_share", minimum=0, maximum=1)
        navigation.number("turn_sigma_deg", minimum=0, maximum=180)
        navigation.number("worst_rms_sigmas", above=1)
        navigation.number("better_by", above=0, maximum=1)
        navigation.finish()
    if "observation" in settings:
        observation = settings.section("observation")
        observation.number("highest_phase_deg", above=0, maximum=180)
        nearest_km = observation.number("nearest_km", minimum=0)
        observation.number("farthest_km", above=nearest_km)
        observation.number("fastest_deg_h", above=0)
        observation.number("room_mb", minimum=0)
        observation.finish()
    told = {item.name for item in payload.record}
    if not told >= ATTITUDE:
        lacking = ", ".join(sorted(ATTITUDE - told))
        section.note("record", f"a line does not tell {lacking}", "add what is missing, in deg")


def _check_channels(settings: Section, payload: Payload) -> None:
    """SEED identifiers (FDSN SEED manual 2.4, chapter 3 and appendix A)."""
    for key, length in (("network", 2), ("station", 5), ("location", 2)):
        code = settings.text(key)
        if len(code) > length or not (code.isalnum() and code.upper() == code):
            settings.note(key, f"{key} code {code!r}", f"use up to {length} capitals or digits")
    channels = settings.section("channels")
    fields = [item.name for item in payload.record]
    for code in channels.names:
        channel = channels.section(code)
        if len(code) != 3 or not (code.isalnum() and code.upper() == code):
            channels.note(code, f"channel code {code!r}", "use three capitals or digits")
        channel.reference("field", "record field", fields)
        channel.number("azimuth_deg", minimum=0, maximum=360)
        channel.number("dip_deg", minimum=-90, maximum=90)
        channel.number("sensitivity", above=0)
        channel.finish()


def read_customers(
    root: Path, payloads: Mapping[str, Payload], findings: Findings
) -> dict[str, Customer]:
    """Every customer of `customers/`; no payload belongs to two of them."""
    customers: dict[str, Customer] = {}
    owners: dict[str, str] = {}
    for section in read_folder(root, "customers", findings):
        commanding = section.optional_section("commanding")
        level = section.optional_section("service_level")
        customer = Customer(
            id=read_id(section),
            name=section.text("name"),
            contact=section.text("contact"),
            payloads=section.references("payloads", "payload", payloads),
            priority=section.number("priority", 1.0, above=0, maximum=1000),
            latency_goal_s=3600.0 * section.number("latency_goal_h", 24.0, above=0),
            commands_per_day=commanding.integer("commands_per_day", 0, minimum=0),
            command_octets_per_pass=commanding.integer("octets_per_pass", 0, minimum=0),
            service_level=_service_level(level) if "service_level" in section else None,
            shares_with=section.references(
                "shares_with", "partner", partner_ids(root), optional=True
            ),
        )
        commanding.finish()
        for payload in customer.payloads:
            if payload in owners:
                section.note(
                    "payloads", f"payload {payload!r} already belongs to {owners[payload]!r}",
                    "give a payload one customer",
                )  # fmt: skip
            owners[payload] = customer.id
        section.finish()
        customers[customer.id] = customer
    return customers


def _service_level(section: Section) -> ServiceLevel:
    level = ServiceLevel(
        share=section.number("share", above=0, maximum=1),
        within_s=3600.0 * section.number("within_h", above=0),
        window_s=3600.0 * section.number("window_h", 168.0, above=0),
    )
    section.finish()
    return level
