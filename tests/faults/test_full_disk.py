"""F8: the disk is full: what writes is refused with a 503, what reads goes on, nothing is lost."""

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
        pytest.skip("Only root may mount a small disk.")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _fill(folder: Path) -> Path:
    """Leave no byte; return the file that has taken them."""
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
    return product.ask("POST", "/api/auth/registration/", json=body | passwords)


def test_on_a_full_disk_writes_are_refused_reads_go_on_and_all_is_there_after(small_disk):
    with Product(small_disk) as product:
        product.prepare()
        product.log = small_disk.parent / "product.log"  # a log elsewhere
        product.start()
        ada = _register(product, "ada").json()
        token = ada["access"]
        others = [_register(product, name).json()["access"] for name in ("bob", "cleo")]
        product.stop()
        product.start()
        assert _bio(product, token, "before").status_code == 200

        filler = _fill(small_disk)
        written = 0
        for number in range(400):  # a little room may be left within the files
            answer = _bio(product, token, f"{number} " + "x" * 1900)
            if answer.status_code != 200:
                break
            written = number
        refused = [answer, _bio(product, token, "full"), *_until_refused(product)]

        for answer in refused:
            assert answer.status_code == 503, answer.text
            assert answer.json()["code"] == "store_unavailable"
        for path in ("/health/live", "/api/courses/", "/swagger.json"):
            assert product.ask("GET", path).status_code == 200, path
        assert product.ask("GET", "/health/ready").status_code == 200
        for one in others:  # whose sessions no cache has, since nobody has used them
            assert product.ask("GET", "/api/auth/user/", token=one).status_code == 200
        kept = product.ask("GET", "/api/auth/user/", token=token).json()["bio"]
        assert kept == "before" or kept.startswith(f"{written} ")

        filler.unlink()
        assert _bio(product, token, "after").status_code == 200
        assert _register(product, "grace").status_code == 201
        product.stop()
        product.start()

        read = product.ask("GET", "/api/auth/user/", token=token)
        assert read.json()["bio"] == "after"
        assert product.ask("GET", "/health/ready").status_code == 200


def _bio(product, token: str, text: str):
    return product.ask("PATCH", "/api/auth/user/", token=token, json={"bio": text})


def _until_refused(product) -> list:
    """Register until SQL has no room either; return the refusal."""
    for number in range(200):
        answer = _register(product, f"late{number}")
        if answer.status_code != 201:
            return [answer]
    return []
