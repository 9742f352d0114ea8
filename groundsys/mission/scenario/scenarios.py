"""Scenarios, as read from `scenarios/`, and the check of a command's arguments."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from groundsys.mission.as_flown import read_as_flown
from groundsys.mission.celestial.body_model import Body
from groundsys.mission.faults.fault_reading import Company, read_fault
from groundsys.mission.ground.antenna_model import Antenna
from groundsys.mission.ground.beacon_reading import read_beacon_watches
from groundsys.mission.ground.customer_model import Customer
from groundsys.mission.parsing.arguments import argument_complaints
from groundsys.mission.parsing.findings import Findings, note_unknown
from groundsys.mission.parsing.identifiers import read_id
from groundsys.mission.parsing.reading import Section, read_folder
from groundsys.mission.scenario.needs import read_notices, read_planning_data
from groundsys.mission.scenario.network_campaigns import read_network_campaigns
from groundsys.mission.scenario.orbit_solutions import read_solutions
from groundsys.mission.scenario.procedure_runs import read_at, read_procedure_runs
from groundsys.mission.scenario.scenario_model import (
    LongRun,
    PlannedCommand,
    Scenario,
    Separation,
)
from groundsys.mission.scenario.simulators import read_initial
from groundsys.mission.scenario.traffic import read_traffic
from groundsys.mission.scenario.voyages import is_voyage, read_all_legs, read_voyage
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.flown_versions import flown_commands
from groundsys.mission.spacecraft.releases import read_attached, read_releases
from groundsys.values.instants import SOL_S, Instant, Interval

#: What a scenario must expect of the day, and what it may beside `min_bytes_<customer>`.
REQUIRED_CRITERIA = ("min_passes", "min_relay_sessions", "min_commands")
#: … of a craft with a burn that navigation foresees (see `rehearsal.verdict.burning`)
BURN_CRITERIA = (
    "min_insertion_periapsis_km", "max_insertion_periapsis_km", "max_insertion_apoapsis_km",
    "min_burn_behind_share", "max_heard_again_s", "max_burn_doppler_m_s",
    "max_burn_told_error_m_s",
)  # fmt: skip
#: … of craft that go down to a small body (see `rehearsal.verdict.descent_verdict`)
DESCENT_CRITERIA = (
    "min_descents", "min_descents_broken_off", "min_gate_complexes", "min_go_margin_s",
    "max_touch_down_miss_m", "max_touch_down_off_s", "min_sample_g",
)  # fmt: skip
#: … of a capsule that comes down (see `rehearsal.verdict.arriving`)
ARRIVAL_CRITERIA = (
    "max_corridor_sigmas", "max_landing_sigmas", "max_landing_time_sigmas",
    "min_versions_before_gate", "min_carrier_clearance_km", "max_beacon_wait_s",
    "max_fix_error_km",
)  # fmt: skip
CRITERIA = (
    *REQUIRED_CRITERIA, "min_commands_of_people", "min_frames_lost",
    "min_frames_corrected", "min_retransmission_rounds",
    "max_wall_seconds", "max_passes_missed", "max_own_unreported", "min_replans",
    "min_share_of_optimum", "max_replan_seconds", "min_share_home_by_95",
    "min_service_levels_met", "max_latency_error_s",
    "max_foretold_median_miss_s",
    "max_foretold_median_margin_s", "max_entry_sigmas", "max_entry_report_error_s",
    "min_entry_live_share", "max_entry_live_wait_s", "max_release_off_s", "max_first_contact_s",
    "max_campaign_spread_s", "min_campaign_share", "min_safe_landings", "max_unsafe_landings",
    "max_starved_battery_percent", "min_battery_percent", "min_last_battery_percent",
    "min_sep_of_commands_deg", "min_commands_held_in_conjunction",
    "min_frames_disturbed_in_conjunction", "max_clock_error_ms", "max_clock_sigmas",
    "min_drift_sigmas", "max_range_residual_sigmas", "min_safe_modes_recovered",
    "max_first_acquisition_s", "max_sun_pointing_s",
    "min_tones_heard", "max_tones_unheard", "max_tone_answer_h",
    "max_optical_sigmas", "max_optical_error_km", "max_closest_approach_error_s",
    "max_sequence_off_s", "min_pictures_in_windows_share", "max_pictures_outside_windows",
    "min_shared_passes", "max_shared_orbit_sigmas", "min_shared_tracks", "min_shared_products",
    "min_solutions_accepted", "min_custody_records",
    *BURN_CRITERIA, *DESCENT_CRITERIA, *ARRIVAL_CRITERIA,
)  # fmt: skip

#: Seeded differences between truth and belief, by name: one-sigma sizes, or chances of an event.
TRUTH_SIZES = (
    "orbit_along_track_km", "orbit_cross_track_km", "orbit_radial_km", "clock_offset_s",
    "clock_drift_ppm", "station_delay_ns", "link_loss_db", "shallow_fade_eb_n0_db",
    "burn_magnitude", "burn_magnitude_m_s", "burn_pointing_rad", "burn_pointing_m_s",
    "release_speed", "release_pointing_rad",
    "entry_time_s", "entry_speed_m_s", "entry_flight_path_deg", "entry_azimuth_deg",
    "entry_density", "entry_drag", "entry_wind_m_s",
    "injection_m_s", "tip_off_deg_s", "oscillator_ppm", "body_meridian_deg",
    "landmark_m", "landmark_share", "altimeter_bias_m", "altimeter_noise_m", "thrust_share",
    "sample_median_g", "dark_ground_from_m", "dark_ground_to_m",
)  # fmt: skip
TRUTH_CHANCES = (
    "deep_fade_probability", "shallow_fade_probability", "uplink_loss_probability",
    "proximity_loss_probability", "second_stage_fails",
)  # fmt: skip

#: a launcher leaves its craft on orbits about these
_LAUNCHED_TO = ("EARTH", "SUN")
#: An orbit's elements hold this long before and after their epoch.
_ORBIT_HOLDS_S = 30 * 86_400


def read_scenarios(
    root: Path,
    spacecraft: Mapping[str, Spacecraft],
    antennas: Mapping[str, Antenna],
    customers: Mapping[str, Customer],
    partners: Collection[str],
    bodies: Mapping[str, Body],
    findings: Findings,
) -> dict[str, Scenario]:
    """Every scenario of `scenarios/`, checked against all that it names."""
    scenarios: dict[str, Scenario] = {}
    voyages: dict[str, Section] = {}
    for section in read_folder(root, "scenarios", findings):
        if is_voyage(section):
            voyages[section.text("id")] = section
            continue
        scenario = read_scenario(section, spacecraft, antennas, customers, bodies, partners)
        scenarios[scenario.id] = scenario
    found = [read_voyage(section, scenarios, voyages) for section in voyages.values()]
    return {**scenarios, **{one.id: one for one in found if one is not None}}


def read_scenario(
    section: Section,
    spacecraft: Mapping[str, Spacecraft],
    antennas: Mapping[str, Antenna],
    customers: Mapping[str, Customer],
    bodies: Mapping[str, Body],
    partners: Collection[str] = (),
) -> Scenario:
    """One scenario, checked against craft, antennas and customers."""
    span = _read_span(section)
    flown = section.references("spacecraft", "spacecraft", spacecraft)
    owned = {payload for customer in customers.values() for payload in customer.payloads}
    changed = read_as_flown(
        section.optional_section("craft"), _those(flown, spacecraft), owned, bodies
    )
    spacecraft = {**spacecraft, **changed}
    attached = read_attached(section, _those(flown, spacecraft))
    changed |= read_releases(section, span, _those(flown, spacecraft), attached)
    spacecraft = {**spacecraft, **changed}
    served = section.references("customers", "customer", customers)
    known = _those(flown, spacecraft)
    commands = tuple(
        _read_command(entry, span, known) for entry in section.sections("commands", optional=True)
    )
    traffic = read_traffic(section.optional_section("traffic"), span, known)
    scenario = Scenario(
        id=read_id(section),
        title=section.text("title"),
        description=section.text("description", ""),
        span=span,
        cut_off=_instant_within(section, "cut_off", span),
        quiet_from=_instant_within(section, "quiet_from", span),
        spacecraft=flown,
        antennas=section.references("antennas", "antenna", antennas),
        customers=served,
        partners=section.references("partners", "partner", partners, optional=True),
        commands=tuple(sorted(commands, key=lambda command: command.not_before)),
        truth=_read_truth(section),
        criteria=_read_criteria(section, served),
        quantum_s=section.number("quantum_s", 1.0, above=0, maximum=60),
        rate_ceiling=section.number("rate_ceiling", above=0) if "rate_ceiling" in section else None,
        planning=read_planning_data(section.optional_section("planning"), span, flown, antennas),
        notices=read_notices(section, span, antennas),
        network_campaigns=read_network_campaigns(section, span, known),
        traffic=traffic,
        legs=_read_legs(section, span),
        long=_read_long(section.optional_section("long"), served),
        all_legs=read_all_legs(section.optional_section("all_legs")),
        attached=attached,
        initial=read_initial(section.optional_section("initial"), known),
        craft=changed,
        solutions=read_solutions(section, span, spacecraft, flown),
        separations=_read_separations(section, span, spacecraft, flown),
        rehearses=section.text("rehearses", ""),
        beacon_watches=read_beacon_watches(section, span, known, antennas),
        procedures=read_procedure_runs(section, span, known, traffic.people if traffic else ()),
    )
    scenario = replace(scenario, faults=_read_faults(section, scenario, spacecraft))
    _check_company(section, scenario, spacecraft, customers)
    if not any(one.burn for one in scenario.solutions):
        for name in scenario.criteria.keys() & set(BURN_CRITERIA):
            section.note(
                "criteria", f"{name} asks for a burn, and no solution leads through one",
                "state with_burn under solutions, or leave it out",
            )  # fmt: skip
    if not any(one.arrival is not None for one in known.values()):
        for name in scenario.criteria.keys() & set(ARRIVAL_CRITERIA):
            section.note(
                "criteria", f"{name} asks for a capsule that comes down, and none is flown",
                "fly one with an arrival, or leave it out",
            )  # fmt: skip
    section.finish()
    return scenario


def _those(flown: tuple[str, ...], spacecraft: Mapping[str, Spacecraft]) -> dict[str, Spacecraft]:
    """Of the craft that are flown, those that are known."""
    return {id: spacecraft[id] for id in flown if id in spacecraft}


def _read_legs(section: Section, span: Interval) -> tuple[Instant, ...]:
    """The dates of a scenario's legs; its own times count from the first."""
    legs = section.instants("legs") if "legs" in section else ()
    if legs and legs[0] != span.start:
        section.note("legs", "the first leg is not at `start`", "begin with it")
    if any(later <= earlier for earlier, later in itertools.pairwise(legs)):
        section.note("legs", "the legs are not in order of time", "sort them")
    return legs


