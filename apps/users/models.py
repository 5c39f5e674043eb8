"""Accounts and their sessions. Where an account and its profile differ, the account counts."""

from secrets import token_hex

from bson import ObjectId
from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from apps.common.normalization import normalize_email_key, normalize_name
from apps.users.usernames import LONGEST, normalize_username, validate_username


def new_profile_id() -> str:
    return str(ObjectId())


def new_session_id() -> str:
    return token_hex(16)


class AccountManager(UserManager):
    def get_by_natural_key(self, username: str) -> "Account":
        return self.get(username_key=normalize_name(username))


class Account(AbstractUser):
    """The credentials of a user. `is_superuser` is the admin role."""

    username = models.CharField(max_length=LONGEST, unique=True, validators=[validate_username])
    username_key = models.CharField(max_length=150, unique=True, editable=False)
    email = models.EmailField(max_length=254)
    email_key = models.CharField(max_length=254, unique=True, editable=False)
    email_verified = models.BooleanField(default=False)
    profile_id = models.CharField(
        max_length=24, unique=True, default=new_profile_id, editable=False
    )
    erasing_since = models.DateTimeField(null=True, editable=False)
    session_version = models.PositiveIntegerField(default=0, editable=False)
    first_name = last_name = None

    objects = AccountManager()

    class Meta:
        verbose_name = "account"
        ordering = ["username_key"]

    def save(self, **options):
        self.username_key = normalize_name(self.username)
        self.email_key = normalize_email_key(self.email)
        if not (self._state.adding or options.get("force_insert")):
            options["force_update"] = True  # An erased row must not be inserted again.
        super().save(**options)

    @classmethod
    def normalize_username(cls, username: str) -> str:
        return normalize_username(username)

    def _get_session_auth_hash(self, secret=None) -> str:
        """Return the hash that cookies of the staff site must match; a new version changes it."""
        salt = "apps.users.models.Account.session"
        value = f"{self.password}{self.session_version}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()


class SessionManager(models.Manager):
    def alive(self) -> models.QuerySet:
        """Return the sessions that can still be refreshed."""
        now = timezone.now()
        unused = settings.SIMPLE_JWT["REFRESH_TOKEN_LIFETIME"]
        return self.filter(expires_at__gt=now, last_used_at__gt=now - unused)


def session_end():
    return timezone.now() + settings.SESSION_LIFETIME


class Session(models.Model):
    """A session in the API or on the staff site; without its row, its tokens are invalid."""

    id = models.CharField(max_length=32, primary_key=True, default=new_session_id)
    account = models.ForeignKey(Account, models.CASCADE, related_name="sessions")
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=session_end, db_index=True)
    user_agent = models.CharField(max_length=255, blank=True)
    address = models.CharField(max_length=45, blank=True)
    # The id of the only valid refresh token; "" on the staff site, which uses a cookie instead.
    refresh_jti = models.CharField(max_length=32, blank=True)

    objects = SessionManager()

    class Meta:
        ordering = ["-last_used_at"]

    def __str__(self) -> str:
        # Without the account's name, because the log of the staff site outlives the account.
        return f"session since {self.created_at:%Y-%m-%d %H:%M}"


class AccountMail(models.Model):
    """A queued email about the account; the token in it is created when it is sent."""

    class Kind(models.TextChoices):
        VERIFY = "verify"
        RESET = "reset"
        INVITE = "invite"

    account = models.ForeignKey(Account, models.CASCADE, related_name="mails")
    kind = models.CharField(max_length=10, choices=Kind)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)  # Postponed by every attempt to send it.
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(sent_at=None),
                name="account_mails_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} email of {self.created_at:%Y-%m-%d %H:%M}"


class MailRequest(models.Model):
    """
    A request for an email to an address, made by anyone.

    A task looks for the account, so neither the response nor its time reveals whether it exists.
    """

    kind = models.CharField(max_length=10, choices=AccountMail.Kind)
    email_key = models.CharField(max_length=254)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.kind} requested at {self.created_at:%Y-%m-%d %H:%M}"
