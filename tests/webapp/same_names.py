"""Links, buttons and what opens that have one name in a page and do several things."""

from typing import Any

from tests.webapp.test_rgaa import Page

Element = dict[str, Any]


def same_names(text: str) -> dict[str, set[object]]:
    """The names of a page by which several things are done, with what they do."""
    page, told = Page(text), dict[str, set[object]]()
    for element in page.all("a", "button", "summary"):
        name = " ".join((element.get("aria-label") or element["text"]).split())
        told.setdefault(name, set()).add(_effect(page, element))
    return {name: effects for name, effects in told.items() if len(effects) > 1}


def _effect(page: Page, element: Element) -> object:
    """What a control does: where it leads, what it sends with what is hidden in its form, or that it opens."""
    if element["tag"] == "a":
        return element.get("href")
    form = next((one for one in reversed(element["parents"]) if one["tag"] == "form"), None)
    if element["tag"] == "summary" or form is None:
        return id(element)
    hidden = [
        (one.get("name"), one.get("value")) for one in page.all("input")
        if one.get("type") == "hidden" and any(parent is form for parent in one["parents"])
    ]  # fmt: skip
    told = (element.get("name"), element.get("value"), element.get("formaction"))
    return form.get("action"), form.get("method"), told, tuple(hidden)
