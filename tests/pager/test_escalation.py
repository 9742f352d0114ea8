"""Who is due when, over any times at which somebody looks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from groundsys.pager import Concern, Contact, Duty, Step, due_pages
from groundsys.pager.escalation import step_at

DUTY = Duty(
    people={"ada": Contact("ada", mail="a@x"), "grace": Contact("grace", mail="g@x")},
    steps=(Step(60.0, ("ada",)), Step(900.0, ("ada", "grace"))),
    repeat_s=600.0,
)
HOT = Concern("alarm:hot", "otv: temperature is 80 (critical)", 1_000.0)


def _looked_at(times: list[float]) -> list[tuple[float, str, int]]:
    sent: dict[tuple[str, str, int], float] = {}
    told = []
    for now in times:
        for page in due_pages(DUTY, [HOT], sent, now):
            sent[page.key] = now
            told.append((now - HOT.since_s, page.person, page.step))
    return told


def test_one_then_both_then_both_again() -> None:
    every_second = [HOT.since_s + second for second in range(2_200)]
    assert _looked_at(every_second) == [
        (60.0, "ada", 0),
        (900.0, "ada", 1),
        (900.0, "grace", 1),
        (1_500.0, "ada", 2),
        (1_500.0, "grace", 2),
        (2_100.0, "ada", 3),
        (2_100.0, "grace", 3),
    ]


def test_a_pager_that_was_away_sends_the_latest_step_alone() -> None:
    assert _looked_at([HOT.since_s + 5_000.0]) == [(5_000.0, "ada", 7), (5_000.0, "grace", 7)]


@given(st.lists(st.floats(0.0, 20_000.0), max_size=60))
def test_nobody_is_paged_twice_for_a_step_or_before_it(ages: list[float]) -> None:
    told = _looked_at([HOT.since_s + age for age in sorted(ages)])
    assert len({(person, step) for _, person, step in told}) == len(told)
    for age, person, step in told:
        assert step == step_at(DUTY, age)
        assert person in DUTY.steps[min(step, 1)].to
        assert age >= 60.0


@given(st.floats(0.0, 100_000.0), st.floats(0.0, 1_000.0))
def test_steps_only_rise(age: float, more: float) -> None:
    first, second = step_at(DUTY, age), step_at(DUTY, age + more)
    assert (-1 if first is None else first) <= (-1 if second is None else second)
