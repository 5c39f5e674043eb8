"""
Make `fixtures/store-VERSION.tar.gz`: a small data folder as this release leaves it.

    .venv/bin/python -m tests.platform.make_store

`test_old_stores.py` opens the stores of all releases with the product as it is now. Make one for
each release that changes stored data, and never change one that was released.
"""

import logging
import os
import tarfile
import tomllib
from io import BytesIO
from pathlib import Path

import django

ROOT = Path(__file__).parents[2]
FIXTURES = Path(__file__).parent / "fixtures"
FILES = ("documents.sqlite3", "accounts.sqlite3")


def main() -> None:
    os.environ |= {"MONGODB_URI": "", "REDIS_URL": "", "DATABASE_URL": ""}
    os.environ["DJANGO_SETTINGS_MODULE"] = "lms.settings"
    from tests import environment

    django.setup()
    logging.disable(logging.INFO)
    from tests.platform import store_contents

    store_contents.fill_stores()
    pack(environment.DATA)


def pack(folder: Path) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    path = FIXTURES / f"store-{version}.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name in FILES:
            content = (folder / name).read_bytes()
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, BytesIO(content))
    print(f"{path}: {path.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
