from io import BytesIO

from PIL import Image


def png(width: int = 20, height: int = 10, **options) -> bytes:
    made = BytesIO()
    Image.new("RGB", (width, height), "teal").save(made, "PNG", **options)
    return made.getvalue()
