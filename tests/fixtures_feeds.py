"""The feeds of an empty installation, and what goes out of them."""

from dataclasses import replace

import pytest

from desks.house import House
from desks.settings import Settings
from desks.transport.feeds import Feeds
from desks.transport.publication import Publication
from webapp.opening import open_house


@pytest.fixture
def opened(settings: Settings) -> House:
    return open_house(settings)


@pytest.fixture
def feeds(opened: House) -> Feeds:
    return opened.feeds.feeds


@pytest.fixture
def publication(opened: House) -> Publication:
    return replace(opened.last_published, address="https://bus.example")
