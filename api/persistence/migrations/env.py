"""Alembic's environment: the application's own engine and models."""

from alembic import context
from sqlmodel import SQLModel

from api.accounts import models as identity_models
from api.audit import models as audit_models
from api.classes import models as classes_models
from api.editorial import models as authoring_models
from api.groups import models as groups_models
from api.groups.sessions import models as guided_models
from api.guesses import models as guesses_models
from api.panels import models as panels_models
from api.persistence.engine import write_engine
from api.practice import models as practice_models
from api.session_plans.editor import models as planning_models
from api.vignettes import models as library_models

# Imported for their tables, which register themselves.
TABLES = (
    audit_models,
    authoring_models,
    classes_models,
    groups_models,
    guesses_models,
    guided_models,
    identity_models,
    library_models,
    panels_models,
    planning_models,
    practice_models,
)

# One process of several that start together migrates; the others wait for it.
ADVISORY_LOCK = 0x3C1AC1E5


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a table of the database is one of the models'; the full text index is made by its migration alone."""
    return kind != "table" or not (name or "").startswith("vignette_search")


with write_engine(context.config.attributes["engine"]).connect() as connection:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET lock_timeout = '60s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({ADVISORY_LOCK})")
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        include_name=include_name,
    )
    with context.begin_transaction():
        context.run_migrations()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_unlock({ADVISORY_LOCK})")
        connection.commit()
