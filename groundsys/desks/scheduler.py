"""apscheduler on the mission clock: jobs are kept in mission time and fire as it passes.

apscheduler reads the wall clock to know what is due, what was missed and when to wake up.  Here
all three come from `advance(now)`: nothing runs between two advances, a job's lateness is mission
time, and a change of the clock's rate changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from apscheduler.executors.base import BaseExecutor
from apscheduler.job import Job
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from groundsys.values.instants import Instant

logger = logging.getLogger(__name__)


class _InlineExecutor(BaseExecutor):  # type: ignore[misc]
    """Never used to run anything: `MissionScheduler.advance` runs jobs itself, in their order."""

    def _do_submit_job(self, job: Job, run_times: list[datetime]) -> None:
        raise NotImplementedError("jobs of the mission clock are run by advance()")


class MissionScheduler(BaseScheduler):  # type: ignore[misc]
    """Jobs in mission time, run by the thread that advances the clock.

    A job that is due runs at the next `advance`, however late that comes, unless it is later
    than its grace: then `missed` is called instead, so that nothing is dropped in silence.
    """

    def __init__(self, start: Instant) -> None:
        super().__init__(timezone="UTC")
        self.now = start
        self.start()

    def at(
        self,
        when: Instant,
        action: Callable[..., None],
        *arguments: Any,
        name: str,
        grace: timedelta | None = None,
        missed: Callable[..., None] | None = None,
    ) -> None:
        """Run `action(*arguments)` once at `when`; a job of the same name is replaced.

        Later than `grace`, `missed(*arguments)` runs instead.
        """
        self.add_job(
            _with_grace(action, missed),
            DateTrigger(_not_before(when), timezone=self.timezone),
            args=arguments,
            id=name,
            name=name,
            next_run_time=_not_before(when),
            misfire_grace_time=None if grace is None else max(1, round(grace.total_seconds())),
            replace_existing=True,
        )

    def every(
        self, period: timedelta, first: Instant, action: Callable[[], None], *, name: str
    ) -> None:
        """Run `action()` at `first` and each `period` on; periods passed in one step are one."""
        self.add_job(
            action,
            IntervalTrigger(
                seconds=round(period.total_seconds()),
                start_date=_not_before(first),
                timezone=self.timezone,
            ),
            id=name,
            name=name,
            next_run_time=_not_before(first),
            misfire_grace_time=None,
            coalesce=True,
            replace_existing=True,
        )

    def cancel(self, name: str) -> None:
        """Forget a job; one that is not there is no error."""
        try:
            self.remove_job(name)
        except JobLookupError:
            logger.debug("no job %s to cancel", name)

    def advance(self, now: Instant) -> None:
        """Let mission time pass to `now` and run what is due, in order of due time."""
        self.now = max(self.now, now)
        moment = self.now.to_utc()
        while due := self._lookup_jobstore("default").get_due_jobs(moment):
            self._run(due[0], moment)

    @property
    def next_due(self) -> Instant | None:
        """When the next job is due."""
        when = self._lookup_jobstore("default").get_next_run_time()
        return None if when is None else Instant.from_utc(when)

    def _run(self, job: Job, moment: datetime) -> None:
        """Run the job once for all its due times; a job that repeats is put to its next time."""
        due_at: datetime = job.next_run_time
        following = job.trigger.get_next_fire_time(due_at, moment)
        if following is None:
            self.remove_job(job.id)
        else:
            while following <= moment:
                following = job.trigger.get_next_fire_time(following, moment)
            job.modify(next_run_time=following)
        late = (moment - due_at).total_seconds()
        if job.misfire_grace_time is not None and late > job.misfire_grace_time:
            logger.warning("job %s came %.0f s of mission time too late", job.name, late)
            missed = getattr(job.func, "missed", None)
            if missed is not None:
                missed(*job.args)
            return
        job.func(*job.args, **job.kwargs)

    # --- what apscheduler asks of a scheduler -------------------------------------------------

    def wakeup(self) -> None:
        """Nothing: the mission clock wakes us."""

    def shutdown(self, wait: bool = True) -> None:
        super().shutdown(wait)

    def _create_default_executor(self) -> BaseExecutor:
        return _InlineExecutor()


def _not_before(when: Instant) -> datetime:
    """The first microsecond, as apscheduler counts, that is not before `when`.

    Cut instead, a job would run up to a microsecond early, find its time not come, and be due
    again at once, for ever.
    """
    utc = when.to_utc()
    return utc if when.tai_ns % 1_000 == 0 else utc + timedelta(microseconds=1)


def _with_grace(
    action: Callable[..., None], missed: Callable[..., None] | None
) -> Callable[..., None]:
    def run(*arguments: Any) -> None:
        action(*arguments)

    run.missed = missed  # type: ignore[attr-defined]
    return run
