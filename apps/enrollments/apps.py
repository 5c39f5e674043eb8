from django.apps import AppConfig


class EnrollmentsConfig(AppConfig):
    name = "apps.enrollments"

    def ready(self):
        from apps.enrollments import handlers  # noqa: F401
