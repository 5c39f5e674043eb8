"""
ETags have the form `"<revision>-<digest>"`.

`If-None-Match` compares all of it, `If-Match` only the revision.
"""

import json
import re
from hashlib import blake2b

_TAG = re.compile(r'(?:W/)?"(\d{1,9})-[0-9a-f]+"')


def etag_of(revision: int, data: object) -> str:
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, default=str)
    return f'"{revision}-{blake2b(text.encode(), digest_size=8).hexdigest()}"'


def is_not_modified(request, etag: str) -> bool:
    """Return whether the client already has this version (`If-None-Match`)."""
    header = request.headers.get("If-None-Match", "")
    tags = [tag.strip().removeprefix("W/") for tag in header.split(",")]
    return etag in tags or tags == ["*"]


def expected_revisions(request) -> list[int] | None:
    """Return the revisions that the client expects (`If-Match`), or None if any is accepted."""
    header = request.headers.get("If-Match", "").strip()
    if header in ("", "*"):
        return None
    return [int(revision) for revision in _TAG.findall(header)]
