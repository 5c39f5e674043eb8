"""What notifications say: chosen by kind, worded in the language of who reads them."""

from django.template.defaultfilters import floatformat
from django.utils import translation
from django.utils.translation import gettext_lazy as _

LONGEST = 255

MESSAGES = {
    "enrolled": _("You are enrolled in “%(title)s”."),
    "milestone": _("You have completed %(percent)s%% of “%(title)s”."),
    "completed": _("You have completed “%(title)s”. Congratulations!"),
    "quiz_passed": _("You have passed the quiz “%(title)s”."),
    "quiz_failed": _("You have not passed the quiz “%(title)s” yet; try again."),
    "quiz_regraded": _("The quiz “%(title)s” was graded anew; your grade is %(grade)s%% now."),
    "instructor_granted": _("You may teach now: create your first course."),
}
TOPICS = {
    "enrolled": _("new courses of yours"),
    "milestone": _("how far you have come in a course"),
    "quiz_passed": _("quizzes that you have passed"),
    "quiz_failed": _("quizzes to try again"),
    "quiz_regraded": _("quizzes that were graded anew"),
    "instructor_granted": _("your right to teach"),
}


def message_of(kind: str, params: dict, language: str) -> str:
    """Return what a notification says; a title too long for it is shortened."""
    with translation.override(language):
        said = _said(kind, params)
        if (excess := len(said) - LONGEST) > 0:
            title = params["title"][: -excess - 1].rstrip()
            said = _said(kind, params | {"title": f"{title}…"})
        return said


def _said(kind: str, params: dict) -> str:
    whole = kind == "milestone" and params["percent"] == 100
    message = str(MESSAGES["completed" if whole else kind])
    return message % {name: _shown(value) for name, value in params.items()}


def _shown(value: str | float) -> str:
    return value if isinstance(value, str) else floatformat(value, -2)
