from django.urls import path
from rest_framework_mongoengine.routers import SimpleRouter

from apps.notifications.views import NotificationViewSet, PreferencesView

router = SimpleRouter()
router.register("notifications", NotificationViewSet, basename="notification")

urlpatterns = [
    path("notifications/preferences/", PreferencesView.as_view()),
    *router.urls,
]
