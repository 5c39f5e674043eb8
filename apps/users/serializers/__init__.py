"""The input and output of the routes for users, their accounts and their sessions."""

from apps.common.http.serializers import output_serializer
from apps.users.representations import DetailRepresentation
from apps.users.serializers.fields import (
    BioField,
    EmailField,
    PasswordField,
    TokenField,
    UsernameField,
)
from apps.users.serializers.passwords import (
    EmailSerializer,
    KeySerializer,
    PasswordChangeSerializer,
    ResetSerializer,
)
from apps.users.serializers.registration import InvitationSerializer, RegistrationSerializer
from apps.users.serializers.sessions import (
    LoginSerializer,
    RefreshSerializer,
    SessionSerializer,
    SignedInSerializer,
    TokenSerializer,
)
from apps.users.serializers.users import (
    CurrentUserSerializer,
    UserCardSerializer,
    UserQuery,
    UserSerializer,
    UserUpdateSerializer,
)

DetailSerializer = output_serializer(DetailRepresentation)

__all__ = [
    "BioField",
    "CurrentUserSerializer",
    "DetailSerializer",
    "EmailField",
    "EmailSerializer",
    "InvitationSerializer",
    "KeySerializer",
    "LoginSerializer",
    "PasswordChangeSerializer",
    "PasswordField",
    "RefreshSerializer",
    "RegistrationSerializer",
    "ResetSerializer",
    "SessionSerializer",
    "SignedInSerializer",
    "TokenField",
    "TokenSerializer",
    "UserCardSerializer",
    "UserQuery",
    "UserSerializer",
    "UserUpdateSerializer",
    "UsernameField",
]
