from django.utils.translation import gettext as _
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.common.client_address import client_network
from apps.common.errors import Invalid, NotFound
from apps.common.http.viewsets import ApiView
from apps.common.storage import rate_limits
from apps.users import services
from apps.users.authentication import LenientAuthentication
from apps.users.client_info import client_info
from apps.users.cookies import delete_cookie, refresh_token_of, set_cookie, wants_cookie
from apps.users.documents import User
from apps.users.representations import represent_sign_in
from apps.users.serializers import (
    DetailSerializer,
    LoginSerializer,
    RefreshSerializer,
    RegistrationSerializer,
    SignedInSerializer,
    TokenSerializer,
)
from apps.users.tokens import Tokens


class View(ApiView, APIView):
    """A route that does not belong to a collection."""


class PublicView(View):
    """A route that ignores any access token, even an invalid one."""

    authentication_classes = []
    permission_classes = [AllowAny]


class OwnAccountView(View):
    """A route that is only about the current user."""

    def handle_exception(self, exc):
        """Answer 401 if the user was erased after the request was authenticated."""
        if isinstance(exc, NotFound):
            exc = AuthenticationFailed(_("Sign in again."), code="token_not_valid")
        return super().handle_exception(exc)


class RegistrationView(PublicView):
    schemas = {"post": (RegistrationSerializer, SignedInSerializer, 201)}
    error_statuses = {"post": (403,)}

    def post(self, request):
        """Register as a student and sign in."""
        rate_limits.check_and_count("registration", client_network(request))
        in_cookie = wants_cookie(request)
        fields = self.validated(RegistrationSerializer)
        user, tokens = services.register(
            username=fields["username"],
            email=fields["email"],
            password=fields["password1"],
            bio=fields.get("bio", ""),
            instructor_requested=fields.get("is_instructor", False),
            **client_info(request),
        )
        return _answer_tokens(request, user, tokens, in_cookie=in_cookie, status=201)


class LoginView(PublicView):
    schemas = {"post": (LoginSerializer, SignedInSerializer)}
    error_statuses = {"post": (401, 403)}

    def post(self, request):
        """Sign in with a username or an email address."""
        in_cookie = wants_cookie(request)
        credentials = self.validated(LoginSerializer)
        user, tokens = services.sign_in(**credentials, **client_info(request))
        return _answer_tokens(request, user, tokens, in_cookie=in_cookie)


class RefreshView(PublicView):
    schemas = {"post": (RefreshSerializer, SignedInSerializer)}
    error_statuses = {"post": (401, 403)}

    def post(self, request):
        """Exchange a refresh token for a new pair of tokens. Reusing a token ends its session."""
        token_in_body = self.validated(RefreshSerializer).get("refresh", "")
        token = refresh_token_of(request, token_in_body)
        in_cookie = wants_cookie(request)
        if not token and not in_cookie:
            raise Invalid(refresh=_("This field is required."))
        user, tokens = services.refresh_session(token=token)
        return _answer_tokens(request, user, tokens, in_cookie=in_cookie)


class VerifyView(View):
    permission_classes = [AllowAny]
    schemas = {"post": (TokenSerializer, dict)}

    def post(self, request):
        """Check whether an access or refresh token is valid."""
        services.verify_token(**self.validated(TokenSerializer))
        return Response({})


class LogoutView(View):
    authentication_classes = [LenientAuthentication]
    permission_classes = [AllowAny]
    schemas = {"post": (RefreshSerializer, DetailSerializer)}
    error_statuses = {"post": (403,)}

    def post(self, request):
        """End the session of the access token, and that of the refresh token."""
        token_in_body = self.validated(RefreshSerializer).get("refresh", "")
        services.sign_out(
            session_id=request.auth.session_id if request.auth else None,
            refresh=refresh_token_of(request, token_in_body),
        )
        return _answer_signed_out(request)


class LogoutEverywhereView(OwnAccountView):
    schemas = {"post": (None, DetailSerializer)}

    def post(self, request):
        """End all of your sessions."""
        services.end_all_sessions(account_id=request.user.account_id)
        return _answer_signed_out(request)


def _answer_tokens(
    request, user: User, tokens: Tokens, *, in_cookie: bool, status: int = 200
) -> Response:
    response = Response(represent_sign_in(user, tokens, in_cookie=in_cookie), status=status)
    if in_cookie:
        set_cookie(request, response, tokens)
    return response


def _answer_signed_out(request) -> Response:
    response = Response({"detail": _("You are signed out.")})
    if wants_cookie(request):
        delete_cookie(request, response)
    return response
