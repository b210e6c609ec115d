"""Puts many made-up vignettes into a library, as publishing would."""

from sqlalchemy import Engine
from sqlmodel import Session

from api.persistence.engine import now, write_engine
from api.vignettes.case import Case
from api.vignettes.case_file_writer import write
from api.vignettes.models import Vignette
from api.vignettes.reading import read
from api.vignettes.storing import add_version
from tests.cast import ANA_FILE, BEN_FILE, CLEO_FILE

# Words of which every story gets three, so that searches find few, some and many.
WORDS = ("amber", "birch", "cedar", "dune", "ember", "fjord", "grove", "harbour", "islet", "juniper", "kelp", "lagoon")


def made_up(number: int) -> Case:
    """A vignette like one of the cast, with its own slug, title and words."""
    case, _ = read((CLEO_FILE, ANA_FILE, BEN_FILE)[number % 3])
    assert case is not None
    own = [WORDS[(number * step + step) % len(WORDS)] for step in (1, 5, 7)]
    head = case.head.model_copy(
        update={
            "slug": f"made-up-{number:05}",
            "title": f"Story {number:05} of {own[0]}",
            "tags": own,
        }
    )
    return case.model_copy(update={"head": head, "story": f"{case.story} {' '.join(own)}"})


def add_many(engine: Engine, number: int, first: int = 0) -> None:
    """Publishes `number` made-up vignettes in one transaction."""
    with Session(write_engine(engine)) as db:
        for at in range(first, first + number):
            case = made_up(at)
            row = Vignette(slug=case.head.slug, status="published", origin="own", version=0, series=1, changed_at=now())
            add_version(db, row, case, write(case), change="first")
            if at % 500 == 499:
                db.flush()
                db.expunge_all()
        db.commit()
