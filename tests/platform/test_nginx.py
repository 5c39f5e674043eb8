"""The README's nginx example in front of the product."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from tests.faults.ports import HOST, free_port
from tests.faults.product import Product
from tests.waiting import LIMIT

README = settings.ROOT / "README.md"
MAIN = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{server}
}}
"""
CERTIFICATE = (
    *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"),
    *("-subj", "/CN=learn.example.org"),
)

pytestmark = pytest.mark.skipif(
    not (shutil.which("nginx") and shutil.which("openssl")), reason="nginx is not installed."
)


def _configure(folder: Path, *, port: int, product_port: int) -> Path:
    """Write the example with free ports and test files, otherwise unchanged."""
    [server] = re.findall(r"```nginx\n(.*?)```", README.read_text(), flags=re.DOTALL)
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run([*CERTIFICATE, *files], check=True, capture_output=True)
    for original, replacement in {
        "listen 443 ssl": f"listen {HOST}:{port} ssl",
        "http://127.0.0.1:8000": f"http://{HOST}:{product_port}",
        "/etc/ssl/learn.example.org.pem": str(folder / "certificate.pem"),
        "/etc/ssl/learn.example.org.key": str(folder / "key.pem"),
    }.items():
        assert server.count(original) == 1, original
        server = server.replace(original, replacement)
    file = folder / "nginx.conf"
    file.write_text(MAIN.format(folder=folder, server=server))
    return file


@pytest.fixture(scope="module")
def ask(tmp_path_factory) -> Iterator:
    """Return a function that sends requests to the product through nginx."""
    folder = tmp_path_factory.mktemp("nginx")
    folder.chmod(0o755)
    port, host = free_port(), "learn.example.org"
    environment = {
        "PUBLIC_URL": f"https://{host}",
        "ALLOWED_HOSTS": f"{HOST},{host}",
        "TRUSTED_PROXIES": "1",
        "LMS_RATE_LIMITS": "on",
        "LMS_LIMIT_ANONYMOUS": "3/3600",
    }
    product = Product(tmp_path_factory.mktemp("product"), **environment)
    file = _configure(folder, port=port, product_port=product.port)
    checked = subprocess.run(["nginx", "-t", "-c", file], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    with product:
        product.prepare().start()
        nginx = subprocess.Popen(["nginx", "-c", str(file)])
        transport = httpx.HTTPTransport(verify=False, retries=5)
        with httpx.Client(transport=transport, base_url=f"https://{HOST}:{port}") as client:
            client.headers["Host"] = host
            yield client.request
        nginx.terminate()
        nginx.wait(LIMIT)


def test_the_product_is_reached_over_https(ask):
    answer = ask("GET", "/health/ready")

    assert answer.status_code == 200
    assert "Strict-Transport-Security" in answer.headers


def test_an_address_that_the_client_forges_does_not_count(ask):
    answers = [
        ask("GET", "/api/courses/", headers={"X-Forwarded-For": f"203.0.113.{number}"})
        for number in range(5)
    ]

    assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 2


def test_metrics_are_not_available_through_nginx(ask):
    assert ask("GET", "/metrics").status_code in (404, 429)


def test_bodies_of_the_size_of_a_question_bank_pass(ask):
    small, large = (
        ask("POST", "/api/auth/token/verify/", content=b" " * size * 1024 * 1024).status_code
        for size in (10, 12)
    )

    assert small in (401, 413, 415, 429)
    assert large == 413
