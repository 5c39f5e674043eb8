from django.conf import settings
from django.core.management.base import BaseCommand

from lms.serving import preparation
from lms.stores import documents


class Command(BaseCommand):
    help = "Prepare stores and static files for serving; run it once for each release."

    def handle(self, **_):
        preparation.migrate()
        preparation.build_indexes()
        preparation.collect_static()
        if settings.DEMO and (password := preparation.fill_demo()):
            self.stdout.write(f"The demo accounts' password is {password}")
        documents.close_store()
