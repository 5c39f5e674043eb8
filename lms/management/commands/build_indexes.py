from django.core.management.base import BaseCommand, CommandError
from pymongo.errors import PyMongoError

from apps.common.storage import indexes


class Command(BaseCommand):
    help = "Build the declared document indexes, and verify that they exist."

    def handle(self, **_):
        try:
            indexes.build_indexes()
            missing = indexes.missing_indexes()
        except PyMongoError as error:
            raise CommandError(f"The indexes could not be built: {error}") from error
        if missing:
            raise CommandError(f"Still missing: {'; '.join(missing)}")
        self.stdout.write(f"All indexes of {len(indexes.documents())} collections exist.")
