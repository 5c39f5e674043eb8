"""System checks of settings whose absence would fail silently."""

from django.apps import apps
from django.conf import settings
from django.core import checks

SHORTEST_KEY = 32  # bytes; PyJWT only warns about a shorter one


@checks.register(checks.Tags.security)
def check_token_settings(app_configs, **options) -> list[checks.Error]:
    errors = []
    if not apps.is_installed("rest_framework_simplejwt.token_blacklist"):
        errors.append(
            checks.Error("The app that records used tokens is not installed.", id="users.E001")
        )
    if len(settings.SIMPLE_JWT["SIGNING_KEY"].encode()) < SHORTEST_KEY:
        errors.append(
            checks.Error(f"The signing key is shorter than {SHORTEST_KEY} bytes.", id="users.E002")
        )
    return errors
