"""Commands for the key that signs: a new one, and forgetting those before it."""

import typer

from api.kit.settings import Settings, new_key, write_keys
from api.kit.terminal import fail, out

app = typer.Typer(help="The key that signs cookies and links.", no_args_is_help=True)

_RESTART = "Restart every server process: each reads the keys once, at its start."


@app.command("rotate")
def rotate() -> None:
    """Makes a new key that signs from now on; what the earlier ones signed still counts, so nobody is signed out."""
    settings = _of_file()
    write_keys(settings.secret_key_file, [new_key(), *settings.resolved_secret_keys()])
    out.print(f"There is a new key in {settings.secret_key_file}. {_RESTART}", markup=False)
    out.print("Once a month or more has passed, `three-circles secret forget` drops the earlier keys.", markup=False)


@app.command("forget")
def forget() -> None:
    """Drops the earlier keys: whoever has not come by since the change begins anew. At once after a leak."""
    settings = _of_file()
    newest, *earlier = settings.resolved_secret_keys()
    write_keys(settings.secret_key_file, [newest])
    out.print(f"{len(earlier)} earlier {'key is' if len(earlier) == 1 else 'keys are'} forgotten. {_RESTART}")


def _of_file() -> Settings:
    settings = Settings()
    if settings.secret_key:
        raise fail(
            "The key stands in THREE_CIRCLES_SECRET_KEY. Put a new one there, and the present one into "
            "THREE_CIRCLES_SECRET_KEY_OLD; take it out of there again to forget it."
        )
    if settings.secret_key_old:
        raise fail("Earlier keys stand in THREE_CIRCLES_SECRET_KEY_OLD; take them out of there first.")
    return settings
