"""Who a server believes about the client's address and about https, asked without a proxy between."""

from collections.abc import Iterator

import httpx
import pytest

from tests.cast import ANA, put_cases
from tests.groups.room import API
from tests.live import Server

TRUSTED = "127.0.8.0/24"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that believes one network."""
    folder = tmp_path_factory.mktemp("server")
    settings = {"DATA_DIR": str(folder), "VIGNETTES_DIR": str(put_cases(folder / "cases")), "TRUSTED_PROXIES": TRUSTED}
    with Server(folder, settings) as started:
        yield started


def visitor(server: Server, address: str) -> httpx.Client:
    transport = httpx.HTTPTransport(local_address=address)
    return httpx.Client(base_url=server.base_url, transport=transport, timeout=20, trust_env=False)


def groups_until_refused(client: httpx.Client, *said: str) -> int:
    """How many groups are started before it is too many; each request says that it is for the next of these."""
    for count in range(100):
        headers = {"X-Forwarded-For": said[count % len(said)]} if said else {}
        answer = client.post(API, json={"kind": "training"}, headers=headers)
        if answer.status_code == 429:
            return count
        assert answer.status_code == 201
    raise AssertionError("a hundred groups were all let through")


def cookie(client: httpx.Client, scheme: str) -> str:
    answer = client.post(f"/vignettes/{ANA}/guesses", data={"system": "drive"}, headers={"X-Forwarded-Proto": scheme})
    return answer.headers["set-cookie"].lower()


def test_an_outsider_is_who_the_connection_says(server: Server) -> None:
    with visitor(server, "127.0.9.1") as outsider:
        assert groups_until_refused(outsider, "203.0.113.1", "203.0.113.2", "127.0.8.1") == 30


def test_an_outsider_cannot_claim_https_for_a_cookie(server: Server) -> None:
    with visitor(server, "127.0.9.2") as outsider:
        assert "secure" not in cookie(outsider, "https")


def test_a_proxy_of_the_named_network_is_believed(server: Server) -> None:
    with visitor(server, "127.0.8.1") as proxy:
        assert "; secure" in cookie(proxy, "https")
        assert "secure" not in cookie(proxy, "javascript")
        assert groups_until_refused(proxy, "198.51.100.1") == 30
        answer = proxy.post(API, json={"kind": "training"}, headers={"X-Forwarded-For": "198.51.100.2"})
        assert answer.status_code == 201


def test_of_a_chain_only_what_the_own_proxies_wrote_counts(server: Server) -> None:
    with visitor(server, "127.0.8.2") as proxy:
        # The visitor wrote the first, our outer proxy the second, and our inner proxy the third.
        chains = [f"{invented}, 198.51.100.9, 127.0.8.3" for invented in ("10.1.1.1", "127.0.8.9", "nobody", "")]
        assert groups_until_refused(proxy, *chains) == 30


def test_without_the_setting_no_one_is_believed_even_on_this_machine(server: Server) -> None:
    folder = server.folder / "strict"
    folder.mkdir()
    settings = {"DATA_DIR": str(folder), "VIGNETTES_DIR": str(server.folder / "cases")}
    with Server(folder, settings) as strict, visitor(strict, "127.0.0.1") as neighbour:
        assert "secure" not in cookie(neighbour, "https")
        assert groups_until_refused(neighbour, "203.0.113.1", "203.0.113.2") == 30
