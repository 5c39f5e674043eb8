"""Password hashing, password validation, and the tokens of password reset links."""

import os

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import UserAttributeSimilarityValidator
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.common.capacity import Capacity

# Each hash takes about 50 ms of a processor, and 19 MiB. More at once would only use memory.
hashing = Capacity(max(2, os.cpu_count() or 1), wait=2)


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, because Django's default takes 100 MiB for each sign-in."""

    time_cost = 2
    memory_cost = 19456
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """
        :raises Busy: too many passwords are being hashed
        """
        with hashing:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """
        :raises Busy: too many passwords are being hashed
        """
        with hashing:
            return super().verify(password, encoded)


class ResetTokenGenerator(PasswordResetTokenGenerator):
    """
    Create the tokens of links in emails without allauth's table of email addresses.

    Django's value contains the address already. It is appended once more as allauth's generator
    did, so that links that allauth created remain valid.
    """

    def _make_hash_value(self, user, timestamp) -> str:
        return super()._make_hash_value(user, timestamp) + user.email


LONGEST = 128  # characters


class SimilarityValidator(UserAttributeSimilarityValidator):
    """Compare only passwords of valid length, because the time grows with the length."""

    def validate(self, password: str, user=None) -> None:
        """
        :raises ValidationError: the password resembles the username or email address
        """
        if len(password) <= LONGEST:
            super().validate(password, user)


class MaximumLengthValidator:
    def __init__(self, max_length: int = LONGEST):
        self.max_length = max_length

    def validate(self, password: str, user=None) -> None:
        """
        :raises ValidationError: the password is too long
        """
        if len(password) > self.max_length:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return _("Your password must have at most %(max)d characters.") % {"max": self.max_length}
