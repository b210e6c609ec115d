"""Chromium, Firefox and WebKit, driven alike: what a person does at a page, and nothing that one engine alone can do.

Playwright drives Chromium. It does not drive the Firefox and the WebKit of Debian: these speak W3C WebDriver, Firefox
in its newer form (BiDi, over a socket), WebKitGTK in the older one (over HTTP). Both take the same lists of actions.
"""
