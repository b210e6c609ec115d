"""From files to a plan over the library in the database, and the plan carried out."""

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, Engine, bindparam, insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from api.accounts.models import Trainer
from api.audit.trail import record
from api.editorial.drafting import OWN
from api.editorial.models import Draft, KeptText
from api.editorial.texts import newest_source
from api.exchange.formats import read_file
from api.exchange.formats.casefiles import load_files
from api.exchange.formats.rows import LARGEST_UPLOAD, Current, Progress, Refused, Row, nothing_known, quiet
from api.exchange.import_preview import ImportPreview, ImportStep, Present, plan
from api.persistence.engine import now, table, write_engine
from api.vignettes.case import Case
from api.vignettes.catalogue import PUBLISHED
from api.vignettes.models import Vignette, VignetteVersion
from api.vignettes.reading import LARGEST_FILE, read
from api.vignettes.storing import add_version, describe, describe_new, meaning, shown_of

CHUNK = 50
PORTION = 500
TRIES = 5  # for a chunk, while another import adds the same stories


def read_path(path: Path, progress: Progress = quiet, current: Current = nothing_known) -> list[Row]:
    """The rows of a file, or of the case files in a folder and the folders in it. Raises Refused."""
    try:
        if path.is_dir():
            return load_files({str(file.relative_to(path)): _start_of(file) for file in _files(path)}, progress)
        if path.stat().st_size > LARGEST_UPLOAD:
            raise Refused(f"The file is larger than {LARGEST_UPLOAD // 2**20} MB. Split it into smaller files.")
        return read_file(path.name, path.read_bytes(), progress, current)
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror or error}.") from None


def planned(engine: Engine, rows: list[Row], author_id: int | None = None, *, replace: bool = True) -> ImportPreview:
    """What an import of the rows by this trainer would do to the library as it now is."""
    with Session(engine) as db:
        return plan(_present(db, _slugs(rows), author_id), rows, replace=replace)


def current_case(engine: Engine) -> Current:
    """The newest case of a slug, for fields that a file leaves out."""

    def current(slug: str) -> Case | None:
        with Session(engine) as db:
            source = _sources(db, [slug]).get(slug)
        return read(source)[0] if source else None

    return current


def current_sources(engine: Engine) -> dict[str, str]:
    """Each vignette's newest case file by slug, whatever its status: the draft where there is one."""
    with Session(engine) as db:
        return _sources(db)


def apply(
    engine: Engine,
    rows: list[Row],
    author_id: int | None,
    *,
    publish: bool = False,
    replace: bool = True,
    progress: Progress = quiet,
) -> ImportPreview:
    """Carries an import out and says what it did; with any fault it does nothing at all.

    New vignettes become drafts, changes become drafts beside what is published; with `publish` both are published at
    once, as a new meaning where the key changed. Drafts of other people are replaced only with `replace`. Every text
    that is replaced or brought in is kept, so that each can be brought back. It is done CHUNK rows at a time, each
    chunk in one transaction over the library as it then is, so that people who answer meanwhile need not wait for all
    of it. What someone has saved since is left alone. Done again after it was cut short, it goes on where it stopped.
    """
    with Session(engine) as db:
        before = _present(db, _slugs(rows), author_id)
    whole = plan(before, rows, replace=replace)
    if whole.refused:
        return whole
    todo = {step.slug: step for step in whole.steps if step.action in ("create", "update")}
    left = [row for row in rows if row.case is not None and row.case.head.slug in todo]
    for start in range(0, len(left), CHUNK):
        chunk = {row.case.head.slug: row for row in left[start : start + CHUNK] if row.case is not None}
        for tries_left in reversed(range(TRIES)):
            try:
                _apply_chunk(engine, chunk, todo, before, author_id, publish)
                break
            except IntegrityError:  # someone else has added one of them a moment ago: now it is there
                if not tries_left:
                    raise
        progress(min(start + CHUNK, len(left)), len(left))
    return whole


def _slugs(rows: Iterable[Row]) -> list[str]:
    return [row.case.head.slug for row in rows if row.case is not None]


def _apply_chunk(
    engine: Engine,
    chunk: dict[str, Row],
    todo: dict[str | None, ImportStep],
    before: Mapping[str, Present],
    author_id: int | None,
    publish: bool,
) -> None:
    with Session(write_engine(engine)) as db:
        author = None if author_id is None else db.get(Trainer, author_id)
        present = {row.slug: row for row in db.exec(_rows(chunk).order_by(col(Vignette.id)).with_for_update())}
        record(db, author, "import", _counted(len(chunk)))
        drafts = {draft.vignette_id: draft for draft in db.exec(_drafts(chunk))}
        sources = _sources(db, chunk)
        new = [] if publish else sorted(chunk.keys() - present.keys() - before.keys())
        if new:
            _begin(db.connection(), [todo[slug] for slug in new], author_id)
        for slug in sorted(
            chunk.keys() - set(new)
        ):  # in one order, so that two imports at once cannot wait for each other
            was = before.get(slug)
            if sources.get(slug) != (was.newest if was else None):  # saved by someone since the plan was made
                continue
            step, row = todo[slug], present.get(slug)
            draft = drafts.get(row.id) if row and row.id else None
            _take(db, row, draft, step, author_id, publish)
        db.commit()


def _counted(stories: int) -> str:
    return f"{stories} {'story' if stories == 1 else 'stories'}"


