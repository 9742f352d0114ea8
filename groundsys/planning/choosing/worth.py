"""What a plan is worth."""

from __future__ import annotations

from groundsys.planning.choosing.data_passes import cost_of
from groundsys.planning.choosing.draft import Draft
from groundsys.planning.contact_graph.needs import worth_of_need
from groundsys.planning.contact_graph.recorder import aboard, delivered


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
