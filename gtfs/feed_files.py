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

LARGEST, LARGEST_FILE = 600_000_000, 400_000_000
"""Bytes that all files, and one of them, may unzip to: the trains of a whole country are 35 million. They are held in
memory, and a table takes up to four times its bytes."""
MOST_TIMES, SMALL = 40, 20_000_000
"""How many times its size a file that unzips to more than some bytes may become: timetables become 4 to 15 times."""
_CHUNK = 1 << 20
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
    zip, is empty or cut off, names files outside of itself, or becomes too large; that is told before it is read.
    """
    if not path.exists():
        raise MobilityError("no-file", "this file does not exist", field=str(path), value=str(path))
    files = _folder(path) if path.is_dir() else _zip(path)
    if not files:
        raise MobilityError("empty-feed", "there is no file in this feed", field=path.name)
    return FeedFiles(path.name, files)


def _folder(path: Path) -> dict[str, bytes]:
    found = sorted(item for item in path.iterdir() if item.is_file() and not item.name.startswith("."))
    _refuse_large(path.name, {item.name: item.stat().st_size for item in found})
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
    _refuse_large(name, {info.filename: info.file_size for info in infos})
    for info in infos:
        if info.file_size > max(SMALL, MOST_TIMES * info.compress_size):
            raise _too_large(name, info.filename, f"more than {MOST_TIMES} times its size")
    files = {info.filename.replace("\\", "/"): _content(archive, info) for info in infos}
    folders = {PurePosixPath(file).parts[0] if "/" in file else "" for file in files}
    if len(folders) == 1 and "" not in folders:
        files = {file.partition("/")[2]: content for file, content in files.items()}
    return files


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Read a file of a zip. Never more than the size that was looked at: reading stops there, and tells the lie."""
    whole = io.BytesIO()
    with archive.open(info) as file:
        # Piece by piece: asked for all at once, a file is held twice.
        while piece := file.read(_CHUNK):
            whole.write(piece)
    return whole.getvalue()


def _refuse_large(name: str, sizes: Mapping[str, int]) -> None:
    """Raise "feed-too-large" where the files of a feed are too many or too large, by their sizes in bytes."""
    if len(sizes) > MOST_FILES:
        raise _too_large(name, "", f"more than {MOST_FILES} files")
    for file, size in sizes.items():
        if size > LARGEST_FILE:
            raise _too_large(name, file, f"more than {LARGEST_FILE // 10**6} MB")
    if sum(sizes.values()) > LARGEST:
        raise _too_large(name, "", f"more than {LARGEST // 10**6} MB")


def _too_large(name: str, file: str, told: str) -> MobilityError:
    return MobilityError(
        "feed-too-large", f"{file or 'the feed'} unzips to {told}", field=name, file=file[:120] or name,
        megabytes=LARGEST // 10**6, file_megabytes=LARGEST_FILE // 10**6, times=MOST_TIMES, files=MOST_FILES,
    )  # fmt: skip


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """Return files as a zip that depends on their content alone."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _MOMENT), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
