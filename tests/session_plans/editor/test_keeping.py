"""Plans of one's own in the database: saving, two people, undoing, and what facilitators get."""

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, func, select

from api.accounts.models import Trainer
from api.accounts.permissions import Role
from api.accounts.removing import Cleaner, remove
from api.audit.trail import Filter, lines
from api.kit.errors import Conflict, Forbidden, NotFound, TooLarge, Unprocessable
from api.kit.versioned_text import EditConflict
from api.session_plans.catalogue import PlanCatalogue
from api.session_plans.editor import keeping
from api.session_plans.editor.beginning import begin, copy_data, take_file
from api.session_plans.editor.keeping import OwnText, delete_plans_of
from api.session_plans.editor.models import OwnPlanText
from api.session_plans.editor.offering import offer, plans_available, withdraw
from api.session_plans.editor.sheet import parse_draft
from api.session_plans.reading import read
from tests.session_plans.editor.conftest import trainer
from tests.session_plans.sample import LEVELS, SAMPLE

pytestmark = pytest.mark.both_databases


@pytest.fixture
def shipped() -> PlanCatalogue:
    plan, _ = read(SAMPLE)
    assert plan is not None
    return PlanCatalogue({plan.slug: plan}, ())


@pytest.fixture
def amina(engine: Engine) -> Trainer:
    return trainer(engine, "Amina")


@pytest.fixture
def edith(engine: Engine) -> Trainer:
    return trainer(engine, "Edith", "editor")


def from_sample(engine: Engine, who: Trainer) -> OwnText:
    """A good plan of one's own, as an upload of the sample under another name."""
    return take_file(engine, who, SAMPLE.replace("an-hour", "my-hour").encode(), ("an-hour",), LEVELS)


def retitled(text: str, title: str) -> str:
    return text.replace("A quiet hour", title)


def save(engine: Engine, who: Trainer, text: OwnText, source: str) -> OwnText:
    return keeping.save(engine, who, text.slug, text.revision, source, LEVELS)


def test_a_copy_has_an_address_of_its_own_and_names_anyone_who_copied(
    engine: Engine, shipped: PlanCatalogue, amina: Trainer
) -> None:
    data = shipped.plans["an-hour"].model_dump(exclude_defaults=True)
    slugs = [copy_data(engine, amina, data, shipped.plans, LEVELS).slug for _ in range(2)]
    plan, faults = read(keeping.find(engine, amina, slugs[1]).source)

    assert slugs == ["a-quiet-hour-copy", "a-quiet-hour-copy-2"]
    assert plan is not None, faults
    assert (plan.slug, plan.title, plan.authors) == (slugs[1], "A quiet hour (copy)", ("Three Circles", "Amina"))
    assert plan.steps == shipped.plans["an-hour"].steps


def test_a_plan_begun_afresh_is_a_draft_with_things_to_fill_in(engine: Engine, amina: Trainer) -> None:
    text = begin(engine, amina, "  An  hour ", ("an-hour",), LEVELS)
    sheet = parse_draft(text.source, text.slug, LEVELS)

    assert (text.slug, text.title, text.offered) == ("an-hour-2", "An hour", None)
    assert [step["kind"] for step in sheet.steps] == ["talk", "close"]
    assert not sheet.good
    with pytest.raises(Unprocessable):
        begin(engine, amina, "…", (), LEVELS)


def test_a_text_that_no_yaml_reader_takes_is_kept_too(engine: Engine, amina: Trainer) -> None:
    text = from_sample(engine, amina)

    saved = save(engine, amina, text, "steps: [")

    assert keeping.find(engine, amina, text.slug).source == "steps: ["
    assert keeping.own_plans(engine, amina)[0].faults == 1
    assert save(engine, amina, saved, text.source).revision == 3


def test_no_one_saves_over_a_text_that_they_have_not_seen(engine: Engine, amina: Trainer, edith: Trainer) -> None:
    text = from_sample(engine, amina)
    save(engine, edith, text, retitled(text.source, "Theirs"))

    with pytest.raises(EditConflict) as refused:
        save(engine, amina, text, retitled(text.source, "Mine"))

    assert (refused.value.status, refused.value.mark) == (409, "2")
    assert keeping.find(engine, amina, text.slug).title == "Theirs"


