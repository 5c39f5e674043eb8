"""On a full disk, writes return 503, reads still work, and no data is lost."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.faults.product import Product

PASSWORD = "a long enough secret"
MEGABYTE = 1024 * 1024


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("Only root can mount a small disk.")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _fill(folder: Path) -> Path:
    """Fill the disk completely; return the file that fills it."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for piece in (b"-" * MEGABYTE, b"-" * 4096, b"-"):
            try:
                while file.write(piece) == len(piece):
                    pass
            except OSError:
                continue
    return filler


def _register(product, name: str):
    body = {"username": name, "email": f"{name}@example.org"}
    passwords = {"password1": PASSWORD, "password2": PASSWORD}
    return product.request("POST", "/api/auth/registration/", json=body | passwords)


def test_a_full_disk_refuses_writes_allows_reads_and_loses_no_data(small_disk):
    with Product(small_disk) as product:
        product.prepare()
        product.log = small_disk.parent / "product.log"  # not on the small disk
        product.start()
        ada = _register(product, "ada").json()
        token = ada["access"]
        others = [_register(product, name).json()["access"] for name in ("bob", "cleo")]
        product.stop()
        product.start()
        assert _set_bio(product, token, "before").status_code == 200

        filler = _fill(small_disk)
        last_written = 0
        for number in range(400):  # Files of the stores may still have free pages.
            response = _set_bio(product, token, f"{number} " + "x" * 1900)
            if response.status_code != 200:
                break
            last_written = number
        refused = [response, _set_bio(product, token, "full"), *_register_until_refused(product)]

        for response in refused:
            assert response.status_code == 503, response.text
            assert response.json()["code"] == "store_unavailable"
        for path in ("/health/live", "/api/courses/", "/swagger.json"):
            assert product.request("GET", path).status_code == 200, path
        assert product.request("GET", "/health/ready").status_code == 200
        for unused_token in others:  # The cache does not have the sessions of unused tokens.
            assert product.request("GET", "/api/auth/user/", token=unused_token).status_code == 200
        bio = product.request("GET", "/api/auth/user/", token=token).json()["bio"]
        assert bio == "before" or bio.startswith(f"{last_written} ")

        filler.unlink()
        assert _set_bio(product, token, "after").status_code == 200
        assert _register(product, "grace").status_code == 201
        product.stop()
        product.start()

        user = product.request("GET", "/api/auth/user/", token=token)
        assert user.json()["bio"] == "after"
        assert product.request("GET", "/health/ready").status_code == 200


def _set_bio(product, token: str, text: str):
    return product.request("PATCH", "/api/auth/user/", token=token, json={"bio": text})


def _register_until_refused(product) -> list:
    """Register users until SQLite has no free space either; return the refused response."""
    for number in range(200):
        response = _register(product, f"late{number}")
        if response.status_code != 201:
            return [response]
    return []
