"""Recompute the keys of email addresses, which now contain the domain in its IDNA form."""

from django.db import migrations

from apps.common.normalization import normalize_email_key


def fold_emails(apps, schema_editor) -> None:
    """Update keys, unless another account has the new key, so that both can still sign in."""
    accounts = apps.get_model("users", "Account").objects
    rows = accounts.order_by("pk").values_list("pk", "email", "email_key").iterator()
    outdated = [(pk, normalize_email_key(email)) for pk, email, key in rows if normalize_email_key(email) != key]
    for pk, key in outdated:
        if len(key) <= 254 and not accounts.filter(email_key=key).exists():
            accounts.filter(pk=pk).update(email_key=key)


class Migration(migrations.Migration):
    dependencies = [("users", "0003_empty_email_addresses")]

    operations = [migrations.RunPython(fold_emails, migrations.RunPython.noop)]
