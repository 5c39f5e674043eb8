from django.core import checks


def findings() -> set[str]:
    return {error.id for error in checks.run_checks(tags=[checks.Tags.security])}


def test_settings_that_would_fail_silently_are_reported(settings):
    assert not {"users.E001", "users.E002"} & findings()

    settings.SIMPLE_JWT = settings.SIMPLE_JWT | {"SIGNING_KEY": "short"}
    settings.INSTALLED_APPS = [
        name for name in settings.INSTALLED_APPS if "token_blacklist" not in name
    ]

    assert {"users.E001", "users.E002"} <= findings()
