#!/usr/bin/python3
"""A bare window of WebKitGTK for its WebDriver, of any width: Debian's MiniBrowser is 447 pixels at least."""

import os

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gtk, WebKit2  # noqa: E402

WIDTH, HEIGHT = map(int, os.environ["WK_SIZE"].split("x"))


def main() -> None:
    Gtk.Settings.get_default().set_property("gtk-enable-animations", False)  # "reduced motion" for pages
    context = WebKit2.WebContext.new_ephemeral()
    context.set_automation_allowed(True)
    context.connect("automation-started", lambda _context, session: started(context, session))
    Gtk.main()


def started(context: WebKit2.WebContext, session: WebKit2.AutomationSession) -> None:
    about = WebKit2.ApplicationInfo.new()
    about.set_name("MiniBrowser")
    about.set_version(WebKit2.get_major_version(), WebKit2.get_minor_version(), WebKit2.get_micro_version())
    session.set_application_info(about)
    session.connect("create-web-view", lambda _session: opened(context))


def opened(context: WebKit2.WebContext) -> WebKit2.WebView:
    view = WebKit2.WebView(web_context=context, is_controlled_by_automation=True)
    window = Gtk.Window()
    window.set_default_size(WIDTH, HEIGHT)
    window.set_decorated(False)
    window.add(view)
    window.show_all()
    view.connect("close", lambda _view: window.destroy())
    return view


if __name__ == "__main__":
    main()
