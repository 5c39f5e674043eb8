"""
Picture files without their metadata, rewritten from the parts that this reader recognizes.

A part that only the decoder would recognize is either dropped or refused.

Texts, profiles and EXIF of a few kilobytes may decompress to hundreds of megabytes, so the decoder
gets only the parts that the pixels need. The orientation is read here, because it is the only
metadata that affects how the picture looks.
"""

import re
import struct
from collections.abc import Iterator
from typing import NamedTuple

# Ten times as many as usual programs write.
MOST_PARTS = 10_000
# Each scan of a progressive JPEG passes through the whole picture. Usual programs write at most 18
# (with four colors), which is allowed up to 40 megapixels.
MOST_SCANS = 50
MOST_SCANNED_PIXELS = 18 * 40_000_000

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_PIXELS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
_JPEG = b"\xff\xd8\xff"
_JFIF, _EXIF, _ADOBE, _COMMENT = 0xE0, 0xE1, 0xEE, 0xFE
_METADATA = {*range(0xE0, 0xF0), _COMMENT} - {_JFIF, _ADOBE}  # These two define the color space.
_SEQUENTIAL = {0xC0, 0xC1}
_FRAMES = _SEQUENTIAL | {0xC2}  # Browsers support neither lossless nor arithmetic frames.
_TABLES = {0xC4, 0xDB, 0xDD}
_SCAN, _END = 0xDA, 0xD9
_JPEG_PARTS = _METADATA | _FRAMES | _TABLES | {_JFIF, _ADOBE, _SCAN, _END}
# Fill bytes before a marker are skipped; the last one belongs to the marker.
_MARKER = re.compile(rb"\xff[\x01-\xfe]")
_MARKER_AFTER_SCAN = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")  # Restart markers belong to the scan.
_WEBP_PIXELS = {b"VP8X", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L"}
_EXIF_MARK = b"Exif\0\0"
_ORIENTATION = 0x0112


class TooManyParts(ValueError):
    """The file has more parts than any usual program writes."""


class PictureFile(NamedTuple):
    data: bytes
    orientation: int = 1  # As in EXIF: 1 to 8, where 1 is upright.
    row_by_row: bool = False  # It can be decoded without memory for all pixels at once.


def without_metadata(data: bytes) -> PictureFile:
    """
    Return the picture with only the parts that decoding needs; other files are not changed.

    :raises TooManyParts: it has too many parts
    :raises struct.error: it ends within a part
    :raises ValueError: it has parts that its format does not allow, or that no browser supports
    """
    if data.startswith(_PNG):
        return _png(data)
    if data.startswith(_JPEG):
        return _jpeg(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    return PictureFile(data)


def _png(data: bytes) -> PictureFile:
    parts, orientation = [_PNG], 1
    for kind, chunk in _counted(_png_chunks(data)):
        if (kind == b"IHDR") != (len(parts) == 1):
            raise ValueError("A PNG starts with its only header.")
        if kind == b"eXIf":
            orientation = _orientation(chunk[8:-4])
        elif kind in _PNG_PIXELS:
            parts.append(chunk)
        if kind == b"IEND":
            break
    return PictureFile(b"".join(parts), orientation)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kind of each chunk, and the whole chunk including length and checksum."""
    start = len(_PNG)
    while start < len(data):
        length, kind = struct.unpack_from(">I4s", data, start)
        yield kind, data[start : start + length + 12]
        start += length + 12


def _jpeg(data: bytes) -> PictureFile:
    segments = list(_counted(_jpeg_segments(data)))
    (frame,) = (segment for kind, segment in segments if kind in _FRAMES)
    scans = [segment for kind, segment in segments if kind == _SCAN]
    _check_scans(len(scans), frame)
    exif = (
        segment[4:]
        for kind, segment in segments
        if kind == _EXIF and segment[4:].startswith(_EXIF_MARK)
    )
    return PictureFile(
        data[:2] + b"".join(segment for kind, segment in segments if kind not in _METADATA),
        _orientation(next(exif, b"")),
        row_by_row=frame[1] in _SEQUENTIAL and _is_complete(scans[:1], frame),
    )


def _check_scans(scans: int, frame: bytes) -> None:
    height, width = struct.unpack_from(">HH", frame, 5)
    if scans > MOST_SCANS or (scans > 1 and scans * height * width > MOST_SCANNED_PIXELS):
        raise TooManyParts


def _is_complete(scans: list[bytes], frame: bytes) -> bool:
    """Return whether the first scan has all colors; otherwise the decoder buffers them."""
    return all(scan[4:5] == frame[9:10] for scan in scans)


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the marker of each segment, and the whole segment, for a scan including its pixels."""
    match = _MARKER.search(data, 2)
    while match:
        start, marker = match.start(), data[match.end() - 1]
        if marker not in _JPEG_PARTS:
            raise ValueError(f"The JPEG marker {marker:02X} is not supported.")
        if marker == _END:
            yield marker, data[start : start + 2]
            return
        (length,) = struct.unpack_from(">H", data, start + 2)
        if length < 2:
            raise ValueError("The length of a segment is at least 2.")
        end = start + 2 + length
        match = (
            _MARKER_AFTER_SCAN.search(data, end) if marker == _SCAN else _MARKER.search(data, end)
        )
        if marker == _SCAN:
            end = match.start() if match else len(data)
        yield marker, data[start:end]


def _webp(data: bytes) -> PictureFile:
    """Keep only the first frame; the canvas, which may be larger, stays."""
    parts, orientation, has_frame = [], 1, False
    for kind, chunk in _counted(_webp_chunks(data)):
        if kind == b"EXIF":
            orientation = _orientation(chunk[8:])
        elif kind in _WEBP_PIXELS and not (kind == b"ANMF" and has_frame):
            parts.append(chunk)
        has_frame = has_frame or kind == b"ANMF"
    body = b"WEBP" + b"".join(parts)
    return PictureFile(struct.pack("<4sI", b"RIFF", len(body)) + body, orientation)


def _webp_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """
    Yield the kind of each chunk, and the whole chunk padded to an even length.

    :raises ValueError: the file or a chunk is incomplete
    """
    (length,) = struct.unpack_from("<I", data, 4)
    start, end = 12, 8 + length
    if end > len(data):
        raise ValueError("The file is shorter than it declares.")
    while start + 8 <= end:
        kind, length = struct.unpack_from("<4sI", data, start)
        chunk_end = start + 8 + length
        if chunk_end > end:
            raise ValueError("A chunk extends beyond the end of the file.")
        yield kind, data[start:chunk_end] + bytes(length % 2)
        start = chunk_end + length % 2


def _counted(parts: Iterator[tuple]) -> Iterator[tuple]:
    for number, part in enumerate(parts):
        if number == MOST_PARTS:
            raise TooManyParts
        yield part


def _orientation(exif: bytes) -> int:
    """Return the orientation in EXIF's first directory, or 1 if there is none."""
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
    except struct.error:  # The directory is incomplete.
        pass
    return 1
