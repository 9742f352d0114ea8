"""Yamcs' configuration files: templates of `mission_db/yamcs/` made whole for one mission.

`write_configuration` fills a folder `etc` that `org.yamcs.YamcsServer --etc-dir` reads: one
instance a craft with its frame links, the service account, and nobody else.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import yaml

from groundsys.backend.connection import Connection, Credentials, LinkPorts
from groundsys.ccsds.requests import GROUND_SOURCE
from groundsys.ccsds.sdls import FIRST_NUMBER, IV_LENGTH
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.keys import key_path, make_keys
from groundsys.mission.xtce import write_xtce
from groundsys.values.errors import DefinitionError, EnvironmentLackError
from groundsys.values.instants import Instant

#: names of the two frame links of every instance, and of the uplink's virtual channel below it
TM_LINK = "frames_in"
TC_LINK = "frames_out"
_UPLINK_CHANNEL = "uplink"
#: folders of the server's
CACHE = "cache"
_DATABASES = "mdb"

SERVICE_ACCOUNT = "groundsys"
#: downlink virtual channels whose packets tell the present; all others are stored telemetry
PRESENT_CHANNELS = frozenset({"REALTIME", "TELEMETRY"})
#: unacknowledged AD frames at once: half of FARM-1's largest window (232.1-B-2 §6.1.8)
SLIDING_WINDOW = 100
_IDENTITY_OF_SECOND_SUPERUSER = "admin"
_SERVICE_ROLE = "desks"
#: what desks and hub do with Yamcs, and nothing else; `System` are Yamcs' own words.  What lacks
#: lacks on purpose: whoever may edit the timeline or start activities commands as Yamcs' own
#: superuser, and whoever may control queues releases what another has issued.
_SERVICE_PRIVILEGES = {
    "System": [
        *("ControlTime", "ControlLinks", "ReadLinks", "ControlAlarms", "ReadAlarms"),
        *("ReadEvents", "ControlArchiving", "CommandOptions", "ControlTimeCorrelation"),
    ],
    "Command": [".*"],
    "CommandHistory": [".*"],
    "ReadPacket": [".*"],
    "ReadParameter": [".*"],
}


def uplink_channel_link(spacecraft: Spacecraft) -> str:
    """The name of the sub-link that runs the craft's COP-1."""
    return f"{TC_LINK}.{_UPLINK_CHANNEL}"


def write_configuration(
    directory: Path,
    mission: Mission,
    scenario: Scenario,
    connection: Connection,
    keys: Path,
    source: int,
) -> None:
    """Write `directory`/etc and `directory`/mdb for a server that `connection` will reach.

    Its commands bear the source ID `source`.

    Keys of the space links that are not in the folder `keys` yet are drawn.
    Mission time is simulated and stands at the scenario's start until it is set.
    """
    assert connection.credentials is not None
    craft = [mission.spacecraft[name] for name in scenario.spacecraft]
    etc, databases = directory / "etc", directory / _DATABASES
    try:
        etc.mkdir(parents=True, exist_ok=True)
        make_keys(keys, craft)
        write_databases(directory, craft, source)
        for one in craft:
            ports = connection.links[one.id]
            content = _instance(mission, one, databases, etc, ports, scenario.span.start, keys)
            _write_yaml(etc / f"yamcs.{one.id}.yaml", content)
            events = _event_templates(one)
            if events:
                _write_yaml(etc / f"events.{one.id}.yaml", events)
        server = read_template(mission, "server.yaml")
        server["services"][0]["args"]["port"] = urlsplit(connection.url).port
        server["instances"] = [one.id for one in craft]
        server["dataDir"] = str(directory / "data")
        server["cacheDir"] = str(directory / CACHE)
        server["serverId"] = "groundsys"
        server["secretKey"] = secrets.token_hex(32)
        _write_yaml(etc / "yamcs.yaml", server)
        _write_yaml(etc / "processor.yaml", read_template(mission, "processor.yaml"))
        _write_security(etc, connection.credentials)
    except OSError as error:
        raise EnvironmentLackError(
            "the configuration of Yamcs cannot be written",
            expected=f"a folder {directory} with room in it",
            found=str(error),
            remedy="free some disk space, or choose another folder for the run",
        ) from error


def write_databases(directory: Path, craft: Sequence[Spacecraft], source: int) -> None:
    """Write `directory`/mdb, by which Yamcs' commands bear the source ID `source`.

    What Yamcs keeps of the databases in a cache is removed, so that it reads them anew.
    """
    databases = directory / _DATABASES
    databases.mkdir(parents=True, exist_ok=True)
    for one in craft:
        write_xtce(one, databases / f"{one.id}.xml", source)
    shutil.rmtree(directory / CACHE, ignore_errors=True)


