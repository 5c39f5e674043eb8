"""Verbs that change quizzes and questions, take them, and grade them anew."""

from apps.quizzes.services.attempts import erase, repair_attempts, shuffled, start, submit
from apps.quizzes.services.authoring import (
    create_quiz,
    delete_quiz,
    delete_quizzes_of_course,
    delete_quizzes_of_lesson,
    finish_removals,
    reorder_questions,
    repair_quizzes,
    update_quiz,
)
from apps.quizzes.services.exchange import (
    ImportRefused,
    delete_old_imports,
    export_questions,
    finish_import,
    import_questions,
    repair_imports,
)
from apps.quizzes.services.figures import repair_figures
from apps.quizzes.services.moves import move_quizzes, move_submissions, repair_moves
from apps.quizzes.services.questions import (
    create_choice,
    create_question,
    delete_choice,
    delete_question,
    repair_questions,
    update_choice,
    update_question,
)
from apps.quizzes.services.regrading import regrade, repair_regrades, request_regrade

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
    "erase",
    "export_questions",
    "finish_import",
    "finish_removals",
    "import_questions",
    "move_quizzes",
    "move_submissions",
    "regrade",
    "reorder_questions",
    "repair_attempts",
    "repair_figures",
    "repair_imports",
    "repair_moves",
    "repair_questions",
    "repair_quizzes",
    "repair_regrades",
    "request_regrade",
    "shuffled",
    "start",
    "submit",
    "update_choice",
    "update_question",
    "update_quiz",
]
