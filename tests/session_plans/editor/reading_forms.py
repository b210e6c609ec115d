"""Reads the form of a page as a browser would send it if no one touched it."""

from html.parser import HTMLParser


class _Form(HTMLParser):
    def __init__(self, marker: str | None) -> None:
        super().__init__(convert_charrefs=True)
        self.marker, self.inside, self.sent = marker, marker is None, dict[str, list[str]]()
        self.area: str | None = None
        self.text = ""
        self.select: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        if tag == "form" and self.marker is not None:
            self.inside = self.marker in found
        name = found.get("name")
        if not self.inside or "disabled" in found:
            return
        if tag == "textarea":
            self.area, self.text = name, ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in found:
            self.sent[self.select] = [found.get("value") or ""]
        elif tag == "input" and name and (found.get("type") not in ("radio", "checkbox") or "checked" in found):
            # A line loses its line ends in the browser.
            self.sent.setdefault(name, []).append((found.get("value") or "").replace("\n", "").replace("\r", ""))

    def handle_data(self, data: str) -> None:
        if self.area:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.area:
            plain = self.text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\n")
            self.sent.setdefault(self.area, []).append(plain.replace("\n", "\r\n"))
            self.area = None
        elif tag == "select":
            self.select = None
        elif tag == "form" and self.marker is not None:
            self.inside = False


def sent_by(page: str, marker: str | None = "data-typing") -> dict[str, list[str]]:
    """The fields of the form with this attribute; of all there is with None."""
    reader = _Form(marker)
    reader.feed(page)
    reader.close()
    return reader.sent
