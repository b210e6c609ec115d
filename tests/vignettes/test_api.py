"""The published library over JSON: open to all, its keys to trainers only."""

import httpx
import pytest

from api.kit.systems import SYSTEMS
from tests.cast import ANA, BEN, CLEO

SECRETS = {"key", "cues", "explanations", "acceptable", "dominant", "skills", "tags"}


def slugs(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200
    return [item["slug"] for item in answer.json()["items"]]


async def test_the_three_systems_are_told_with_their_caveat(client: httpx.AsyncClient) -> None:
    systems = (await client.get("/api/v1/systems")).json()

    assert [card["slug"] for card in systems["items"]] == list(SYSTEMS)
    assert all(text for card in systems["items"] for text in card.values())
    assert "No one can tell your chemical levels" in systems["caveat"]


async def test_anyone_sees_the_stories_and_no_one_the_keys(client: httpx.AsyncClient) -> None:
    story = (await client.get(f"/api/v1/vignettes/{BEN}")).json()

    assert story.keys() == {"slug", "title", "person", "text", "level", "content_note", "question", "version"}
    assert story["question"] == "Which system is biggest for Ben?"
    assert story["content_note"] == "mentions an argument"
    assert "{" not in story["text"]
    for item in (await client.get("/api/v1/vignettes")).json()["items"]:
        assert not SECRETS & item.keys()


async def test_a_trainer_sees_the_whole_vignette(client: httpx.AsyncClient, trainer_headers: dict[str, str]) -> None:
    whole = (await client.get(f"/api/v1/vignettes/{BEN}", headers=trainer_headers)).json()

    assert whole.keys() >= SECRETS - {"acceptable", "dominant"}
    assert whole["key"]["dominant"] == "soothing"
    assert whole["cues"][0]["text"] == "His shoulders drop"
    assert whole["explanations"].keys() == set(SYSTEMS)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [ANA, BEN, CLEO]),
        ("level=2", [CLEO]),
        ("tag=home", [BEN]),
        ("tag=hom", []),
        ("q=letter", [CLEO]),
        ("q=LETTER%20mother", [CLEO]),
        ("q=letter%20bath", []),
        ("level=1&tag=sport&q=race", [ANA]),
        ("cursor=zzz", []),
    ],
)
async def test_the_list_is_filtered_by_what_anyone_may_know(
    client: httpx.AsyncClient, query: str, found: list[str]
) -> None:
    assert slugs(await client.get(f"/api/v1/vignettes?{query}")) == found


async def test_pages_follow_each_other_without_gaps(client: httpx.AsyncClient) -> None:
    first = await client.get("/api/v1/vignettes?limit=2")
    second = await client.get("/api/v1/vignettes", params={"limit": 2, "cursor": first.json()["next_cursor"]})

    assert slugs(first) + slugs(second) == [ANA, BEN, CLEO]
    assert second.json()["next_cursor"] is None


async def test_filtering_by_system_would_give_the_keys_away(
    client: httpx.AsyncClient, trainer_headers: dict[str, str]
) -> None:
    assert (await client.get("/api/v1/vignettes?system=threat")).status_code == 403

    assert slugs(await client.get("/api/v1/vignettes?system=threat", headers=trainer_headers)) == [CLEO]


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "level=4", "system=hunger", "q=" + "x" * 201])
async def test_a_bad_query_is_named(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"/api/v1/vignettes?{query}")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/query/{query.partition('=')[0]}"


@pytest.mark.parametrize("slug", ["nobody", "..", "%00", "x" * 5000])
async def test_an_unknown_vignette_is_not_found(client: httpx.AsyncClient, slug: str) -> None:
    assert (await client.get(f"/api/v1/vignettes/{slug}")).status_code == 404
