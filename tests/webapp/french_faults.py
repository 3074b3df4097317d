"""Faults of French that a machine can find in a text: each rule returns what it finds, and knows nothing of pages."""

import re
from collections.abc import Callable, Iterable
from html.parser import HTMLParser

NBSP = "\u00a0"
SPACES = " \u00a0\u202f"
BLOCKS = {
    "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "td", "th", "tr", "table", "caption", "h1", "h2", "h3", "h4", "h5",
    "h6", "section", "article", "header", "footer", "nav", "main", "form", "fieldset", "legend", "label", "option",
    "button", "input", "select", "textarea", "br", "hr", "title", "summary", "details", "figure", "figcaption", "text",
    "a",
}  # fmt: skip
VOID = {"meta", "link", "input", "br", "img", "hr"}
UNSEEN = {"script", "style", "code", "pre", "kbd", "samp"}
SAID = ("alt", "aria-label", "title", "placeholder")


class Shown(HTMLParser):
    """The words of a page, those of attributes that are read out too; one line for each block."""

    def __init__(self, source: str, said: tuple[str, ...] = SAID) -> None:
        super().__init__()
        self.parts, self._hidden, self._said = [], [], said
        self.feed(source)

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        if self._hidden or tag in UNSEEN or (told.get("lang") or "fr") != "fr":
            if tag not in VOID:
                self._hidden.append(tag)
                self.parts.append("…")
            return
        if tag in BLOCKS:
            self.parts.append("\n")
        self.parts += [f"\n{told[name]}\n" for name in self._said if told.get(name)]
        if self._said and tag == "meta" and told.get("name") == "description":
            self.parts.append(f"\n{told['content']}\n")

    def handle_endtag(self, tag):
        if self._hidden:
            if tag == self._hidden[-1]:
                self._hidden.pop()
        elif tag in BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data):
        if not self._hidden:
            self.parts.append(re.sub(r"[ \t\r\n]+", " ", data))


def lines_of(source: str, said: tuple[str, ...] = SAID) -> list[str]:
    """Return the lines of words that a page shows, and those of the attributes that are read out."""
    lines = "".join(Shown(source, said).parts).split("\n")
    return [line for line in dict.fromkeys(re.sub(r" +", " ", line).strip() for line in lines) if line]


VOWELS = "aeiouâàéèêëîïôöûùAEIOUÂÀÉÈÊËÎÏÔÖÛÙ"
UNELIDED = r"(?!(?:onze|onzième|oui|uns|unes|[AEIOUaeiou]|[A-Z]{2,})\b)"
INFINITIVE = r"(?!\w*(?:er|ir|re|oir)\b)"


def elisions(line: str) -> list[str]:
    """Find a word that loses its vowel before another: "de Escamps", "que il"."""
    pattern = rf"\b(?i:de|que|ne|jusque|lorsque|puisque|quoique|se|je|me|te)[{SPACES}]{UNELIDED}[{VOWELS}]\w*"
    return re.findall(pattern, line) + re.findall(r"\bsi ils?\b", line)


def articles(line: str) -> list[str]:
    """Find "à Le Montat", "de Les Junies" and "à le", "de les" before what is no verb."""
    found = re.findall(r"\b(?:[Àà]|[Dd]e) Les? \w+", line)
    return found + re.findall(rf"\b(?:[Àà]|[Dd]e) les? {INFINITIVE}\w+", line)


_SINGULAR = """
fois mois bus puis plus dans sous sans pas vers repas accès cas tous mais des les ses nos vos depuis après très moins
dos os pays fils voix dès lors avis procès tiers permis fonds temps cours nous vous ils elles leurs jamais toujours
ailleurs dessous dessus dehors
"""
SINGULAR = set(_SINGULAR.split())
"""Words that may follow a lone 0 or 1 though they end in s."""


def plurals(line: str) -> list[str]:
    """Find "1 annulations", "0 passages", and "scénario(s)": nought and one are singular in French."""
    # No part of a longer number, an hour, a date or the name of a line.
    pairs = re.findall(r"(?:^|[^\d\s,./:–-][ \u00a0]|[(])([01](?:,\d+)?)[ \u00a0]([a-zéèêàùôîç]+s)\b", line)
    return [f"{number} {word}" for number, word in pairs if word not in SINGULAR] + re.findall(r"\w+\(s\)", line)


def hours(line: str) -> list[str]:
    """Find hours in another style than "16 h 29", and days as machines write them."""
    found = re.findall(r"(?<![\d:.])\d{1,2}:\d\d(?![\d:])|\b\d{1,2}h\d\d\b|\b\d{1,2}h\b", line)
    return found + re.findall(r"\b\d{4}-\d\d-\d\d\b", line)


_ENGLISH = """
account accounts administrator and anonymous ask back badly because before booked booking bug by call callback cancel
cancelled claimed closed column columns confirmed counter counts current datetime day days default delete done
download driver drivers duplicate empty error errors expired failed failure false feed feeds field file files for
forbidden found from gap gaps hello here high holiday holidays hospital hour hours household in-force invalid is jobs
key keys launched list lists loading login low market match matches medium merge missing monday morning my name next
none not nothing null of offers online other others outbox password people person planned planner please previous
proposed queue queued reason request requested requests required ride rider riders rides row rows running save saved
search seat seats send sent severe shape shown skip status stop stops submit success template than that the there this
time to today tomorrow trip trips true try undefined undo unknown unmet upload user users value values view visits
waiting warning was week weeks welcome with work wrong year years you your
"""
ENGLISH = set(_ENGLISH.split())
"""English words that a program shows by mistake, none of them French."""


def english(line: str) -> list[str]:
    """Find the usual English words of a program; addresses and names of files are no words."""
    found = re.findall(r"(?<![\w/.@_=&?-])[A-Za-z]{2,}(?![\w@/_=-]|\.\w)", line)
    return [word for word in found if word.lower() in ENGLISH]


def leftovers(line: str) -> list[str]:
    """Find what a program forgot to fill in."""
    return re.findall(r"[{}]|%[sd(]|<built-in|\bobject at\b|\b(?:None|True|False|NaN|nan|inf)\b|\[\]|\(\)|''", line)


def units(line: str) -> list[str]:
    """Find a number that may fall from its unit at the end of a line: "16 h 29", "3 km" with plain spaces."""
    return re.findall(r"\d h \d\d|\d(?: h| \u202f?(?:km|min|m|%|€|Mo|kg))(?![\w'])|\d[ \u00a0\u202f]h \d\d", line)


def spaces(line: str) -> list[str]:
    """Find where a line may break and leave a sign alone: "Pourquoi ?", "« oui »", "14 h – 17 h" with plain spaces."""
    return re.findall(r"\w* [\u00a0\u202f]?[:;!?»]|«(?!\u00a0)|\d(?:\u00a0h)?[ \u00a0]–[ \u00a0](?=\d)", line)


DOUBLED = {"nous", "vous", "ha", "toc"}


def doubled(line: str) -> list[str]:
    """Find a word that stands twice."""
    pairs = re.findall(r"(?<![\w'’-])([^\W\d_]{2,}) \1(?![\w'’-])", line)
    return [word for word in pairs if word.lower() not in DOUBLED]


def lowered(names: Iterable[str]) -> Callable[[str], list[str]]:
    """Return a rule that finds the names of places with a small first letter."""
    small = "|".join(re.escape(name[:1].lower() + name[1:]) for name in sorted(set(names), key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w@./'’-])(?:{small})(?![\w@/-]|\.\w)")
    return pattern.findall
