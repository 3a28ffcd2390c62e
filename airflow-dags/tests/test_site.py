"""The documentation: a site without warnings, and links that lead somewhere."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/README.md"), *ROOT.glob("examples/*/README.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchors(page: Path) -> set[str]:
    """What headings can be linked to."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    text = re.sub(r"`[^`\n]*`", "", page.read_text(encoding="utf-8"))
    dead = []
    for link in LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            dead.append(link)
    assert dead == []


def test_images_are_small():
    heavy = {image.name: image.stat().st_size for image in ROOT.glob("docs/**/*.png") if image.stat().st_size > 200_000}
    assert heavy == {}


def test_every_guide_stands_in_the_navigation():
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert [page.name for page in sorted(ROOT.glob("docs/guide/*.md")) if f"guide/{page.name}" not in navigation] == []


def test_every_key_that_is_read_stands_in_the_reference():
    """Configs are read by asking sections for keys, and nowhere else."""
    asked = re.compile(r"""\.(?:at|section|sections|has)\(\s*"([a-z0-9-]+)"\s*\)""")
    readers = [path.read_text(encoding="utf-8") for path in ROOT.glob("*/src/main/java/**/*.java")]
    keys = {key for text in readers if "ConfigNode" in text for key in asked.findall(text)}
    assert len(keys) > 100
    words = set(re.findall(r"[a-z0-9-]+", (ROOT / "docs" / "guide" / "configuration.md").read_text(encoding="utf-8")))
    assert sorted(keys - words) == []


def test_the_site_is_built_without_warnings(tmp_path):
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "--quiet",
        "--config-file",
        str(ROOT / "mkdocs.yml"),
        "--site-dir",
        str(tmp_path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stderr
    assert (tmp_path / "guide" / "airflow.html").exists()
