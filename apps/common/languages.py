from django.conf import settings


def supported_language(language: str | None) -> str:
    """Return the language if the product supports it, otherwise the default language."""
    if language and language in dict(settings.LANGUAGES):
        return language
    return settings.LANGUAGE_CODE
