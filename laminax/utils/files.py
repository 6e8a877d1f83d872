"""Files from the network, kept in a folder, and archives of them."""

import hashlib
import os
import pathlib
import shutil
import stat
import tempfile
from typing import Any

from .._core.errors import named_arguments, unknown

_SCHEMES = ("http", "https", "file", "ftp")
_HASHES = ("auto", "sha256", "md5")
_ARCHIVES = ("auto", "tar", "zip")


@named_arguments
def get_file(
    fname: Any = None,
    origin: str | None = None,
    untar: bool = False,
    md5_hash: str | None = None,
    file_hash: str | None = None,
    cache_subdir: str = "datasets",
    hash_algorithm: str = "auto",
    extract: bool = False,
    archive_format: Any = "auto",
    cache_dir: Any = None,
    force_download: bool = False,
) -> str:
    """The path of a file from the network. It is fetched once; give its hash, so that it is the one that you expect.

    A file appears whole or not at all. An archive with links, devices, absolute paths or `..` is not extracted.

    Args:
        fname: the name under which it is kept, by default that of the URL; for an archive the name of its folder.
        origin: the URL: `https://`, `http://`, `ftp://` or `file://`.
        untar: the same as `extract`.
        md5_hash: the file's MD5 hash; rather give `file_hash`.
        file_hash: the file's SHA-256 hash, or its MD5 hash, in hexadecimal digits.
        cache_subdir: the folder in `cache_dir`.
        hash_algorithm: `"sha256"`, `"md5"`, or `"auto"`: what the length of the hash says.
        extract: whether the file is an archive; then the path is that of the folder with what was in it.
        archive_format: `"tar"` (also compressed), `"zip"`, or `"auto"`.
        cache_dir: where files are kept: by default `$LAMINAX_HOME`, or `~/.laminax`.
        force_download: whether to fetch a file that is there.

    Raises:
        ValueError: if the hash is another one, or an archive is not safe.
    """
    if origin is None:
        raise ValueError("get_file needs the `origin`, the URL of the file.")
    if hash_algorithm not in _HASHES:
        raise unknown("hash_algorithm", hash_algorithm, _HASHES)
    wanted = file_hash or md5_hash
    algorithm = "md5" if md5_hash and not file_hash else hash_algorithm
    home = cache_dir or os.environ.get("LAMINAX_HOME") or pathlib.Path.home() / ".laminax"
    folder = pathlib.Path(home).expanduser() / cache_subdir
    name = _checked_name(fname, origin)
    archive = extract or untar
    target = folder / (f"{name}_archive" if archive and (fname is None or "." not in name) else name)
    if force_download or not target.exists() or not _has_hash(target, wanted, algorithm):
        folder.mkdir(parents=True, exist_ok=True)
        _fetch(origin, target, wanted, algorithm)
    if not archive:
        return str(target)
    place = folder / (f"{name.split('.')[0]}_extracted" if fname is not None and "." in name else name)
    _extract(target, place, "tar" if untar else archive_format)
    return str(place)


def _checked_name(fname: Any, origin: str) -> str:
    import urllib.parse

    url = urllib.parse.urlsplit(origin)
    if url.scheme not in _SCHEMES:
        raise ValueError(f"get_file: the URL must begin with one of {', '.join(_SCHEMES)}; got {origin!r}.")
    name = os.fspath(fname) if fname else urllib.parse.unquote(url.path).rsplit("/", 1)[-1]
    if not name or name in (".", "..") or "/" in name or "\\" in name or "\0" in name:
        raise ValueError(
            f"get_file: fname must be a name without folders; got {name!r}. They are `cache_dir` and `cache_subdir`."
        )
    return name


def _has_hash(path: pathlib.Path, wanted: str | None, algorithm: str) -> bool:
    if wanted is None:
        return True
    kind = algorithm if algorithm != "auto" else "sha256" if len(wanted) == 64 else "md5"
    with open(path, "rb") as file:
        return hashlib.file_digest(file, kind).hexdigest() == wanted.lower()


def _fetch(origin: str, target: pathlib.Path, wanted: str | None, algorithm: str) -> None:
    """Fetch into a file beside, which takes the place of the target when it is whole and right."""
    import urllib.error
    import urllib.request

    number, name = tempfile.mkstemp(dir=target.parent, prefix=f"{target.name}.")
    os.close(number)
    part = pathlib.Path(name)
    try:
        try:
            with urllib.request.urlopen(origin, timeout=60) as source, part.open("wb") as file:
                shutil.copyfileobj(source, file, 1 << 20)
        except urllib.error.URLError as error:
            raise OSError(f"get_file: {origin} can't be fetched: {error}.") from None
        if not _has_hash(part, wanted, algorithm):
            raise ValueError(f"get_file: what {origin} gives does not have the hash {wanted}. It is not kept.")
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def _extract(archive: pathlib.Path, place: pathlib.Path, archive_format: Any) -> None:
    """Extract into a folder beside, which takes its place when all is there."""
    import tarfile
    import zipfile

    given = [archive_format] if isinstance(archive_format, str) else list(archive_format or ())
    for kind in given:
        if kind not in _ARCHIVES:
            raise unknown("archive_format", kind, _ARCHIVES)
    kinds = {"tar", "zip"} if "auto" in given else set(given)
    fresh = pathlib.Path(tempfile.mkdtemp(dir=place.parent, prefix=f"{place.name}."))
    try:
        if "tar" in kinds and tarfile.is_tarfile(archive):
            with tarfile.open(archive) as tar:
                _check_members(archive, [(m.name, not (m.isreg() or m.isdir())) for m in tar])
                tar.extraction_filter = getattr(tarfile, "data_filter", None)
                tar.extractall(fresh)
        elif "zip" in kinds and zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as bundle:
                infos = bundle.infolist()
                _check_members(archive, [(i.filename, stat.S_ISLNK(i.external_attr >> 16)) for i in infos])
                bundle.extractall(fresh)
        else:
            raise ValueError(f"get_file: {archive} is no archive of the formats {sorted(kinds)}.")
        if place.exists():
            shutil.rmtree(place)
        os.replace(fresh, place)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _check_members(archive: pathlib.Path, members: list[tuple[str, bool]]) -> None:
    for name, special in members:
        parts = name.replace("\\", "/").split("/")
        if special or name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]:
            what = "is a link or a device" if special else "leads out of the folder"
            raise ValueError(f"get_file: {archive} is not extracted: its member {name!r} {what}.")
