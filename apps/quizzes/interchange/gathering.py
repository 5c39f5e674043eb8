from collections.abc import Callable

from django.utils.translation import gettext as _

from apps.quizzes.documents import MAX_QUESTIONS
from apps.quizzes.interchange.bounds import problems_of
from apps.quizzes.interchange.draft import Fault, Reading, Unsupported
from apps.quizzes.interchange.moodle import CannotBeKept, MoodleQuestion, Refused, as_draft

MOST_FAULTS = 100
MOST_OF_A_KIND = 64  # characters of its name


class Enough(Exception):
    """As much was found as is told: the rest of the file need not be read."""


class Gathering:
    """A reading as it grows, up to so many questions and faults; then `Enough` is raised."""

    def __init__(self) -> None:
        self.reading = Reading()

    def take(self, line: int, parse: Callable[[], MoodleQuestion]) -> None:
        """
        Take a question that begins on the line, or say why not.

        :raises Enough: there is no room for more
        """
        self._make_room(line)
        try:
            draft = as_draft(parse())
        except CannotBeKept as found:
            self.reading.unsupported.append(Unsupported(line, found.kind[:MOST_OF_A_KIND]))
        except Refused as refused:
            self.refuse(refused.line or line, refused.reason)
        else:
            self.reading.questions.append(draft)
            for reason in dict.fromkeys(problems_of(draft)):
                self.refuse(line, reason)

    def refuse(self, line: int, reason: str) -> None:
        """
        :raises Enough: so many faults were found that no more are told
        """
        self.reading.faults.append(Fault(line, reason))
        if len(self.reading.faults) >= MOST_FAULTS:
            raise Enough

    def _make_room(self, line: int) -> None:
        if len(self.reading.questions) + len(self.reading.unsupported) < MAX_QUESTIONS:
            return
        reason = _("A file holds at most %(number)s questions.") % {"number": MAX_QUESTIONS}
        self.reading.faults.append(Fault(line, reason))
        raise Enough
