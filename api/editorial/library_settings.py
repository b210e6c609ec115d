"""What admins decide about the library: how many look at a draft before it is published."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session, select

from api.accounts.models import Trainer
from api.audit.trail import record
from api.kit.errors import Unprocessable
from api.persistence.engine import insert_into, table, write_engine
from api.vignettes.models import LibrarySetting

MOST_RATERS: Final = 5


@dataclass(frozen=True, slots=True)
class LibrarySettings:
    """`raters_needed`: blind ratings that a draft needs, 0 to 5. `lone_trainer`: whether someone who is the only
    trainer may publish without them."""

    raters_needed: int = 2
    lone_trainer: bool = False


def read_library_settings(where: Engine | Session) -> LibrarySettings:
    """The settings as they stand; what no one has changed has its default."""
    if isinstance(where, Engine):
        with Session(where) as db:
            return read_library_settings(db)
    kept = {row.name: row.value for row in where.exec(select(LibrarySetting))}
    usual = LibrarySettings()
    return LibrarySettings(
        raters_needed=int(kept.get("raters_needed", usual.raters_needed)),
        lone_trainer=kept.get("lone_trainer", str(usual.lone_trainer)) == str(True),
    )


def write_library_settings(engine: Engine, settings: LibrarySettings, by: Trainer | None = None) -> None:
    """Keeps both. Raises Unprocessable for a number of raters out of range."""
    if not 0 <= settings.raters_needed <= MOST_RATERS:
        detail = f"0 to {MOST_RATERS}"
        raise Unprocessable(f"Choose {detail} ratings.", [{"pointer": "/raters_needed", "detail": detail}])
    values = {"raters_needed": str(settings.raters_needed), "lone_trainer": str(settings.lone_trainer)}
    with write_engine(engine).begin() as connection:
        add = insert_into(table(LibrarySetting), connection)
        connection.execute(
            add.on_conflict_do_update(index_elements=["name"], set_={"value": add.excluded.value}),
            [{"name": name, "value": value} for name, value in values.items()],
        )
        said = ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in values.items())
        record(connection, by, "change_settings", said)
