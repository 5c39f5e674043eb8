"""The staff site's pages of accounts. All changes go through the services, as in the API."""

from allauth.account.models import EmailAddress
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpResponseRedirect
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from apps.common.errors import DomainError
from apps.common.normalization import normalize_email_key, normalize_name
from apps.users import services
from apps.users.models import Account, AccountMail, Session

SEARCH_LENGTH = 200  # characters; a query of thousands of words is too deep for SQLite

admin.site.unregister(EmailAddress)  # The product does not use this table.
admin.site.unregister([BlacklistedToken, OutstandingToken])  # The pages of sessions show the same.
admin.site.unregister(Group)


class StrictAdmin(admin.ModelAdmin):
    """
    Allow only the filters that the page offers, and reject input that makes Django answer 500.

    Django allows the URL to filter by any field, even by hidden ones.
    """

    def lookup_allowed(self, lookup: str, value: str, request) -> bool:
        filters = self.get_list_filter(request)
        names = [item if isinstance(item, str) else item[0] for item in filters]
        suffixes = ("exact", "isnull", "isempty")
        return lookup in {f"{name}__{suffix}" for name in names for suffix in suffixes}

    def get_search_results(self, request, queryset, search_term: str):
        return super().get_search_results(request, queryset, search_term[:SEARCH_LENGTH])

    def response_action(self, request, queryset):
        """
        :raises BadRequest: a selected value cannot be an id
        """
        try:
            for value in request.POST.getlist(ACTION_CHECKBOX_NAME):
                self.model._meta.pk.to_python(value)
        except ValidationError as error:
            raise BadRequest("Malformed id.") from error
        return super().response_action(request, queryset)


@admin.register(Group)
class StrictGroupAdmin(StrictAdmin, GroupAdmin):
    def get_readonly_fields(self, request, obj=None) -> tuple:
        # Only admins grant permissions: other staff could grant some to a group of their own.
        return () if request.user.is_superuser else ("permissions",)


class ReadOnlyAdmin(StrictAdmin):
    """Pages of objects that staff cannot add or change."""

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False


class AccountRecordAdmin(ReadOnlyAdmin):
    """Pages of an account's records, which staff may delete unless the account is an admin's."""

    def has_delete_permission(self, request, obj=None) -> bool:
        is_allowed = obj is None or _may_change(request.user, obj.account)
        return is_allowed and super().has_delete_permission(request, obj)


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ("username", "email", "is_active", "is_staff", "is_superuser", "date_joined")
    list_filter = ("is_active", "is_staff", "is_superuser", "email_verified")
    search_fields = ("username_key", "email_key")
    read_only = ("username", "email", "email_verified", "profile_id", "date_joined", "last_login")
    permissions = ("is_superuser", "is_staff", "groups", "user_permissions")
    fields = (*read_only, "is_active", *permissions)
    filter_horizontal = ("groups", "user_permissions")

    def get_search_results(self, request, queryset, search_term: str):
        """Search normalized usernames and email addresses."""
        term = search_term[:SEARCH_LENGTH]
        by_name, has_duplicates = super().get_search_results(
            request, queryset, normalize_name(term)
        )
        by_email, _has_duplicates = super().get_search_results(
            request, queryset, normalize_email_key(term)
        )
        return by_name | by_email, has_duplicates

    def get_readonly_fields(self, request, obj=None) -> tuple:
        if request.user.is_superuser:
            return self.read_only
        return (*self.read_only, *self.permissions)

    def has_change_permission(self, request, obj=None) -> bool:
        return _may_change(request.user, obj) and admin.ModelAdmin.has_change_permission(
            self, request, obj
        )

    def has_delete_permission(self, request, obj=None) -> bool:
        return _may_change(request.user, obj) and super().has_delete_permission(request, obj)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        # The public method opens a transaction, which must not span a call to MongoDB.
        return self._answering_errors(
            request, lambda: self._changeform_view(request, object_id, form_url, extra_context)
        )

    def delete_view(self, request, object_id, extra_context=None):
        return self._answering_errors(
            request, lambda: self._delete_view(request, object_id, extra_context)
        )

    def response_action(self, request, queryset):
        return self._answering_errors(
            request, lambda: super(AccountAdmin, self).response_action(request, queryset)
        )

    def save_model(self, request, account, form, change) -> None:
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        names = {"is_active": "is_active", "is_superuser": "is_admin"}
        roles = {names[name]: value for name, value in changes.items() if name in names}
        if roles:
            services.update_user(user_id=account.profile_id, **roles)
        if "is_staff" in changes:
            Account.objects.filter(pk=account.pk).update(is_staff=changes["is_staff"])
            services.end_staff_sessions(account_id=account.pk)

    def get_deleted_objects(self, accounts, request):
        is_allowed = all(self.has_delete_permission(request, account) for account in accounts)
        forbidden = set() if is_allowed else {Account._meta.verbose_name}
        return [str(account) for account in accounts], {"accounts": len(accounts)}, forbidden, []

    def delete_model(self, request, account) -> None:
        services.erase(user_id=account.profile_id)

    def delete_queryset(self, request, accounts) -> None:
        for account in accounts:
            services.erase(user_id=account.profile_id)

    def _answering_errors(self, request, answer):
        try:
            return answer()
        except DomainError as error:
            self.message_user(request, error.detail, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())


@admin.register(Session)
class SessionAdmin(AccountRecordAdmin):
    list_display = ("account", "created_at", "last_used_at", "address", "user_agent")
    fields = ("account", "created_at", "last_used_at", "expires_at", "address", "user_agent")
    search_fields = ("account__username_key",)
    list_select_related = ("account",)

    def delete_model(self, request, session) -> None:
        services.end_session(account_id=session.account_id, session_id=session.pk)

    def delete_queryset(self, request, sessions) -> None:
        for session in sessions:
            self.delete_model(request, session)


@admin.register(AccountMail)
class AccountMailAdmin(AccountRecordAdmin):
    list_display = ("account", "kind", "created_at", "due_at", "sent_at", "attempts")
    list_filter = ("kind", ("sent_at", admin.EmptyFieldListFilter))
    fields = ("account", "kind", "created_at", "due_at", "sent_at", "attempts")
    list_select_related = ("account",)


def _may_change(user: Account, account: Account | None) -> bool:
    """Return whether the user may change the account: only admins may change admins."""
    return user.is_superuser or account is None or not account.is_superuser
