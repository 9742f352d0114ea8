"""What the store keeps beside the values of the decision rooms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from groundsys.planning.plan import Plan
from groundsys.planning.situation import Homecoming
from groundsys.procedures.rehearsing import Snapshot, Verdict
from groundsys.values.instants import Instant


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A payload file as its reception stands; `id` is `<source entity>:<transaction>`."""

    id: str
    spacecraft: str
    source_entity: int
    destination_entity: int
    transaction: int
    name: str
    size: int | None
    octets_received: int
    #: "open", "complete" or "checksum_failure"
    completion: str
    first_reception: Instant | None
    last_reception: Instant | None
    completed_at: Instant | None = None
    sha256: str = ""
    #: rounds of NAKs that were sent for it
    retransmission_rounds: int = 0
    finished_acknowledged: bool = False
    #: the clock solution (its number in the store) that time-tags its products
    clock_solution: int | None = None
    delivered_at: Instant | None = None
    #: of its products; a better clock solution makes a new one
    version: int = 1
    #: of all that made it whole, what was last at each node: sent by its cube, at the relay (both
    #: SCET), and at an antenna (ERT); see `groundsys.files.reception.Way`
    left_at: Instant | None = None
    relayed_at: Instant | None = None
    received_at: Instant | None = None
    antenna: str = ""
    #: SCET of its first measurement, and of the end of its last
    measured_from: Instant | None = None
    measured_until: Instant | None = None


@dataclass(frozen=True, slots=True)
class FileSegment:
    """Octets from `begins` up to `ends` of a file, and the archived packet that brought them.

    `generation` is the packet's own stamp (the SCLK read as if the clock were true), `reception`
    when the archive took it.  With its APID and sequence count it is found in Yamcs and in frames.
    """

    file: str
    begins: int
    ends: int
    apid: int
    sequence_count: int
    generation: Instant
    reception: Instant


@dataclass(frozen=True, slots=True)
class ProductRecord:
    """One product in the catalogue; `key` finds its bytes among the objects."""

    id: str
    customer: str
    spacecraft: str
    payload: str
    file: str
    name: str
    level: str
    media_type: str
    size: int
    sha256: str
    key: str
    created: Instant
    #: of what was made of the file; a higher one replaces what the lower was
    version: int = 1
    #: when its first and last sample were measured (SCET), if it has samples with times
    measured_from: Instant | None = None
    measured_until: Instant | None = None

    @property
    def is_partners(self) -> bool:
        """Whether it is a partner's copy of a customer's, or a message to a partner."""
        return self.file.startswith(f"{self.customer}:")


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """A payload file that has reached its customer's space, with everything made of it."""

    file: str
    customer: str
    spacecraft: str
    file_name: str
    delivered_at: Instant
    products: int
    octets: int
    payload_octets: int

    @property
    def transaction(self) -> int:
        """CFDP's number of the file, which tells its payload."""
        return int(self.file.partition(":")[2])


@dataclass(frozen=True, slots=True)
class AccessRecord:
    """A customer has fetched (part of) a product."""

    customer: str
    product: str
    time: Instant
    octets: int
    complete: bool
    notes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One line of the operators' log."""

    time: Instant
    spacecraft: str
    severity: str
    source: str
    text: str


@dataclass(frozen=True, slots=True)
class LogEntry:
    """What somebody has written into the operators' log-book."""

    time: Instant
    author: str
    role: str
    #: what it is about, if it is about one; empty: the ground
    spacecraft: str
    text: str


@dataclass(frozen=True, slots=True)
class StoredCouple:
    """A pair of clock readings as it was reported, before any light time is taken off."""

    spacecraft: str
    sclk_ns: int
    #: "ert" (TAI ns of Earth receive time) or "otv_sclk" (the relay's clock, ns)
    reference: str
    reference_ns: int
    antenna: str
    #: when the ground had it
    taken: Instant


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A customer's key, or a token that was exchanged for one: only its hash is kept."""

    token_hash: str
    customer: str
    created: Instant
    revoked: Instant | None = None
    label: str = ""
    #: words of `groundsys.authority.Scope`
    scopes: tuple[str, ...] = ("read_products", "manage_access")
    #: the account that made it; empty for the run's own first token and what was made with it
    made_by: str = ""
    #: wall time, seconds since 1970, like the sessions of people
    expires_s: float | None = None
    #: of a token: the hash of the key that it was exchanged for
    parent: str = ""


