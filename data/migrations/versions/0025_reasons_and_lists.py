"""No value calls a wish a need or an errand a purpose any more: why a request had no answer, the columns of lists."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

_REASONS = {"needs": "abilities"}
_COLUMNS = {"needs": "wishes", "purpose": "errand"}


def upgrade() -> None:
    """Bring the values forward."""
    _rename_reasons(_REASONS)
    _rename_columns(_COLUMNS)


def downgrade() -> None:
    """Bring the values back."""
    _rename_columns({new: old for old, new in _COLUMNS.items()})
    _rename_reasons({new: old for old, new in _REASONS.items()})


def _rename_reasons(names: Mapping[str, str]) -> None:
    connection = op.get_bind()
    unmet = sa.table("unmet", sa.column("id"), sa.column("reason"), sa.column("change", sa.JSON))
    for row in connection.execute(sa.select(unmet)).all():
        change = dict(row.change)
        if "kind" in change:
            change["kind"] = names.get(change["kind"], change["kind"])
        if change != row.change or row.reason in names:
            values = {"reason": names.get(row.reason, row.reason), "change": change}
            connection.execute(sa.update(unmet).where(unmet.c.id == row.id).values(values))


def _rename_columns(names: Mapping[str, str]) -> None:
    connection = op.get_bind()
    shapes = sa.table("import_shapes", sa.column("shape"), sa.column("structure"), sa.column("columns", sa.JSON))
    for row in connection.execute(sa.select(shapes)).all():
        this = sa.and_(shapes.c.shape == row.shape, shapes.c.structure == row.structure)
        if (matched := _renamed(row.columns, names)) != row.columns:
            connection.execute(sa.update(shapes).where(this).values(columns=matched))
    files = sa.table("import_files", sa.column("id"), sa.column("matching", sa.JSON))
    for row in connection.execute(sa.select(files)).all():
        matching = {**row.matching, "columns": _renamed(row.matching.get("columns", {}), names)}
        if row.matching and matching != row.matching:
            connection.execute(sa.update(files).where(files.c.id == row.id).values(matching=matching))


def _renamed(columns: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(name, name): place for name, place in columns.items()}
