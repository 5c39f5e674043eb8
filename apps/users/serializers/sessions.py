"""The input and output of the routes for signing in and out."""

from django.utils.translation import gettext as _
from rest_framework import serializers

from apps.common.http.fields import TextField
from apps.common.http.serializers import Serializer, output_serializer
from apps.users.representations import SessionRepresentation, SignedInRepresentation
from apps.users.serializers.fields import PasswordField, TokenField
from apps.users.serializers.users import UserSerializer

SessionSerializer = output_serializer(SessionRepresentation)


class SignedInSerializer(output_serializer(SignedInRepresentation)):  # type: ignore[misc]
    """In cookie mode the refresh token is in the cookie, and not here."""

    user = UserSerializer()


class LoginSerializer(Serializer):
    username = TextField(
        required=False,
        allow_blank=True,
        max_length=254,
        as_written=True,
        help_text="Or an email address.",
    )
    email = TextField(required=False, allow_blank=True, max_length=254, as_written=True)
    password = PasswordField()

    def validate(self, attrs: dict) -> dict:
        if not attrs.get("username") and not attrs.get("email"):
            raise serializers.ValidationError(
                {"username": [_("Enter a username or an email address.")]}
            )
        return attrs


class RefreshSerializer(Serializer):
    refresh = TokenField(required=False, help_text="In cookie mode the cookie contains it.")


class TokenSerializer(Serializer):
    token = TokenField()
