"""Uploaded pictures: checked, made anew without what they carried, and stored in two sizes."""

import logging
from io import BytesIO
from secrets import token_hex

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from apps.common.errors import Invalid

logger = logging.getLogger(__name__)

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 40_000_000
WIDTH = 1280
SMALL_WIDTH = 480
TALLEST = 16_383  # WebP has no more
FORMATS = ("PNG", "JPEG", "WEBP")


def store_picture(upload: UploadedFile, *, folder: str, field: str) -> tuple[str, str]:
    """
    Store an uploaded picture and return its name and that of its small version.

    :raises Invalid: it is no PNG, JPEG or WebP, is damaged, or has too many pixels
    """
    picture = _opened(upload, field)
    name = f"{folder}/{token_hex(16)}"
    large = _save(picture, WIDTH, f"{name}.webp")
    try:
        return large, _save(picture, SMALL_WIDTH, f"{name}-small.webp")
    except Exception:
        remove_pictures(large)
        raise


def remove_pictures(*names: str | None) -> None:
    """Remove what nothing refers to any more; what cannot be removed now stays behind, unseen."""
    for name in filter(None, names):
        try:
            default_storage.delete(name)
        except Exception as error:
            logger.warning("A picture could not be removed (%s).", type(error).__name__)


def picture_url(name: str | None) -> str | None:
    return default_storage.url(name) if name else None


def _opened(upload: UploadedFile, field: str) -> Image.Image:
    """Return the picture upright; its pixels are counted before any is decoded."""
    try:
        with Image.open(upload, formats=FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise Invalid(**{field: _("The picture has more than 40 megapixels.")})
            upright = ImageOps.exif_transpose(picture)
            return upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except Invalid:
        raise
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise Invalid(**{field: _("Give a whole PNG, JPEG or WebP picture.")}) from error
    except Image.DecompressionBombError as error:
        raise Invalid(**{field: _("The picture has more than 40 megapixels.")}) from error


def _save(picture: Image.Image, width: int, name: str) -> str:
    fitted = picture.copy()
    fitted.thumbnail((width, TALLEST))
    encoded = BytesIO()
    fitted.save(encoded, "WEBP", quality=82)
    return default_storage.save(name, ContentFile(encoded.getvalue()))
