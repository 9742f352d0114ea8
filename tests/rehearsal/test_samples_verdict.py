"""What a scenario asks of its samples' ledger: records of its own, and none that lacks before."""

from __future__ import annotations

import pytest

from groundsys.entry.sample_custody import Custody
from groundsys.rehearsal.verdict.samples import LedgerEvidence, judge_ledgers

LIMITS = {"min_custody_records": 1.0}


@pytest.mark.parametrize(
    ("custody", "written", "ok"),
    [
        (Custody(()), 1, True),
        (Custody(()), 0, False),
        (Custody(("no record of when it was sealed",)), 1, False),
    ],
)
def test_a_ledger_grows_without_a_gap(custody: Custody, written: int, ok: bool) -> None:
    (criterion,) = judge_ledgers({"capsule": LedgerEvidence(custody, written)}, LIMITS)
    assert criterion.name == "custody_recorded[capsule]"
    assert criterion.ok is ok
    assert all(why in criterion.found for why in custody.reasons)


def test_what_is_filed_nowhere_is_not_recorded() -> None:
    (criterion,) = judge_ledgers({}, LIMITS)
    assert not criterion.ok
    assert judge_ledgers({}, {}) == []
