"""Empty allauth's table of former email addresses, which the product no longer uses."""

from django.db import migrations


def empty_email_addresses(apps, schema_editor) -> None:
    apps.get_model("account", "EmailAddress").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("users", "0002_sessions_and_mail_requests"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [migrations.RunPython(empty_email_addresses, migrations.RunPython.noop)]
