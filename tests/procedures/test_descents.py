"""Procedures of an explorer at a small body: what people are asked, and what still counts when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from groundsys.mission.model import Mission
from groundsys.procedures.run import Aborted
from tests.procedures.test_reference_mission import NOMINAL, Flown

STAGE, EXPLORER = "ryugu-stage", "ryugu-explorer"
HOME: dict[str, Any] = {
    "ground.uplink": "OPEN", "eps_battery_charge": 90.0, "descent_phase": "HOME",
    "descent_outcome": "NONE", "descent_reason": "NONE", "descent_sampler": "READY",
    "descent_height": 0.0, "descent_deviation": 0.0, "descent_altimeter": 0.0,
    "ground.go_margin_s": 2600.0, "ground.abort_margin_s": 5200.0,
}  # fmt: skip
DESCENDING = {"descent_phase": "DESCENDING", "descent_height": 2000.0, "descent_altimeter": 2000.0}


class Explored(Flown):
    """An explorer that waits for its time once it is ordered down."""

    def take_effect(self, craft: str, name: str, arguments: Mapping[str, Any]) -> None:
        super().take_effect(craft, name, arguments)
        if name == "DESCEND":
            self.shown[craft] |= {"descent_phase": "WAITING", "descent_outcome": "NONE"}


def flown(mission: Mission, procedure: str) -> Flown:
    found = Explored.of(mission, procedure, EXPLORER, site=1)
    found.shown |= {STAGE: dict(NOMINAL["otv"]), EXPLORER: dict(HOME)}
    return found


def shows(one: Flown, **values: Any) -> None:
    one.shown[EXPLORER] |= values


def gains(one: Flown) -> list[str]:
    return [arguments["altimeter_gain"] for _, name, arguments in one.sent if name == "DESCEND"]


def test_a_rehearsal_that_breaks_off_is_flown_again_by_a_gate(mission: Mission) -> None:
    one = flown(mission, "descent-rehearsal")
    one.go_on("home")
    one.go_on(looks=5)
    assert one.step == "home"
    shows(one, descent_phase="HOME", descent_outcome="BROKEN_OFF", descent_reason="ALTIMETER")
    one.go_on("again")
    assert gains(one) == ["LOW"]
    one.go_on("under-way")
    assert gains(one) == ["LOW", "HIGH"]
    shows(one, **DESCENDING, descent_outcome="NONE", descent_deviation=40.0)
    one.go_on(looks=5)
    assert one.step == "carry-on"  # nobody's go opens it while the explorer is off its path
    shows(one, descent_deviation=2.0)
    one.go_on("home-again")
    shows(one, descent_phase="HOME", descent_outcome="REACHED")
    one.go_on()
    assert (one.run.state, one.run.outcome) == ("ended", "completed")
    gates = [each.key.rpartition(".")[2] for each in one.run.expectations if each.kind == "gate"]
    assert gates == ["go-down/1", "again/1", "carry-on/1"]


def test_one_that_reaches_its_height_is_not_flown_again(mission: Mission) -> None:
    one = flown(mission, "descent-rehearsal")
    one.go_on("home")
    shows(one, descent_phase="HOME", descent_outcome="REACHED")
    one.go_on()
    assert one.run.outcome == "completed"
    assert gains(one) == ["LOW"]


def test_one_that_broke_off_for_another_reason_is_not_flown_again(mission: Mission) -> None:
    one = flown(mission, "descent-rehearsal")
    one.go_on("home")
    shows(
        one, descent_phase="HOME", descent_outcome="BROKEN_OFF", descent_reason="CORRIDOR"
    )  # fmt: skip
    one.go_on()
    assert (one.run.state, one.step) == ("running", "again")


def test_down_with_a_go_and_back_with_a_sample(mission: Mission) -> None:
    one = flown(mission, "touch-and-go")
    one.go_on("on-its-way")
    shows(one, **DESCENDING)
    one.go_on("home")
    assert one.names == ["DESCEND", "GO_BELOW"]
    shows(one, descent_phase="HOME", descent_outcome="TOUCHED", descent_sampler="FIRED")
    one.go_on("held")
    shows(one, descent_phase="HELD")
    one.shown[STAGE]["sample_container"] = "SEALED"
    one.go_on()
    assert one.run.outcome == "completed"
    assert one.names == ["DESCEND", "GO_BELOW", "DOCK"]


def test_a_go_that_would_come_too_late_is_not_given(mission: Mission) -> None:
    one = flown(mission, "touch-and-go")
    one.go_on("on-its-way")
    shows(one, **DESCENDING, **{"ground.go_margin_s": -1.0})
    one.go_on()
    assert (one.run.state, one.step) == ("running", "go-below")
    assert "GO_BELOW" not in one.names


@pytest.mark.parametrize(("margin_s", "orders"), [(10.0, ["BREAK_OFF"]), (-10.0, [])])
def test_off_its_path_it_is_turned_back_while_an_order_still_counts(
    mission: Mission, margin_s: float, orders: list[str]
) -> None:
    one = flown(mission, "touch-and-go")
    one.go_on("on-its-way")
    shows(one, **DESCENDING, descent_deviation=14.0, **{"ground.abort_margin_s": margin_s})
    one.go_on(looks=5)
    assert (one.step, one.names) == ("on-its-path", ["DESCEND"])  # it may come back to it
    shows(one, **{"ground.go_margin_s": 590.0})
    one.go_on()
    assert one.names == ["DESCEND", *orders]
    assert (one.run.state, one.step) == ("held", "broken-off")


def test_an_abort_orders_nothing_that_would_come_too_late(mission: Mission) -> None:
    for margin_s, orders in ((10.0, ["BREAK_OFF"]), (-10.0, [])):
        one = flown(mission, "touch-and-go")
        one.go_on("on-its-way")
        shows(one, **DESCENDING, **{"ground.abort_margin_s": margin_s})
        one.give(Aborted("aiko", "a storm over the antenna"))
        one.go_on()
        assert one.names == ["DESCEND", *orders]
        assert one.run.outcome == "aborted"
