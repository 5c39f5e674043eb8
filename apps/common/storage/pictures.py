"""
Uploaded pictures: checked, re-encoded without metadata, and stored in two sizes.

A file of a few kilobytes may contain 40 megapixels, which take 160 MB when they are decoded. So a
picture is reduced during decoding if its format allows that, otherwise strip by strip right after
it. Nothing is copied at full size, and few pictures are decoded at the same time.
"""

import ctypes
import logging
import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext, suppress
from datetime import timedelta
from io import BytesIO
from itertools import islice
from secrets import token_hex

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

from apps.common.capacity import Capacity
from apps.common.errors import Invalid
from apps.common.storage import rate_limits
from apps.common.storage.picture_files import PictureFile, TooManyParts, without_metadata

logger = logging.getLogger(__name__)

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_SIDE = 20_000
LARGE = (1280, 2560)  # the maximum width and height of a stored picture
SMALL = (480, 960)
FORMATS = ("PNG", "JPEG", "WEBP")

# A request has about two seconds for the document store, and must still write after the upload.
WAIT_SECONDS = 1.0
_decoding = Capacity(2, wait=WAIT_SECONDS)
_decoding_large = Capacity(1, wait=WAIT_SECONDS)
LARGE_PIXELS = 10_000_000
STRIP_PIXELS = 1_000_000

MALLOC_OPTION_MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD in glibc's malloc.h
LARGE_BLOCK = 1024 * 1024

UNUSED_AFTER = timedelta(hours=1)  # By then a request has written the name of its picture.
NAMES_AT_ONCE = 10_000

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def store_picture(
    upload: UploadedFile, *, folder: str, field: str, by: str = ""
) -> tuple[str, str]:
    """
    Store an uploaded picture, and return the names of the picture and of its small version.

    :param by: the id of the user whose uploads are counted; empty for the product's own pictures
    :raises Invalid: it is not a PNG, JPEG or WebP, is damaged, or has too many pixels or parts
    :raises Busy: too many pictures are being decoded
    :raises Throttled: the user has uploaded too many pictures
    """
    if by:
        rate_limits.check_and_count("uploads", by)
    with _decoding:
        large, small = _encode_in_two_sizes(upload, field)
    name = f"{folder}/{token_hex(16)}"
    stored = default_storage.save(f"{name}.webp", ContentFile(large))
    try:
        return stored, default_storage.save(f"{name}-small.webp", ContentFile(small))
    except Exception:
        remove_pictures(stored)
        raise


def remove_pictures(*names: str | None) -> None:
    """Remove pictures that are no longer referenced; the sweep retries those that remain."""
    for name in filter(None, names):
        try:
            default_storage.delete(name)
        except Exception as error:
            logger.warning("A picture could not be removed (%s).", type(error).__name__)


def remove_unused_pictures(folder: str, used_names: Callable[[], Iterable[str]]) -> int:
    """
    Remove the folder's pictures that no document refers to, and return their number.

    A picture is stored before a document refers to it, so new pictures are skipped.

    :param used_names: reads the names that documents refer to; called after the files are listed
    """
    removed = 0
    for unused in _batches(_stored_in(folder)):
        for name in used_names():
            unused.discard(name)
        old = [name for name in unused if _is_old(name)]
        remove_pictures(*old)
        removed += len(old)
    return removed


def picture_url(name: str | None) -> str | None:
    return default_storage.url(name) if name else None


def _stored_in(folder: str) -> Iterator[str]:
    try:
        _folders, files = default_storage.listdir(folder)
    except FileNotFoundError:  # Nothing has been stored yet.
        return
    for file in files:
        yield f"{folder}/{file}"


def _batches(names: Iterator[str]) -> Iterator[set[str]]:
    while batch := set(islice(names, NAMES_AT_ONCE)):
        yield batch


def _is_old(name: str) -> bool:
    try:
        return default_storage.get_modified_time(name) < timezone.now() - UNUSED_AFTER
    except Exception as error:  # It was removed in the meantime, or the bucket is unreachable.
        logger.warning("The age of a picture is unknown (%s).", type(error).__name__)
        return False


