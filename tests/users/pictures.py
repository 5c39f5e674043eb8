"""Pictures to upload."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def png(width: int = 20, height: int = 10, **options) -> bytes:
    file = BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, "PNG", **options)
    return file.getvalue()


def upload(content: bytes | None = None, name: str = "me.png", **more) -> dict:
    """Return the body of a request that uploads a profile picture."""
    return {"picture": SimpleUploadedFile(name, content or png()), **more}
