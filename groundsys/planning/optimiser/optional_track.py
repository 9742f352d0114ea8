"""A track that may be: what CP-SAT's models of tracks and of passes are made of."""

from __future__ import annotations

from dataclasses import dataclass

from ortools.sat.python import cp_model

from groundsys.planning.tracks import Span


@dataclass(frozen=True, slots=True)
class OptionalTrack:
    """A track that may lie in an opening; `start` and `end` mean nothing unless it is present."""

    opening: Span
    least_s: int
    presence: cp_model.IntVar
    #: start of tracking; setup comes before
    start: cp_model.IntVar
    #: seconds beyond the least, 0 when absent; 0 for a track of one length
    beyond: cp_model.IntVar | int
    end: cp_model.LinearExprT
    #: an expression linear in the model's variables, 0 when absent
    seconds: cp_model.LinearExpr

    @classmethod
    def of(cls, model: cp_model.CpModel, opening: Span, least_s: int, most_s: int) -> OptionalTrack:
        """A track of least to most seconds, if the opening holds these."""
        most_s = min(most_s, opening.seconds)
        presence = model.new_bool_var("")
        start = model.new_int_var(opening.start, opening.end - least_s, "")
        if most_s <= least_s:
            seconds = least_s * presence
            return cls(opening, least_s, presence, start, 0, start + least_s, seconds)
        beyond = model.new_int_var(0, most_s - least_s, "")
        end = model.new_int_var(opening.start + least_s, opening.end, "")
        model.add(beyond <= (most_s - least_s) * presence)
        seconds = least_s * presence + beyond
        return cls(opening, least_s, presence, start, beyond, end, seconds)

    def interval(
        self, model: cp_model.CpModel, before_s: int = 0, after_s: int = 0
    ) -> cp_model.IntervalVar:
        """The time that it takes, with so much before and after it."""
        start, least = self.start - before_s, self.least_s + before_s + after_s
        if isinstance(self.beyond, int):
            return model.new_optional_fixed_size_interval_var(start, least, self.presence, "")
        return model.new_optional_interval_var(
            start, self.beyond + least, self.end + after_s, self.presence, ""
        )

    def hint(self, model: cp_model.CpModel, tracking: Span | None) -> None:
        """Suggest this track; none leaves it out.  Every variable gets its value."""
        model.add_hint(self.presence, tracking is not None)
        span = tracking or Span(self.opening.start, self.opening.start + self.least_s)
        model.add_hint(self.start, span.start)
        if isinstance(self.beyond, cp_model.IntVar):
            model.add_hint(self.beyond, span.seconds - self.least_s)
        if isinstance(self.end, cp_model.IntVar):
            model.add_hint(self.end, span.end)

    def holds(self, tracking: Span) -> bool:
        """Whether the track could be this."""
        return self.opening.start <= tracking.start and tracking.end <= self.opening.end

    def tracking(self, solver: cp_model.CpSolver) -> Span | None:
        """The track in the solver's solution; None if it is absent."""
        if not solver.boolean_value(self.presence):
            return None
        start = solver.value(self.start)
        return Span(start, start + solver.value(self.seconds))
