"""What is wrong with a mission's definitions of planetary protection."""

from __future__ import annotations

from groundsys.mission.model import Mission
from groundsys.mission.parsing.findings import Finding, Findings
from groundsys.procedures.bioburden_files import read_bioburden
from groundsys.procedures.sample_custody_files import read_returns


def protection_findings(mission: Mission) -> list[Finding]:
    """Of both ways: bioburden on the way out, samples on the way back; with file and line."""
    findings = Findings()
    read_bioburden(mission, findings)
    read_returns(mission, findings)
    return findings.ordered()
