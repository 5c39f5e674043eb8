"""Settings come from the environment, and from `.env` next to `manage.py` if it exists."""

from collections.abc import Callable
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent

_env = environ.Env()
environ.Env.read_env(ROOT / ".env")


def text(name: str, default: str = "") -> str:
    """Return the variable's value; an empty variable counts as unset."""
    return _env.str(name, default="").strip() or default


def flag(name: str, *, default: bool = False) -> bool:
    value = text(name).lower()
    if value in ("", "on", "true", "1", "off", "false", "0"):
        return value in ("on", "true", "1") if value else default
    raise ImproperlyConfigured(f"{name} is {value!r}; set it to on or off.")


def number(name: str, *, default: int, least: int = 0, most: int = 1_000_000) -> int:
    value = text(name, str(default))
    is_number = value.isascii() and value.isdigit() and len(value) < 10
    if not is_number or not least <= int(value) <= most:
        raise ImproperlyConfigured(
            f"{name} is {value!r}; set it to a whole number from {least} to {most}."
        )
    return int(value)


def data_dir() -> Path:
    """Return the folder of all data; a relative path starts at the folder of `manage.py`."""
    return ROOT / text("LMS_DATA_DIR", "var")


def words(name: str, default: str = "") -> list[str]:
    """Return the comma-separated parts."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def secret(name: str, *, at_least: int) -> str:
    value = text(name)
    if len(value) < at_least:
        raise ImproperlyConfigured(
            f"{name} must be set to at least {at_least} random characters "
            "(`make run` generates them; otherwise use `openssl rand -base64 48`)."
        )
    return value


def required_words(name: str, why: str) -> list[str]:
    value = words(name)
    if not value:
        raise ImproperlyConfigured(f"{name} must be set: {why}.")
    return value


def rate(name: str, default: str) -> tuple[int, int]:
    """Return a limit in the form requests/seconds, such as `10/60`."""
    value = text(name, default)
    requests, _, seconds = value.partition("/")
    if not all(part.isascii() and part.isdigit() and int(part) for part in (requests, seconds)):
        raise ImproperlyConfigured(f"{name} is {value!r}; use requests/seconds, such as 10/60.")
    return int(requests), int(seconds)


def database(name: str, default: str) -> dict:
    config = _parse_url(name, text(name, default), _env.db_url_config)
    if "." not in config.get("ENGINE", "") or not config.get("NAME"):
        raise _invalid_url(name)
    return config


def email(name: str) -> dict | None:
    """Return Django's email settings from a URL such as `smtp+tls://user:secret@host:587`."""
    value = text(name)
    return _parse_url(name, value, _env.email_url_config) if value else None


def url(name: str, *schemes: str, default: str = "") -> str:
    """Return a URL with one of the schemes, or "" if the variable is unset."""
    value = text(name, default)
    scheme, separator, rest = value.partition("://")
    if value and not (scheme in schemes and separator and rest):
        raise _invalid_url(name, schemes)
    return value


def _parse_url(name: str, value: str, parse: Callable[[str], dict]) -> dict:
    try:
        return parse(value)
    except (ImproperlyConfigured, ValueError, KeyError) as error:
        raise _invalid_url(name) from error


def _invalid_url(name: str, schemes: tuple[str, ...] = ()) -> ImproperlyConfigured:
    # The message does not contain the value, because it may include a password.
    hint = f" that starts with {' or '.join(f'{scheme}://' for scheme in schemes)}"
    return ImproperlyConfigured(f"{name} is not a valid URL{hint if schemes else ''}.")