def write_standing_configuration(
    directory: Path,
    mission: Mission,
    scenario: Scenario,
    *,
    http_port: int = 8090,
    first_udp_port: int = 10_100,
) -> Connection:
    """Write the configuration of a server that somebody else is to run; how it will be reached.

    Its start: `java -cp '<jars>/*' org.yamcs.YamcsServer --etc-dir <directory>/etc`; join it with
    the connection's address and account.  Its mission time stands until a run sets it.  The
    links' keys are in `standing_keys(directory)`, for the hub and the simulated craft.

    All lives of such a server are one source of commands: two of the same sequence count, issued
    before and after a restart, are told apart by the dates of the reports alone.
    """
    craft = [mission.spacecraft[name] for name in scenario.spacecraft]
    connection = Connection(
        url=f"http://127.0.0.1:{http_port}",
        credentials=Credentials(SERVICE_ACCOUNT, secrets.token_urlsafe(24)),
        links={
            one.id: LinkPorts(first_udp_port + 2 * index, first_udp_port + 2 * index + 1)
            for index, one in enumerate(craft)
        },
    )
    directory = directory.resolve()
    keys = standing_keys(directory)
    write_configuration(directory, mission, scenario, connection, keys, GROUND_SOURCE)
    return connection


def standing_keys(directory: Path) -> Path:
    """Where `write_standing_configuration` puts the links' keys."""
    return directory / "keys"


def template_path(mission: Mission, name: str) -> Path:
    """A template's own file in the mission's definitions."""
    path = Path(mission.root) / "yamcs" / name
    if not path.is_file():
        raise DefinitionError(
            f"the template {name} of Yamcs' configuration is missing",
            expected=f"a file {path}",
            remedy="restore it from the project",
        )
    return path


def read_template(mission: Mission, name: str) -> dict[str, Any]:
    return cast(dict[str, Any], yaml.safe_load(template_path(mission, name).read_text()))


def read_statements(mission: Mission, name: str) -> list[str]:
    """The SQL statements of a template, one a line."""
    return [line for line in template_path(mission, name).read_text().splitlines() if line.strip()]


def read_jvm_options(mission: Mission) -> list[str]:
    return template_path(mission, "jvm.options").read_text().split()


def _instance(
    mission: Mission,
    spacecraft: Spacecraft,
    databases: Path,
    etc: Path,
    ports: LinkPorts,
    start: Instant,
    keys: Path,
) -> dict[str, Any]:
    instance = read_template(mission, "instance.yaml")
    instance["mdb"] = [{"type": "xtce", "spec": str(databases / f"{spacecraft.id}.xml")}]
    instance["dataLinks"] = [_downlink(spacecraft, ports), _uplink(spacecraft, ports, keys)]
    instance["streamConfig"]["sqlFile"] = str(template_path(mission, "streams.sql"))
    instance["timeService"] = {
        "class": "org.yamcs.time.SimulationTimeService",
        "args": {"time0": start.utc_iso(3), "speed": 0},
    }
    if _event_templates(spacecraft):
        instance["services"].append(
            {
                "class": "org.yamcs.pus.PusEventDecoder",
                "args": {
                    "eventIdParameter": f"/{spacecraft.space_system}/event_id",
                    "eventTemplateFile": str(etc / f"events.{spacecraft.id}.yaml"),
                    "realtimeStreams": ["tm_realtime"],
                    "dumpStreams": ["tm_dump"],
                },
            }
        )
    return instance


def _downlink(spacecraft: Spacecraft, ports: LinkPorts) -> dict[str, Any]:
    framing = spacecraft.framing
    preprocessor = {
        "packetPreprocessorClassName": "org.yamcs.pus.PusPacketPreprocessor",
        "packetPreprocessorArgs": {
            "errorDetection": {"type": "CRC-16-CCIIT"},
            "pktTimeOffset": 13,
            "timeEncoding": {
                "type": "CUC",
                "implicitPField": 0x2F,
                "epoch": "CUSTOM",
                "epochUTC": spacecraft.sclk_epoch.utc_iso(3),
                "timeIncludesLeapSeconds": True,
            },
            # One APID comes on several virtual channels, each with a preprocessor of its own.
            "checkSequence": False,
        },
    }
    return {
        "name": TM_LINK,
        "class": "org.yamcs.tctm.ccsds.UdpTmFrameLink",
        "port": ports.tm_port,
        "frameType": "TM",
        "spacecraftId": framing.spacecraft_id,
        "frameLength": framing.tm_frame_length,
        "errorDetection": "CRC16",
        "clcwStream": "clcw",
        "virtualChannels": [
            {
                "vcId": number,
                "service": "PACKET",
                "maxPacketLength": 65542,
                "stream": "tm_realtime" if name in PRESENT_CHANNELS else "tm_dump",
                **preprocessor,
            }
            for name, number in framing.virtual_channels.items()
        ],
    }


