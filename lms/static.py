"""The static files of the staff's admin and of Swagger UI, as a first start collects them."""

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    def create_compressor(self, **options) -> Compressor:
        """Compress by gzip alone: brotli takes minutes, for pages that few people open."""
        return Compressor(use_brotli=False, **options)
