from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Compress with gzip only, because brotli would delay the first start by a minute."""

    def create_compressor(self, **options) -> Compressor:
        return Compressor(**options, use_brotli=False)
