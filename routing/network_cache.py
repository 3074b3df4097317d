"""Networks kept on disk, keyed by the content of their source and by the vehicle; never trusted when damaged."""

import hashlib
import io
import json
import logging
import secrets
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np

from routing.network import RoadNetwork
from routing.osm_reader import Box
from routing.profiles import VehicleProfile

FORMAT = 2
"""Raised whenever reading, speeds or this file's layout change: older entries are then left alone and rebuilt."""

_ARRAYS = ("nodes", "ends", "metres", "seconds", "name", "shape", "shape_start")
_log = logging.getLogger(__name__)


def content_hash(source: Path) -> str:
    """Return the SHA-256 of a file, or of all files of a folder in the order of their names."""
    digest = hashlib.sha256()
    for path in sorted(source.glob("*.csv")) if source.is_dir() else [source]:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def cached_network(
    folder: Path, source: Path, profile: VehicleProfile, box: Box | None, build: Callable[[], RoadNetwork]
) -> RoadNetwork:
    """Return the network of a source from the cache, or build and keep it."""
    settings = json.dumps([FORMAT, asdict(profile), box], sort_keys=True)
    key = hashlib.sha256((content_hash(source) + settings).encode()).hexdigest()[:32]
    path = folder / f"{key}.network"
    network = _load(path)
    if network is None:
        network = build()
        _save(path, network)
    return network


def _save(path: Path, network: RoadNetwork) -> None:
    content = io.BytesIO()
    text = json.dumps({"names": network.names, "attribution": network.attribution}).encode()
    np.savez(
        content,
        allow_pickle=False,
        text=np.frombuffer(text, dtype=np.uint8),
        **{name: getattr(network, name) for name in _ARRAYS},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name that no other process has: several build the same network at once.
    partial = path.with_name(f".{path.name}.{secrets.token_hex(8)}.partial")
    try:
        partial.write_bytes(hashlib.sha256(content.getvalue()).digest() + content.getvalue())
        partial.replace(path)
    except OSError as error:
        # It is built again: who asks for a way gets one on a full disk too.
        _log.warning("the network %s is not kept: %s", path.name, error.strerror)
    finally:
        partial.unlink(missing_ok=True)


def _load(path: Path) -> RoadNetwork | None:
    """Read an entry; None where there is none or where it is damaged (which is logged)."""
    if not path.exists():
        return None
    raw = path.read_bytes()
    if hashlib.sha256(raw[32:]).digest() != raw[:32]:
        _log.warning("the cached network %s is damaged; it is built again", path.name)
        return None
    try:
        with np.load(io.BytesIO(raw[32:]), allow_pickle=False) as arrays:
            text = json.loads(arrays["text"].tobytes())
            return RoadNetwork(
                **{name: arrays[name] for name in _ARRAYS},
                names=tuple(text["names"]),
                attribution=text["attribution"],
            )
    except (KeyError, ValueError, zipfile.BadZipFile):
        _log.warning("the cached network %s has another layout; it is built again", path.name)
        return None
