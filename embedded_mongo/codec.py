"""How documents become BSON and come back."""

from typing import Any

import bson
from bson import CodecOptions
from bson.codec_options import DatetimeConversion

Document = dict[str, Any]

# mongomock compares naive times; what a client asked for is made of them at the end.
CODEC: CodecOptions = CodecOptions(tz_aware=False, datetime_conversion=DatetimeConversion.DATETIME)


def encode(document: Document) -> bytes:
    return bson.encode(document, codec_options=CODEC)


def decode(document: bytes) -> Document:
    return bson.decode(document, CODEC)
