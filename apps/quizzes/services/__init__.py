"""All changes of quizzes, questions and attempts; they return what the API answers."""

from apps.quizzes.services.attempts import (
    repair_attempts,
    shuffle_questions,
    start_attempt,
    submit_attempt,
)
from apps.quizzes.services.erasure import erase_student
from apps.quizzes.services.import_export import (
    ImportRefused,
    delete_old_imports,
    export_questions,
    finish_import,
    import_questions,
    repair_imports,
)
from apps.quizzes.services.moves import move_quizzes, move_submissions, moving_lesson, repair_moves
from apps.quizzes.services.questions import (
    create_choice,
    create_question,
    delete_choice,
    delete_question,
    repair_questions,
    update_choice,
    update_question,
)
from apps.quizzes.services.quizzes import (
    create_quiz,
    delete_quiz,
    delete_quizzes_of_course,
    delete_quizzes_of_lesson,
    finish_removals,
    reorder_questions,
    repair_quizzes,
    update_quiz,
)
from apps.quizzes.services.regrading import regrade, repair_regrades, request_regrade
from apps.quizzes.services.summaries import repair_summaries

__all__ = [
    "ImportRefused",
    "create_choice",
    "create_question",
    "create_quiz",
    "delete_choice",
    "delete_old_imports",
    "delete_question",
    "delete_quiz",
    "delete_quizzes_of_course",
    "delete_quizzes_of_lesson",
    "erase_student",
    "export_questions",
    "finish_import",
    "finish_removals",
    "import_questions",
    "move_quizzes",
    "move_submissions",
    "moving_lesson",
    "regrade",
    "reorder_questions",
    "repair_attempts",
    "repair_imports",
    "repair_moves",
    "repair_questions",
    "repair_quizzes",
    "repair_regrades",
    "repair_summaries",
    "request_regrade",
    "shuffle_questions",
    "start_attempt",
    "submit_attempt",
    "update_choice",
    "update_question",
    "update_quiz",
]
