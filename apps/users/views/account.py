from django.utils.translation import gettext as _
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from apps.common.client_address import client_ip, client_network
from apps.common.http.page_links import page_link
from apps.common.http.query_params import ListQuery
from apps.common.http.streaming import JsonStreamResponse
from apps.common.storage import rate_limits
from apps.users import selectors, services
from apps.users.models import AccountMail
from apps.users.representations import represent_user
from apps.users.serializers import (
    CurrentUserSerializer,
    DetailSerializer,
    EmailSerializer,
    KeySerializer,
    PasswordChangeSerializer,
    ResetSerializer,
    SessionSerializer,
    UserSerializer,
)
from apps.users.views.auth import OwnAccountView, PublicView, View
from apps.users.views.mail_response import MailResponse


class CurrentUserView(OwnAccountView):
    serializer_class = UserSerializer
    schemas = {
        "put": (CurrentUserSerializer, UserSerializer),
        "patch": (CurrentUserSerializer, UserSerializer),
    }

    def get(self, request):
        """Get your profile."""
        return self.answer(selectors.cached_user(request.user.id))

    def put(self, request, partial=False):
        """Replace your profile."""
        fields = self.validated(CurrentUserSerializer, replaces=True, partial=partial)
        user = services.update_current_user(
            user_id=request.user.id, address=client_ip(request), expected=self.expected, **fields
        )
        return self.answer(represent_user(user))

    def patch(self, request):
        """Change fields of your profile."""
        return self.put(request, partial=True)

    def delete(self, request):
        """Erase your account and everything stored about you."""
        services.erase(user_id=request.user.id, expected=self.expected)
        return Response(status=204)


class ExportView(OwnAccountView):
    schemas = {"get": (None, dict)}

    def get(self, request):
        """Download everything stored about you as one file."""
        rate_limits.check_and_count("exports", request.user.id)
        return JsonStreamResponse(
            lambda: selectors.personal_data_of(request.user.id),
            slots=selectors.EXPORTS,
            headers={"Content-Disposition": 'attachment; filename="my-data.json"'},
        )


class SessionsView(View):
    query_class = ListQuery
    schemas = {"get": (None, SessionSerializer)}

    def get(self, request):
        """List your sessions."""
        page = selectors.list_sessions(
            request.user.account_id,
            current_id=request.auth.session_id,
            paging=self.query.paging,
        )
        return Response(
            {
                "count": page.count,
                "next": page_link(request, page.next),
                "previous": page_link(request, page.previous),
                "results": page.rows,
            }
        )


class SessionView(View):
    def delete(self, request, session_id):
        """End one of your sessions."""
        services.end_session(account_id=request.user.account_id, session_id=session_id)
        return Response(status=204)


class PasswordChangeView(OwnAccountView):
    schemas = {"post": (PasswordChangeSerializer, DetailSerializer)}

    def post(self, request):
        """Change your password, which ends your other sessions."""
        passwords = self.validated(PasswordChangeSerializer)
        services.change_password(
            user_id=request.user.id,
            session_id=request.auth.session_id,
            old_password=passwords["old_password"],
            new_password=passwords["new_password1"],
            address=client_ip(request),
        )
        return Response({"detail": _("New password has been saved.")})


class ResetView(PublicView):
    schemas = {"post": (EmailSerializer, DetailSerializer)}

    def post(self, request):
        """Request an email with a link to set a new password. All answers are the same."""
        email = self.validated(EmailSerializer)["email"]
        network = client_network(request)
        services.request_mail(AccountMail.Kind.RESET, email=email, network=network)
        return MailResponse({"detail": _("Password reset e-mail has been sent.")})


class ResetConfirmView(PublicView):
    schemas = {"post": (ResetSerializer, DetailSerializer)}

    def post(self, request):
        """Set a new password with the `uid` and `token` of the link in the email."""
        services.reset_password(**self.validated(ResetSerializer))
        return Response({"detail": _("Password has been reset with the new password.")})


class VerifyEmailView(View):
    permission_classes = [AllowAny]
    schemas = {"post": (KeySerializer, DetailSerializer)}
    error_statuses = {"post": (404,)}

    def post(self, request):
        """Verify an email address with the `key` of the link in the email."""
        services.verify_email(**self.validated(KeySerializer))
        return Response({"detail": _("ok")})


class ResendEmailView(View):
    permission_classes = [AllowAny]
    schemas = {"post": (EmailSerializer, DetailSerializer)}

    def post(self, request):
        """Request another email with a verification link. All answers are the same."""
        email = self.validated(EmailSerializer)["email"]
        network = client_network(request)
        services.request_mail(AccountMail.Kind.VERIFY, email=email, network=network)
        return MailResponse({"detail": _("ok")})
