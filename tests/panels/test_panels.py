"""Rating by a link over the JSON: who gets in, what is handed out, what is kept, and that it can be taken back."""

from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, text

from api.kit import assets
from api.panels.experts import Experts
from api.persistence.engine import make_engine
from api.vignettes.checking import case_files
from api.vignettes.reading import read
from tests.cast import ANA, BEN, CLEO, SLUGS
from tests.client import new_learner
from tests.editorial.people import make_person
from tests.panels.raters import API, join, make_panel, mark_of
from tests.trust.markdown import ROOT, text_of


@pytest.mark.both_databases
async def test_someone_rates_story_after_story_without_an_account_and_takes_it_back_whole(
    client: httpx.AsyncClient, engine: Engine, trainer_headers: dict[str, str]
) -> None:
    panel = await make_panel(client, trainer_headers)
    rater = await join(client, panel, named="name", name="Ida Q")
    seen = []
    while (story := (await rater.place())["next"]) is not None:
        assert set(story) == {"slug", "person", "text", "content_note", "question", "version"}
        own = (await client.get(f"{API}/{panel['code']}/ratings", headers=rater.headers)).json()
        assert all(item["key"] is None for item in own["items"])
        seen.append(story["slug"])
        kept = await rater.rate(
            story["slug"], "threat", confidence="sure", also=["drive"], cues=[[0, 3]], reason="=zq1 knee"
        )
        assert kept.status_code == 200

    own = (await client.get(f"{API}/{panel['code']}/ratings", headers=rater.headers)).json()
    assert sorted(seen) == sorted(SLUGS) == sorted(item["vignette"] for item in own["items"])
    assert {item["vignette"]: item["key"] for item in own["items"]} == {ANA: "drive", BEN: "soothing", CLEO: "threat"}
    assert own["items"][0]["also"] == ["drive"]
    assert (await rater.rate(ANA, "drive")).status_code == 409  # the keys have been shown

    assert (await rater.take_back()).status_code == 204
    with engine.connect() as connection:
        for name in ("panel_rater", "panel_rating"):
            assert connection.execute(text(f"SELECT count(*) FROM {name}")).scalar() == 0
    assert (await rater.rate(ANA, "drive")).status_code == 401
    assert (await rater.take_back()).status_code == 401


async def test_a_rating_sent_twice_is_one_and_another_takes_its_place_until_all_are_rated(
    client: httpx.AsyncClient, trainer_headers: dict[str, str]
) -> None:
    panel = await make_panel(client, trainer_headers)
    rater = await join(client, panel)
    for system in ("drive", "drive", "threat"):
        assert (await rater.rate(ANA, system)).json()["rated"] == 1

    own = (await client.get(f"{API}/{panel['code']}/ratings", headers=rater.headers)).json()
    assert [item["system"] for item in own["items"]] == ["threat"]


async def test_nobody_gets_in_with_a_made_up_link_or_without_consent_or_into_a_closed_panel(
    client: httpx.AsyncClient, trainer_headers: dict[str, str]
) -> None:
    panel = await make_panel(client, trainer_headers)
    other = await make_panel(client, trainer_headers)
    url, about = f"{API}/{panel['code']}/raters", {"profession": "nurse", "years": "2_to_5", "agree": True}
    for k in ("", "x" * 22, mark_of(other)):
        assert (await client.post(url, json={**about, "k": k})).status_code == 404
    assert (await client.post(url, json={**about, "k": mark_of(panel), "agree": False})).status_code == 422
    nameless = {**about, "k": mark_of(panel), "named": "name", "name": " "}
    assert "Give the name" in (await client.post(url, json=nameless)).json()["detail"]
    rater = await join(client, panel)

    closed = await client.post(f"{API}/{panel['code']}/close", headers=trainer_headers)
    assert closed.json()["closed"]
    assert (await client.post(url, json={**about, "k": mark_of(panel)})).status_code == 409
    assert "closed" in (await rater.rate(ANA, "drive")).json()["detail"]
    assert (await rater.take_back()).status_code == 204  # even then


