from rest_framework_mongoengine.routers import SimpleRouter

from apps.users.views.users import UserViewSet

router = SimpleRouter()
router.register("users", UserViewSet, basename="user")

urlpatterns = router.urls
