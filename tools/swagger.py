"""Write the API schema, as `/swagger.json` returns it, to standard output."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")


def main() -> None:
    import django

    django.setup()
    from drf_yasg.codecs import OpenAPICodecJson

    from lms.schema.views import encoded_schema

    sys.stdout.buffer.write(encoded_schema(OpenAPICodecJson, "application/json"))


if __name__ == "__main__":
    main()
