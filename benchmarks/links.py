"""The embedded table of links against the roads it stands for, all pairs. `python -m benchmarks.links`."""

import numpy as np

from benchmarks.measure import SHARED, table
from data.territory_files import read_links
from desks.ground import open_ground
from desks.settings import read_settings
from mobility.places import great_circle
from routing.link_roads import DETOUR, STRAIGHT_SPEED_KMH, LinkRoads
from routing.road_source import box_around, open_roads


def main() -> None:
    """Compare and print the table."""
    ground = open_ground(read_settings())
    places = ground.places
    roads = open_roads(SHARED / "roads", box=box_around([place.point for place in places]))
    links = read_links(ground.folder)
    rows = []
    for profile in ("car", "bus"):
        true = roads.travel_times(places, places, profile).seconds
        true = np.maximum(true, true.T)
        apart = true > 120
        found = LinkRoads(places, links).travel_times(places, places, profile).seconds
        straight = np.array([[great_circle(a.point, b.point) * DETOUR for b in places] for a in places])
        straight = straight / (STRAIGHT_SPEED_KMH[profile] / 3.6)
        for name, seconds in ((f"links ({len(links)} rows)", found), ("straight line x 1.35", straight)):
            error = seconds[apart] / true[apart] - 1
            rows.append([profile, name, f"{np.abs(error).mean():.1%}", f"{error.max():+.1%}", f"{error.min():+.1%}"])
    print(f"{len(places)} places, {len(places) * (len(places) - 1) // 2} pairs")
    print(table(["vehicle", "times by", "mean error", "most above", "most below"], rows))


if __name__ == "__main__":
    main()
