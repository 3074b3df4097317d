"""Charts drawn as SVG by the server; a table beside each says the same."""

from typing import Any

from mobility.bus_calendar import Judgement
from webapp.words.french import kilometres_words, percent_words

WIDTH, HEIGHT, LEFT, BOTTOM = 640, 300, 64, 44


def frontier_chart(points: list[dict[str, Any]], best: Judgement) -> str:
    """Return the SVG of the frontier between kilometres (upwards) and covered need (to the right)."""
    if len(points) < 2 or not best.total_need:
        return ""
    shares = [point["need"] / best.total_need for point in points]
    metres = [point["distance"] for point in points]
    low, high = min(shares), max(shares)
    top = max(metres) * 1.08

    def xy(share: float, distance: float) -> tuple[float, float]:
        x = LEFT + (share - low) / (high - low or 1) * (WIDTH - LEFT - 40)
        return x, (HEIGHT - BOTTOM) * (1 - distance / top) + 8

    places = [xy(share, distance) for share, distance in zip(shares, metres, strict=True)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    parts = [
        f'<line x1="{LEFT}" y1="{HEIGHT - BOTTOM + 8}" x2="{WIDTH - 20}" y2="{HEIGHT - BOTTOM + 8}" class="axis"/>',
        f'<line x1="{LEFT}" y1="8" x2="{LEFT}" y2="{HEIGHT - BOTTOM + 8}" class="axis"/>',
        f'<polyline points="{line}" class="curve"/>',
    ]
    for (x, y), share, distance in zip(places, shares, metres, strict=True):
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" class="dot"/>')
        parts.append(
            f'<text x="{x:.1f}" y="{y - 10:.1f}" text-anchor="middle">{kilometres_words(distance)}</text>'
            f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 26}" text-anchor="middle">{percent_words(share)}</text>'
        )
    parts.append(f'<text x="{WIDTH / 2}" y="{HEIGHT - 2}" text-anchor="middle">besoin couvert</text>')
    parts.append(
        f'<text x="14" y="{HEIGHT / 2}" transform="rotate(-90 14 {HEIGHT / 2})" text-anchor="middle">'
        "km par cycle</text>"
    )
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="Plus le besoin couvert est grand, plus le bus roule. Le tableau dit la même chose.">'
        + "".join(parts)
        + "</svg>"
    )
