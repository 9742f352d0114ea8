"""Where everything is put together: one function a process of a run.

Built means ready: each function builds its node from the run's folder and serves it until the
mission clock says close.  A process that finds the disk full waits for room and then starts anew,
in its own place (`exec`): nothing that it only had in memory is left, as after a kill.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from groundsys.bus.hosting import RoomAgainError, await_room, host_nodes
from groundsys.mission import load_scenario
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.rehearsal.run_directory import RunDirectory
from groundsys.values.disk_room import is_disk_full
from groundsys.values.errors import EnvironmentLackError
from groundsys.values.hosts import is_loopback_host

if TYPE_CHECKING:
    from groundsys.objects import Bucket, SealedObjectStore
    from groundsys.portal.tls import TlsFiles
    from groundsys.store import Store

DESKS_TIMEOUT_S = 60.0
#: between two looks for room on the disk, for whoever has no exchange to tell of it
_ROOM_LOOK_S = 0.2
#: set in the environment of a process that has started anew by itself
_AGAIN = "GROUNDSYS_STARTED_ANEW"


def serve(kind: str, identifier: str, run_path: Path) -> None:
    """Be the process `kind` (antenna, hub, desks or portal) of the run in `run_path`."""
    run = RunDirectory(run_path)
    try:
        _serve(kind, identifier, run)
    except RoomAgainError as again:
        _start_anew(again.__cause__)
    except Exception as error:
        if not is_disk_full(error) or not _await_room(kind, identifier, run):
            raise
        _start_anew(error)


def _await_room(kind: str, identifier: str, run: RunDirectory) -> bool:
    """Wait until there is room to begin; False if the flight ends before."""
    from groundsys.rehearsal.flying.revival import nodes_of

    names = nodes_of(f"{kind}-{identifier}" if identifier else kind)
    if names:
        return await_room(names, run.has_room, exchange_endpoint=run.facts()["exchange"])
    while not run.has_room():
        time.sleep(_ROOM_LOOK_S)  # between two looks at the condition above
    return True


def _start_anew(error: BaseException | None) -> NoReturn:
    """Say why, now that it can be written down, and become a process that has just begun."""
    with contextlib.suppress(OSError):  # it is full again: that will show
        told = f"the disk was full: make more room; there is some again: started anew\n  {error}"
        print(told, file=sys.stderr, flush=True)
    os.environ[_AGAIN] = "yes"
    os.execv(sys.executable, sys.orig_argv)


def _serve(kind: str, identifier: str, run: RunDirectory) -> None:
    if kind == "portal":
        _serve_portal(run)
        return
    facts = run.facts()
    mission, scenario = load_scenario(facts["scenario"], Path(facts["mission_db"]))
    if kind == "antenna":
        _serve_antenna(run, mission, scenario, identifier)
    elif kind == "hub":
        _serve_hub(run, mission, scenario)
    else:
        _serve_desks(run, mission, scenario)


def _serve_antenna(run: RunDirectory, mission: Mission, scenario: Scenario, antenna: str) -> None:
    from groundsys.station.front_end import AntennaFrontEnd

    front_end = AntennaFrontEnd(mission.antennas[antenna], mission, scenario.notices)
    host_nodes(
        [front_end],
        exchange_endpoint=run.facts()["exchange"],
        has_room=run.has_room,
        again=_AGAIN in os.environ,
    )


def _serve_hub(run: RunDirectory, mission: Mission, scenario: Scenario) -> None:
    from groundsys.backend import connect
    from groundsys.backend.connection import Connection
    from groundsys.hub import FrameHub
    from groundsys.notary import Notary, NotaryNode

    facts = run.facts()
    with contextlib.closing(connect(facts["yamcs"])) as yamcs:
        links = Connection.from_json(facts["yamcs"]).links
        hub = FrameHub(mission, scenario, yamcs, links, run.hub, Path(facts["keys"]))
        notary = Notary(run.hub)
        run.keep_notary_key(notary.public_pem)
        host_nodes(
            [hub, NotaryNode(notary)],
            exchange_endpoint=facts["exchange"],
            has_room=run.has_room,
            again=_AGAIN in os.environ,
        )


def _serve_desks(run: RunDirectory, mission: Mission, scenario: Scenario) -> None:
    from groundsys.authority.sessions import SessionKey
    from groundsys.backend import connect
    from groundsys.bus.curve import admitting, make_keys
    from groundsys.bus.live import Publisher, bind_requests
    from groundsys.desks import Desks
    from groundsys.desks.entry.samples_desk import take_over
    from groundsys.desks.planning.planning_desk import EFFORT
    from groundsys.geometry import Geometry
    from groundsys.objects import Keyring, SealedObjectStore
    from groundsys.planning import make_plan
    from groundsys.planning.exchange import read_plan_json
    from groundsys.planning.situation import PlanResult, Situation
    from groundsys.published import CataloguePublisher
    from groundsys.signing import own_key, public_pem
    from groundsys.store import Store

    facts = run.facts()
    #: desks that are started anew are found where they were
    known = run.endpoints("desks")
    host = str(facts.get("host", "127.0.0.1"))
    keys = None if is_loopback_host(host) else make_keys(run.keys)
    anywhere = f"tcp://{host}:*"
    with (
        Store(run.store) as store,
        contextlib.closing(connect(facts["yamcs"])) as yamcs,
        admitting(keys),
        contextlib.closing(Publisher(known.get("events", anywhere), keys)) as publisher,
    ):
        geometry = Geometry(mission)
        if named := facts.get("handed_over"):
            take_over(store, json.loads(Path(named).read_text()))
        issue_tokens(run, store, scenario)
        signing_key = own_key(
            *(run.signing_key, "the product signer", "delivered manifests"),
            may_be_made=not store.catalogue.holds_signatures(),
        )
        run.signing_key_public.write_bytes(public_pem(signing_key.public_key()))
        endless = bool(facts["endless"])
        bucket = bucket_of(run)
        objects = SealedObjectStore(bucket, Keyring(run.customer_keys))

        def open_publisher(known: int) -> CataloguePublisher:
            return CataloguePublisher(bucket, objects, signing_key, known)

        def first_plan() -> PlanResult:
            if named := facts.get("first_plan"):
                plan = read_plan_json(Path(named).read_text())
                return PlanResult(plan, (), (), 0.0, 0.0, 0.0)
            situation = Situation(now=scenario.span.start)
            return make_plan(mission, scenario, geometry, situation, EFFORT)

        desks = Desks(
            mission,
            scenario.without_end() if endless else scenario,
            geometry,
            first_plan,
            store,
            yamcs,
            publisher,
            objects,
            workshop=run.workshop,
            start=store.latest_moment(),
            seed=int(facts["seed"]),
            rate_ceiling=facts["rate_ceiling"],
            endless=endless,
            session_key=SessionKey(session_key(run)),
            signing_key=signing_key,
            tokens=run.people,
            open_publisher=open_publisher,
        )
        requests, endpoint = bind_requests(known.get("requests", anywhere), keys)
        run.announce("desks", {"events": publisher.endpoint, "requests": endpoint})
        host_nodes(
            [desks],
            exchange_endpoint=facts["exchange"],
            request_socket=requests,
            handler=desks.handle,
            has_room=run.has_room,
            again=_AGAIN in os.environ,
        )
        requests.close()


def bucket_of(run: RunDirectory) -> Bucket:
    """Where the run's product bytes lie, sealed."""
    from groundsys.objects.opening import open_bucket

    return open_bucket(run.facts().get("objects"), run.objects)


