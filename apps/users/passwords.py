"""How passwords are kept, what is refused as one, and what proves a mailed link."""

import os

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import UserAttributeSimilarityValidator
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.common.capacity import Capacity

# Each hash takes a processor for some 50 ms, and 19 MiB: more at once would only take memory.
hashing = Capacity(max(2, os.cpu_count() or 1), wait=2)


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id at 19 MiB: Django's own default takes 100 MiB for each sign-in."""

    time_cost = 2
    memory_cost = 19456
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """
        :raises Busy: too many passwords are hashed at once
        """
        with hashing:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """
        :raises Busy: too many passwords are hashed at once
        """
        with hashing:
            return super().verify(password, encoded)


class ResetTokenGenerator(PasswordResetTokenGenerator):
    """
    Makes the tokens of mailed links without storing the address anywhere else.

    Django's value holds the address already. It is appended once more because allauth's generator
    did so: links that it made remain valid.
    """

    def _make_hash_value(self, user, timestamp) -> str:
        return super()._make_hash_value(user, timestamp) + user.email


LONGEST = 128  # characters


class SimilarityValidator(UserAttributeSimilarityValidator):
    """Compares only passwords that may be taken: the comparison grows with their length."""

    def validate(self, password: str, user=None) -> None:
        """
        :raises ValidationError: the password resembles the user's name or address
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
