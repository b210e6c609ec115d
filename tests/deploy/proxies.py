"""Caddy and nginx in front of servers of ours, with the files that we ship: only names, ports and folders differ."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
SENDS_AGAIN = (2, 11, 2)  # the first Caddy that can send a request with a body to another server
NGINX_MAIN = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/start.log;
{user}
events {{ worker_connections 256; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@dataclass(frozen=True)
class Proxy:
    """A proxy that answers over https, with a certificate of its own."""

    base_url: str
    trust: ssl.SSLContext

    def visitor(self, address: str = "127.0.0.1") -> httpx.AsyncClient:
        """Someone who comes from this address of the loopback network."""
        transport = httpx.AsyncHTTPTransport(verify=self.trust, local_address=address)
        return httpx.AsyncClient(base_url=self.base_url, transport=transport, timeout=20, trust_env=False)


def find(name: str) -> str:
    """The program. Skips where there is none, and fails there when CI is set."""
    program = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        reason = f"no {name} here: tests/install-tools.sh installs it on Debian"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return program


def caddy_version() -> tuple[int, ...]:
    told = subprocess.run([find("caddy"), "version"], check=True, capture_output=True, text=True).stdout
    found = re.search(r"\d+(\.\d+)+", told)
    assert found, told
    return tuple(int(part) for part in found[0].split("."))


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def changed(text: str, changes: dict[str, str]) -> str:
    """The text with each of these replaced. One that is not there is an error: the test would try another file."""
    for old, new in changes.items():
        assert old in text, f"{old!r} is not in the file any more"
        text = text.replace(old, new)
    return text


@contextmanager
def running(
    command: Sequence[str | Path], folder: Path, port: int, authority: Path, **environment: str
) -> Iterator[Proxy]:
    """The program, once it answers with a certificate of this authority; ended as its operator would end it."""
    with (folder / "output.log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env=os.environ | environment, stdout=log, stderr=log)
    try:
        for _ in range(400):
            assert process.poll() is None, (folder / "output.log").read_text()
            try:
                trust = ssl.create_default_context(cafile=str(authority))
                with socket.create_connection(("127.0.0.1", port), timeout=5) as plain:
                    trust.wrap_socket(plain, server_hostname="localhost").close()
                break
            except OSError:  # no file, no one there, or no certificate yet
                time.sleep(0.05)
        else:
            raise AssertionError((folder / "output.log").read_text())
        yield Proxy(f"https://localhost:{port}", trust)
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def caddy(folder: Path, *servers: str) -> Iterator[Proxy]:
    """deploy/Caddyfile with an authority of its own, which is told to no one else on this machine."""
    program = find("caddy")
    port = free_port()
    alone = {"admin off": "admin off\n\tskip_install_trust\n\tauto_https disable_redirects"}
    (folder / "Caddyfile").write_text(changed((DEPLOY / "Caddyfile").read_text(), alone))
    environment = {
        "SITE_ADDRESS": f"https://localhost:{port}",
        "HEALTH_ADDRESS": f"http://127.0.0.1:{free_port()}",
        "UPSTREAMS": " ".join(server.removeprefix("http://") for server in servers),
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
    }
    root = folder / "caddy/pki/authorities/local/root.crt"
    with running([program, "run", "--config", folder / "Caddyfile"], folder, port, root, **environment) as proxy:
        yield proxy


@contextmanager
def nginx(folder: Path, *servers: str) -> Iterator[Proxy]:
    """deploy/nginx.conf with a certificate that signs itself."""
    program = find("nginx")
    certificate, key = folder / "fullchain.pem", folder / "privkey.pem"
    request = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"]
    subprocess.run([*request, *names, "-keyout", key, "-out", certificate], check=True, stderr=subprocess.DEVNULL)
    port, plain = free_port(), free_port()
    lines = "\n".join(f"    server {server.removeprefix('http://')};" for server in servers)
    changes = {
        "    server 127.0.0.1:8000;": lines,
        "    listen [::]:80;\n": "",
        "    listen [::]:443 ssl http2;\n": "",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "/etc/letsencrypt/live/circles.example.org": str(folder),
        "circles.example.org;": "localhost;",
        "/var/log/nginx": str(folder),
    }
    (folder / "site.conf").write_text(changed((DEPLOY / "nginx.conf").read_text(), changes))
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(NGINX_MAIN.format(folder=folder, user=user))
    command = [program, "-c", str(folder / "nginx.conf"), "-e", str(folder / "start.log")]
    with running(command, folder, port, certificate) as proxy:
        yield proxy


PROXIES = {"caddy": caddy, "nginx": nginx}