def test_the_same_text_sent_twice_is_no_clash_and_no_second_save(engine: Engine, amina: Trainer) -> None:
    text = from_sample(engine, amina)
    again = [save(engine, amina, text, retitled(text.source, "Mine")) for _ in range(2)]

    assert [each.revision for each in again] == [2, 2]


def test_the_last_save_is_undone_and_done_again(engine: Engine, amina: Trainer) -> None:
    text = from_sample(engine, amina)
    saved = save(engine, amina, text, retitled(text.source, "Mine"))
    back = keeping.undo(engine, amina, text.slug, saved.revision, LEVELS)

    assert back.source == text.source
    assert keeping.undo(engine, amina, text.slug, back.revision, LEVELS).title == "Mine"
    with pytest.raises(EditConflict):  # from a page that lay open since
        keeping.undo(engine, amina, text.slug, saved.revision, LEVELS)


def test_there_is_nothing_to_undo_before_the_first_save(engine: Engine, amina: Trainer) -> None:
    text = from_sample(engine, amina)

    with pytest.raises(Conflict, match="nothing to undo"):
        keeping.undo(engine, amina, text.slug, text.revision, LEVELS)


def test_only_the_newest_texts_are_kept(engine: Engine, amina: Trainer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "HISTORY_SIZE", 3)
    text = from_sample(engine, amina)
    for number in range(5):
        text = save(engine, amina, text, retitled(SAMPLE, f"Take {number}"))

    with Session(engine) as db:
        assert db.exec(select(func.count()).select_from(OwnPlanText)).one() == 3
    assert keeping.text_at(engine, amina, text.slug, 3) is None
    assert keeping.text_at(engine, amina, text.slug, 5) == retitled(SAMPLE, "Take 3")


def test_a_draft_is_seen_by_its_author_and_editors_and_an_offer_by_everyone(
    engine: Engine, amina: Trainer, edith: Trainer
) -> None:
    bo = trainer(engine, "Bo")
    text = from_sample(engine, amina)
    assert [len(keeping.own_plans(engine, who)) for who in (amina, edith, bo)] == [1, 1, 0]
    with pytest.raises(Forbidden):
        keeping.find(engine, bo, text.slug)

    offer(engine, edith, text.slug, text.revision, LEVELS)
    newer = save(engine, amina, text, retitled(text.source, "Not yet"))

    assert keeping.find(engine, bo, text.slug).source == text.source
    assert keeping.find(engine, amina, text.slug).source == newer.source
    for change in (
        lambda: save(engine, bo, newer, "mine"),
        lambda: keeping.throw_away(engine, bo, text.slug),
        lambda: offer(engine, amina, text.slug, newer.revision, LEVELS),
        lambda: withdraw(engine, amina, text.slug),
    ):
        with pytest.raises(Forbidden):
            change()


def test_facilitators_get_what_was_offered_until_it_is_offered_again_or_withdrawn(
    engine: Engine, shipped: PlanCatalogue, amina: Trainer, edith: Trainer
) -> None:
    def available() -> dict[str, str]:
        return {slug: plan.title for slug, plan in plans_available(engine, shipped, LEVELS).items()}

    text = from_sample(engine, amina)
    assert available() == {"an-hour": "A quiet hour"}
    offer(engine, edith, text.slug, text.revision, LEVELS)
    newer = save(engine, amina, text, retitled(text.source, "Newer"))
    assert available() == {"an-hour": "A quiet hour", "my-hour": "A quiet hour"}
    offer(engine, edith, text.slug, newer.revision, LEVELS)
    assert available()["my-hour"] == "Newer"
    withdraw(engine, edith, text.slug)
    assert available() == {"an-hour": "A quiet hour"}


