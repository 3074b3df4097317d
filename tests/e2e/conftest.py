"""A running site with the example's rides, and a browser that complains of foreign hosts and faults of scripts."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright

from desks.settings import Settings, default_territory
from tests.conftest import NOW
from tests.e2e.chromium import CHROMIUM
from tests.fixtures_site import compiled_templates, desk_open_to_tests, example_state, prepared_state
from webapp.app import create_app
from webapp.server.listening import listen

__all__ = ["compiled_templates", "desk_open_to_tests", "example_state", "prepared_state"]

PATIENCE = 120_000
"""Milliseconds that a page may take on a machine that does other work beside."""


@pytest.fixture(scope="session")
def running(example_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], tuple[Flask, str]]]:
    """What starts a site of its own, and gives its application and address."""
    servers = []

    def start() -> tuple[Flask, str]:
        state = Path(shutil.copytree(example_state, tmp_path_factory.mktemp("e2e") / "state"))
        app = create_app(Settings(territory=default_territory(), state=state), clock=lambda: NOW)
        server = listen(app, "127.0.0.1", 0, threads=4)
        threading.Thread(target=server.run, daemon=True).start()
        servers.append(server)
        return app, f"http://127.0.0.1:{server.effective_port}"

    yield start
    for server in servers:
        server.close()


@pytest.fixture(scope="session")
def address(running) -> str:
    """The address of the site that stories share; one that counts on accounts or rides as they were starts its own."""
    return running()[1]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", "--no-first-run"]  # fmt: skip
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser):
    """What opens a window on a site; at the end, no foreign host was asked and no script failed."""
    contexts, troubles = [], []

    def open_window(address: str):
        context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900}, locale="fr-FR")
        # The first search of a new installation waits for its compiled code.
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda r: troubles.append(r.url) if not r.url.startswith((address, "data:")) else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "console",
            lambda m: troubles.append(m.text) if m.type == "error" and "status of 4" not in m.text else None,
        )
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert not troubles


@pytest.fixture
def page(visit, address: str):
    """A window on the shared site."""
    return visit(address)
