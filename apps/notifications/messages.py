"""The messages of notifications, by kind, in the reader's language."""

from django.template.defaultfilters import floatformat
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from apps.common.languages import supported_language

LONGEST = 255

MESSAGES = {
    "enrolled": _("You are enrolled in “%(title)s”."),
    "milestone": _("You have completed %(percent)s%% of “%(title)s”."),
    "completed": _("You have completed “%(title)s”. Congratulations!"),
    "quiz_passed": _("You have passed the quiz “%(title)s”."),
    "quiz_failed": _("You have not passed the quiz “%(title)s” yet; try again."),
    "quiz_regraded": _("The quiz “%(title)s” was regraded. Your grade is now %(grade)s%%."),
    "instructor_granted": _("You are now an instructor. Create your first course."),
}
TOPICS = {
    "enrolled": _("new enrollments"),
    "milestone": _("your progress in courses"),
    "quiz_passed": _("quizzes that you have passed"),
    "quiz_failed": _("quizzes that you have not passed"),
    "quiz_regraded": _("regraded quizzes"),
    "instructor_granted": _("your instructor role"),
}


def format_message(kind: str, params: dict, *, language: str) -> str:
    """Return the message of a notification; a title that makes it too long is shortened."""
    with translation.override(supported_language(language)):
        message = _fill_in(kind, params)
        if (excess := len(message) - LONGEST) > 0:
            title = params["title"][: -excess - 1].rstrip()
            message = _fill_in(kind, params | {"title": f"{title}…"})
        return message


def _fill_in(kind: str, params: dict) -> str:
    is_completion = kind == "milestone" and params["percent"] == 100
    message = str(MESSAGES["completed" if is_completion else kind])
    return message % {name: _format_param(value) for name, value in params.items()}


def _format_param(value: str | float) -> str:
    return value if isinstance(value, str) else floatformat(value, -2)
