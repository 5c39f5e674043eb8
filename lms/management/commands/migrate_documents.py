from django.core.management.base import BaseCommand, CommandError
from pymongo.errors import PyMongoError

from apps.common.storage import migrations
from lms.serving import preparation


class Command(BaseCommand):
    help = "Apply the document migrations that the store lacks."

    def add_arguments(self, parser):
        only = parser.add_mutually_exclusive_group()
        only.add_argument("--list", action="store_true", help="Only list all steps.")
        only.add_argument("--check", action="store_true", help="Only fail if a step is missing.")

    def handle(self, **options):
        try:
            pending = migrations.pending_steps()
            if options["list"]:
                for name in migrations.known_steps():
                    self.stdout.write(f"[{' ' if name in pending else 'X'}] {name}")
            elif options["check"] and pending:
                raise CommandError(f"Not applied: {', '.join(pending)}")
            elif not options["check"]:
                preparation.migrate_documents()
                self.stdout.write(f"Applied: {', '.join(pending) or 'no step was missing'}.")
        except (PyMongoError, migrations.StoreIsNewer) as error:
            raise CommandError(f"The documents were not migrated: {error}") from error
