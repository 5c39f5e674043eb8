from django.urls import re_path
from rest_framework_mongoengine.routers import SimpleRouter

from apps.lessons.views import LessonOrderView, LessonViewSet, OutlineView

router = SimpleRouter()
router.register("lessons", LessonViewSet, basename="lesson")

urlpatterns = [
    re_path(r"^courses/(?P<id>[0-9a-f]{24})/lessons/$", OutlineView.as_view()),
    re_path(r"^courses/(?P<id>[0-9a-f]{24})/lessons/order/$", LessonOrderView.as_view()),
    *router.urls,
]
