"""What an upgrade of the product brings: seen on the list and on a story's page after a real second start."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.cast import ANA, ANA_FILE, PASSWORD, TRAINER, put_cases
from tests.editorial.people import MARKDOWN
from tests.live import Server, StartServer

HERE = f"/trainers/vignettes/{ANA}"
LIST_TELLS = "An update is available for 1 story"
PAGE_TELLS = "Update available"
OURS = ANA_FILE.replace("in May", "in June")
NEWER = ANA_FILE.replace("in May", "in August")


@contextmanager
def signed_in(server: Server) -> Iterator[httpx.Client]:
    """The trainer on a running server; the first start has them set up."""
    with httpx.Client(base_url=server.base_url, trust_env=False) as client:
        person = {"name": TRAINER, "password": PASSWORD}
        setup = [line.split()[-1] for line in server.lines if "First trainer" in line]
        assert client.post(setup[0] if setup else "/trainers/sign-in", data=person).status_code == 303
        yield client


def change_ours(client: httpx.Client) -> None:
    answer = client.put(
        f"/api/v1/vignettes/{ANA}", content=OURS.encode(), params={"change": "wording"}, headers=MARKDOWN
    )
    assert answer.is_success, answer.text


def offers(client: httpx.Client) -> bool:
    """Whether the product's newer text is offered: on the list and on the page, or on neither."""
    told = LIST_TELLS in client.get("/trainers").text
    assert (PAGE_TELLS in client.get(HERE).text) == told
    return told


def started_again(start: StartServer, server: Server, file: str) -> Server:
    """Stops the product, puts the file of an upgrade in place, and starts it once more."""
    server.terminate()
    server.process.wait(timeout=20)
    put_cases(server.folder / "cases", {ANA: file})
    return start()


def test_an_upgrade_is_offered_and_shows_what_changed_while_ours_stays(start_server: StartServer) -> None:
    server = start_server()
    with signed_in(server) as client:
        change_ours(client)
        assert not offers(client)

    with signed_in(started_again(start_server, server, NEWER)) as client:
        assert offers(client)
        assert "update available" in client.get("/trainers").text
        page = client.get(HERE).text
        offer = page[page.index(PAGE_TELLS) :]
        assert "deleted: </span>June" in offer
        assert "added: </span>August" in offer
        assert "in June" in client.get(f"/api/v1/vignettes/{ANA}").json()["text"]


def test_starting_the_same_product_again_offers_nothing(start_server: StartServer) -> None:
    server = start_server()
    with signed_in(server) as client:
        change_ours(client)

    with signed_in(started_again(start_server, server, ANA_FILE)) as client:
        assert not offers(client)
        assert "in June" in client.get(f"/api/v1/vignettes/{ANA}").json()["text"]


@pytest.mark.both_databases
def test_what_was_turned_down_is_not_offered_again_and_the_next_upgrade_is(start_server: StartServer) -> None:
    server = start_server()
    with signed_in(server) as client:
        change_ours(client)
    server = started_again(start_server, server, NEWER)
    with signed_in(server) as client:
        assert offers(client)
        assert client.post(f"{HERE}/shipped/keep").status_code == 303
        assert not offers(client)

    server = started_again(start_server, server, NEWER)
    with signed_in(server) as client:
        assert not offers(client)

    with signed_in(started_again(start_server, server, ANA_FILE.replace("in May", "in October"))) as client:
        assert offers(client)


def test_what_was_taken_over_follows_the_next_upgrade_by_itself(start_server: StartServer) -> None:
    server = start_server()
    with signed_in(server) as client:
        change_ours(client)
    server = started_again(start_server, server, NEWER)
    with signed_in(server) as client:
        assert client.post(f"{HERE}/shipped/take", data={"change": "wording"}).status_code == 303
        assert "in August" in client.get(f"/api/v1/vignettes/{ANA}").json()["text"]

    later = ANA_FILE.replace("in May", "in October")
    with signed_in(started_again(start_server, server, later)) as client:
        assert not offers(client)
        assert "in October" in client.get(f"/api/v1/vignettes/{ANA}").json()["text"]