def _read_long(section: Section, customers: tuple[str, ...]) -> LongRun | None:
    """What `--long` flies: so many more sols, and criteria that grow with them."""
    if section.absent:
        return None
    found = LongRun(
        SOL_S * section.number("further_sols", above=0, maximum=700),
        _read_limits(section.section("criteria"), customers),
    )
    section.finish()
    return found


def _read_separations(
    section: Section, span: Interval, spacecraft: Mapping[str, Spacecraft], flown: tuple[str, ...]
) -> tuple[Separation, ...]:
    """When which craft leave their launchers; such a craft can be heard however it is turned."""
    moving = [id for id in flown if id in spacecraft and spacecraft[id].orbit is not None]
    found: list[Separation] = []
    for entry in section.sections("separations", optional=True):
        craft = entry.reference("spacecraft", "spacecraft with an orbit", moving)
        if craft in (one.spacecraft for one in found):
            entry.note("spacecraft", f"{craft} leaves its launcher twice", "name it once")
        elif craft in moving:
            _check_separated(entry, spacecraft[craft])
        found.append(Separation(craft, read_at(entry, span)))
        entry.finish()
    return tuple(found)


def _check_separated(entry: Section, craft: Spacecraft) -> None:
    """What a craft needs to live by itself from its separation on."""
    radio = craft.radios.get("x_band")
    if radio is None or radio.low_gain is None:
        entry.note(
            "spacecraft", f"{craft.id} has no antenna that need not be pointed",
            "state radios.x_band.low_gain",
        )  # fmt: skip
    if craft.orbit is not None and craft.orbit.center not in _LAUNCHED_TO:
        entry.note(
            "spacecraft",
            f"{craft.id} flies about {craft.orbit.center}, and leaves no launcher there",
            f"state its orbit about {' or '.join(_LAUNCHED_TO)} under `craft`",
        )  # fmt: skip


