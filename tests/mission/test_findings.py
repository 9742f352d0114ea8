"""Whatever is wrong in a definition is found, with its file and line, and all at once."""

from __future__ import annotations

import json

import pytest

from groundsys.mission import check_mission, load_mission
from groundsys.mission.ground.ground_reading import read_antennas, read_customers, read_payloads
from groundsys.mission.model import Mission
from groundsys.mission.parsing.findings import Finding, Findings
from groundsys.mission.scenario.scenarios import read_scenarios
from groundsys.mission.spacecraft.craft import read_spacecraft
from groundsys.mission.spacecraft.models import read_models
from groundsys.values.errors import DefinitionError
from tests.mission.conftest import Definitions

OTV = "models/otv/telemetry.yaml"
OTV_COMMANDS = "models/otv/commands.yaml"
CUBE = "spacecraft/cube-polar.yaml"
CAPSULE = "spacecraft/capsule-1.yaml"
EXPLORER = "spacecraft/ryugu-explorer.yaml"
RELAY = "spacecraft/otv.yaml"
DAY = "scenarios/quickstart.yaml"
USUDA = "stations/usuda-64.yaml"
WEATHER = "payloads/weather.yaml"
SEISMOMETER = "payloads/seismometer.yaml"

#: a scenario's faults are put before its criteria
CRITERIA = "criteria:\n"


def fault(name: str, **stated: object) -> str:
    """One fault, and the criteria after it."""
    return f"faults: [{json.dumps({'fault': name, **stated})}]\n{CRITERIA}"


