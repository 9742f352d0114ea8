"""The audit log: who did what, when and why, chained by hashes, its head countersigned elsewhere.

Decisions only.  Entries are kept by `groundsys.store`, heads are countersigned by
`groundsys.notary`; whoever has both can verify them, with or without groundsys.
"""

from groundsys.audit.chain import BEGINNING, AuditFinding, ChainHead, check_chain
from groundsys.audit.entries import (
    AUTOMATION,
    GENESIS,
    AuditEntry,
    canonical,
    digest_of,
    entry_of,
    fields_of,
    sealed,
)
from groundsys.audit.heads import CountersignedHead, countersign, read_heads, statement
from groundsys.audit.verification import Verification, verify_audit

__all__ = [
    "AUTOMATION",
    "BEGINNING",
    "GENESIS",
    "AuditEntry",
    "AuditFinding",
    "ChainHead",
    "CountersignedHead",
    "Verification",
    "canonical",
    "check_chain",
    "countersign",
    "digest_of",
    "entry_of",
    "fields_of",
    "read_heads",
    "sealed",
    "statement",
    "verify_audit",
]
