from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from lms.stores import documents


class LmsConfig(AppConfig):
    """The project as a Django app: its templates, static files, translations and commands."""

    name = "lms"

    def ready(self):
        # Celery's app takes the shared tasks; `proxies` registers a system check.
        from lms import celery  # noqa: F401
        from lms.serving import proxies  # noqa: F401

        # Indexes and tasks are known once the modules that declare them are imported.
        autodiscover_modules("documents", "tasks")
        documents.register_connection()