# file, what to replace, by what, part of the finding; the finding is on the line replaced, or on
# the line that begins with what follows the bar
CASES = [
    # the gain of a landed craft's antenna
    (CUBE, "elevation_pattern: [[0, -6.0]", "elevation_pattern: [[20, -6.0]", "do not rise"),
    (CUBE, "elevation_pattern: [[0, -6.0]", "elevation_pattern: [[0, 6.0]", "more gain than"),
    (RELAY, "frequency_mhz: 437.1", "frequency_mhz: 437.1\n    elevation_pattern: [[0, -1]]",
     "has a pattern by elevation|radios:"),
    (USUDA, "system_noise_k:", "elevation_pattern: [[0, -1]]\n  system_noise_k:",
     "has a pattern by elevation|radio:"),
    # the drives of an antenna: half a turn at 0.1 °/s takes longer than it is given
    (USUDA, "azimuth_deg_s: 0.25", "azimuth_deg_s: 0.1", "have to turn for 1800 s|configuration_s"),
    (USUDA, "configuration_s: 900", "configuration_s: 700", "may have to turn for 720 s"),
    (USUDA, "azimuth_deg_s: 0.25, ", "", "azimuth_deg_s is missing"),
    (USUDA, "azimuth_deg_s: 0.25", "azimuth_deg_s: 0", "azimuth_deg_s is 0"),
    # models
    (OTV, "name: obc_uptime, kind: uint, bits: 32", "name: obc_uptime, kind: uint, bits: 65",
     "has 65 bits"),
    (OTV, "name: obc_uptime, kind: uint, bits: 32", "name: obc_uptime, kind: unit, bits: 32",
     "kind is 'unit'"),
    (OTV, "name: obc_uptime, kind: uint, bits: 32, unit: s",
     "name: obc_uptime, kind: uint, bits: 32, unit: sec", "unknown unit 'sec'"),
    (OTV, "name: obc_uptime, kind: uint, bits: 32", "name: obc-uptime, kind: uint, bits: 32",
     "no plain name"),
    (OTV, "name: obc_boot_count, kind: uint, bits: 16", "name: obc_boot_count, kind: uint",
     "bits is missing"),
    (OTV, "name: obc_boot_count, kind: uint, bits: 16",
     "name: obc_boot_count, kind: uint, bits: sixteen", "should be a whole number"),
    (OTV, "name: obc_reset_cause, kind: enum, bits: 8, enumeration: reset_cause",
     "name: obc_reset_cause, kind: enum, bits: 8, enumeration: reset_causes",
     "unknown enumeration 'reset_causes'"),
    (OTV, "name: obc_reset_cause, kind: enum, bits: 8",
     "name: obc_reset_cause, kind: enum, bits: 1", "does not fit 1 bits"),
    (OTV, "alarm_labels: {WATCHDOG: warning", "alarm_labels: {WATCHDOGS: warning",
     "unknown label 'WATCHDOGS'"),
    (OTV, "{level: warning, minimum: 5, maximum: 45}", "{level: warning, minimum: 45, maximum: 5}",
     "is not below maximum"),
    (OTV, "{level: warning, minimum: 5, maximum: 45}", "{level: alarming, minimum: 5, maximum: 45}",
     "level is 'alarming'"),
    (OTV, "{level: critical, minimum: 2, maximum: 50}", "{level: critical, minimum: 8}",
     "critical is reached before warning"),
    (OTV, "length_field: relay_frame_length", "length_field: relay_length",
     "no unsigned field before"),
    (OTV, "name: obc_boot_count", "name: pus_boot_count", "reads like a header field"),
    (OTV, "name: eps_battery_voltage, kind: uint, bits: 16",
     "name: obc_boot_count, kind: int, bits: 16",
     "differs from that of OBC"),
    (OTV, "selector: {structure_id: 3}", "selector: {structure_id: 2}",
     "cannot be told from 'EPS'"),
    (OTV, "selector: {structure_id: 3}", "selector: {structure: 3}", "unknown field 'structure'"),
    (OTV, "{name: thermal_spare, kind: uint, bits: 4, description: Fills the byte}",
     "{name: thermal_spare, kind: uint, bits: 3, description: Fills the byte}", "bits"),
    (OTV, "  - name: AOCS", "  - name: EPS", "packet 'EPS' is defined twice"),
    (OTV, "polynomial: [0, 0.5], alarms: [{level: watch, maximum: 90}]",
     "polynomial: [0, half], alarms: [{level: watch, maximum: 90}]", "list of numbers"),
    (OTV, "period_s: 300", "priod_s: 300", "unknown key 'priod_s'"),
    (OTV_COMMANDS, "function: 21", "function: 20", "already 'SET_DOWNLINK_RATE'"),
    (OTV_COMMANDS, "function: 21", "function: 300", "function is 300"),
    (OTV_COMMANDS, "name: RECORDER_REPLAY", "name: PING", "command 'PING' is defined twice"),
    (OTV_COMMANDS, "releases: release_spacecraft_id\n    significance: severe",
     "releases: release_id\n    significance: severe", "unknown argument 'release_id'"),
    (OTV_COMMANDS, "significance: distress", "significance: dire", "significance is 'dire'"),
    (OTV_COMMANDS, "minimum: 8000, maximum: 512000", "minimum: 512000, maximum: 8000",
     "above maximum"),
    (OTV_COMMANDS, "replay_apid, kind: uint, bits: 16, minimum: 1, maximum: 3",
     "replay_apid, kind: uint, bits: 16, minimum: 1, maximum: 70000", "does not fit 16 bits"),
    ("models/otv/model.yaml", "extends: [common]", "extends: [commn]", "models/commn is no folder"),
    ("models/otv/model.yaml", "id: otv", "id: mother", "id is 'mother'"),
    # craft
    (CUBE, "model: cube", "model: cub", "unknown spacecraft model 'cub'"),
    (CUBE, "payload: weather", "payload: wether", "unknown payload 'wether'"),
    (CUBE, "payload: weather", "payload: weather\nguests: [wether]",
     "unknown payload 'wether'|guests:"),
    (CUBE, "payload: weather", "payload: weather\nguests: [weather]",
     "cannot carry guests|guests:"),
    (CAPSULE, "model: capsule", "model: capsule\nguests: [weather]",
     "cannot carry guests|guests:"),
    (CUBE, "relay: otv", "relay: ottv", "unknown spacecraft 'ottv'"),
    (CUBE, "relay: otv", "relay: cube-tharsis", "is in no orbit"),
    (CUBE, "entity_id: 418", "entity_id: 1", "CFDP entity 1 is the ground"),
    (CUBE, "latitude_deg: 81.5", "latitude_deg: 98.5", "latitude_deg is 98.5"),
    (CUBE, "sclk_epoch: 2030-01-01T00:00:00Z", "sclk_epoch: 2030-13-01T00:00:00Z",
     "no instant"),
    (CUBE, "sclk_epoch: 2030-01-01T00:00:00Z", "sclk_epoch: 2030-01-01", "no instant"),
    (CUBE, "uplink_mode: BD", "uplink_mode: AD", "COP-1 cannot run through a relay|framing:"),
    (CUBE, "{TELEMETRY: 0, FILES: 1}", "{TELEMETRY: 0, FILES: 0}", "stands twice"),
    (CUBE, "{TELEMETRY: 0, FILES: 1}", "{TELEMETRY: 0}",
     "virtual channel FILES is missing|framing:"),
    (RELAY, "  schedule_entries: 64", "  more: 64",
     "platform number schedule_entries is missing|platform:"),
    (CUBE, "  sleep_load_w: 0.6\n", "", "platform number sleep_load_w is missing|platform:"),
    (CUBE, "tc_frame_length: 256", "tc_frame_length: 300", "forwards up to 256|framing:"),
    (CUBE, "space_system: CUBE_POLAR", "space_system: cube-polar", "no name of a space system"),
    (CUBE, "rates_bps: [8000, 32000, 64000, 128000]", "rates_bps: [32000, 8000]", "do not rise"),
    (RELAY, "eccentricity: 0.005", "eccentricity: 0.5", "inside Mars' atmosphere"),
    (RELAY, "tc_frame_length: 1024", "tc_frame_length: 512",
     "takes a command frame of up to|framing:"),
    (RELAY, "  x_band:", "  s_band:", "radio x_band is missing|radios:"),
    (RELAY, "associations: [1, 2]", "associations: [1]", "a key can be changed for another only"),
    (RELAY, "associations: [1, 2]", "associations: [2, 2]", "a key can be changed for another"),
    (RELAY, "associations: [1, 2]", "associations: [0, 2]", "no security parameter index"),
    (RELAY, "associations: [1, 2]", "associations: [1, 2.5]", "no security parameter index"),
    (RELAY, "associations: [1, 2]", "associations: [1, 40000]", "no security parameter index"),
    (RELAY, "replay_window: 64", "replay_window: 0", "replay_window is 0"),
    (RELAY, "replay_window: 64", "replay_windw: 64", "unknown key 'replay_windw'"),
    (CAPSULE, "LIVE: 2", "LIFE: 2", "virtual channel LIVE is missing|framing:"),
    (CAPSULE, "model: capsule", "model: cube", "packet ENTRY is missing"),
    (CAPSULE, "flight_path_deg: -12.5", "flight_path_deg: 12.5", "flight_path_deg is 12.5"),
    (CAPSULE, "[2, 1.4], [5, 1.6]", "[5, 1.6], [2, 1.4]", "Mach numbers do not rise"),
    (CAPSULE, "[2, 1.4], [5, 1.6]", "[2, 1.4], [5, 0]", "drag coefficient is not above zero"),
    (CAPSULE, "impact_m_s: 90", "impact_ms: 90", "unknown key 'impact_ms'"),
    (CAPSULE, "second_stage_fails: 0.03", "second_stage_fails: 3", "use 1 or less"),
    # who goes down to a small body
    (EXPLORER, "body: ryugu", "body: mars", "unknown asteroid 'mars'"),
    (EXPLORER, "slow_m_s: 0.1", "slow_m_s: 0.9", "the last part of the way is the faster one"),
    (EXPLORER, "go_below_m: 300", "go_below_m: 30", "do not rise in this order"),
    (EXPLORER, "number: 2, name", "number: 1, name", "two sites have one number|  sites:"),
    (EXPLORER, "latitude_deg: 4.30", "latitude_deg: 94.30", "latitude_deg is 94.3"),
    (EXPLORER, "blind_s: 60", "blind_s: 0", "blind_s is 0"),
    (EXPLORER, "model: explorer", "model: cube", "command DESCEND is missing"),
    # ground
    (USUDA, "id: usuda-64", "id: usuda", "id is 'usuda' in file usuda-64.yaml"),
    (USUDA, "diameter_m: 64", "diameter_m: 0", "use more than 0"),
    (USUDA, "system_noise_k: 80.8", "system_noise_k: cold", "should be a number"),
    (USUDA, "agency: JAXA", "agent: JAXA", "unknown key 'agent'"),
    (USUDA, "agency: JAXA", "agency: [JAXA", "not YAML|latitude_deg:"),
    (WEATHER, "kind: weather", "kind: wether", "kind is 'wether'"),
    (WEATHER, "file_interval_s: 3600", "file_interval_s: 3601", "whole number"),
    (WEATHER, "number: 1", "number: 0", "number is 0"),
    (WEATHER, "formats: [cdf, netcdf", "formats: [cdf, miniseed", "unknown product format 'minis"),
    (WEATHER, "formats: [cdf, netcdf", "formats: [cdf, cdf", "product format 'cdf' stands twice"),
    (WEATHER, "name: quality, kind: uint, bits: 8", "name: quality, kind: uint, bits: 7",
     "a record takes|record:"),
    (SEISMOMETER, "network: XM", "network: XMARS", "network code 'XMARS'"),
    (SEISMOMETER, "BHZ: {field: vertical", "BHZ: {field: up", "unknown record field 'up'"),
    (SEISMOMETER, "BHN: {field", "BHNN: {field", "channel code 'BHNN'"),
    ("customers/tharsis-seismo.yaml", "[seismometer, ", "[weather, ", "already belongs to"),
    ("customers/tharsis-seismo.yaml", "[seismometer, ", "[seismograph, ", "unknown payload"),
    ("customers/tharsis-seismo.yaml", "commands_per_day: 12", "commands_per_day: -1", "use 0"),
    ("customers/tharsis-seismo.yaml", "octets_per_pass", "octets", "unknown key 'octets'"),
    ("customers/tharsis-seismo.yaml", "share: 0.95", "share: 95", "use 1 or less"),
    ("customers/tharsis-seismo.yaml", "within_h: 24", "within_h: 0", "use more than 0"),
    ("customers/tharsis-seismo.yaml", "within_h", "within", "unknown key 'within'"),
    ("models/cube/commands.yaml", "PAYLOAD_SELF_TEST, payload: true",
     "PAYLOAD_SELF_TEST, payload: mine", "payload is"),
    # scenarios
    (DAY, "end: 2031-08-21T00:00:00Z", "end: 2031-08-19T00:00:00Z", "ends before it starts"),
    (DAY, "cut_off: 2031-08-20T18:00:00Z", "cut_off: 2031-08-22T18:00:00Z",
     "outside the scenario"),
    (DAY, "quiet_from: 2031-08-20T21:00:00Z", "quiet_from: 2031-08-20T17:00:00Z",
     "before cut_off"),
    (DAY, "[otv, cube-polar, cube-tharsis]", "[otv, cube-polar, cube-thasis]",
     "unknown spacecraft 'cube-thasis'"),
    (DAY, "[otv, cube-polar, cube-tharsis]", "[cube-polar, cube-tharsis]", "which is not flown"),
    (DAY, "[otv, cube-polar, cube-tharsis]", "[otv, cube-polar]",
     "carries a payload of 'tharsis-seismo'|customers:"),
    (DAY, "usuda-64, ", "usuda-65, ", "unknown antenna 'usuda-65'"),
    (DAY, "usuda-64, ", "dss-43, ", "stands twice"),
    (DAY, "customers: [polar-weather,", "customers: [polar-wether,", "unknown customer"),
    (DAY, "command: REPORT_TIME", "command: REPORT_TIMES", "unknown command 'REPORT_TIMES'"),
    (DAY, "{period_s: 120}", "{period_s: 4000}", "period_s is 4000; allowed 0 to 3600"),
    (DAY, "{period_s: 120}", "{period: 120}", "has no argument 'period'"),
    (DAY, "{period_s: 120}", "{}", "needs argument 'period_s'"),
    (DAY, "{period_s: 120}", "{period_s: often}", "expected a whole number"),
    (DAY, 'command: REPORT_TIME, at: "00:30"', 'command: REPORT_TIME, at: "25:30"',
     "after the end"),
    (DAY, 'command: REPORT_TIME, at: "00:30"', "command: REPORT_TIME, at: noon", "at is 'noon'"),
    (DAY, "clock_offset_s: 0.4", "sclk_offset_s: 0.4", "unknown size of truth"),
    (DAY, "deep_fade_probability: 0.015", "deep_fade_probability: 1.5", "use 1 or less"),
    (DAY, "min_passes: 4", "min_pass: 4", "unknown criterion 'min_pass'"),
    (DAY, "start: 2031-08-20T00:00:00Z", "start: 2029-08-20T00:00:00Z", "clock starts only at"),
    (DAY, "start: 2031-08-20T00:00:00Z", "start: 2031-05-20T00:00:00Z", "92 days away"),
    (DAY, CRITERIA, fault("silent_cub"), "unknown fault 'silent_cub'"),
    (DAY, CRITERIA, fault("silent_cube", spacecraft="otv"), "a cube, which otv is not"),
    (DAY, CRITERIA, fault("silent_cube", spacecraft="cube-hellas"), "unknown spacecraft of the"),
    (DAY, CRITERIA, fault("silent_cube", nth=2), "unknown key 'nth'"),
    (DAY, CRITERIA, fault("silent_cube", after_s=86400), "begins outside the scenario"),
    (DAY, CRITERIA, fault("silent_cube", after_s=10, **{"from": "2031-08-20T01:00:00Z"}),
     "from is stated beside after_s"),
    (DAY, CRITERIA, fault("silent_cube", after_s=10, until_s=5), "ends before it begins"),
    (DAY, CRITERIA, fault("safe_mode", until_s=5), "unknown key 'until_s'"),
    (DAY, CRITERIA, fault("weak_engine", share=1.5), "share is 1.5"),
    (DAY, CRITERIA, fault("drop_file", sequence=0), "sequence is 0"),
    (DAY, CRITERIA, fault("wind_stow", antenna="parkes"), "unknown antenna of the scenario"),
    (DAY, CRITERIA, fault("sensor_stuck", spacecraft="cube-polar", parameter="aocs_rate_x"),
     "unknown housekeeping parameter 'aocs_rate_x'"),
    (DAY, CRITERIA, fault("sensor_stuck"), "parameter is missing"),
    (DAY, CRITERIA, fault("lose_packets", packet="EPSS"), "unknown packet 'EPSS'"),
    (DAY, CRITERIA, fault("kill", process="moon"), "process is 'moon'"),
    (DAY, CRITERIA, fault("kill", process="hub", state="lost"), "state is 'lost'"),
    (DAY, CRITERIA, fault("disk_full", process="antenna"), "process is 'antenna'"),
    (DAY, CRITERIA, fault("disk_full", process="hub", for_s=0), "for_s is 0"),
    (DAY, CRITERIA, fault("clean_air", leg=1), "unknown key 'leg'"),
    (DAY, "title: One", "title: One\ntitle: Another", "stands twice in one mapping|title: Another"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"), CASES, ids=[f"{case[0]}-{case[2]}" for case in CASES]
)
def test_a_finding_names_file_and_line(
    definitions: Definitions, mission: Mission, file: str, old: str, new: str, expected: str
) -> None:
    line, message = definitions.spoil(file, old, new, expected)
    findings = _findings_about(file, definitions, mission)
    matching = [finding for finding in findings if message in str(finding)]
    assert matching, f"{message!r} is not among {[str(finding) for finding in findings]}"
    places = {(finding.file, finding.line) for finding in matching}
    if file.startswith("models/") and message in _OF_THE_WHOLE:
        assert {place[0] for place in places} == {file}
    else:
        assert (file, line) in places


def test_a_craft_whose_keys_cannot_be_changed_is_found(definitions: Definitions) -> None:
    definitions.replace("models/common/commands.yaml", "name: CHANGE_KEY", "name: CHANGE_KEYS")
    found = [one for one in check_mission(definitions.root) if "command CHANGE_KEY" in str(one)]
    craft = sorted((definitions.root / "spacecraft").glob("*.yaml"))
    assert len(craft) > 10
    assert {(one.file, one.line) for one in found} == {
        (file, definitions.line(file, "security:"))
        for file in (f"spacecraft/{path.name}" for path in craft)
    }


#: findings about a whole packet: they stand where its fields begin
_OF_THE_WHOLE = ("bits", "reads like a header field", "differs from that of OBC",
                 "cannot be told from 'EPS'", "critical is reached before warning")  # fmt: skip


def _findings_about(file: str, definitions: Definitions, mission: Mission) -> list[Finding]:
    """What the room that reads `file` finds; the rest of the mission is as it should be."""
    findings = Findings()
    models = {craft.model.id: craft.model for craft in mission.spacecraft.values()}
    root = definitions.root
    match file.partition("/")[0]:
        case "models":
            read_models(root, findings)
        case "spacecraft":
            read_spacecraft(root, models, mission.payloads, mission.bodies, findings)
        case "stations":
            read_antennas(root, findings)
        case "payloads":
            read_payloads(root, findings)
        case "customers":
            read_customers(root, mission.payloads, findings)
        case "scenarios":
            read_scenarios(
                root,
                mission.spacecraft,
                mission.antennas,
                mission.customers,
                mission.partners,
                mission.bodies,
                findings,
            )
    return findings.ordered()


def test_two_craft_never_share_what_tells_them_apart(
    definitions: Definitions, mission: Mission
) -> None:
    polar = (definitions.root / CUBE).read_text().replace("id: cube-polar", "id: cube-twin")
    (definitions.root / "spacecraft/cube-twin.yaml").write_text(polar)
    messages = "\n".join(map(str, _findings_about(CUBE, definitions, mission)))
    for shared in ("share SCID 418", "share 'CUBE_POLAR'", "share CFDP entity", "both carry"):
        assert shared in messages


def test_everything_is_found_at_once(definitions: Definitions) -> None:
    lines = {
        USUDA: definitions.replace(USUDA, "latitude_deg: 36", "latitude_deg: 136"),
        CUBE: definitions.replace(CUBE, "payload: weather", "payload: wether"),
        DAY: definitions.replace(DAY, "usuda-64, ", "usuda-63, "),
        OTV: definitions.replace(OTV, "period_s: 300", "period_s: often"),
        "customers/polar-weather.yaml": definitions.replace(
            "customers/polar-weather.yaml", "contact", "contract"
        ),
    }
    found = {(finding.file, finding.line) for finding in check_mission(definitions.root)}
    assert set(lines.items()) <= found
    with pytest.raises(DefinitionError) as caught:
        load_mission(definitions.root)
    for file, line in lines.items():
        assert f"{file}:{line}: " in str(caught.value)
    assert "did you mean 'usuda-64'?" in str(caught.value)
    assert caught.value.remedy


def test_a_model_without_verification_is_refused(definitions: Definitions) -> None:
    definitions.replace("models/common/telemetry.yaml", "name: START_SUCCESS", "name: BEGUN")
    findings = Findings()
    read_models(definitions.root, findings)
    about = [finding for finding in findings.ordered() if "START_SUCCESS" in finding.message]
    assert {finding.file for finding in about} == {
        "models/capsule/model.yaml",
        "models/cube/model.yaml",
        "models/explorer/model.yaml",
        "models/otv/model.yaml",
        "models/probe/model.yaml",
        "models/stage/model.yaml",
    }


def test_an_empty_folder_is_a_finding(definitions: Definitions, mission: Mission) -> None:
    for path in (definitions.root / "stations").iterdir():
        path.unlink()
    assert "stations holds no *.yaml file" in str(_findings_about(USUDA, definitions, mission)[0])
