from rest_framework_mongoengine.routers import SimpleRouter

from apps.courses.views import CategoryViewSet, CourseViewSet

router = SimpleRouter()
router.register("categories", CategoryViewSet, basename="category")
router.register("courses", CourseViewSet, basename="course")

urlpatterns = router.urls
