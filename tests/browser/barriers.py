"""What axe finds on a page. A page that has been found clean once in a run is not looked at again.

Two pages are the same to axe where they differ in words, numbers and addresses alone: any other element, attribute or
state makes another page.
"""

from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

SCRIPT: str = Axe().axe_script
COLOURS = ["color-contrast", "link-in-text-block"]  # of axe's rules, those whose answer another scheme can change
SCHEMES: tuple[Literal["light", "dark"], ...] = ("dark", "light")  # pictures are taken in the light

# Of a page, what axe's rules can tell apart. Of neighbours that are alike five are kept: our styles count no further.
_SHAPE = r"""() => {
  const WORDS = /^(value|src|href|action|content|title|alt|placeholder|aria-label|aria-valuetext|data-.*)$/;
  const STATES = [':checked', ':disabled', ':focus', ':placeholder-shown', ':invalid', ':popover-open', ':modal'];
  const plain = (name, value) => WORDS.test(name) ? Boolean(value.trim()) : value.replace(/\d+/g, '0');
  const shape = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data.trim() ? 'words' : '';
    if (node.nodeType !== Node.ELEMENT_NODE || node.localName === 'script') return '';
    const attributes = [...node.attributes].filter(({name, value}) => value || name !== 'style')
      .map(({name, value}) => `${name}=${node.localName === 'link' ? value : plain(name, value)}`).sort();
    const inside = [];
    for (const child of node.childNodes) {
      const told = shape(child);
      if (told && !(inside.length >= 5 && inside.slice(-5).every((one) => one === told))) inside.push(told);
    }
    return `<${node.localName} ${attributes} ${STATES.filter((state) => node.matches(state))}>${inside.join('')}</>`;
  };
  const names = [...document.querySelectorAll('[id]')].map((element) => element.id);
  const media = [innerWidth, innerHeight, matchMedia('(prefers-color-scheme: dark)').matches];
  return ['axe' in window, `${media} ${new Set(names).size === names.length} ${shape(document.documentElement)}`];
}"""
_RUN = "options => axe.run(document, options).then(({violations, passes}) => ({violations, passes: passes.length}))"
_clean: set[tuple[str, ...]] = set()


def bring_axe(page: Page) -> None:
    """Has axe on every page that is opened from now on: cheaper than to bring it to each one that is looked at."""
    page.add_init_script(SCRIPT)


def barriers(page: Page, rules: list[str] | None = None) -> list[str]:
    """Each barrier that one of the rules finds, or any of axe's. Fails where there was nothing to look at."""
    has_axe, shape = page.evaluate(_SHAPE)
    looked_at = (shape, *(rules or ()))
    if looked_at in _clean:
        return []
    if not has_axe:  # `page.evaluate` takes three times as long for a text of this size
        session = page.context.new_cdp_session(page)
        session.send("Runtime.evaluate", {"expression": f"{SCRIPT}\n;0"})
        session.detach()
    options: dict[str, Any] = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    found = page.evaluate(_RUN, options)
    assert found["passes"], page.url
    if not found["violations"]:
        _clean.add(looked_at)
    return [f"{v['id']}: {v['help']}: {node['target']}" for v in found["violations"] for node in v["nodes"]]


def barriers_in_both_schemes(page: Page) -> list[str]:
    """The same in the light, and what the dark does to colours; the page is left in the light."""
    found: list[str] = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found += [f"{scheme}: {line}" for line in barriers(page, COLOURS if scheme == "dark" else None)]
    return found
