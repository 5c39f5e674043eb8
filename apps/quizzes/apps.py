from django.apps import AppConfig


class QuizzesConfig(AppConfig):
    name = "apps.quizzes"

    def ready(self):
        from apps.quizzes import handlers  # noqa: F401
