"""The staff site, where sign-ins are limited, listed and ended as in the API."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial, wraps

from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth import logout
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import BadRequest, ValidationError
from django.db import DataError
from django.http import HttpResponse
from django.urls import reverse

from apps.common.client_address import client_ip
from apps.common.errors import DomainError, NotFound
from apps.users import selectors, services
from apps.users.client_info import client_info

SESSION_ID = "session_id"  # the key in the Django session; the value is the id of a `Session`


class LimitedPasswordChangeForm(AdminPasswordChangeForm):
    """Check the old password as the API does, and set the new one through the service."""

    def __init__(self, *arguments, address: str, session_id: str | None, **options):
        self._address, self._session_id = address, session_id
        super().__init__(*arguments, **options)

    def clean_old_password(self) -> str:
        """
        :raises ValidationError: the password is incorrect
        :raises Throttled: too many passwords were incorrect
        """
        password = self.cleaned_data["old_password"]
        if services.is_password_right(account=self.user, password=password, address=self._address):
            return password
        raise ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")

    def save(self, commit: bool = True):
        """
        Set only the password: the account may have been changed or erased since it was read.

        :raises Invalid: the password was changed in the meantime, or the account is inactive
        """
        services.replace_password(
            account=self.user,
            new_password=self.cleaned_data["new_password1"],
            except_session_id=self._session_id,
        )
        self.user.refresh_from_db()
        return self.user


class StaffSite(AdminSite):
    def has_permission(self, request) -> bool:
        return super().has_permission(request) and _is_session_active(request)

    def admin_view(self, view, cacheable=False):
        return super().admin_view(_rejecting_unstorable_values(view), cacheable)

    def login(self, request, extra_context=None):
        # Signing in may replace the session of the cookie, which is then no longer used.
        replaced = request.user.pk, request.session.get(SESSION_ID)
        response = _answering_errors(lambda: super(StaffSite, self).login(request, extra_context))
        if request.method == "POST" and response.status_code == 302:
            _end_session(*replaced)
            return _answering_errors(lambda: _record_session(request, response))
        return response

    def logout(self, request, extra_context=None):
        if request.method == "POST":
            _end_session(request.user.pk, request.session.get(SESSION_ID))
        return super().logout(request, extra_context)

    def password_change(self, request, extra_context=None):
        request.current_app = self.name
        view = PasswordChangeView.as_view(
            form_class=partial(
                LimitedPasswordChangeForm,
                address=client_ip(request),
                session_id=request.session.get(SESSION_ID),
            ),
            success_url=reverse("admin:password_change_done", current_app=self.name),
            extra_context=self.each_context(request) | (extra_context or {}),
        )
        return _answering_errors(lambda: view(request))


def _rejecting_unstorable_values(view: Callable) -> Callable:
    @wraps(view)
    def rejecting(request, *arguments, **options):
        """
        :raises BadRequest: the database cannot store a value, such as an id of twenty digits
        """
        try:
            return view(request, *arguments, **options)
        except (OverflowError, DataError) as error:
            raise BadRequest("A value cannot be stored.") from error

    return rejecting


def _end_session(account_id, session_id: str | None) -> None:
    if session_id is not None:
        with suppress(NotFound):
            services.end_session(account_id=account_id, session_id=session_id)


def _record_session(request, response: HttpResponse) -> HttpResponse:
    """Record the sign-in among the account's sessions; if that fails, sign out again."""
    try:
        request.session[SESSION_ID] = services.open_staff_session(
            account=request.user, **client_info(request)
        )
    except BaseException:
        logout(request)
        raise
    return response


def _is_session_active(request) -> bool:
    """Return whether the session was not ended in the API."""
    session_id = request.session.get(SESSION_ID)
    return session_id is None or selectors.has_session(request.user.pk, session_id)


def _answering_errors(answer: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        answered = answer()
        return answered.render() if hasattr(answered, "render") else answered
    except DomainError as error:
        headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
        return HttpResponse(
            error.detail, status=error.status, headers=headers, content_type="text/plain"
        )
