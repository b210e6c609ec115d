"""What docs/privacy.md says is kept, compared with the schema, the cookies and the browser's storage."""

import re
from pathlib import Path

from sqlalchemy import create_engine, inspect

from tests.trust.markdown import ROOT, rows_under, text_of

PRIVACY = text_of("privacy.md")
USES = re.compile(r"localStorage|sessionStorage|here\.attach|indexedDB")
OURS = sorted((ROOT / "frontend" / "static").rglob("*.js"))


def test_every_table_and_column_is_named_and_no_other(sqlite_template: Path) -> None:
    engine = create_engine(f"sqlite:///{sqlite_template}")
    there = inspect(engine)
    real = {name: {column["name"] for column in there.get_columns(name)} for name in there.get_table_names()}
    engine.dispose()
    # The parts of SQLite's full text index, and its own counters.
    real = {name: columns for name, columns in real.items() if not name.startswith(("vignette_search_", "sqlite_"))}

    told: dict[str, set[str]] = {}
    for table, columns, *_ in rows_under(PRIVACY, "Tables"):
        told.setdefault(table.strip("`"), set()).update(re.findall(r"`(\w+)`", columns))

    assert told == real


def test_each_table_says_how_long_it_is_kept() -> None:
    assert all(row[3] for row in rows_under(PRIVACY, "Tables"))


def test_every_cookie_of_the_code_is_named_and_no_other() -> None:
    named = {row[0].strip("`") for row in rows_under(PRIVACY, "Cookies")}
    source = "\n".join(path.read_text() for path in (ROOT / "api").rglob("*.py"))
    put = set(re.findall(r"put_cookie\(request, response, (f\"[^\"]+\"|\w+)", source))

    assert named == {
        "learner",
        "trainer",
        "in-class",
        "device",
        "at-institution",
        "visitor",
        "half-signed-in",
        "passkey",
        "content-notes",
        "keeps-cookies",
        "member-CODE",
        "left-CODE",
        "facilitator-CODE",
        "panel-CODE",
    }
    assert set(re.findall(r'^TRIAL: Final = "([^"]+)"', source, re.M)) == {"keeps-cookies"}
    assert put == {
        "COOKIE",
        "TRIAL",
        'f"member-{member.code}"',
        'f"left-{member.code}"',
        'f"facilitator-{state.code}"',
        'f"panel-{panel.code}"',
    }
    assert set(re.findall(r'^COOKIE = "([^"]+)"', source, re.M)) == {
        "learner",
        "trainer",
        "in-class",
        "device",
        "at-institution",
        "visitor",
        "half-signed-in",
        "passkey",
        "content-notes",
    }
    assert source.count(".set_cookie(") == 1  # in one place alone


def test_every_key_in_the_browser_s_storage_is_named_and_no_other() -> None:
    named = {row[0].strip("`") for row in rows_under(PRIVACY, "Storage of the browser")}
    users = {
        path.name: path.read_text()
        for path in OURS
        if not path.name.endswith(".min.js")
        and re.search(r"localStorage|sessionStorage|here\.attach|indexedDB", path.read_text())
    }
    found = set()
    for source in users.values():
        found |= set(re.findall(r"(?:PREFIX|OFF|OWNER) = '([^']+)'", source))
        found |= set(re.findall(r"\bkey: '([^']+)'", source))
        found |= set(re.findall(r"key = \(whose, tab\) => '([^']+)'", source))

    assert named == found
    assert set(users) == {
        "drawing.js",
        "farewell.js",
        "forget.js",
        "keys.js",
        "private-store.js",
        "draft-store.js",
        "practice.js",
        "soothing.js",
        "vote-store.js",
    }
