from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.common.storage import migrations
from lms.serving import preparation
from lms.stores import documents


class Command(BaseCommand):
    help = "Prepare stores and static files for serving; run it once for each release."

    def handle(self, **_):
        try:
            migrations.refuse_newer_store()
            preparation.migrate()
            preparation.migrate_documents()
        except migrations.StoreIsNewer as error:
            raise CommandError(str(error)) from error
        preparation.build_indexes()
        preparation.collect_static()
        if settings.DEMO and (password := preparation.fill_demo()):
            self.stdout.write(f"The demo accounts' password is {password}")
        documents.close_store()