def test_a_plan_with_faults_is_not_offered_and_neither_is_one_that_no_one_has_seen(
    engine: Engine, amina: Trainer, edith: Trainer
) -> None:
    text = from_sample(engine, amina)
    bad = save(engine, amina, text, text.source.replace("Have a seat.", "You should sit."))

    with pytest.raises(Conflict, match="problems to fix"):
        offer(engine, edith, text.slug, bad.revision, LEVELS)
    with pytest.raises(EditConflict):
        offer(engine, edith, text.slug, text.revision, LEVELS)
    assert keeping.find(engine, amina, text.slug).offered is None


def test_a_plan_on_offer_whose_story_is_gone_is_left_out(
    engine: Engine, shipped: PlanCatalogue, amina: Trainer, edith: Trainer
) -> None:
    text = from_sample(engine, amina)
    offer(engine, edith, text.slug, text.revision, LEVELS)

    assert "my-hour" not in plans_available(engine, shipped, {"dora-the-door": 2})


def test_a_plan_is_thrown_away_once_it_is_not_on_offer(engine: Engine, amina: Trainer, edith: Trainer) -> None:
    text = from_sample(engine, amina)
    offer(engine, edith, text.slug, text.revision, LEVELS)
    with pytest.raises(Conflict, match="stop sharing it"):
        keeping.throw_away(engine, amina, text.slug)

    withdraw(engine, edith, text.slug)
    keeping.throw_away(engine, amina, text.slug)

    with pytest.raises(NotFound):
        keeping.find(engine, amina, text.slug)
    with Session(engine) as db:
        assert db.exec(select(func.count()).select_from(OwnPlanText)).one() == 0


def test_of_someone_who_left_only_plans_stay_that_others_build_on(
    engine: Engine, amina: Trainer, edith: Trainer
) -> None:
    quiet, offered, shared = (from_sample(engine, amina) for _ in range(3))
    offer(engine, edith, offered.slug, offered.revision, LEVELS)
    theirs = save(engine, edith, shared, retitled(shared.source, "A loud hour"))
    save(engine, amina, theirs, retitled(shared.source, "An hour"))
    assert amina.id is not None

    remove(engine, edith, amina.id, [Cleaner(delete_plans_of)])

    left = {line.slug: line.author for line in keeping.own_plans(engine, edith)}
    assert set(left) == {offered.slug, shared.slug}
    assert set(left.values()) == {f"Former trainer ({amina.id})"}
    withdraw(engine, edith, offered.slug)
    for slug in left:
        keeping.throw_away(engine, edith, slug)
    with Session(engine) as db:
        assert db.exec(select(func.count()).select_from(OwnPlanText)).one() == 0
    assert quiet.slug not in left


def test_the_trail_has_a_line_an_hour_for_saves_and_none_for_what_was_not_done(
    engine: Engine, amina: Trainer, edith: Trainer
) -> None:
    first = from_sample(engine, amina)
    second = save(engine, amina, first, retitled(first.source, "A loud hour"))
    save(engine, amina, second, retitled(first.source, "An hour"))
    with pytest.raises(EditConflict):
        save(engine, edith, first, retitled(first.source, "My hour"))
    with pytest.raises(EditConflict):
        offer(engine, edith, first.slug, first.revision, LEVELS)
    withdraw(engine, edith, first.slug)  # it was on no offer

    told = [(line.name, line.deed, line.about) for line in lines(engine, Filter())]
    assert told == [("Amina", "Edited a session plan", first.slug), ("Amina", "Started a session plan", first.slug)]


def test_what_no_database_takes_is_refused_with_a_sentence(engine: Engine, amina: Trainer) -> None:
    text = from_sample(engine, amina)

    with pytest.raises(Unprocessable, match="NUL"):
        save(engine, amina, text, "a\0b")
    with pytest.raises(Unprocessable, match="half a character"):
        save(engine, amina, text, "a\ud800b")
    with pytest.raises(TooLarge):
        save(engine, amina, text, "a" * 256_001)


@pytest.mark.parametrize("role", ["trainer", "editor", "admin"])
def test_everyone_writes_plans_of_their_own(engine: Engine, role: Role) -> None:
    who = trainer(engine, "Cleo", role)

    assert save(engine, who, begin(engine, who, "Mine", (), LEVELS), "mine").revision == 2
