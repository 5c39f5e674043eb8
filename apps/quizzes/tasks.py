from celery import shared_task

from apps.quizzes import services


@shared_task
def regrade_quiz(*, quiz_id: str, claim: str) -> None:
    services.regrade(quiz_id, claim=claim)


@shared_task
def move_submissions(*, quiz_id: str) -> None:
    services.move_submissions(quiz_id)


@shared_task
def finish_import(*, import_id: str) -> None:
    services.finish_import(import_id)


@shared_task
def repair_quizzes() -> None:
    """Finish interrupted changes and deletions, and deliver undelivered events."""
    services.repair_quizzes()
    services.repair_moves()
    services.repair_questions()
    services.repair_imports()
    services.repair_summaries()
    services.repair_attempts()
    services.finish_removals()


@shared_task
def repair_regrades() -> None:
    services.repair_regrades()


@shared_task
def delete_old_imports() -> None:
    services.delete_old_imports()
