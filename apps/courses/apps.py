from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "apps.courses"

    def ready(self):
        from apps.courses import handlers  # noqa: F401
