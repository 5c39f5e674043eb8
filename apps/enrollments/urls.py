from rest_framework_mongoengine.routers import SimpleRouter

from apps.enrollments.views import EnrollmentViewSet

router = SimpleRouter()
router.register("enrollments", EnrollmentViewSet, basename="enrollment")

urlpatterns = router.urls
