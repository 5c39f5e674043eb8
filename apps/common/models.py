from django.db import models
from django.utils import timezone


class MailQuota(models.Model):
    """The times of the last emails to a recipient, whom the key does not reveal."""

    key = models.CharField(max_length=64, primary_key=True)
    sent_at = models.JSONField(default=list)  # Unix times in seconds, ascending
    updated_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = "mail quota"

    def __str__(self) -> str:
        return self.key
