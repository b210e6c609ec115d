"""Commands about agreement: between raters of any table, and between blind readers of the built-in stories."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.kit.terminal import fail, out, read_settings

if TYPE_CHECKING:
    from api.stats.agreement import Counts, Ratings


def show_shipped_agreement(
    folder: Annotated[Path | None, typer.Argument(help="Folder of case files; the built-in one if left out.")] = None,
) -> None:
    """Prints how far blind readers agree with each other and with the keys: the report beside the ratings."""
    from api.review.agreement import report
    from api.review.ratings import read_rounds, read_verdicts
    from api.vignettes.checking import case_files, check_files

    where = folder or read_settings().vignettes_dir
    try:
        rounds, verdicts = read_rounds(where), read_verdicts(where)
    except ValueError as error:
        raise fail(str(error)) from None
    if not rounds:
        raise fail(f"There are no ratings (ratings/round-*.csv) in {where}.")
    cases = [case for _, case, _ in check_files(case_files([where])) if case]
    typer.echo(report(cases, rounds, verdicts), nl=False)


def show_agreement(
    path: Annotated[Path, typer.Argument(help="A CSV file with the columns unit, rater and label.")],
    labels: Annotated[
        str | None,
        typer.Option(help="All labels that could be given, separated by commas. Default: those in the file."),
    ] = None,
) -> None:
    """Prints how far raters agree: alpha, AC1, Fleiss' kappa, and who said what instead."""
    from api.exchange.formats.rows import Refused
    from api.review.rating import read_ratings
    from api.stats import agreement

    try:
        ratings = read_ratings(path.read_bytes())
    except Refused as refused:
        raise fail(str(refused)) from None
    except OSError as error:
        raise fail(f"{path} cannot be read: {error.strerror or error}.") from None
    counts = agreement.count_labels(ratings)
    known = [label.strip() for label in (labels or "").split(",") if label.strip()]
    raters = sorted({rater for by in ratings.values() for rater in by})
    out.print(f"{len(ratings)} units, {len(raters)} raters, {sum(map(len, ratings.values()))} ratings")
    for name, figure in (
        ("Krippendorff’s alpha", agreement.krippendorff_alpha(counts)),
        ("Gwet’s AC1", agreement.gwet_ac1(counts, known)),
        ("Fleiss’ kappa", agreement.fleiss_kappa(counts)),
        ("Raw agreement", agreement.raw_agreement(counts)),
    ):
        out.print(f"{name:21}{'not defined here' if figure is None else f'{figure:.3f}'}")
    _show_confusion(ratings, counts, raters)
    out.print(agreement.say(counts, known))


def _show_confusion(ratings: "Ratings", counts: "Counts", raters: list[str]) -> None:
    from rich.markup import escape
    from rich.table import Table

    from api.stats.agreement import between, confusion

    two = len(raters) == 2
    pairs = between(ratings, *raters) if two else confusion(counts)
    names = sorted({label for pair in pairs for label in pair})
    title = f"Rows: {raters[0]}. Columns: {raters[1]}." if two else "Pairs of ratings of the same unit"
    table = Table(title=escape(title))
    table.add_column("")
    for name in names:
        table.add_column(escape(name), justify="right")
    for row in names:
        cells = [pairs.get((row, name)) if two else pairs.get((min(row, name), max(row, name))) for name in names]
        table.add_row(escape(row), *(str(cell or 0) for cell in cells))
    out.print(table)
