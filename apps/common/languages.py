from django.conf import settings


def supported_language(language: str | None) -> str:
    """Return the language if the product supports it, otherwise the default language."""
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
