from django.urls import re_path
from rest_framework_mongoengine.routers import SimpleRouter

from apps.quizzes.views import (
    ChoiceViewSet,
    QuestionOrderView,
    QuestionViewSet,
    QuizSubmissionViewSet,
    QuizViewSet,
)

router = SimpleRouter()
router.register("quizzes", QuizViewSet, basename="quiz")
router.register("questions", QuestionViewSet, basename="question")
router.register("choices", ChoiceViewSet, basename="choice")
router.register("quiz-submissions", QuizSubmissionViewSet, basename="quiz-submission")

urlpatterns = [
    re_path(r"^quizzes/(?P<id>[0-9a-f]{24})/questions/order/$", QuestionOrderView.as_view()),
    *router.urls,
]
