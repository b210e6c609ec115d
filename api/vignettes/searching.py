"""Finds vignettes by the words of their text: SQLite's FTS5, PostgreSQL's full text search."""

from collections.abc import Mapping

from sqlalchemy import Connection, text

from api.vignettes.case import Case
from api.vignettes.checking import WORD


def index(connection: Connection, vignette_id: int, case: Case) -> None:
    """Puts a vignette's words into the index, in place of those that it had."""
    connection.execute(text("DELETE FROM vignette_search WHERE rowid = :id"), {"id": vignette_id})
    index_new(connection, {vignette_id: case})


def index_new(connection: Connection, cases: Mapping[int, Case]) -> None:
    """Puts the words of vignettes into the index that are not in it."""
    value = "to_tsvector('simple', :words)" if connection.dialect.name == "postgresql" else ":words"
    connection.execute(
        text(f"INSERT INTO vignette_search (rowid, words) VALUES (:id, {value})"),  # noqa: S608  # one of two constants
        [{"id": number, "words": _words(case)} for number, case in cases.items()],
    )


def _words(case: Case) -> str:
    head = case.head
    return " ".join((head.title, head.person, *head.tags, case.story))


def matching(dialect: str, typed: str) -> tuple[str, str] | None:
    """A condition on `vignette.id` with a parameter `:typed`, and that parameter's value; None without any word.

    Each word typed has to stand in the text, the last one perhaps only begun.
    """
    words = WORD.findall(typed.lower())
    if not words:
        return None
    if dialect == "postgresql":
        value = " & ".join("'" + word.replace("'", "''") + "'" for word in words) + ":*"
        query = "words @@ to_tsquery('simple', :typed)"
    else:
        value = " ".join(f'"{word}"' for word in words) + "*"
        query = "vignette_search MATCH :typed"
    return f"vignette.id IN (SELECT rowid FROM vignette_search WHERE {query})", value  # noqa: S608  # one of two constants
