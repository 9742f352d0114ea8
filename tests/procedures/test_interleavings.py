"""Whatever comes in whatever order, with the desk dying anywhere: one outcome, no command twice.

The gate is watched by an oracle of its own, which knows the look, who is asked, and who has said
what since the run came to the gate or was resumed.
"""

from __future__ import annotations

from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from groundsys.procedures.run import ENDED, Aborted, Effects, Held, Resumed, Voted
from groundsys.store.rows import from_row, to_row
from tests.procedures.world import LIGHT_TIME_S, World

PEOPLE = st.sampled_from(["ada", "ben", "cleo", "dora"])
ROLES = st.sampled_from(["operator", "flight_director", "observer"])
#: what the craft says before the command, after it, and otherwise
VALUES = st.sampled_from(
    [
        {"obc_mode": mode, "eps_battery_charge": charge}
        for mode in ("NOMINAL", "SAFE")
        for charge in (80.0, 55.0, 49.0)
    ]
    + [{}, {"obc_mode": "NOMINAL"}, {"eps_battery_charge": 80.0}]
)
#: who says go, in which role: mostly the right ones
GOES = st.sampled_from(
    [
        (("ben", "operator"), ("cleo", "flight_director")),
        (("cleo", "operator"), ("dora", "flight_director")),
        (("ada", "operator"), ("cleo", "flight_director")),
        (("ben", "operator"), ("ben", "flight_director")),
    ]
)


class Interleavings(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = World.of("rescue", when="2031-08-21T00:00:00Z")
        self.outcomes: list[str] = []
        self.said: dict[str, tuple[str, bool]] = {}
        self.runners = {"ada"}
        self.gates_open = 0
        self.world.look(obc_mode="NOMINAL", eps_battery_charge=80.0)

    @rule(seconds=st.sampled_from([0.0, 60.0, 1800.0, 6 * 3600.0]))
    def time_passes(self, seconds: float) -> None:
        self.world.pass_time(seconds)

    @rule(values=VALUES, age_s=st.sampled_from([0.0, 899.0, 901.0]), dies=st.booleans())
    def look(self, values: dict[str, Any], age_s: float, dies: bool) -> None:
        before = self.world.run
        at = self.world.now.plus_seconds(-LIGHT_TIME_S - age_s)
        effects = self.world.look(at=at, dies=dies, **values)
        self.watch_the_gate(effects, values, age_s)
        if before.state != "running":
            assert effects == ()

    @rule(values=VALUES)
    def a_young_look(self, values: dict[str, Any]) -> None:
        self.look(values, 0.0, False)

    @rule(values=VALUES)
    def the_desk_dies_before_it_has_written_anything(self, values: dict[str, Any]) -> None:
        world = self.world
        kept = world.run
        world.run = from_row(type(kept), to_row(kept))
        assert world.run == kept
        world.revive()

    @rule(who=PEOPLE, role=ROLES, go=st.booleans(), dies=st.booleans())
    def somebody_votes(self, who: str, role: str, go: bool, dies: bool) -> None:
        before = self.world.run
        self.world.give(Voted(who, role, go, "because"), dies=dies)
        if self.world.run.votes != before.votes:
            assert role != "observer"
            self.said[role] = (who, go)

    @rule(goes=GOES)
    def two_agree(self, goes: Any) -> None:
        for who, role in goes:
            self.somebody_votes(who, role, True, False)

    @rule(who=PEOPLE)
    def somebody_holds(self, who: str) -> None:
        self.world.give(Held(who, "wait"))

    @precondition(lambda self: self.world.run.state == "held")
    @rule(who=PEOPLE, how=st.sampled_from(["again", "again", "retry", "skip"]))
    def somebody_resumes(self, who: str, how: Any) -> None:
        self.world.give(Resumed(who, how))
        if self.world.run.state == "running":
            self.said.clear()
            self.runners.add(who)

    @precondition(lambda self: len(self.world.queued) > 1)
    @rule(who=PEOPLE, dies=st.booleans())
    def somebody_aborts(self, who: str, dies: bool) -> None:
        self.world.give(Aborted(who, "enough"), dies=dies)

    @precondition(lambda self: self.world.states)
    @rule(data=st.data(), state=st.sampled_from(["radiated", "completed", "completed", "failed"]))
    def a_command_is_heard_of(self, data: st.DataObject, state: str) -> None:
        key = data.draw(st.sampled_from(sorted(self.world.states)))
        if self.world.states[key] not in ENDED or state == "completed":
            self.world.settle(key, state)

    @precondition(lambda self: self.world.states)
    @rule()
    def the_last_command_is_done(self) -> None:
        self.world.settle(list(self.world.states)[-1], "completed")

    def watch_the_gate(self, effects: Effects, values: dict[str, Any], age_s: float) -> None:
        for effect in effects:
            text = getattr(effect, "text", "")
            if text.startswith("gate 'ask' is open"):
                self.gates_open += 1
                assert values["obc_mode"] == "NOMINAL"
                assert values["eps_battery_charge"] >= 50.0
                assert age_s < 900.0
                assert set(self.said) == {"operator", "flight_director"}
                assert all(go for _, go in self.said.values())
                people = {who for who, _ in self.said.values()}
                assert len(people) == 2
                assert not people & self.runners
            if "goes on with 'ask'" in text or text.startswith("gate 'ask' is open"):
                self.said.clear()

    @invariant()
    def no_command_is_made_twice(self) -> None:
        world = self.world
        assert all(times == 1 for times in world.queued.values()), world.queued
        keys = [command.key for command in world.run.commands]
        assert len(keys) == len(set(keys))
        for command in world.run.commands:
            assert command.key in world.queued or command.state == "cancelled"
        assert len([name for name in world.names if name == "SAFE_MODE"]) <= self.gates_open

    @invariant()
    def there_is_one_outcome(self) -> None:
        run = self.world.run
        assert (run.state == "ended") == bool(run.outcome) == (run.ended_at is not None)
        assert bool(run.stack) == run.is_open
        if run.outcome and run.outcome not in self.outcomes:
            self.outcomes.append(run.outcome)
        assert len(self.outcomes) <= 1
        assert (run.outcome == "aborted") == bool(run.outcome and run.abort)


#: without shrinking, which takes minutes here
Interleavings.TestCase.settings = settings(
    max_examples=200, stateful_step_count=40, deadline=None, phases=(Phase.explicit, Phase.generate)
)
TestInterleavings = Interleavings.TestCase
