"""The input of the routes for passwords and email addresses."""

from dj_rest_auth.serializers import PasswordResetConfirmSerializer
from django.utils.translation import gettext as _
from rest_framework import serializers

from apps.common.http.serializers import Serializer, StrictInput
from apps.users import selectors
from apps.users.models import Account
from apps.users.passwords import ResetTokenGenerator
from apps.users.serializers.fields import (
    EmailField,
    PasswordField,
    TokenField,
    check_repetition,
    check_strength,
)


class PasswordChangeSerializer(Serializer):
    old_password = PasswordField()
    new_password1 = PasswordField()
    new_password2 = PasswordField()

    def validate_new_password1(self, password: str) -> str:
        viewer = self.context["request"].user
        return check_strength(password, selectors.get_account(viewer.id))

    def validate_new_password2(self, password: str) -> str:
        return check_repetition(password, self.initial_data.get("new_password1"))


class EmailSerializer(Serializer):
    email = EmailField()


class ResetSerializer(StrictInput, PasswordResetConfirmSerializer):
    """dj-rest-auth checks the link and the password; `account` is the account of the link."""

    uid = TokenField()
    token = TokenField()
    new_password1 = PasswordField()
    new_password2 = PasswordField()

    def validate(self, attrs: dict) -> dict:
        try:
            valid = super().validate(attrs)
        except serializers.ValidationError as error:
            if not {"uid", "token"} & set(error.detail):
                raise
            self._check_dummy_token(error, attrs["token"])
            message = _("This link is invalid or has expired.")
            raise serializers.ValidationError({"token": [message]}) from error
        return {"account": self.user, "new_password": valid["new_password1"]}

    def _check_dummy_token(self, error: serializers.ValidationError, token: str) -> None:
        """Take as long for an account that does not exist as for a wrong token."""
        if "uid" in error.detail:
            ResetTokenGenerator().check_token(Account(pk=0), token)


class KeySerializer(Serializer):
    key = TokenField()