@dataclass(frozen=True, slots=True)
class CustomerEvent:
    """Something that a customer is told; a customer's events are told in order of number."""

    customer: str
    time: Instant
    #: "product" or "command"
    kind: str
    subject: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    number: int = 0


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """An account of a person or a program: of its password only the argon2id hash is kept."""

    #: canonical: see `groundsys.authority.canonical_name`
    name: str
    #: a word of `groundsys.authority.Role`
    role: str
    created: Instant
    #: the one customer of a payload operator
    customer: str = ""
    #: empty: nobody can log in by password
    password_hash: str = ""
    disabled: bool = False
    #: tokens of an earlier generation are worthless
    generation: int = 1


@dataclass(frozen=True, slots=True)
class ReceptionSummary:
    """What came of one channel by one antenna in some minutes (frame counts as reported)."""

    pass_id: str
    antenna: str
    spacecraft: str
    virtual_channel: int
    first_count: int
    last_count: int
    frames: int
    missing: int
    corrected: int
    first_ert: Instant
    last_ert: Instant


@dataclass(frozen=True, slots=True)
class SourceFrames:
    """The frames that the manifest of a file's products names, in this version of them."""

    file: str
    version: int
    frames: tuple[ReceptionSummary, ...]


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """A plan that was adopted, what it was made of, and what it promised."""

    version: int
    made_at: Instant
    reason: str
    #: the version that was flown before; None for the first
    parent: int | None
    value: float
    bound: float
    #: wall seconds that making and adopting it took
    elapsed_s: float
    #: so many of the notices that the store holds were known to it
    notices: int
    #: up to here all is planned that can be
    until: Instant
    plan: Plan
    homecomings: tuple[Homecoming, ...] = ()
    #: what it changed: see `groundsys.desks.planning.plan_changes`
    changes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredNotice:
    """Something that planning must respect, as it was told; `content` are plain values."""

    told_at: Instant
    kind: str
    source: str
    content: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredSolution:
    """An orbit solution of a craft or a body that was imported, and what came of it."""

    number: int
    of: str
    #: "craft" or "body"
    kind: str
    #: of its file: "OEM", "SPK" …, its name and hash, and what it calls object and solution
    format: str
    file: str
    sha256: str
    object_name: str
    name: str
    imported: Instant
    by: str
    #: the OEM that it was kept as
    path: str
    #: to what was flown then: see `groundsys.tracking.solution_page`
    comparison: Mapping[str, Any] = field(default_factory=dict)
    #: "proposed", "flown", "refused" or "superseded"
    state: str = "proposed"
    decided: Instant | None = None
    decided_by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line of a run's journal; the journal only grows."""

    run: str
    time: Instant
    event: str
    text: str


@dataclass(frozen=True, slots=True)
class ProcedureText:
    """A procedure as it was when a run of it started; `digest` is the text's SHA-256."""

    digest: str
    procedure: str
    text: str


@dataclass(frozen=True, slots=True)
class UploadContent:
    """The octets of a file that is to go up; `sha256` names them, in hexadecimal."""

    sha256: str
    octets: bytes


@dataclass(frozen=True, slots=True)
class RehearsalRecord:
    """A snapshot that the desks have handed out, and the verdict that was brought back for it."""

    id: str
    procedure: str
    spacecraft: str
    taken_at: Instant
    asked_by: str
    snapshot: Snapshot
    #: of the snapshot, as handed out
    digest: str
    verdict: Verdict | None = None
    verdict_digest: str = ""
    brought_by: str = ""
    brought_at: Instant | None = None
