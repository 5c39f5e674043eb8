"""Which email addresses are taken, and how they are stored."""

import unicodedata

import idna
from django.core.exceptions import ValidationError
from django.core.validators import validate_email as validate_form
from django.utils.translation import gettext as _

from apps.common.normalization import ascii_domain, normalize_email_key

LONGEST = 254
LONGEST_LOCAL = 64  # RFC 5321, 4.5.3.1.1


def normalize_email(email: str) -> str:
    """
    Return an address as it is stored: in NFC, with a domain in ASCII.

    Mail programs differ in how they write other domains in ASCII; so all mail goes to the domain
    that `normalize_email_key` compares. A domain that has no such form stays as it is.
    """
    local, at, domain = unicodedata.normalize("NFC", email).rpartition("@")
    try:
        return local + at + ascii_domain(domain)
    except UnicodeError:
        return local + at + domain


def validate_email(email: str) -> None:
    """
    Check an address, as it was typed, that somebody wants to have.

    :raises ValidationError: what is wrong with it
    """
    if len(email) > LONGEST:  # normalizing marks takes longer than in proportion
        raise ValidationError(_("This address is too long."))
    if any(unicodedata.category(one) in ("Cf", "Cc", "Zs", "Zl", "Zp") for one in email):
        raise _malformed()
    stored = normalize_email(email)
    local, _at, domain = stored.rpartition("@")
    # Django's pattern ignores case, so it takes a few letters outside ASCII, such as "ſ" for "s".
    if '"' in local or not local.isascii() or not _has_idna_form(domain):
        raise _malformed()
    validate_form(stored)
    if len(local) > LONGEST_LOCAL or max(len(stored), len(normalize_email_key(email))) > LONGEST:
        raise ValidationError(_("This address is too long."))


def _malformed() -> ValidationError:
    return ValidationError(validate_form.message, code=validate_form.code)


def _has_idna_form(domain: str) -> bool:
    """Say so of a normalized domain; other labels in ASCII than encoded ones are their own form."""
    if not domain.isascii() or domain.startswith("["):
        return False
    if "xn--" not in domain.lower():
        return True
    try:
        return idna.encode(domain, uts46=True).decode() == domain.lower()
    except UnicodeError:
        return False
