from django.conf import settings


def supported_language(language: str | None) -> str:
    """Return the language itself where the product speaks it, else the product's own."""
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
