"""Item analysis: that the database adds up what a recount finds, and what is said while there is too little."""

import random
import re
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text

from api.guesses.recording import NewGuess, write_guesses
from api.item_analysis import attempts, whole
from api.item_analysis.attempts import read_all, read_one
from api.item_analysis.movement import Moved, present
from api.persistence.engine import write_engine
from api.stats.enough import NotEnough
from api.stats.items import Attempt
from api.vignettes.catalogue import Catalogue
from tests.cast import ANA, ANA_FILE, BEN
from tests.editorial.many import add_many
from tests.editorial.people import Person, make_person

pytestmark = pytest.mark.both_databases

SYSTEMS = ("threat", "drive", "soothing", "unsure")


@pytest.fixture
def editor(engine: Engine, client: object) -> Person:
    return make_person(engine, client, "Edith", "editor")  # type: ignore[arg-type]


def answer(app: FastAPI, learners: int, *, seed: int = 1, able: float = 0.5) -> list[NewGuess]:
    """Everyone answers every vignette; those with an even number do well."""
    chance = random.Random(seed)
    vignettes = list(app.state.catalogue.vignettes.values())
    guesses = [
        NewGuess(
            learner=f"learner {seed}-{learner}",
            vignette_id=vignette.id,
            series=vignette.series,
            version=vignette.version,
            system=vignette.case.head.key.dominant
            if chance.random() < (0.95 if learner % 2 == 0 else able)
            else chance.choice(SYSTEMS),
            confidence=chance.choice(["guessing", "leaning", "sure", None]),
            cues=[(0, 3)] if learner % 3 == 0 else None,
            reason=None,
            circles=None,
            created_at=datetime.now(UTC),
        )
        for learner in range(learners)
        for vignette in vignettes
    ]
    with write_engine(app.state.engine).begin() as connection:
        write_guesses(connection, guesses)
    return guesses


def many(app: FastAPI, number: int = 12) -> None:
    add_many(app.state.engine, number)
    app.state.catalogue.refresh()


def recount(app: FastAPI, guesses: list[NewGuess], slug: str) -> list[Attempt]:
    catalogue: Catalogue = app.state.catalogue
    fits = {v.id: set(v.case.acceptable) for v in catalogue.vignettes.values()}  # what each key accepts
    mine = catalogue.vignettes[slug].id
    found = []
    for guess in guesses:
        if guess.vignette_id != mine:
            continue
        others = [g for g in guesses if g.learner == guess.learner and g.vignette_id != mine]
        right = sum(g.system in fits[g.vignette_id] for g in others)
        correct = guess.system in fits[mine]
        found.append(Attempt(0, correct, guess.system, guess.confidence, right, len(others)))  # type: ignore[arg-type]
    return sorted(found, key=str)


async def test_the_database_adds_up_what_a_recount_finds(app: FastAPI, engine: Engine) -> None:
    many(app, 4)
    guesses = answer(app, 20)
    answer(app, 20)  # second attempts, which do not count
    catalogue: Catalogue = app.state.catalogue
    alone = {slug: sorted(read_one(engine, v.id).attempts, key=str) for slug, v in catalogue.vignettes.items()}
    together = {found.vignette_id: sorted(found.attempts, key=str) for found in read_all(engine, 1_000)}

    for slug, vignette in catalogue.vignettes.items():
        assert alone[slug] == together[vignette.id] == recount(app, guesses, slug)


async def test_a_change_of_meaning_starts_afresh_and_a_change_of_wording_is_noted(
    app: FastAPI, engine: Engine, editor: Person
) -> None:
    answer(app, 10)
    ana = app.state.catalogue.vignettes[ANA].id
    await editor.put(ANA, ANA_FILE.replace("in May", "in June"), change="wording")
    reworded = read_one(engine, ana)
    await editor.put(ANA, ANA_FILE.replace("in May", "in July"), change="meaning")

    assert (len(reworded.attempts), reworded.mostly_older, reworded.marked) == (10, True, [])
    assert read_one(engine, ana).attempts == []


