"""The forms of a page as a browser would send them: what each field holds, filled in, refused, and found again."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlparse

from werkzeug.datastructures import MultiDict

UNTYPED = {"hidden", "submit", "button", "file", "password"}


@dataclass
class Field:
    """An input, a list to choose from or a text, with what it holds ("" and unticked where nothing)."""

    kind: str
    name: str
    value: str = ""
    ticked: bool = False
    choices: list[str] = field(default_factory=list)

    @property
    def may_be_ticked(self):
        return self.kind in {"checkbox", "radio"}

    @property
    def sends(self):
        return not self.may_be_ticked or self.ticked

    def fill(self, values):
        """Fill it in: as told, else with something that its kind takes and that it did not hold before."""
        if self.may_be_ticked:
            self.ticked = values.get(self.name, self.value) is not None
        elif self.name in values:
            self.value = values[self.name]
        elif self.choices:
            self.value = self.choices[-1]
        else:
            self.value = OF_KIND.get(self.kind, "Un mot")


OF_KIND = {
    "date": "2026-12-03", "time": "11:15", "number": "2", "email": "quelqu.un@example.org", "tel": "06 39 10 00 09",
}  # fmt: skip


@dataclass
class Form:
    """A form: how it is sent and where to, by which button."""

    method: str
    action: str
    fields: list[Field] = field(default_factory=list)
    act: str = ""
    id: str = ""

    @property
    def typed(self):
        return [one for one in self.fields if one.kind not in UNTYPED]

    def fill(self, values):
        """Fill in all that is typed, choosing the last where one of several is to be."""
        chosen = {one.name: one for one in self.typed if one.kind == "radio"}
        for one in self.typed:
            one.fill(values)
            one.ticked = one.ticked and chosen.get(one.name, one) is one

    @property
    def name(self):
        """What tells it from the others of the site, wherever it is shown."""
        hidden = {one.name: one.value for one in self.fields if one.kind == "hidden"}
        which = self.act or hidden.get("acte"), hidden.get("structure")
        return " ".join(filter(None, [self.method, urlparse(self.action).path, *which]))

    def holds(self, asked):
        """What is typed, chosen and ticked in the fields of a form; the word of a first account is a password."""
        names = {one.name for one in asked.typed} - {"mot"}
        return sorted((one.name, one.value) for one in self.typed if one.sends and one.name in names)

    def sent(self):
        """What a browser sends."""
        told = [(one.name, one.value) for one in self.fields if one.sends and one.kind not in {"submit", "file"}]
        return MultiDict([*told, ("acte", self.act)] if self.act else told)


class Forms(HTMLParser):
    """The forms of a page; what stands outside of one is added to the form that it names."""

    def __init__(self, text, address):
        super().__init__()
        self.all, self._open, self._choice, self._text = [], None, None, None
        self._address, self._apart = address, []
        self.feed(text)
        by_id = {form.id: form for form in self.all}
        for where, one in self._apart:
            by_id[where].fields.insert(0, one)

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        if tag == "form":
            self._open = Form(told.get("method", "get"), told.get("action") or self._address, id=told.get("id", ""))
            self.all.append(self._open)
        elif tag in {"input", "select", "textarea"} and told.get("name"):
            kind = told.get("type", "text") if tag == "input" else tag
            value = told.get("value", "on" if kind in {"checkbox", "radio"} else "")
            self._add(Field(kind, told["name"], value, ticked="checked" in told), told.get("form"))
        elif tag == "option" and self._choice:
            self._choice.choices.append(told.get("value", ""))
            if "selected" in told or len(self._choice.choices) == 1:
                self._choice.value = told.get("value", "")
        elif tag == "button" and told.get("name") == "acte" and self._open and not self._open.act:
            self._open.act = told["value"]

    def _add(self, one, elsewhere):
        self._choice = one if one.kind == "select" else self._choice
        self._text = one if one.kind == "textarea" else None
        if elsewhere:
            self._apart.append((elsewhere, one))
        elif self._open:
            self._open.fields.append(one)

    def handle_data(self, data):
        if self._text:
            self._text.value += data

    def handle_endtag(self, tag):
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._choice = None
        elif tag == "textarea":
            self._text = None
