from rest_framework_mongoengine.routers import SimpleRouter

from apps.progress.views import ProgressViewSet

router = SimpleRouter()
router.register("progress", ProgressViewSet, basename="progress")

urlpatterns = router.urls
