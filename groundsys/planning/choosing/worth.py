"""What a plan is worth.

Data, needs and costs are sums over craft.  Fairness is not: it is one figure of all missions that
ask for tracks, worth `value_of_fairness` for each occurrence of their needs when all get all that
they ask for, and less by U_RMS and U_MAX.  As needs alone decide it, the search works out anew
what its one step changed of craft, and this one figure beside.
"""

from __future__ import annotations

from groundsys.planning.choosing.data_passes import cost_of
from groundsys.planning.choosing.draft import Draft
from groundsys.planning.contact_graph.contacts import ContactProblem
from groundsys.planning.contact_graph.needs import worth_of_need
from groundsys.planning.contact_graph.recorder import aboard, delivered
from groundsys.planning.contact_graph.requests import fairness_of, share_of
from groundsys.planning.optimiser.fairness import slopes_of


def value_of(draft: Draft) -> float:
    """Worth of data at home, of needs served and how fairly, less what antennas cost."""
    of_networks = sum(network_value(draft, speaker) for speaker in draft.problem.networks)
    return of_networks + fairness_value(draft)


def fairness_value(draft: Draft) -> float:
    """Worth of missions getting what they ask for, evenly; 0 without needs."""
    problem = draft.problem
    if not problem.needs:
        return 0.0
    fairness = fairness_of(problem.needs, draft.visits, problem.rules)
    return most_for_fairness(problem) * (1.0 - fairness.objective)


def worth_of_seconds(draft: Draft) -> dict[str, float]:
    """What a second granted to a mission adds to the worth of fairness, from where it stands."""
    problem = draft.problem
    if not problem.needs:
        return {}
    slopes = slopes_of(
        [share_of(case, draft.visits[case.need.spacecraft], problem.rules)
         for case in problem.needs]
    )  # fmt: skip
    return {mission: most_for_fairness(problem) * slope for mission, slope in slopes.items()}


def served_by_priority(draft: Draft) -> dict[float, int]:
    """Seconds granted to the needs of each priority."""
    seconds: dict[float, int] = {}
    for case in draft.problem.needs:
        _, _, granted = share_of(case, draft.visits[case.need.spacecraft], draft.problem.rules)
        seconds[case.need.priority] = seconds.get(case.need.priority, 0) + granted
    return seconds


def most_for_fairness(problem: ContactProblem) -> float:
    """What it is worth when all get all."""
    return problem.rules.value_of_fairness * len(problem.needs)


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
