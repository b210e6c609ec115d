"""Removes a trainer's account with everything that is only about its holder."""

from typing import Final

from sqlalchemy import Engine, delete, select, update
from sqlmodel import Session, col

from api.accounts import sessions
from api.accounts.models import Invitation, Trainer
from api.accounts.people import keep_an_admin, locked
from api.accounts.permissions import REMOVED
from api.audit.trail import record
from api.classes.models import ClassAnswer, ClassMember, ClassTally, LearnerClass
from api.editorial.drafting import forget
from api.editorial.models import Draft, ImportJob, Rating
from api.persistence.engine import now, write_engine
from api.session_plans.editor.models import OwnPlan, OwnPlanText
from api.vignettes.models import Vignette

NO_PASSWORD: Final = ""


def remove(engine: Engine, by: Trainer, trainer_id: int) -> None:
    """Deletes name, password, sign-ins, links, classes, files that wait for an import, remarks, and stories that were
    never published and plans that are not on offer, where nobody else has worked on them.

    What others build on stays without the name: published versions, blind ratings, plans on offer, and drafts and plans
    that others saved. A row without a name stands for their author. The trail keeps the name until it is purged. Raises
    NotFound, Conflict.
    """
    with Session(write_engine(engine)) as db:
        trainer = locked(db, trainer_id)
        keep_an_admin(db, trainer)
        record(db, by, "remove_person", trainer.name)
        sessions.end_all(db, trainer_id)
        db.exec(
            delete(Invitation).where(
                (col(Invitation.created_by) == trainer_id) | (col(Invitation.trainer_id) == trainer_id)
            )
        )
        db.exec(delete(ImportJob).where(col(ImportJob.trainer_id) == trainer_id))
        db.exec(update(Rating).where(col(Rating.trainer_id) == trainer_id).values(comment=None))
        _delete_classes(db, trainer_id)
        _delete_drafts(db, trainer_id)
        _delete_plans(db, trainer_id)
        trainer.name = f"Former trainer ({trainer_id})"
        trainer.password_hash, trainer.role = NO_PASSWORD, REMOVED
        trainer.disabled_at = trainer.disabled_at or now()
        db.add(trainer)
        db.commit()


def _delete_classes(db: Session, trainer_id: int) -> None:
    mine = select(col(LearnerClass.id)).where(col(LearnerClass.trainer_id) == trainer_id)
    for model in (ClassAnswer, ClassTally, ClassMember):
        db.exec(delete(model).where(col(model.class_id).in_(mine)))
    db.exec(delete(LearnerClass).where(col(LearnerClass.trainer_id) == trainer_id))


def _delete_drafts(db: Session, trainer_id: int) -> None:
    own = (
        select(Vignette, Draft)
        .join(Draft, col(Draft.vignette_id) == Vignette.id)
        .where(col(Vignette.owner_id) == trainer_id, col(Vignette.version) == 0, col(Draft.saved_by) == trainer_id)
    )
    for row, draft in db.execute(own).all():
        db.delete(draft)
        forget(db, row)
    db.flush()


def _delete_plans(db: Session, trainer_id: int) -> None:
    # Locked first: who saves or offers one of them at this moment is waited for, and then seen.
    quiet = (col(OwnPlan.author_id) == trainer_id) & col(OwnPlan.offered).is_(None)
    mine = {*db.execute(select(col(OwnPlan.id)).where(quiet).with_for_update()).scalars()}
    texts = select(col(OwnPlanText.plan_id)).where(col(OwnPlanText.plan_id).in_(mine))
    mine -= {*db.execute(texts.where(col(OwnPlanText.saved_by) != trainer_id)).scalars()}
    db.exec(delete(OwnPlanText).where(col(OwnPlanText.plan_id).in_(mine)))
    db.exec(delete(OwnPlan).where(col(OwnPlan.id).in_(mine)))
