"""The command line: one verb a job, errors with a remedy, JSON where a machine reads.

Verbs import what they need when they run, so that `groundsys --help` is instant and a headless
run never loads the console.
"""

from groundsys.cli import (
    audit,
    campaign,
    clock,
    command,
    custody,
    customer_key,
    flights,
    handover,
    injecting,
    keys,
    pager,
    people,
    plan,
    portal,
    procedure,
    proof,
    scenario,
    setup,
    share,
    solution,
    tracking,
    upload,
    watching,
)
from groundsys.cli.first_page import main

__all__ = [
    "audit",
    "campaign",
    "clock",
    "command",
    "custody",
    "customer_key",
    "flights",
    "handover",
    "injecting",
    "keys",
    "main",
    "pager",
    "people",
    "plan",
    "portal",
    "procedure",
    "proof",
    "scenario",
    "setup",
    "share",
    "solution",
    "tracking",
    "upload",
    "watching",
]
