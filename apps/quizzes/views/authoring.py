"""How views find what one may write: source and target are both checked."""

from apps.common.errors import reference_errors
from apps.common.http.viewsets import ApiView
from apps.courses import selectors as courses
from apps.lessons import selectors as lessons
from apps.lessons.documents import Lesson
from apps.quizzes import selectors
from apps.quizzes.documents import Choice, Question, Quiz


class Authoring(ApiView):
    """A view of what instructors write."""

    def own_quiz(self, quiz_id) -> Quiz:
        """
        :raises NotFound: there is none in a course that one may know of
        :raises PermissionDenied: the course is not one's own
        """
        quiz = selectors.get_quiz(quiz_id)
        course = courses.get_visible_course(quiz.course, viewer=self.request.user)
        self.check_object_permissions(self.request, course)
        return quiz

    def named_quiz(self, quiz_id) -> Quiz:
        """Return the quiz that a body names; :raises Invalid: there is none"""
        with reference_errors("quiz"):
            return self.own_quiz(quiz_id)

    def own_question(self, question_id) -> tuple[Question, Quiz]:
        question = selectors.get_question(question_id)
        return question, self.own_quiz(question.quiz)

    def named_question(self, question_id) -> tuple[Question, Quiz]:
        with reference_errors("question"):
            return self.own_question(question_id)

    def own_choice(self, choice_id) -> tuple[Choice, Question, Quiz]:
        choice, question = selectors.get_choice(choice_id)
        return choice, question, self.own_quiz(question.quiz)

    def named_lesson(self, lesson_id) -> Lesson:
        with reference_errors("lesson"):
            lesson, course = lessons.get_visible_lesson(lesson_id, viewer=self.request.user)
        self.check_object_permissions(self.request, course)
        return lesson
