"""A map as an answer: Folium's page with our assets, our base map and this answer's word for its scripts."""

from typing import TYPE_CHECKING

from flask import Response, url_for

from maps.layers import MapContent
from mobility.late import late
from webapp.pictures.base_map import IGN, IGN_TILES
from webapp.server.protection import nonce
from webapp.wiring import house

if TYPE_CHECKING:
    from maps import folium_page
else:
    folium_page = late("maps.folium_page")


def map_answer(content: MapContent) -> Response:
    """Return the page of a map."""
    ign = house().settings.base_map == IGN
    own = url_for("about.tile", zoom=0, column=0, row=0).replace("0/0/0", "{z}/{x}/{y}")
    return Response(
        folium_page.draw_page(
            content, assets=url_for("static", filename="vendor/"), nonce=nonce(), tiles=IGN_TILES if ign else own,
            tile_script=url_for("static", filename="basemap.js"), tile_kind=IGN if ign else "own",
        )
    )  # fmt: skip
