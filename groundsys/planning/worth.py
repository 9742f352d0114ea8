"""What a plan is worth, and what no plan can be worth more than."""

from __future__ import annotations

from groundsys.planning.contacts import ContactProblem, Hearing, Visit
from groundsys.planning.data_passes import cost_of
from groundsys.planning.draft import Draft, merged
from groundsys.planning.needs import worth_of_need
from groundsys.planning.recorder import aboard, delivered


def value_of(draft: Draft) -> float:
    """Worth of data at home and of needs served, less what antennas cost."""
    return sum(network_value(draft, speaker) for speaker in draft.problem.networks)


def network_value(draft: Draft, speaker: str) -> float:
    """A speaker's part in the plan's value."""
    problem, visits = draft.problem, draft.visits[speaker]
    held = aboard(problem, speaker, draft.hearings[speaker])
    _, worth = delivered(problem, held, visits)
    needs = sum(
        worth_of_need(case, visits, problem.rules)
        for case in problem.needs
        if case.need.spacecraft == speaker
    )
    return float(worth.sum()) + needs - sum(cost_of(problem, one) for one in visits)


def bound_of(problem: ContactProblem) -> float:
    """An upper bound: each craft alone, with every antenna at once, and nothing to pay.

    Every overflight is used whole, and of all antennas that see a craft the best one listens to
    it, at every moment.  Contact by itself counts for the whole of every craft's view.
    """
    total = 0.0
    for speaker, heard in problem.networks.items():
        hearings = [
            Hearing(window, window.tracking) for id in heard for window in problem.sessions[id]
        ]
        held = aboard(problem, speaker, hearings)
        visits = [Visit(window, window.tracking) for window in problem.passes[speaker]]
        visits.sort(key=lambda one: -one.window.rate_bps)
        _, worth = delivered(problem, held, visits)
        total += float(worth.sum())
        views = merged([window.tracking for window in problem.passes[speaker]])
        total += sum(_contact_worth(problem, view.seconds) for view in views)
    needs = sum(problem.rules.value_per_need * case.need.priority for case in problem.needs)
    return total + needs


def _contact_worth(problem: ContactProblem, seconds: int) -> float:
    """The most that contact by itself can be worth in an unbroken view, passes paid."""
    rules = problem.rules
    most = int(-(-seconds // rules.pass_maximum_s))
    return max(
        min(seconds, count * rules.pass_maximum_s) / 3600.0 * rules.value_per_contact_hour
        - count * rules.cost_per_pass
        for count in range(most + 1)
    )