def _uplink(spacecraft: Spacecraft, ports: LinkPorts, keys: Path) -> dict[str, Any]:
    framing = spacecraft.framing
    security = spacecraft.security
    encryption = [
        {
            "spi": association,
            "class": "org.yamcs.security.sdls.SecurityAssociationAes256Gcm128Factory",
            "args": {
                "keyFile": str(key_path(keys.resolve(), spacecraft.id, association)),
                "initialSeqNum": f"{FIRST_NUMBER:0{2 * IV_LENGTH}x}",
            },
        }
        for association in (security.associations if security else ())
    ]
    channel: dict[str, Any] = {
        "vcId": framing.tc_virtual_channel,
        "linkName": _UPLINK_CHANNEL,
        "service": "PACKET",
        "stream": "tc_realtime",
        "multiplePacketsPerFrame": False,
        "tcQueueSize": 200,
        "commandPostprocessorClassName": "org.yamcs.pus.PusCommandPostprocessor",
        "commandPostprocessorArgs": {"errorDetection": {"type": "CRC-16-CCIIT"}},
    }
    if security is not None:
        channel["encryptionSpi"] = security.first
    if framing.uplink_mode == "AD":
        channel |= {
            "useCop1": True,
            "clcwStream": "clcw",
            "bdAbsolutePriority": True,
            "slidingWindowWidth": SLIDING_WINDOW,
        }
    return {
        "name": TC_LINK,
        "class": "org.yamcs.tctm.ccsds.UdpTcFrameLink",
        "host": "127.0.0.1",
        "port": ports.tc_port,
        "spacecraftId": framing.spacecraft_id,
        "maxFrameLength": framing.tc_frame_length,
        "errorDetection": "CRC16",
        "cltuEncoding": "BCH",
        "randomizeCltu": False,
        **({"encryption": encryption} if encryption else {}),
        "virtualChannels": [channel],
    }


def _event_templates(spacecraft: Spacecraft) -> list[dict[str, str]]:
    """A text for every event that the craft's packets of service 5 can name."""
    for packet in spacecraft.model.packets:
        if packet.service != 5:
            continue
        fields = {field.name: field for field in packet.fields}
        if "event_id" in fields and "event_value" in fields:
            return [
                {"eventId": label, "template": label + " ({event_value})"}
                for label in fields["event_id"].enumeration.values()
            ]
    return []


def _write_security(etc: Path, credentials: Credentials) -> None:
    """One account by password, with no more than it needs; no guest, and no superuser.

    Yamcs makes itself an account admin with a known password; naming it here with a password
    that nobody knows shuts that door before the server opens.
    """
    _write_yaml(
        etc / "security.yaml",
        {
            "enabled": True,
            "guest": {"superuser": False},
            "authModules": [
                {
                    "class": "org.yamcs.security.YamlAuthModule",
                    "args": {"hasher": "org.yamcs.security.PBKDF2PasswordHasher"},
                }
            ],
        },
    )
    users = {
        _IDENTITY_OF_SECOND_SUPERUSER: {"password": _hash(secrets.token_urlsafe(32))},
        credentials.user: {"password": _hash(credentials.password), "roles": [_SERVICE_ROLE]},
    }
    _write_yaml(etc / "roles.yaml", {_SERVICE_ROLE: _SERVICE_PRIVILEGES})
    path = etc / "users.yaml"
    _write_yaml(path, users)
    path.chmod(0o600)


def _hash(password: str) -> str:
    """As Yamcs' PBKDF2PasswordHasher reads it: iterations, salt and hash."""
    iterations, salt = 10_000, secrets.token_bytes(24)
    digest = hashlib.pbkdf2_hmac("sha1", password.encode(), salt, iterations, 24)
    return f"{iterations}:{salt.hex()}:{digest.hex()}"


def _write_yaml(path: Path, content: Any) -> None:
    # the order is kept, for Yamcs heeds it among streams
    path.write_text(yaml.dump(content, Dumper=_NoAliases, sort_keys=False))


class _NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True
