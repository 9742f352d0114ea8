"""The check of a sealed container: it ends well by people's go alone, as its end counts."""

from __future__ import annotations

from groundsys.mission.model import Mission
from groundsys.procedures.run import Resumed
from tests.procedures.test_reference_mission import NOMINAL, Flown

STAGE = "ryugu-stage"


def test_a_doubtful_container_is_told_of_again_and_never_counts_without_a_gate(
    mission: Mission,
) -> None:
    one = Flown.of(mission, "container-check", STAGE)
    one.shown |= {
        STAGE: {**NOMINAL["otv"], "sample_container": "EMPTY", "sample_seal_temperature": 12.0}
    }
    for _ in range(2):
        one.go_on(looks=600)
        assert (one.run.state, one.step) == ("held", "doubtful")
        one.give(Resumed("aiko"))
    one.shown[STAGE]["sample_container"] = "SEALED"
    one.go_on(looks=600)
    assert (one.run.state, one.run.outcome) == ("ended", "completed")
    gates = [each.key.rpartition(".")[2] for each in one.run.expectations if each.kind == "gate"]
    assert gates == ["accept/1"]
    assert one.names == ["REPORT_HOUSEKEEPING"] * 3
