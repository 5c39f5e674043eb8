"""What staff see of accounts. All changes go through the services, as those of the API do."""

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

admin.site.unregister(EmailAddress)  # nothing of ours is in it
admin.site.unregister([BlacklistedToken, OutstandingToken])  # sessions show what these record
admin.site.unregister(Group)


class StrictAdmin(admin.ModelAdmin):
    """
    Filters by what the page offers alone, and refuses what Django's admin answers with a 500.

    Django lets the address filter by any field, also by those that no page shows.
    """

    def lookup_allowed(self, lookup: str, value: str, request) -> bool:
        names = [one if isinstance(one, str) else one[0] for one in self.get_list_filter(request)]
        offered = {f"{name}__{how}" for name in names for how in ("exact", "isnull", "isempty")}
        return lookup in offered

    def get_search_results(self, request, queryset, search_term: str):
        return super().get_search_results(request, queryset, search_term[:SEARCH_LENGTH])

    def response_action(self, request, queryset):
        """
        :raises BadRequest: what is selected cannot be an id
        """
        try:
            for selected in request.POST.getlist(ACTION_CHECKBOX_NAME):
                self.model._meta.pk.to_python(selected)
        except ValidationError as error:
            raise BadRequest("Malformed id.") from error
        return super().response_action(request, queryset)


@admin.register(Group)
class StrictGroupAdmin(StrictAdmin, GroupAdmin):
    def get_readonly_fields(self, request, obj=None) -> tuple:
        # Only admins grant permissions: other staff could grant some to a group of their own.
        return () if request.user.is_superuser else ("permissions",)


class Seen(StrictAdmin):
    """Things that staff look at, and do not write."""

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False


class OfAccountAdmin(Seen):
    """Records of an account, which staff may delete unless it is an admin's."""

    def has_delete_permission(self, request, obj=None) -> bool:
        is_allowed = obj is None or _may_touch(request.user, obj.account)
        return is_allowed and super().has_delete_permission(request, obj)


@admin.register(Account)
class AccountAdmin(Seen):
    list_display = ("username", "email", "is_active", "is_staff", "is_superuser", "date_joined")
    list_filter = ("is_active", "is_staff", "is_superuser", "email_verified")
    search_fields = ("username_key", "email_key")
    seen = ("username", "email", "email_verified", "profile_id", "date_joined", "last_login")
    rights = ("is_superuser", "is_staff", "groups", "user_permissions")
    fields = (*seen, "is_active", *rights)
    filter_horizontal = ("groups", "user_permissions")

    def get_search_results(self, request, queryset, search_term: str):
        """Find what is stored folded, as a name or as an address."""
        term = search_term[:SEARCH_LENGTH]
        by_name, repeats = super().get_search_results(request, queryset, normalize_name(term))
        by_email, _repeats = super().get_search_results(
            request, queryset, normalize_email_key(term)
        )
        return by_name | by_email, repeats

    def get_readonly_fields(self, request, obj=None) -> tuple:
        return self.seen if request.user.is_superuser else (*self.seen, *self.rights)

    def has_change_permission(self, request, obj=None) -> bool:
        return _may_touch(request.user, obj) and admin.ModelAdmin.has_change_permission(
            self, request, obj
        )

    def has_delete_permission(self, request, obj=None) -> bool:
        return _may_touch(request.user, obj) and super().has_delete_permission(request, obj)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        # Not the public method, which opens a transaction: none may span a call to MongoDB.
        return self._refusable(
            request, lambda: self._changeform_view(request, object_id, form_url, extra_context)
        )

    def delete_view(self, request, object_id, extra_context=None):
        return self._refusable(
            request, lambda: self._delete_view(request, object_id, extra_context)
        )

    def response_action(self, request, queryset):
        return self._refusable(
            request, lambda: super(AccountAdmin, self).response_action(request, queryset)
        )

    def save_model(self, request, account, form, change) -> None:
        given = {name: form.cleaned_data[name] for name in form.changed_data}
        names = {"is_active": "is_active", "is_superuser": "is_admin"}
        roles = {names[name]: value for name, value in given.items() if name in names}
        if roles:
            services.update_user(user_id=account.profile_id, **roles)
        if "is_staff" in given:
            Account.objects.filter(pk=account.pk).update(is_staff=given["is_staff"])
            services.end_staff_sessions(account_id=account.pk)

    def get_deleted_objects(self, accounts, request):
        allowed = all(self.has_delete_permission(request, account) for account in accounts)
        refused = set() if allowed else {Account._meta.verbose_name}
        return [str(account) for account in accounts], {"accounts": len(accounts)}, refused, []

    def delete_model(self, request, account) -> None:
        services.erase(user_id=account.profile_id)

    def delete_queryset(self, request, accounts) -> None:
        for account in accounts:
            services.erase(user_id=account.profile_id)

    def _refusable(self, request, answer):
        try:
            return answer()
        except DomainError as refusal:
            self.message_user(request, refusal.detail, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())


@admin.register(Session)
class SessionAdmin(OfAccountAdmin):
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
class AccountMailAdmin(OfAccountAdmin):
    list_display = ("account", "kind", "created_at", "due_at", "sent_at", "attempts")
    list_filter = ("kind", ("sent_at", admin.EmptyFieldListFilter))
    fields = ("account", "kind", "created_at", "due_at", "sent_at", "attempts")
    list_select_related = ("account",)


def _may_touch(user: Account, account: Account | None) -> bool:
    """Return whether the user may change the account: only admins may change admins."""
    return user.is_superuser or account is None or not account.is_superuser
