"""Verbs that change quizzes and questions, take them, and grade them anew."""

from apps.quizzes.services.attempts import erase, repair_attempts, shuffled, start, submit
from apps.quizzes.services.authoring import (
    change_quiz,
    create_quiz,
    finish_removals,
    move_quizzes,
    remove_quiz,
    remove_quizzes_of_course,
    remove_quizzes_of_lesson,
    reorder_questions,
    repair_quizzes,
)
from apps.quizzes.services.exchange import (
    ImportRefused,
    export_questions,
    finish_import,
    forget_old_imports,
    import_questions,
    repair_imports,
)
from apps.quizzes.services.figures import repair_figures
from apps.quizzes.services.questions import (
    change_choice,
    change_question,
    create_choice,
    create_question,
    remove_choice,
    remove_question,
    repair_questions,
)
from apps.quizzes.services.regrading import regrade, repair_regrades, request_regrade

__all__ = [
    "ImportRefused",
    "change_choice",
    "change_question",
    "change_quiz",
    "create_choice",
    "create_question",
    "create_quiz",
    "erase",
    "export_questions",
    "finish_import",
    "finish_removals",
    "forget_old_imports",
    "import_questions",
    "move_quizzes",
    "regrade",
    "remove_choice",
    "remove_question",
    "remove_quiz",
    "remove_quizzes_of_course",
    "remove_quizzes_of_lesson",
    "reorder_questions",
    "repair_attempts",
    "repair_figures",
    "repair_imports",
    "repair_questions",
    "repair_quizzes",
    "repair_regrades",
    "request_regrade",
    "shuffled",
    "start",
    "submit",
]
