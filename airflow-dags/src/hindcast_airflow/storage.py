"""Small files of artefacts, on disks or in whatever store Airflow has a connection to."""

from __future__ import annotations

from airflow.sdk import ObjectStoragePath


def place(path: str) -> ObjectStoragePath:
    """A path as Airflow's own storage knows it: Hadoop's name for S3 is another."""
    return ObjectStoragePath("s3://" + path[len("s3a://") :] if path.startswith("s3a://") else path)


def read(path: str) -> bytes | None:
    """The content of a file, or none where there is no such file."""
    try:
        return place(path).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def exists(path: str) -> bool:
    """Whether a file is there."""
    return place(path).exists()


def write(path: str, content: bytes) -> None:
    """Writes a file."""
    target = place(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def manifests(folder: str) -> dict[str, bytes]:
    """The manifests of the artefacts in a folder, by the names of their own folders."""
    root = place(folder)
    if not root.is_dir():
        return {}
    found = {child.name: read(f"{folder}/{child.name}/manifest.json") for child in root.iterdir()}
    return {name: content for name, content in sorted(found.items()) if content is not None}


def lines(folder: str) -> list[str]:
    """The lines of all finished files under a folder, in the order of their paths. Files whose names begin with a dot are not finished."""
    root = place(folder)
    if not root.is_dir():
        return []
    found = [file for file in root.rglob("*") if file.is_file() and not file.name.startswith(".")]
    return [line for file in sorted(found, key=str) for line in file.read_text(encoding="utf-8").splitlines()]