def _encode_in_two_sizes(upload: UploadedFile, field: str) -> tuple[bytes, bytes]:
    try:
        file = without_metadata(upload.read())
        large = _decode(file, field)
        small = large.resize(_fit(large.size, SMALL))
        return _encode(large), _encode(small)
    except TooManyParts as error:
        message = _("The picture has too many parts. Save it with another program and try again.")
        raise Invalid(**{field: message}) from error
    except Image.DecompressionBombError as error:
        raise Invalid(**{field: _("The picture has more than 40 megapixels.")}) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, struct.error) as error:
        raise Invalid(**{field: _("Upload a complete PNG, JPEG or WebP picture.")}) from error


def _decode(file: PictureFile, field: str) -> Image.Image:
    """Return the picture upright and no larger than `LARGE`."""
    full = _checked_size(file, field)
    size = _fit(full, LARGE[::-1] if file.orientation > 4 else LARGE)
    is_large = not file.row_by_row and full[0] * full[1] > LARGE_PIXELS
    with _decoding_large if is_large else nullcontext():
        reduced = _reduce(file, size)  # Its memory is free again before the slot is.
    fitted = reduced.resize(size)
    method = _UPRIGHT.get(file.orientation)
    return fitted if method is None else fitted.transpose(method)


def _checked_size(file: PictureFile, field: str) -> tuple[int, int]:
    """Return the size that the file declares, without decoding pixels."""
    with Image.open(BytesIO(file.data), formats=FORMATS) as picture:
        width, height = picture.size
    if width * height > MAX_PIXELS:
        raise Invalid(**{field: _("The picture has more than 40 megapixels.")})
    if max(width, height) > MAX_SIDE:
        raise Invalid(**{field: _("The picture is more than 20,000 pixels wide or high.")})
    return width, height


def _fit(size: tuple[int, int], box: tuple[int, int]) -> tuple[int, int]:
    """Return the largest size within the box that keeps the proportions and does not enlarge."""
    width, height = size
    scale = min(1, box[0] / width, box[1] / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _reduce(file: PictureFile, size: tuple[int, int]) -> Image.Image:
    """Return the picture in full colors, at less than twice the size."""
    with Image.open(BytesIO(file.data), formats=FORMATS) as picture:
        picture.draft(picture.mode, size)  # A JPEG is decoded at 1/2, 1/4 or 1/8 of its size.
        factor = max(1, min(picture.width // size[0], picture.height // size[1]))
        return _reduce_by(factor, picture)


def _reduce_by(factor: int, picture: Image.Image) -> Image.Image:
    """Return the picture at a fraction of its size, converted strip by strip."""
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    reduced = Image.new(mode, (-(-picture.width // factor), -(-picture.height // factor)))
    rows = factor * max(1, STRIP_PIXELS // (picture.width * factor))
    for top in range(0, picture.height, rows):
        bottom = min(top + rows, picture.height)
        strip = _with_8_bits(picture.crop((0, top, picture.width, bottom))).convert(mode)
        reduced.paste(strip.reduce(factor), (0, top // factor))
    return reduced


def _with_8_bits(picture: Image.Image) -> Image.Image:
    """Return a grayscale picture of 16 bits with 8 bits; Pillow would turn it almost all white."""
    if picture.mode != "I;16":
        return picture
    picture.info.pop("transparency", None)  # It also has 16 bits.
    return picture.point(lambda gray: gray / 256).convert("L")


def _encode(picture: Image.Image) -> bytes:
    encoded = BytesIO()
    picture.save(encoded, "WEBP", quality=82)
    return encoded.getvalue()


def _return_large_blocks() -> None:
    """
    Let glibc return large blocks to the system as soon as they are freed.

    Otherwise each thread that has decoded a picture may keep the picture's memory.
    """
    with suppress(OSError, AttributeError, TypeError):  # It may be another C library.
        ctypes.CDLL(None).mallopt(MALLOC_OPTION_MMAP_THRESHOLD, LARGE_BLOCK)


_return_large_blocks()
