"""What a browser says of itself, in words that a person would use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.accounts.devices import device_label

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "label"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:146.0) Gecko/20100101 Firefox/146.0", "Firefox on Windows"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/143.0.0.0 Safari/537.36", "Chrome on Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/143.0 Safari/537.36 Edg/143.0", "Edge on Windows"),
        (f"Mozilla/5.0 (Linux; Android 15) {WEBKIT} Chrome/143.0 Mobile Safari/537.36", "Chrome on Android"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Version/19.0 Safari/605.1.15", "Safari on Mac"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) CriOS/143.0 Safari/604.1", "Chrome on iPad"),
        ("curl/8.14", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_named_as_people_name_it(user_agent: str, label: str) -> None:
    assert device_label(user_agent) == label


@given(st.text())
def test_nothing_of_the_text_itself_is_kept(text: str) -> None:
    assert len(device_label(text)) <= 60
    assert device_label(text + " 203.0.113.9 build 4711") == device_label(text)
