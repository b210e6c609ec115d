"""A PostgreSQL user without rights on the schema: the server runs with it, and says so when it cannot migrate."""

import subprocess
from collections.abc import Iterator

import httpx
import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from api.persistence.engine import make_engine
from api.persistence.migrations.running import downgrade
from tests.cast import ANA
from tests.live import StartServer
from tests.operations.commands import command
from tests.trust.markdown import ROOT

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
ROLE = "three_circles_test_server"


@pytest.fixture
def restricted_url(database_url: str) -> Iterator[str]:
    """The test's database for the user that docs/deploy.md makes, with the rights that it names."""
    text = (ROOT / "docs" / "deploy.md").read_text()
    statements = text.partition("<!-- rights -->")[2].partition("```sql")[2].partition("```")[0]
    assert "GRANT" in statements
    owner = make_url(database_url).set(drivername="postgresql")
    with psycopg.connect(owner.render_as_string(hide_password=False), autocommit=True) as connection:
        name = sql.Identifier(str(owner.database))
        for statement in filter(str.strip, statements.replace("three_circles_server", ROLE).split(";")):
            connection.execute(statement.replace("DATABASE three_circles ", f'DATABASE "{owner.database}" ').encode())
        yield make_url(database_url).set(username=ROLE, password="choose-one").render_as_string(hide_password=False)
        connection.execute(sql.SQL("REASSIGN OWNED BY {} TO CURRENT_USER").format(sql.Identifier(ROLE)))
        connection.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(ROLE)))
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM {}").format(name, sql.Identifier(ROLE)))
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(ROLE)))


def test_a_user_without_rights_on_the_schema_runs_the_server(restricted_url: str, start_server: StartServer) -> None:
    server = start_server(DATABASE_URL=restricted_url)
    with httpx.Client(base_url=server.base_url, trust_env=False, timeout=20) as client:
        token = client.post("/api/v1/learners").json()["learner_token"]
        headers = {"Authorization": f"Bearer {token}"}
        guess = client.post(f"/api/v1/vignettes/{ANA}/guesses", json={"system": "drive"}, headers=headers)
        group = client.post("/api/v1/groups", json={})
        gone = client.delete("/api/v1/learners/me", headers=headers)
    with psycopg.connect(restricted_url.replace("+psycopg", "")) as connection, pytest.raises(psycopg.Error):
        connection.execute("DROP TABLE guess")

    assert [guess.status_code, group.status_code, gone.status_code] == [201, 201, 204]


def test_on_an_old_schema_it_says_who_may_migrate(restricted_url: str, database_url: str, tmp_path: object) -> None:
    engine = make_engine(database_url)
    downgrade(engine, "-1")
    engine.dispose()

    for arguments in (("migrate",), ("serve", "--port", "0")):
        finished: subprocess.CompletedProcess[str] = command(
            *arguments, DATA_DIR=str(tmp_path), DATABASE_URL=restricted_url
        )
        assert finished.returncode == 1
        assert "may not change the schema" in finished.stderr
        assert "three-circles migrate" in finished.stderr
        assert "Traceback" not in finished.stderr