def _read_span(section: Section) -> Interval:
    start = section.instant("start")
    end = section.instant("end")
    if end <= start:
        if start.tai_ns and end.tai_ns:
            section.note("end", "the scenario ends before it starts", "move end after start")
        end = start
    return Interval(start, end)


def _instant_within(section: Section, key: str, span: Interval) -> Instant:
    instant = section.instant(key)
    if instant.tai_ns and span.seconds and not span.start < instant <= span.end:
        section.note(key, f"{key} is outside the scenario", "put it between start and end")
    return instant


def _check_company(
    section: Section,
    scenario: Scenario,
    spacecraft: Mapping[str, Spacecraft],
    customers: Mapping[str, Customer],
) -> None:
    """Relays fly along, and every customer has a payload aboard."""
    if scenario.quiet_from < scenario.cut_off:
        section.note("quiet_from", "quiet_from is before cut_off", "let the craft fall quiet later")
    flown = [spacecraft[key] for key in scenario.spacecraft if key in spacecraft]
    for craft in flown:
        if craft.relay is not None and craft.relay not in scenario.spacecraft:
            section.note(
                "spacecraft", f"{craft.id} is heard through {craft.relay!r}, which is not flown",
                f"add {craft.relay}",
            )  # fmt: skip
        if craft.sclk_epoch > scenario.span.start:
            section.note(
                "start", f"{craft.id}'s clock starts only at {craft.sclk_epoch.utc_iso(0)}",
                "start the scenario later",
            )  # fmt: skip
        if scenario.legs:
            continue  # orbits are determined anew for each
        if craft.orbit is not None and craft.orbit.epoch.tai_ns and scenario.span.start.tai_ns:
            age_s = abs(scenario.span.start.seconds_since(craft.orbit.epoch))
            if age_s > _ORBIT_HOLDS_S:
                section.note(
                    "start", f"{craft.id}'s orbit is of {craft.orbit.epoch.utc_iso(0)}, "
                    f"{age_s / 86_400:.0f} days away", "give the orbit a nearer epoch",
                )  # fmt: skip
    if not scenario.antennas:
        section.note("antennas", "no antenna is named", "name at least one")
    carried = [payload for craft in flown for payload in craft.payloads]
    aboard = set(carried)
    for twice in sorted(one for one in aboard if carried.count(one) > 1):
        section.note(
            "craft", f"two craft of the scenario carry {twice!r}", "give each a payload of its own"
        )
    for key in scenario.customers:
        if key in customers and not aboard.intersection(customers[key].payloads):
            section.note(
                "customers", f"no craft of the scenario carries a payload of {key!r}",
                "fly its craft or leave the customer out",
            )  # fmt: skip