def objects_of(run: RunDirectory) -> SealedObjectStore:
    """The run's products, for whoever may read its keys."""
    from groundsys.objects import Keyring, SealedObjectStore

    return SealedObjectStore(bucket_of(run), Keyring(run.customer_keys))


def session_key(run: RunDirectory) -> bytes:
    """The run's own key for session tokens (PEM), made once."""
    from groundsys.authority.sessions import SessionKey
    from groundsys.bus.token_file import write_private

    path = run.keys / "sessions.pem"
    if not path.exists():
        write_private(path, SessionKey.new_pem().decode("ascii"))
    return path.read_bytes()


def issue_tokens(run: RunDirectory, store: Store, scenario: Scenario) -> None:
    """Give each customer and partner a token, once; its text is kept only in the run's folder.

    The file is written first, whole or not at all: what the store knows can then be shown.
    """
    from groundsys.audit import AUTOMATION
    from groundsys.bus.token_file import write_private
    from groundsys.customers import token_hash, token_text
    from groundsys.store import StoredToken

    for customer in scenario.spaces:
        path = run.tokens / customer
        if not path.exists():
            write_private(path, token_text(os.urandom(32)) + "\n")
        kept = StoredToken(token_hash(path.read_text().strip()), customer, scenario.span.start)
        if store.tokens.get(kept.token_hash) is not None:
            continue
        with store.writing():
            store.tokens.add(kept)
            store.audit.append(
                scenario.span.start,
                actor=AUTOMATION,
                role=AUTOMATION,
                action="token.add",
                subject=customer,
                reason="the run's first token",
                detail={"token_hash": kept.token_hash},
            )


