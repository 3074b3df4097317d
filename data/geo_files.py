"""GeoParquet of GeoJSON features."""

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mobility.late import late

if TYPE_CHECKING:
    import geopandas
else:
    geopandas = late("geopandas")


def geoparquet(features: Sequence[Mapping[str, Any]]) -> bytes:
    """Return GeoJSON features (WGS 84) as a GeoParquet file, one column a property."""
    frame = geopandas.GeoDataFrame.from_features(features, crs="EPSG:4326")
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()
