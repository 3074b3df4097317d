"""Small drawings that stand beside a word saying the same: one a thing, everywhere."""

from markupsafe import Markup

_PATHS = {
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "down": '<path d="M5 9l7 7 7-7"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6"/><path d="M15 15l5.5 5.5"/>',
    "bus": '<rect x="4" y="4" width="16" height="13" rx="2"/>'
    '<path d="M4 11h16M8 17v2.5M16 17v2.5M8 14h.01M16 14h.01"/>',
    "counter": '<path d="M3 11h18v3H3zM5 14v6.5M19 14v6.5"/><circle cx="12" cy="6" r="2.6"/>',
    "way": '<circle cx="6" cy="18" r="2.5"/><circle cx="18" cy="6" r="2.5"/>'
    '<path d="M8.5 18H15a3.5 3.5 0 0 0 0-7H9.5a3 3 0 0 1 0-5h6"/>',
    "help": '<circle cx="9" cy="7.5" r="3.2"/>'
    '<path d="M3 20c0-4 2.5-6 6-6 1.6 0 3 .4 4 1.2'
    'M16 11.5c0-1.5 1.1-2.3 2.3-2.3s2.3.8 2.3 2.1c0 1.7-2.3 1.9-2.3 3.7M18.3 18.5h.01"/>',
    "car": '<path d="M3.5 16.5v-4l2-5.5h13l2 5.5v4zM3.5 12.5h17M6 16.5V19M18 16.5V19M7 14.6h.01M17 14.6h.01"/>',
    "train": '<rect x="6" y="3.5" width="12" height="13" rx="2.5"/>'
    '<path d="M6 10.5h12M9 13.5h.01M15 13.5h.01M8.5 16.5l-2 4M15.5 16.5l2 4"/>',
    "walk": '<circle cx="13" cy="4.5" r="1.8"/>'
    '<path d="M9 20.5l2.5-6L9.5 11l1-3.5 3.5 1 1.5 3 2.5 1M11.5 14.5l3.5 2 .5 4"/>',
    "telephone": '<path d="M6 3.5h3l1.5 4.5-2 1.5a12 12 0 0 0 6 6l1.5-2 4.5 1.5v3a2 2 0 0 1-2.2 2A16.5 16.5 0 0 1 4 5.7'
    'a2 2 0 0 1 2-2.2z"/>',
    "message": '<path d="M4 5h16v11.5H11L6.5 20v-3.5H4z"/>',
    "mail": '<rect x="3" y="5.5" width="18" height="13" rx="1.5"/><path d="M3.5 7l8.5 6 8.5-6"/>',
    "print": '<path d="M7 9V3.5h10V9M7 17H4V9h16v8h-3M7 14h10v6.5H7z"/>',
    "agenda": '<rect x="4" y="5.5" width="16" height="14.5" rx="1.5"/><path d="M4 10h16M8.5 3.5v4M15.5 3.5v4"/>',
    "paper": '<path d="M6 3.5h8L18.5 8v12.5H6zM13.5 3.5V8.5h5M9 13h6M9 16.5h6"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/>',
    "yes": '<path d="M4.5 12.5l5 5 10-11"/>',
    "no": '<path d="M6 6l12 12M18 6L6 18"/>',
    "warning": '<path d="M12 4l9 16H3zM12 10v4.5M12 17.3h.01"/>',
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5M12 8h.01"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
}  # fmt: skip


def icon(name: str) -> Markup:
    """Return a drawing; whoever cannot see it misses nothing."""
    return Markup('<svg class="i" viewBox="0 0 24 24" aria-hidden="true">{}</svg>').format(Markup(_PATHS[name]))  # noqa: S704
