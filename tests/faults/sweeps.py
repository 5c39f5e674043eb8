"""What the timetable does again and again, done now, as if all of it had been due for long."""

from datetime import timedelta

from apps.common.storage import count_limits, idempotency_keys, undelivered
from apps.quizzes.services import (
    import_export,
    moves,
    questions,
    quizzes,
    regrading,
    summaries,
)
from apps.users.services import erasure, profiles
from lms.celery import SWEEPS, app

LONG_AGO = timedelta(seconds=-5)  # what is younger than this is left alone: nothing is
WAITS = {
    undelivered: "GRACE_PERIOD",
    quizzes: "A_MINUTE",
    import_export: "A_MINUTE",
    summaries: "A_MINUTE",
    moves: "A_MINUTE",
    questions: "A_MINUTE",
    regrading: "A_MINUTE",
    erasure: "LONGEST_REQUEST",
    profiles: "GRACE_PERIOD",
    idempotency_keys: "CLAIM_LIFETIME",
    count_limits: "QUIET",
}


def hurry(monkeypatch) -> None:
    """Let claims be taken over and repairs be due at once."""
    for module, name in WAITS.items():
        monkeypatch.setattr(module, name, LONG_AGO)


def sweep() -> None:
    """Run every repair of the timetable, twice: the second finds what the first has made due."""
    app.loader.import_default_modules()
    repairs = [name for name in SWEEPS if ".repair_" in name or ".finish_" in name]
    for _ in range(2):
        for name in repairs:
            app.tasks[name]()
