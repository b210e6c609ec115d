"""A yes or no in the query of an address, as OpenAPI writes it and in no other form."""

from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError


def _written(value: object) -> bool:
    if value not in ("true", "false"):
        raise PydanticCustomError("bool_parsing", "say true or false")
    return value == "true"


Flag = Annotated[bool, BeforeValidator(_written)]
