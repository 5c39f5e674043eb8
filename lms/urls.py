"""All URLs of the product."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from apps.dashboard.views import DashboardView
from apps.notifications.unsubscribe_page import unsubscribe
from lms.health import checks, metrics
from lms.schema import views as schema
from lms.site import crawlers, pages

urlpatterns = [
    path("api/auth/", include("apps.users.urls_auth")),
    path("api/", include("apps.users.urls")),
    path("api/", include("apps.courses.urls")),
    path("api/", include("apps.lessons.urls")),
    path("api/", include("apps.enrollments.urls")),
    path("api/", include("apps.quizzes.urls")),
    path("api/", include("apps.progress.urls")),
    path("api/dashboard/", DashboardView.as_view()),
    path("api/", include("apps.notifications.urls")),
    path("unsubscribe/<token>/", unsubscribe, name="unsubscribe"),
    path("admin/", admin.site.urls),
    path("swagger/", schema.swagger),
    path("redoc/", schema.redoc),
    path("swagger.json", schema.swagger_json),
    path("swagger.yaml", schema.swagger_yaml),
    *(
        path(name, RedirectView.as_view(url=f"/{name}/", permanent=True))
        for name in ("admin", "swagger", "redoc")
    ),
    path("health/live", checks.live),
    path("health/ready", checks.ready),
    path("metrics", metrics.metrics),
    path("media/<path:name>", pages.picture),
    path("robots.txt", crawlers.robots),
    path("sitemap.xml", crawlers.sitemap),
    path("", include("lms.site.web_app")),
]

handler400 = pages.bad_request
handler403 = pages.forbidden
handler404 = pages.not_found
handler500 = pages.server_error
