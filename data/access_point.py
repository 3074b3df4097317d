"""The national access point: which transport datasets cover a territory, as its dataset API tells.

The API answers one JSON list of datasets, each with its covered areas and its resources
(https://transport.data.gouv.fr/swaggerui, `GET /api/datasets`).
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.downloads import DownloadFolder, fetch
from data.guarded_web import Inner
from mobility.errors import MobilityError
from mobility.territory import Territory, folded
from mobility.travel import Progress, no_progress

PUBLIC_TRANSPORT = "public-transit"
COUNTRY = "country"
_KINDS = {
    "commune": "commune", "cities": "commune", "city": "commune", "epci": "epci", "aom": "aom",
    "departement": "department", "department": "department", "region": "region", "pays": COUNTRY, "country": COUNTRY,
    "national": COUNTRY,
}  # fmt: skip
LARGEST_ANSWER = 100_000_000
"""Bytes of the API's answer: it becomes several times as large in memory."""
LONGEST_NAME = 40


@dataclass(frozen=True)
class CoveredArea:
    """An area that a dataset says it covers: its kind, and the official code ("" where only a name is given)."""

    kind: str
    code: str
    name: str


@dataclass(frozen=True)
class FeedOffer:
    """A GTFS resource of a dataset. ``name`` can name the feed that is kept here; dates are ISO texts or ""."""

    name: str
    title: str
    publisher: str
    licence: str
    url: str
    page: str
    updated: str
    first: str
    last: str
    areas: tuple[CoveredArea, ...]


def territory_codes(territory: Territory, *, region: str) -> dict[str, frozenset[str]]:
    """Return the official codes of a territory by kind of area; ``region`` is its INSEE code."""
    communes = frozenset(commune.insee for commune in territory.communes)
    departments = frozenset(insee[:3] if insee.startswith("97") else insee[:2] for insee in communes)
    sirens = frozenset(area.siren for area in territory.areas)
    return {
        "commune": communes, "epci": sirens, "aom": sirens, "department": departments,
        "region": frozenset({region} - {""}), COUNTRY: frozenset({"FR", "fr", ""}),
    }  # fmt: skip


def offers(
    api: str,
    folder: DownloadFolder,
    territory: Territory,
    *,
    region: str,
    progress: Progress = no_progress,
    inner: Inner = (),
) -> list[FeedOffer]:
    """Ask the API, where its answer has changed, for the GTFS resources of the datasets that meet a territory."""
    version, _ = fetch(api, folder, check=read_datasets, suffix=".json", progress=progress, inner=inner)
    return choose_offers(read_datasets(folder.path / version.file), territory, region=region)


def read_datasets(path: Path) -> list[dict[str, Any]]:
    """Read the API's answer; anything but a list of datasets is an error."""
    if path.stat().st_size > LARGEST_ANSWER:
        megabytes = LARGEST_ANSWER // 1_000_000
        raise MobilityError(
            "too-large", f"the answer is larger than {megabytes} MB", field=path.name, megabytes=megabytes
        )
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise MobilityError(
            "bad-access-point", f"the national access point does not answer with JSON ({error})", field=path.name,
            reason=str(error),
        ) from None  # fmt: skip
    if not isinstance(document, list) or not all(isinstance(item, dict) for item in document):
        reason = "a list of datasets was expected"
        raise MobilityError(
            "bad-access-point", f"the national access point answers something else: {reason}", field=path.name,
            reason=reason,
        )  # fmt: skip
    return document


def choose_offers(datasets: Iterable[Mapping[str, Any]], territory: Territory, *, region: str) -> list[FeedOffer]:
    """Return the GTFS resources of public transport whose covered area meets a territory, the most local first."""
    codes = territory_codes(territory, region=region)
    names = frozenset(folded(area.name) for area in territory.areas)
    found: list[FeedOffer] = []
    for dataset in datasets:
        areas = covered_areas(dataset.get("covered_area"))
        met = [area for area in areas if _meets(area, codes, names)]
        if dataset.get("type") != PUBLIC_TRANSPORT or not met:
            continue
        resources = [r for r in dataset.get("resources") or [] if _is_gtfs(r)]
        for number, resource in enumerate(resources, start=1):
            found.append(_offer(dataset, resource, areas, number if len(resources) > 1 else 0))
    ranks = list(codes)
    return sorted(found, key=lambda o: (min(ranks.index(a.kind) for a in o.areas if a.kind in ranks), o.name))


def covered_areas(value: Any) -> tuple[CoveredArea, ...]:
    """Read a covered area: today's list of {type, insee, nom}, or the older object with its parts by type."""
    items = value if isinstance(value, list) else [value] if isinstance(value, dict) else []
    areas: list[CoveredArea] = []
    for item in (item for item in items if isinstance(item, dict)):
        kind = _KINDS.get(str(item.get("type", "")).lower(), "")
        parts = item.get("cities") or [item.get(str(item.get("type"))) or item]
        for part in (part for part in parts if kind and isinstance(part, dict)):
            code = str(part.get("insee") or part.get("siren") or part.get("code") or "")
            areas.append(CoveredArea(kind, code, str(part.get("nom") or part.get("name") or item.get("name") or "")))
    return tuple(areas)


def _meets(area: CoveredArea, codes: Mapping[str, frozenset[str]], names: frozenset[str]) -> bool:
    if area.kind == COUNTRY:
        return True
    # A transport authority may be told by its name alone.
    return area.code in codes[area.kind] or (area.kind == "aom" and folded(area.name) in names)


def _is_gtfs(resource: Any) -> bool:
    return (
        isinstance(resource, dict)
        and str(resource.get("format", "")).lower() in {"gtfs", "gtfs-flex"}
        and bool(_address(resource))
        and resource.get("is_available") is not False
    )


def _address(resource: Mapping[str, Any]) -> str:
    return str(resource.get("original_url") or resource.get("url") or "")


def _offer(
    dataset: Mapping[str, Any], resource: Mapping[str, Any], areas: Sequence[CoveredArea], number: int
) -> FeedOffer:
    slug = re.sub(r"[^a-z0-9]+", "-", str(dataset.get("slug") or dataset.get("title") or dataset.get("id")).lower())
    metadata = resource.get("metadata") or {}
    publisher = dataset.get("publisher") or dataset.get("aom") or {}
    suffix = f"-{number}" if number else ""
    return FeedOffer(
        name=slug.strip("-")[: LONGEST_NAME - len(suffix)].strip("-") + suffix,
        title=str(dataset.get("title", "")),
        publisher=str(publisher.get("name") or publisher.get("nom") or ""),
        licence=str(dataset.get("licence") or ""),
        url=_address(resource),
        page=str(dataset.get("page_url") or resource.get("page_url") or ""),
        updated=str(resource.get("updated") or dataset.get("updated") or ""),
        first=str(metadata.get("start_date") or ""),
        last=str(metadata.get("end_date") or ""),
        areas=tuple(areas),
    )
