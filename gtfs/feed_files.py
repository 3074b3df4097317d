"""The files of a GTFS feed, byte for byte: what is not touched leaves as it came in."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gtfs.frames import pd
from mobility.errors import MobilityError

LARGEST = 2_000_000_000
"""Bytes that all files may unzip to: more is no timetable."""
MOST_FILES = 500
"""Files in a feed: GTFS knows about forty."""
_MOMENT = (1980, 1, 1, 0, 0, 0)
"""Time written for each file, so that the same content is the same zip."""


@dataclass(frozen=True)
class FeedFiles:
    """A feed's files by name, in their order, known to GTFS or not."""

    name: str
    files: Mapping[str, bytes]


def table_bytes(frame: pd.DataFrame) -> bytes:
    """Return a table of texts as a GTFS file: UTF-8, commas, line feeds."""
    text: str = frame.to_csv(index=False, lineterminator="\n")
    return text.encode()


def row_bytes(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows as a GTFS file, written as :func:`table_bytes` does, without a table of theirs."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()


def read_feed_files(path: Path) -> FeedFiles:
    """Read a feed, a zip file or a folder, whole.

    A zip whose files all lie in one folder is read as if they did not. Raises :class:`MobilityError` for what is no
    zip, is empty or cut off, unzips to more than ``LARGEST`` bytes, or names files outside of itself.
    """
    if not path.exists():
        raise MobilityError("no-file", "this file does not exist", field=str(path), value=str(path))
    files = _folder(path) if path.is_dir() else _zip(path)
    if not files:
        raise MobilityError("empty-feed", "there is no file in this feed", field=path.name)
    return FeedFiles(path.name, files)


def _folder(path: Path) -> dict[str, bytes]:
    found = sorted(item for item in path.iterdir() if item.is_file() and not item.name.startswith("."))
    if sum(item.stat().st_size for item in found) > LARGEST:
        raise _too_large(path.name)
    return {item.name: item.read_bytes() for item in found}


def _zip(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            return _contents(archive, path.name)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise MobilityError(
            "broken-feed", f"this is not a whole zip file ({error}); download it again", field=path.name,
            reason=str(error),
        ) from None  # fmt: skip


def _contents(archive: zipfile.ZipFile, name: str) -> dict[str, bytes]:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    for info in infos:
        parts = PurePosixPath(info.filename.replace("\\", "/")).parts
        if not parts or parts[0] == "/" or ".." in parts or ":" in parts[0]:
            raise MobilityError(
                "unsafe-feed", f"the zip holds a file that wants to lie outside of it ('{info.filename}')", field=name,
                value=info.filename,
            )  # fmt: skip
    infos = [info for info in infos if not info.filename.startswith("__MACOSX/") and "/." not in f"/{info.filename}"]
    if len(infos) > MOST_FILES or sum(info.file_size for info in infos) > LARGEST:
        raise _too_large(name)
    files, left = {}, LARGEST
    for info in infos:
        # The size that a zip declares may be a lie: reading stops where the limit does.
        with archive.open(info) as file:
            content = file.read(left + 1)
        left -= len(content)
        if left < 0:
            raise _too_large(name)
        files[info.filename.replace("\\", "/")] = content
    folders = {PurePosixPath(file).parts[0] if "/" in file else "" for file in files}
    if len(folders) == 1 and "" not in folders:
        files = {file.partition("/")[2]: content for file, content in files.items()}
    return files


def _too_large(name: str) -> MobilityError:
    return MobilityError("feed-too-large", f"the feed unzips to more than {LARGEST // 10**9} GB", field=name)


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """Return files as a zip that depends on their content alone."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _MOMENT), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
