"""A yes or no, and a whole number, in the query of an address: as OpenAPI writes them and in no other form."""

from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError


def _written(value: object) -> bool:
    if value not in ("true", "false"):
        raise PydanticCustomError("bool_parsing", "say true or false")
    return value == "true"


def _digits(value: object) -> object:
    """Pydantic would take “+5”, “ 5”, “5.0” and digits of other scripts too."""
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        raise PydanticCustomError("int_parsing", "send a whole number in digits")
    return value


Flag = Annotated[bool, BeforeValidator(_written)]
Number = Annotated[int, BeforeValidator(_digits)]
