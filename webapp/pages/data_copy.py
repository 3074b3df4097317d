"""The copy of what is kept about someone, as it is handed over: to be read, or for a machine."""

import json
from collections.abc import Mapping
from typing import Any

from werkzeug.wrappers import Response

from mobility.clock import ZONE
from webapp.exports.data_copy import write_data_copy
from webapp.server.file_answer import file_answer
from webapp.wiring import house
from webapp.words.handed_over import Around


def copy_answer(document: Mapping[str, Any], name: str, kind: str) -> Response:
    """Hand over a copy: to be read where ``kind`` is "pdf", else as JSON."""
    here = house()
    if kind != "pdf":
        return file_answer(json.dumps(document, ensure_ascii=False, indent=1, default=str), f"{name}.json")
    criteria = {criterion.id: criterion.words for criterion in here.rides.rules.criteria}
    content = write_data_copy(
        document, Around(here.ground.commune_names(), criteria, here.clock().tzinfo or ZONE, here.ground.modules),
        telephone=here.ground.telephone, title=here.ground.territory.title, printed=here.today(),
    )  # fmt: skip
    return file_answer(content, f"{name}.pdf")
