"""Commands for the signing keys: create a new one, and remove the earlier ones."""

import typer

from api.kit.settings import Settings, new_key, write_keys
from api.kit.terminal import fail, out

app = typer.Typer(help="Manage the key that signs cookies and links.", no_args_is_help=True)

_RESTART = "Restart every server process now: each reads the keys only when it starts."


@app.command("rotate")
def rotate() -> None:
    """Create a new signing key. Earlier keys are still accepted, so no one is signed out."""
    settings = _of_file()
    write_keys(settings.secret_key_file, [new_key(), *settings.resolved_secret_keys()])
    out.print(f"Created a new key in {settings.secret_key_file}. {_RESTART}", markup=False)
    out.print("After a month, run `three-circles secret forget` to remove the earlier keys.", markup=False)


@app.command("forget")
def forget() -> None:
    """Remove old signing keys. Run it straight after a leak.

    Users who have not visited since you rotated the key must sign in again.
    """
    settings = _of_file()
    newest, *earlier = settings.resolved_secret_keys()
    write_keys(settings.secret_key_file, [newest])
    out.print(f"Removed {len(earlier)} earlier {'key' if len(earlier) == 1 else 'keys'}. {_RESTART}")


def _of_file() -> Settings:
    settings = Settings()
    if settings.secret_key:
        raise fail(
            "The key is set in THREE_CIRCLES_SECRET_KEY. Put a new key there and move the current one to "
            "THREE_CIRCLES_SECRET_KEY_OLD. To stop accepting the old key, remove it from there."
        )
    if settings.secret_key_old:
        raise fail("THREE_CIRCLES_SECRET_KEY_OLD contains earlier keys. Remove that setting, then try again.")
    return settings