async def test_a_token_of_one_panel_is_worth_nothing_in_another_and_stories_not_handed_out_are_refused(
    client: httpx.AsyncClient, trainer_headers: dict[str, str]
) -> None:
    panel, other = [await make_panel(client, trainer_headers, stories=[slug]) for slug in (ANA, BEN)]
    rater = await join(client, panel)

    assert (await client.get(f"{API}/{other['code']}/next", headers=rater.headers)).status_code == 401
    assert (await rater.rate(BEN, "drive")).status_code == 404
    assert (await rater.rate(ANA, "drive", cues=[[0, 9999]])).status_code == 422
    assert (await rater.rate(ANA, "drive", circles={"threat": 1, "drive": 1, "soothing": 1})).status_code == 422


async def test_what_needs_ratings_most_comes_first_and_each_rater_gets_what_fewest_have(
    client: httpx.AsyncClient, trainer_headers: dict[str, str]
) -> None:
    first = await make_panel(client, trainer_headers, stories=[ANA, CLEO], each=1)
    raters = [await join(client, first) for _ in range(4)]
    handed = [(await rater.place())["next"]["slug"] for rater in raters]
    assert sorted(handed) == [ANA, ANA, CLEO, CLEO]
    for rater, slug in zip(raters, handed, strict=True):
        await rater.rate(slug, "drive")

    neediest = await make_panel(client, trainer_headers, many=1)
    assert (await (await join(client, neediest)).place())["next"]["slug"] == BEN


async def test_clinicians_answers_are_shown_from_five_on_and_only_after_ones_own(
    client: httpx.AsyncClient, engine: Engine, trainer_headers: dict[str, str]
) -> None:
    panel = await make_panel(client, trainer_headers)
    learner = await new_learner(client)
    url = f"/api/v1/vignettes/{ANA}/experts"
    assert (await client.get(url, headers=learner.headers)).status_code == 403
    await learner.guess(ANA, "drive")
    page = f"/vignettes/{ANA}/outcome"
    cookie = {"Cookie": f"learner={learner.token}"}
    for profession in ("trainee", "lay"):  # they count for agreement, and are no clinicians
        await (await join(client, panel, profession=profession)).rate(ANA, "soothing")
    raters = [
        await join(client, panel, **({"named": "name", "name": "Dr <b>Oz"} if n == 0 else {"named": "profession"}))
        for n in range(5)
    ]
    for number, rater in enumerate(raters):
        assert (await client.get(url, headers=learner.headers)).json() is None
        assert "How clinicians answered" not in (await client.get(page, headers=cookie)).text
        await rater.rate(ANA, "threat" if number == 4 else "drive", reason=f"<script>{number}</script>")

    told = (await client.get(url, headers=learner.headers)).json()
    assert told["sentence"] == "4 of 5 clinicians chose drive, 1 chose threat."
    assert told["reasons"] == []  # no reason before a trainer has read it
    ids = [row[0] for row in _rows(engine, "SELECT id FROM panel_rating WHERE reason IS NOT NULL ORDER BY id")]
    show = f"/trainers/panels/{panel['code']}/reasons"
    await client.post(show, data={"show": [str(one) for one in ids]}, headers=trainer_headers)
    shown = (await client.get(page, headers=cookie)).text
    assert "Dr &lt;b&gt;Oz, nurse" in shown
    assert "<script>0" not in shown
    assert [r["system"] for r in (await client.get(url, headers=learner.headers)).json()["reasons"]] == [
        *["threat"],
        *["drive"] * 3,
    ]

    for at, seen in (("screen", False), ("console", True), ("summary", True)):
        assert (told["sentence"] in await led(client, at)) is seen
    assert told["sentence"] not in await led(client, "console", "voting")

    await raters[4].take_back()
    assert "How clinicians answered" not in (await client.get(page, headers=cookie)).text
    assert "of clinicians" not in (await client.get(f"/vignettes/{ANA}")).text


