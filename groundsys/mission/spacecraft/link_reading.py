"""How a craft speaks and is spoken to, as read from its file: frames, radios, keys."""

from __future__ import annotations

from typing import Literal, cast

from groundsys.mission.parsing.reading import Section
from groundsys.mission.spacecraft.link_model import (
    Framing,
    LinkSecurity,
    LowGain,
    Radio,
    SolarConjunction,
    Transponder,
)

#: Transfer frame: CCSDS 132.0-B 4.1.1 and 232.0-B 4.1.1 (header, one octet of data, CRC).
_SHORTEST_TM_FRAME = 6 + 1 + 4 + 2
_LONGEST_TM_FRAME = 2048
_SHORTEST_TC_FRAME = 5 + 1 + 2
_LONGEST_TC_FRAME = 1024

#: Yamcs keeps it in a signed number of 16 bits; CCSDS 355.0-B reserves 0.
_HIGHEST_SPI = 32_767


def read_framing(section: Section) -> Framing:
    """How its frames are laid out."""
    channels = section.section("virtual_channels")
    numbers: dict[str, int] = {}
    for name in channels.names:
        number = channels.integer(name, minimum=0, maximum=7)
        if number in numbers.values():
            channels.note(name, f"virtual channel {number} stands twice", "number each once")
        numbers[name] = number
    framing = Framing(
        spacecraft_id=section.integer("spacecraft_id", minimum=1, maximum=1023),
        tm_frame_length=section.integer(
            "tm_frame_length", minimum=_SHORTEST_TM_FRAME, maximum=_LONGEST_TM_FRAME
        ),
        tc_frame_length=section.integer(
            "tc_frame_length", minimum=_SHORTEST_TC_FRAME, maximum=_LONGEST_TC_FRAME
        ),
        virtual_channels=numbers,
        tc_virtual_channel=section.integer("tc_virtual_channel", minimum=0, maximum=63),
        uplink_mode=cast(Literal["AD", "BD"], section.choice("uplink_mode", ("AD", "BD"))),
        uplink_rate_bps=section.number("uplink_rate_bps", above=0),
    )
    section.finish()
    return framing


def read_conjunction(section: Section) -> SolarConjunction:
    """What the Sun does to its links, by the angle between both."""
    usual = SolarConjunction()
    conjunction = SolarConjunction(
        degraded_below_deg=section.number(
            "degraded_below_deg", usual.degraded_below_deg, minimum=0, maximum=30
        ),
        uplink_forbidden_below_deg=section.number(
            "uplink_forbidden_below_deg", usual.uplink_forbidden_below_deg, minimum=0, maximum=30
        ),
        downlink_forbidden_below_deg=section.number(
            "downlink_forbidden_below_deg",
            usual.downlink_forbidden_below_deg,
            minimum=0,
            maximum=30,
        ),
        degraded_loss_db=section.number(
            "degraded_loss_db", usual.degraded_loss_db, minimum=0, maximum=30
        ),
    )
    section.finish()
    return conjunction


def read_security(section: Section) -> LinkSecurity:
    """Keys and window of its link security."""
    numbers = section.numbers("associations")
    spis = tuple(int(one) for one in numbers)
    if spis != numbers or any(not 1 <= one <= _HIGHEST_SPI for one in spis):
        section.note(
            "associations", "an association is no security parameter index",
            f"write whole numbers from 1 to {_HIGHEST_SPI}",
        )  # fmt: skip
    if len(set(spis)) < max(2, len(spis)):
        section.note(
            "associations", "a key can be changed for another only",
            "write at least two associations, each once",
        )  # fmt: skip
    security = LinkSecurity(
        associations=spis or (1,),
        replay_window=section.integer("replay_window", 64, minimum=1, maximum=1024),
    )
    section.finish()
    return security


def read_transponder(section: Section) -> Transponder:
    """Turn-around ratio and delay."""
    usual = Transponder()
    ratio = section.numbers("turnaround", usual.turnaround)
    if len(ratio) != 2 or any(one <= 0 or one != int(one) for one in ratio):
        section.note("turnaround", "it is no ratio of two whole numbers", "write, say, [880, 749]")
        ratio = usual.turnaround
    transponder = Transponder(
        turnaround=(int(ratio[0]), int(ratio[1])),
        delay_ns=section.number("delay_ns", usual.delay_ns, minimum=0),
    )
    section.finish()
    return transponder


def read_radios(section: Section) -> dict[str, Radio]:
    """Its radios, by name."""
    radios = section.section("radios")
    return {name: read_radio(radios.section(name)) for name in radios.names}


def read_radio(section: Section) -> Radio:
    """One radio of a craft or of an antenna."""
    radio = Radio(
        frequency_mhz=section.number("frequency_mhz", minimum=100, maximum=60_000),
        transmit_power_w=section.number("transmit_power_w", minimum=0),
        antenna_gain_dbi=section.number("antenna_gain_dbi", minimum=-20, maximum=100),
        system_noise_k=section.number("system_noise_k", above=0),
        losses_db=section.number("losses_db", 0.0, minimum=0, maximum=40),
        required_eb_n0_db=section.number("required_eb_n0_db", 0.0, minimum=-2, maximum=20),
        rates_bps=section.numbers("rates_bps", ()),
        oscillator_ppm=section.number("oscillator_ppm", 0.0, minimum=0, maximum=100),
        low_gain=_read_low_gain(section.section("low_gain")) if "low_gain" in section else None,
        elevation_pattern=_read_elevation_pattern(section),
    )
    if any(rate <= 0 for rate in radio.rates_bps):
        section.note("rates_bps", "a rate is not above zero")
    if list(radio.rates_bps) != sorted(set(radio.rates_bps)):
        section.note("rates_bps", "rates do not rise", "write them from slow to fast, each once")
    section.finish()
    return radio


def _read_low_gain(section: Section) -> LowGain:
    low_gain = LowGain(
        gain_dbi=section.number("gain_dbi", minimum=-20, maximum=30),
        width_deg=section.number("width_deg", above=0, maximum=360),
        back_dbi=section.number("back_dbi", minimum=-60, maximum=30),
    )
    if low_gain.back_dbi > low_gain.gain_dbi:
        section.note("back_dbi", "there is more gain behind than ahead", "lower it")
    section.finish()
    return low_gain


def _read_elevation_pattern(section: Section) -> tuple[tuple[float, float], ...]:
    pattern = section.pairs("elevation_pattern")
    elevations = [elevation for elevation, _ in pattern]
    if elevations != sorted(set(elevations)) or any(not -90 <= one <= 90 for one in elevations):
        section.note(
            "elevation_pattern", "elevations do not rise between -90 and 90 degrees", "sort them"
        )
    if any(gain_db > 0.0 for _, gain_db in pattern):
        section.note(
            "elevation_pattern", "there is more gain than antenna_gain_dbi",
            "state the highest gain there, and the pattern in dB below it",
        )  # fmt: skip
    return pattern
