"""The lists that somebody sent and did not take in yet, as part of what is due."""

from collections.abc import Iterator
from datetime import datetime

from data.imports import files_of
from data.store import Store
from desks.day.due import Due, Visitor
from desks.imports.subjects import SUBJECTS
from mobility.modules import Modules


def lists_due(store: Store, modules: Modules, now: datetime, visitor: Visitor) -> Iterator[Due]:
    """Return the visitor's own lists that wait: whoever sent one decides on it."""
    with store.reading() as tx:
        for file in files_of(tx, visitor.key, now=now):
            subject = SUBJECTS.get(file.subject)
            if subject and subject.role in visitor.roles and modules.has(subject.module):
                yield Due("list", None, file.id, shown=file.name, facts={"subject": file.subject})