async def test_only_the_newest_are_taken(app: FastAPI, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(app, 20)
    monkeypatch.setattr(attempts, "NEWEST", 7)
    ana = app.state.catalogue.vignettes[ANA].id

    assert len(read_one(engine, ana).attempts) == 7
    assert {len(found.attempts) for found in read_all(engine, 6)} == {6}


async def test_too_little_is_said_with_how_much_there_is(app: FastAPI, editor: Person) -> None:
    answer(app, 4)
    figures = (await editor.get(f"/api/v1/vignettes/{ANA}/analysis")).json()

    for name, n, needed in (
        ("facility", 4, 5),
        ("discrimination", 0, 30),
        ("agreement", 0, 2),
        ("movement", 0, 5),
        ("answers", 0, 30),
    ):
        assert (figures[name]["n"], figures[name]["needed"], figures[name]["enough"]) == (n, needed, False), name
        assert "not enough data yet" in figures[name]["detail"]
    page = (await editor.get(f"/trainers/vignettes/{ANA}/analysis")).text
    assert "Not enough data yet: 4 of 5 learners" in page


async def test_with_enough_learners_every_figure_is_told(app: FastAPI, editor: Person) -> None:
    many(app)
    answer(app, 40, able=0.2)
    figures = (await editor.get(f"/api/v1/vignettes/{ANA}/analysis")).json()
    page = await editor.get(f"/trainers/vignettes/{ANA}/analysis")

    assert figures["facility"]["n"] == 40
    low, high = figures["facility"]["share"]["interval"]
    assert low < figures["facility"]["share"]["share"] < high
    assert figures["discrimination"]["index"] > 20
    assert figures["answers"]["strong"]["drive"]["share"] > figures["answers"]["weak"]["drive"]["share"]
    assert set(figures["calibration"]["bins"]) == {"guessing", "leaning", "sure"}
    assert figures["cues"]["n"] == 14
    assert page.status_code == 200
    assert "Strong third" in page.text


async def test_the_library_puts_first_what_needs_attention_and_the_list_filters_by_it(
    app: FastAPI, engine: Engine, editor: Person
) -> None:
    many(app)
    answer(app, 40)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE guess SET system = 'soothing', confidence = 'sure' WHERE vignette_id = :id"),
            {"id": app.state.catalogue.vignettes[ANA].id},
        )
    app.state.analysis.forget()
    found = app.state.analysis.get()
    page = (await editor.get("/trainers/analysis")).text

    assert found.items[0].vignette_id == app.state.catalogue.vignettes[ANA].id
    assert found.items[0].reasons[:1] == ("too hard",)
    assert "possibly mis-keyed" in found.items[0].reasons
    assert page.index("Ana and the race") < page.index("Story 00001")
    assert "Ana and the race" in (await editor.get("/trainers?attention=1")).text
    assert "Cleo and the letter" not in (await editor.get("/trainers?attention=1")).text


async def test_the_table_is_sorted_narrowed_and_taken_out_as_it_is_shown(
    app: FastAPI, engine: Engine, editor: Person
) -> None:
    many(app)
    answer(app, 40)
    with engine.begin() as connection:
        ana = {"id": app.state.catalogue.vignettes[ANA].id}
        connection.execute(text("UPDATE guess SET system = 'soothing' WHERE vignette_id = :id"), ana)
    app.state.analysis.forget()

    async def order(query: str) -> list[str]:
        page = (await editor.get(f"/trainers/analysis?{query}")).text
        return re.findall(r'scope="row"><a href="/trainers/vignettes/([^/]+)/analysis', page)

    assert await order("only=attention") == [ANA]
    assert (await order("sort=share"))[0] == ANA
    assert (await order("sort=-share"))[-1] == ANA
    assert (await order("sort=title"))[:2] == [ANA, BEN]
    taken = (await editor.get("/trainers/analysis/table?only=attention")).text.splitlines()
    assert len(taken) == 2
    assert taken[1].startswith('ana-the-race,Ana and the race,1,drive,"Very hard, Possibly mis-keyed",40,0.0,0.0,')


async def test_too_few_learners_leave_their_cells_empty(app: FastAPI, editor: Person) -> None:
    answer(app, 4)
    taken = (await editor.get("/trainers/analysis/table?sort=title")).text.splitlines()

    assert taken[1] == "ana-the-race,Ana and the race,1,drive,,,,,,,,,"


async def test_the_librarys_analysis_is_kept_until_someone_asks_anew(app: FastAPI, editor: Person) -> None:
    answer(app, 6)
    before = app.state.analysis.get()
    answer(app, 6, seed=2)

    assert app.state.analysis.get() is before
    assert (await editor.client.post("/trainers/analysis", headers=editor.headers)).status_code == 303
    assert {item.learners for item in app.state.analysis.get().items} == {12}
    assert whole.compute(app.state.engine, 5).published == 3


async def test_a_vignette_that_no_one_can_have_met_has_no_analysis(editor: Person) -> None:
    await editor.add()

    assert (await editor.get("/api/v1/vignettes/dan-the-race/analysis")).status_code == 404
    assert "No one has answered this story yet" in (await editor.get("/trainers/vignettes/dan-the-race/analysis")).text


def test_movement_over_few_groups_or_people_is_not_shown() -> None:
    counts = {("threat", "drive"): 30}

    assert present(counts, 4, ["drive"]) == NotEnough(4, 5, "groups that voted twice")
    assert present({("threat", "drive"): 19}, 9, ["drive"]) == NotEnough(19, 20, "people who voted twice")


def test_movement_tells_small_numbers_as_few_and_rounds_the_others() -> None:
    counts = {("threat", "drive"): 23, ("drive", "drive"): 31, ("soothing", "drive"): 6, ("unsure", "pass"): 8}
    moved = present(counts, 6, ["drive"])

    assert isinstance(moved, Moved)
    assert (moved.people, moved.groups) == (70, 6)
    assert moved.table["threat"] == {"threat": 0, "drive": 25, "soothing": 0, "unsure": 0, "pass": 0}
    assert moved.table["soothing"]["drive"] is None
    assert moved.table["unsure"]["pass"] == 10
    assert (moved.before, moved.after, moved.gain) == (0.45, 1.0, 1.0)
