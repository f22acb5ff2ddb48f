"""When a job that could not finish runs again."""

from __future__ import annotations

from datetime import datetime

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

UNFORESEEN_SECONDS = 30


class TryAgain(Exception):
    """The job asks to run again at ``at``."""

    def __init__(self, at: datetime) -> None:
        super().__init__(f"to be tried again at {at:%Y-%m-%d %H:%M:%S}")
        self.at = at


class AgainWhenAsked(BaseRetryStrategy):
    """Runs a job again when it asks to, at once if its worker is stopped, soon if it broke down.

    The job stays in the queue in its place, so that what is behind it with the same lock waits.
    """

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When to run ``job`` again after ``exception``."""
        del job
        if isinstance(exception, TryAgain):
            return RetryDecision(retry_at=exception.at)
        if isinstance(exception, Exception):
            return RetryDecision(retry_in={"seconds": UNFORESEEN_SECONDS})
        return RetryDecision()  # canceled because the worker stops


class AgainLaterAndLater(AgainWhenAsked):
    """As its parent, but a job that broke down waits twice as long each time, and after so many attempts
    no more."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When to run ``job`` again after ``exception``; None: not again."""
        if isinstance(exception, TryAgain) or not isinstance(exception, Exception):
            return super().get_retry_decision(exception=exception, job=job)
        if job.attempts >= self.most:
            return None
        return RetryDecision(retry_in={"seconds": UNFORESEEN_SECONDS * 2**job.attempts})
