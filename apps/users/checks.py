"""What would fail silently if it were forgotten: said when the product starts."""

from django.apps import apps
from django.conf import settings
from django.core import checks

SHORTEST_KEY = 32  # bytes; PyJWT only warns of a shorter one


@checks.register(checks.Tags.security)
def tokens_can_be_void_and_are_hard_to_forge(app_configs, **options) -> list[checks.Error]:
    errors = []
    if not apps.is_installed("rest_framework_simplejwt.token_blacklist"):
        errors.append(
            checks.Error("The app that keeps dead tokens is not installed.", id="users.E001")
        )
    if len(settings.SIMPLE_JWT["SIGNING_KEY"].encode()) < SHORTEST_KEY:
        errors.append(
            checks.Error(f"The signing key is under {SHORTEST_KEY} bytes.", id="users.E002")
        )
    return errors
