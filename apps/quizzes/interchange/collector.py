from collections.abc import Callable

from apps.quizzes.interchange.drafts import ParsedFile, Problem, ReadOptions, Unsupported
from apps.quizzes.interchange.errors import InvalidFile, UnsupportedQuestion
from apps.quizzes.interchange.moodle_questions import MoodleQuestion, to_draft
from apps.quizzes.interchange.validation import find_problems

MAX_PROBLEMS = 100
MAX_KIND_LENGTH = 64


class LimitReached(Exception):
    """The file has too many questions or problems: the rest of it need not be read."""


class ImportCollector:
    """Collect the questions and problems of a file, up to a limit."""

    def __init__(self, options: ReadOptions) -> None:
        self.options = options
        self.file = ParsedFile()

    def add(self, line: int, parse: Callable[[], MoodleQuestion]) -> None:
        """
        Add the question that starts at a line, or its problems.

        :raises LimitReached: no more questions or problems are collected
        """
        self._check_question_count(line)
        try:
            draft = to_draft(parse())
        except UnsupportedQuestion as error:
            self.file.unsupported.append(Unsupported(line, error.kind[:MAX_KIND_LENGTH]))
        except InvalidFile as error:
            self.add_error(error, line)
        else:
            self.file.questions.append(draft)
            reported: list[Problem] = []
            for problem in find_problems(draft, self.options):
                if problem not in reported:
                    reported.append(problem)
                    self.add_problem(problem)

    def add_error(self, error: InvalidFile, line: int) -> None:
        """
        Add an error as a problem.

        :param line: used if the error has no line
        :raises LimitReached: no more problems are collected
        """
        self.add_problem(Problem(error.line or line, error.code, error.params))

    def add_problem(self, problem: Problem) -> None:
        """
        :raises LimitReached: no more problems are collected
        """
        self.file.problems.append(problem)
        if len(self.file.problems) >= MAX_PROBLEMS:
            raise LimitReached

    def _check_question_count(self, line: int) -> None:
        limit = self.options.max_questions
        if len(self.file.questions) + len(self.file.unsupported) >= limit:
            self.file.problems.append(Problem(line, "too_many_questions", {"number": limit}))
            raise LimitReached
