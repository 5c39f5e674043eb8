"""How the static files of Swagger, ReDoc and the admin are kept."""

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Compresses them by gzip alone: a first start collects them, and brotli takes a minute."""

    def create_compressor(self, **options) -> Compressor:
        return Compressor(**options, use_brotli=False)