def _read_command(
    entry: Section, span: Interval, flown: Mapping[str, Spacecraft]
) -> PlannedCommand:
    craft_id = entry.reference("spacecraft", "spacecraft of the scenario", flown)
    name = entry.text("command")
    arguments: Mapping[str, Any] = entry.plain("arguments", {})
    if not isinstance(arguments, Mapping):
        entry.note("arguments", "arguments should be a mapping", "write {name: value}")
        arguments = {}
    if craft_id in flown:
        commands = {command.name: command for command in flown_commands(flown[craft_id])}
        note_unknown(entry.findings, entry.place("command"), "command", name, commands)
        if name in commands:
            for complaint in argument_complaints(commands[name], arguments):
                entry.note("arguments", complaint)
    planned = PlannedCommand(craft_id, name, arguments, read_at(entry, span))
    entry.finish()
    return planned


def _read_truth(section: Section) -> dict[str, float]:
    truth = section.optional_section("truth")
    for name in truth.names:
        note_unknown(
            section.findings, truth.place(name), "size of truth", name, TRUTH_SIZES + TRUTH_CHANCES
        )
    return {
        name: truth.number(name, minimum=0, maximum=1.0 if name in TRUTH_CHANCES else None)
        for name in truth.names
    }


def _read_criteria(section: Section, customers: tuple[str, ...]) -> dict[str, float]:
    criteria = section.section("criteria")
    for name in REQUIRED_CRITERIA:
        if name not in criteria:
            criteria.note("", f"criterion {name} is missing", f"add {name}")
    return _read_limits(criteria, customers)


def _read_limits(criteria: Section, customers: tuple[str, ...]) -> dict[str, float]:
    known = (*CRITERIA, *(f"min_bytes_{customer}" for customer in customers))
    for name in criteria.names:
        note_unknown(criteria.findings, criteria.place(name), "criterion", name, known)
    return {name: criteria.number(name, minimum=0) for name in criteria.names}


def company_of(scenario: Scenario, spacecraft: Mapping[str, Spacecraft]) -> Company:
    """What faults may strike in a scenario."""
    return Company(
        scenario.span,
        {key: spacecraft[key] for key in scenario.spacecraft if key in spacecraft},
        scenario.antennas,
        len(scenario.legs),
        scenario.people,
        scenario.spaces,
    )


def _read_faults(
    section: Section, scenario: Scenario, spacecraft: Mapping[str, Spacecraft]
) -> tuple[Mapping[str, Any], ...]:
    company = company_of(scenario, spacecraft)
    return tuple(read_fault(entry, company) for entry in section.sections("faults", optional=True))