def _begin(connection: Connection, steps: Sequence[ImportStep], author_id: int | None) -> None:
    """Puts in drafts of stories that are not there, all of them by a handful of statements."""
    cases = {step.case.head.slug: step.case for step in steps if step.case is not None}
    sources = {step.slug: step.source for step in steps}
    same = {"status": "draft", "origin": OWN, "version": 0, "series": 1, "adapted": False, "owner_id": author_id}
    vignettes = [{"slug": slug, **same, **shown_of(case)} for slug, case in cases.items()]
    of = table(Vignette)
    numbers: dict[str, int] = {
        row.slug: row.id for row in connection.execute(insert(of).returning(of.c.slug, of.c.id), vignettes)
    }
    text = [
        {"vignette_id": number, "source": sources[slug], "saved_by": author_id, "at": now()}
        for slug, number in numbers.items()
    ]
    connection.execute(insert(table(Draft)).values(saved_at=bindparam("at"), revision=1, base_version=0), text)
    connection.execute(insert(table(KeptText)).values(kept_at=bindparam("at"), kind="import"), text)
    describe_new(connection, {number: cases[slug] for slug, number in numbers.items()})


def _take(
    db: Session, row: Vignette | None, draft: Draft | None, step: ImportStep, author_id: int | None, publish: bool
) -> None:
    """Carries out one step; `row` and `draft` are what its vignette has now."""
    case, source = step.case, step.source
    assert case is not None
    if row is None:
        row = Vignette(
            slug=case.head.slug, status="draft", origin=OWN, version=0, series=1, owner_id=author_id, changed_at=now()
        )
        db.add(row)
        db.flush()
    assert row.id is not None
    if publish:
        before = newest_source(db, row) if row.version else None
        changed = before is not None and meaning(read(before)[0]) != meaning(case)
        change = "first" if before is None else "meaning" if changed else "wording"
        add_version(db, row, case, source, change=change, author_id=author_id, note="Imported")
        row.status, row.adapted = PUBLISHED, row.adapted or row.origin != OWN
        if draft is not None:
            _keep(db, draft, draft.source, draft.saved_by, "draft")
            db.delete(draft)
        return
    if draft is not None:
        _keep(db, draft, draft.source, draft.saved_by, "draft")
    else:
        draft = Draft(vignette_id=row.id, source=source, revision=0, base_version=row.version, saved_at=now())
    draft.source, draft.saved_by, draft.saved_at = source, author_id, now()
    draft.revision += 1
    db.add(draft)
    _keep(db, draft, source, author_id, "import")
    if row.version == 0:
        describe(db, row, case)


def _keep(db: Session, draft: Draft, source: str, who: int | None, kind: str) -> None:
    """Keeps a text that is replaced, or brought in, so that it can be brought back."""
    db.add(KeptText(vignette_id=draft.vignette_id, source=source, kind=kind, saved_by=who, kept_at=now()))


def _rows(slugs: Collection[str]) -> SelectOfScalar[Vignette]:
    return select(Vignette).where(col(Vignette.slug).in_(slugs))


def _drafts(slugs: Collection[str]) -> SelectOfScalar[Draft]:
    return select(Draft).join(Vignette, col(Draft.vignette_id) == Vignette.id).where(col(Vignette.slug).in_(slugs))


def _sources(db: Session, slugs: Collection[str] | None = None) -> dict[str, str]:
    versions = select(Vignette.slug, VignetteVersion.source).join(
        VignetteVersion,
        (col(VignetteVersion.vignette_id) == Vignette.id) & (col(VignetteVersion.number) == Vignette.version),
    )
    drafts = select(Vignette.slug, Draft.source).join(Draft, col(Draft.vignette_id) == Vignette.id)
    if slugs is not None:
        versions, drafts = (query.where(col(Vignette.slug).in_(slugs)) for query in (versions, drafts))
    return dict(db.exec(versions).all()) | dict(db.exec(drafts).all())


def _present(db: Session, slugs: Collection[str], author_id: int | None) -> dict[str, Present]:
    """The present texts of stories; no one is named for a draft that the same person brought in and no one changed."""
    found: dict[str, Present] = {}
    for some in _portions(slugs):
        versions = select(Vignette.slug, Vignette.version, VignetteVersion).join(
            VignetteVersion, col(VignetteVersion.vignette_id) == Vignette.id
        )
        for slug, newest, version in db.exec(versions.where(col(Vignette.slug).in_(some))):
            before = found.get(slug, Present())
            if version.number == newest:
                found[slug] = dataclasses.replace(before, published=version.source)
            else:
                found[slug] = dataclasses.replace(before, older=before.older | {version.source, version.parsed or ""})
        brought = (
            select(KeptText.id)
            .where(
                KeptText.vignette_id == Draft.vignette_id,
                KeptText.kind == "import",
                col(KeptText.source) == Draft.source,
                col(KeptText.saved_by).is_not_distinct_from(author_id),
            )
            .exists()
        )
        drafts = (
            select(Vignette.slug, Draft.source, Trainer.name, brought)
            .join(Draft, col(Draft.vignette_id) == Vignette.id)
            .join(Trainer, col(Trainer.id) == Draft.saved_by, isouter=True)
        )
        for slug, source, name, own in db.exec(drafts.where(col(Vignette.slug).in_(some))):
            who = None if own else name or "someone"
            found[slug] = dataclasses.replace(found.get(slug, Present()), draft=source, draft_by=who)
    return found


def _portions(slugs: Collection[str]) -> Iterator[list[str]]:
    """In portions that every database takes as parameters."""
    rest = iter(dict.fromkeys(slugs))
    while portion := list(islice(rest, PORTION)):
        yield portion


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*.md") if file.is_file())


def _start_of(file: Path) -> bytes:
    """As much as is needed to see that a file is too large."""
    with file.open("rb") as stream:
        return stream.read(LARGEST_FILE + 1)
