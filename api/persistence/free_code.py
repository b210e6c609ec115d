"""Rows that are found by a code which no one else has."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from api.kit.join_codes import new_code
from api.persistence.engine import write_engine

Made = TypeVar("Made")


def with_free_code(engine: Engine, length: int, make: Callable[[Connection, str], Made]) -> Made:
    """What `make` gives for a free code, in a transaction of its own. One in millions is taken: draw another."""
    while True:
        try:
            with write_engine(engine).begin() as connection:
                return make(connection, new_code(length))
        except IntegrityError:
            continue
