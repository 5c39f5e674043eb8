"""Picture files without their metadata.

Texts, profiles and EXIF of a few kilobytes may unpack to hundreds of megabytes, so the decoder
gets only the parts that the pixels need. The orientation is read here, because it is the one piece
of metadata that changes what people see.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

# Ten times what usual programs write.
MOST_PARTS = 10_000
MOST_SCANS = 50  # a progressive JPEG decodes the whole picture once for each

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_PIXELS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
_JPEG = b"\xff\xd8\xff"
_SCAN, _JFIF, _EXIF, _ADOBE, _COMMENT = 0xDA, 0xE0, 0xE1, 0xEE, 0xFE
_METADATA = {*range(0xE0, 0xF0), _COMMENT} - {_JFIF, _ADOBE}  # these two say what the colors are
_SEQUENTIAL = {0xC0, 0xC1}
_EXIF_MARK = b"Exif\0\0"
_ORIENTATION = 0x0112


class TooManyParts(ValueError):
    """The file is divided into more parts than any usual program writes."""


class PictureFile(NamedTuple):
    data: bytes
    orientation: int = 1  # as in EXIF, 1 to 8; 1 is upright
    row_by_row: bool = False  # can be decoded without room for all pixels at once


def without_metadata(data: bytes) -> PictureFile:
    """
    Return the picture with what decoding it needs; a file that is no picture stays as it is.

    :raises TooManyParts: it has too many of them
    :raises struct.error: it is cut off within a part
    """
    if data.startswith(_PNG):
        return _png(data)
    if data.startswith(_JPEG):
        return _jpeg(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    return PictureFile(data)


def _png(data: bytes) -> PictureFile:
    kept, orientation = [_PNG], 1
    for kind, chunk in _counted(_png_chunks(data)):
        if kind == b"eXIf":
            orientation = _orientation(chunk[8:-4])
        elif kind in _PNG_PIXELS:
            kept.append(chunk)
        if kind == b"IEND":
            break
    return PictureFile(b"".join(kept), orientation)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kind of each chunk, and the whole chunk with length and checksum."""
    start = len(_PNG)
    while start < len(data):
        length, kind = struct.unpack_from(">I4s", data, start)
        yield kind, data[start : start + length + 12]
        start += length + 12


def _jpeg(data: bytes) -> PictureFile:
    kept, orientation, sequential = [data[:2]], 1, False
    for kind, segment in _counted(_jpeg_segments(data)):
        if kind == _EXIF and segment[4:].startswith(_EXIF_MARK):
            orientation = _orientation(segment[4:])
        if kind not in _METADATA:
            kept.append(segment)
        sequential = sequential or kind in _SEQUENTIAL
    scans = kept[-1].count(bytes((0xFF, _SCAN)))
    if scans > MOST_SCANS:
        raise TooManyParts
    return PictureFile(b"".join(kept), orientation, row_by_row=sequential and scans == 1)


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the marker of each segment, and the whole segment; all scans are one, the last."""
    start = 2
    while (start := data.find(b"\xff", start)) >= 0:
        marker, length = struct.unpack_from(">BH", data, start + 1)
        if marker == _SCAN:
            yield marker, data[start:]
            return
        if marker == 0xFF:  # it may be repeated before a marker
            start += 1
            continue
        yield marker, data[start : start + 2 + length]
        start += 2 + length


def _webp(data: bytes) -> PictureFile:
    """Find the orientation; the decoder reads no other metadata of a WebP."""
    exif = (chunk for kind, chunk in _counted(_webp_chunks(data)) if kind == b"EXIF")
    return PictureFile(data, _orientation(next(exif, b"")))


def _webp_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    start = 12
    while start + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, start)
        yield kind, data[start + 8 : start + 8 + length]
        start += 8 + length + length % 2


def _counted(parts: Iterator[tuple]) -> Iterator[tuple]:
    for number, part in enumerate(parts):
        if number == MOST_PARTS:
            raise TooManyParts
        yield part


def _orientation(exif: bytes) -> int:
    """Return the orientation in EXIF's first directory, or 1 where there is none."""
    tiff = exif.removeprefix(_EXIF_MARK)
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (entries,) = struct.unpack_from(f"{order}H", tiff, start)
        for number in range(entries):
            tag, _type, _count, value = struct.unpack_from(
                f"{order}HHIH", tiff, start + 2 + 12 * number
            )
            if tag == _ORIENTATION:
                return value if 1 <= value <= 8 else 1
    except struct.error:  # it is cut off, and so has no orientation
        pass
    return 1