async def led(client: httpx.AsyncClient, page: str, last: str = "revealed") -> str:
    """A page of a new group whose story of Ana has come so far."""
    made = (await client.post("/api/v1/groups", json={"kind": "training"})).json()
    leads = {"Authorization": f"Bearer {made['facilitator_key']}"}
    group = f"/api/v1/groups/{made['code']}"
    await client.post(f"{group}/rounds", json={"vignette": ANA}, headers=leads)
    for phase in ("voting", "revealed")[: 1 + (last == "revealed")]:
        moved = await client.post(f"{group}/phase", json={"phase": phase}, headers=leads)
        assert moved.status_code == 200, moved.text
    await client.get(made["console_url"].removeprefix("http://circles.test"))
    return (await client.get(f"/g/{made['code']}/{page}", headers=leads)).text


def _rows(engine: Engine, query: str) -> list[tuple[int]]:
    with engine.connect() as connection:
        return [(row[0],) for row in connection.execute(text(query))]


async def test_a_contested_story_is_named_and_what_is_decided_stays_with_the_version(
    client: httpx.AsyncClient, trainer_headers: dict[str, str], engine: Engine
) -> None:
    panel = await make_panel(client, trainer_headers)
    story = f"/trainers/vignettes/{ANA}"
    assert "Not reviewed by clinicians" in (await client.get(story, headers=trainer_headers)).text
    assert "rated 0 of the 3 stories" in (await client.get("/about")).text
    for _ in range(6):
        await (await join(client, panel)).rate(ANA, "threat")

    assert "Contested: 0 of 6 clinicians" in (await client.get(story, headers=trainer_headers)).text
    assert "rated 1 of the 3 stories" in (await client.get("/about")).text
    found = (await client.get(f"{API}/{panel['code']}", headers=trainer_headers)).json()
    (row,) = found["vignettes"]
    assert (row["standing"], row["likeliest"], row["look_again"]) == ("contested", "threat", True)
    assert found["confusion"]["drive"]["threat"] == 6

    url = f"/api/v1/vignettes/{ANA}/decisions"
    told = await client.post(
        url, json={"decision": "rewrite", "reason": "The knee is louder."}, headers=trainer_headers
    )
    (item,) = told.json()["items"]
    assert (item["version"], item["clinicians"], item["fitting"]) == (1, 6, 0)
    page = await client.post(f"{story}/decision", data={"decision": "keep", "reason": ""}, headers=trainer_headers)
    assert page.status_code == 422
    assert "Say why" in page.text
    rater = make_person(engine, client, "Bo", "trainer")
    assert (await client.post(url, json={"decision": "keep", "reason": "x"}, headers=rater.headers)).status_code == 403


async def test_when_an_account_goes_its_panels_lose_name_and_link_and_the_ratings_stay(
    client: httpx.AsyncClient, trainer_headers: dict[str, str], engine: Engine
) -> None:
    leaver = make_person(engine, client, "Bo", "trainer")
    rated, empty = [await make_panel(client, leaver.headers) for _ in range(2)]
    await (await join(client, rated)).rate(ANA, "drive")
    number = next(_rows(engine, "SELECT id FROM trainer WHERE name = 'Bo'").__iter__())[0]
    await client.post(f"/trainers/people/{number}/remove", data={"sure": "yes"}, headers=trainer_headers)

    (left,) = (await client.get(API, headers=trainer_headers)).json()
    assert (left["name"], left["closed"]) == ("Panel 1", True)
    assert (await client.get(f"{API}/{empty['code']}", headers=trainer_headers)).status_code == 404


def test_the_readme_says_how_many_stories_clinicians_have_rated_as_the_product_counts_them(
    sqlite_template: Path,
) -> None:
    engine = make_engine(f"sqlite:///{sqlite_template}")
    cases = [case for path in case_files([assets.VIGNETTES]) if (case := read(path.read_text("utf-8"))[0])]
    counted = f"Clinicians have rated {Experts(engine).reviewed(cases)} of the {len(cases)} stories"
    engine.dispose()

    assert counted in (ROOT / "README.md").read_text("utf-8")
    assert counted in text_of("evidence.md")
