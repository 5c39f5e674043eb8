from django.apps import AppConfig


class LessonsConfig(AppConfig):
    name = "apps.lessons"

    def ready(self):
        from apps.lessons import handlers  # noqa: F401
