"""The API does what its own OpenAPI says, for whatever fits the schema and whatever does not."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import APIOperation, Case, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.errors import InvalidSchema
from schemathesis.core.result import Err, Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import create_app
from api.kit.settings import Settings
from tests.cast import ANA, put_cases
from tests.client import SECRET, Learner, http_client, new_learner
from tests.databases import KINDS
from tests.postgres import Postgres

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 12  # on each database; half of them fit the schema, half do not

Operation = APIOperation[Any, Any, Any, Any]


def must(result: Ok[Operation] | Err[InvalidSchema]) -> Operation:
    assert isinstance(result, Ok), result
    return result.ok()


document = create_app(Settings(_env_file=None, secret_key=SECRET)).openapi()
found = [must(result) for result in schemathesis.openapi.from_dict(document).get_all_operations()]
# A stream has no end for a client that waits for it; streams are tried on a real server. A form with a file is tried
# where files are brought in: Schemathesis makes files of numbers and lists, which httpx cannot send.
ELSEWHERE = ("/events", "/vignettes/import")
OPERATIONS = [operation for operation in found if not operation.path.endswith(ELSEWHERE)]

# How Schemathesis hands cookies and bodies to httpx is its own affair.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


class Api:
    """The application with its lifespan run on a loop of its own: Hypothesis calls from outside of any loop."""

    def __init__(self, settings: Settings) -> None:
        self._runner = asyncio.Runner()
        self._app = create_app(settings)
        self._lifespan = self._app.router.lifespan_context(self._app)

    def __enter__(self) -> "Api":
        self._runner.run(self._lifespan.__aenter__())
        self._client = http_client(self._app)
        self._learner: Learner = self._runner.run(new_learner(self._client))
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._lifespan.__aexit__(None, None, None))
        self._runner.close()

    def answer(self, case: Case[Any]) -> httpx.Response:
        request = case.as_transport_kwargs(base_url="http://circles.test", headers=self._learner.headers)
        return self._runner.run(self._client.request(**request))


@pytest.fixture(scope="module", params=KINDS)
def api(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    folder: Path = tmp_path_factory.mktemp("contract")
    url = ""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.url(server.create(request.getfixturevalue("postgres_template")))
    cases = put_cases(folder / "cases")
    with Api(
        Settings(
            _env_file=None,
            data_dir=folder,
            database_url=url,
            vignettes_dir=cases,
            rate_limit=False,
            secret_key=SECRET,
        )
    ) as started:
        yield started


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_an_operation_keeps_to_the_contract(api: Api, operation: Operation) -> None:
    def check(case: Case[Any]) -> None:
        # A made-up slug is nearly never one of ours: every second case asks for a vignette that is there.
        if "slug" in case.path_parameters and len(str(case.path_parameters["slug"])) % 2:
            case.path_parameters["slug"] = ANA
        case.validate_response(Response.from_any(api.answer(case)), checks=CHECKS)

    good, bad = (operation.as_strategy(generation_mode=mode) for mode in GenerationMode)
    limited = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    limited(given(case=good | bad)(check))()


def test_the_contract_names_every_address_below_api() -> None:
    assert {operation.path for operation in OPERATIONS} >= {
        "/api/v1/learners",
        "/api/v1/vignettes",
        "/api/v1/vignettes/{slug}",
        "/api/v1/vignettes/{slug}/guesses",
        "/api/v1/vignettes/{slug}/statistics",
    }
