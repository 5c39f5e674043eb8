from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from lms import celery  # noqa: F401 - shared tasks register with the app that it creates
from lms.stores import documents


class LmsConfig(AppConfig):
    """The project as a Django app: its templates, static files, translations and commands."""

    name = "lms"

    def ready(self):
        # Indexes, event handlers, system checks and tasks are registered when they are imported.
        autodiscover_modules("documents", "handlers", "checks", "tasks")
        documents.register_connection()