def _port_of(known: Mapping[str, Any]) -> int:
    """Where customers have found the portal before it was started anew; 0 if never."""
    return int(str(known["url"]).rpartition(":")[2]) if known else 0


def serve_store_portal(
    run: RunDirectory,
    state: Path,
    *,
    objects: str = "",
    host: str = "127.0.0.1",
    port: int = 0,
    tls: TlsFiles | None = None,
    token: Path | None = None,
    workers: int = 1,
    sealed_port: int | None = None,
    announce: Callable[[str], None],
) -> None:
    """Be a portal beside the run's own, which goes by the catalogue in the object store.

    `run` is the run's folder or a connection to one elsewhere; `objects` its store and `token` the
    portal's, where that folder does not have them.  Several `workers` are processes of their own.
    """
    from groundsys.portal.serving import SealedPort, held_port
    from groundsys.portal.tickets import SECRET_OCTETS
    from groundsys.portal.tls import check_tls
    from groundsys.portal.workers import folders_of_workers, serve_by_workers

    serve = partial(_serve_as_worker, run, objects, host=host, tls=tls, token=token)
    if workers == 1:
        sealed = SealedPort(sealed_port) if sealed_port is not None else None
        serve(state=state, announce=announce, port=port, sealed=sealed)
        return
    check_tls(host, tls)
    with contextlib.ExitStack() as held:
        port = held.enter_context(held_port(host, port))
        serve = partial(serve, port=port, shares_port=True)
        if sealed_port is not None or is_loopback_host(host):
            sealed_port = held.enter_context(held_port(host, sealed_port or 0))
            shared = SealedPort(sealed_port, os.urandom(SECRET_OCTETS))
            serve = partial(serve, sealed=shared)
        serve_by_workers(serve, folders_of_workers(state, workers), announce)


def _serve_as_worker(
    run: RunDirectory,
    objects: str,
    *,
    state: Path,
    announce: Callable[[str], None],
    token: Path | None,
    **listening: Any,
) -> None:
    from groundsys.bus.curve import read_client_keys
    from groundsys.bus.token_file import TokenFile
    from groundsys.desks.people.token_files import PORTAL
    from groundsys.objects.opening import open_bucket
    from groundsys.portal.serving import serve_portal

    url = objects or run.facts().get("objects")
    if not url and not run.objects.is_dir():
        raise EnvironmentLackError(
            "the portal does not know where product bytes lie",
            expected="a store of objects that this machine reaches",
            found=f"no objects in {run.path}",
            remedy="name it with --objects s3://…; a folder is served on its own machine alone",
        )
    desks = run.endpoints("desks")
    if not desks:
        raise EnvironmentLackError(
            f"nothing in {run.path} tells where the desks are",
            remedy="start them with `groundsys up`, or name their folder with --run",
        )
    serve_portal(
        desks["requests"],
        open_bucket(url, run.objects),
        credential=TokenFile(token or run.people / PORTAL, kept_by_others=True),
        keys=read_client_keys(run.keys, desks["requests"]),
        state=state,
        announce=announce,
        **listening,
    )


def _serve_portal(run: RunDirectory) -> None:
    from groundsys.bus.curve import read_client_keys
    from groundsys.bus.token_file import TokenFile
    from groundsys.desks.people.token_files import PORTAL
    from groundsys.portal.serving import serve_portal
    from groundsys.portal.tls import TlsFiles

    facts = run.facts()
    tls = facts.get("tls")
    deadline = time.monotonic() + DESKS_TIMEOUT_S
    while not (desks := run.endpoints("desks")):
        if time.monotonic() > deadline:
            raise EnvironmentLackError(
                "the portal found no desks to ask",
                remedy=f"see {run.logs / 'desks.log'}",
            )
        time.sleep(0.05)  # between two looks at the condition above
    serve_portal(
        desks["requests"],
        bucket_of(run),
        news_endpoint=desks["events"],
        credential=TokenFile(run.people / PORTAL, kept_by_others=True),
        keys=read_client_keys(run.keys, desks["requests"]),
        host=str(facts.get("host", "127.0.0.1")),
        port=_port_of(run.endpoints("portal")) or int(facts.get("portal_port", 0)),
        tls=TlsFiles(*(Path(path) for path in tls)) if tls else None,
        announce=lambda url: run.announce("portal", {"url": url}),
    )
