"""Encoding documents to BSON and decoding them."""

from typing import Any

import bson
from bson import CodecOptions
from bson.codec_options import DatetimeConversion

Document = dict[str, Any]

# mongomock compares naive datetimes, so results are made time zone aware only at the end.
CODEC: CodecOptions = CodecOptions(tz_aware=False, datetime_conversion=DatetimeConversion.DATETIME)


def encode(document: Document) -> bytes:
    return bson.encode(document, codec_options=CODEC)


def decode(document: bytes) -> Document:
    return bson.decode(document, CODEC)
