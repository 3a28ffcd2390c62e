"""What is shipped beside the jars and can be checked without a cluster: images, values for a chart, manifests."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import yaml
from conftest import ROOT

from hindcast_airflow import settings

SHIPPED = ROOT / "distribution" / "src" / "main"
IMAGES = sorted((SHIPPED / "docker").iterdir())
VERSION = re.search(r"<version>([^<]+)</version>", (ROOT / "pom.xml").read_text())[1]


def tool(name: str) -> str:
    """A program of this environment."""
    return str(Path(sys.executable).with_name(name))


@pytest.mark.parametrize("image", IMAGES, ids=lambda image: image.name)
def test_images_pass_the_linter(image):
    done = subprocess.run([tool("hadolint"), str(image)], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


@pytest.mark.parametrize("image", IMAGES, ids=lambda image: image.name)
def test_images_copy_only_what_the_tarball_has(image):
    spec = "{http://maven.apache.org/ASSEMBLY/2.2.0}"
    assembly = ElementTree.parse(SHIPPED / "assembly" / "tarball.xml")
    places = set()
    for part in [*assembly.iter(f"{spec}fileSet"), *assembly.iter(f"{spec}file")]:
        folder = part.findtext(f"{spec}outputDirectory") or ""
        places.add(folder)
        if part.tag.endswith("}file"):
            places.add(f"{folder}/{Path(part.findtext(f'{spec}source')).name}".lstrip("/"))
        for pattern in part.iter(f"{spec}include"):
            places.add(f"{folder}/{pattern.text}")
    copied = re.findall(r"^COPY (.+) \S+$", image.read_text(), re.MULTILINE)
    assert copied
    for place in " ".join(copied).split():
        known = place in places or any(other.startswith(f"{place}/") for other in places)
        # a pattern of the assembly stands for the file that the image names
        known = known or f"{Path(place).parent}/*{Path(place).suffix}" in places
        assert known, f"{image.name} copies {place}, which is not in the tarball"


def test_images_have_the_versions_that_everything_else_has():
    spark = re.search(r"<spark.version>([^<]+)</spark.version>", (ROOT / "pom.xml").read_text())[1]
    airflow = re.search(r"^apache-airflow==(\S+)$", (ROOT / "airflow-dags" / "requirements.lock").read_text(), re.MULTILINE)[1]
    assert f"FROM apache/spark:{spark}-scala2.12-java17" in (SHIPPED / "docker" / "Dockerfile").read_text()
    assert f"FROM apache/airflow:{airflow}-python3.11" in (SHIPPED / "docker" / "airflow.Dockerfile").read_text()
    values = yaml.safe_load((SHIPPED / "kubernetes" / "airflow-values.yaml").read_text())
    assert values["airflowVersion"] == airflow
    assert values["defaultAirflowTag"] == VERSION


def test_manifests_are_valid():
    done = subprocess.run(
        [tool("kubernetes-validate"), "--strict", "--kubernetes-version", "1.30", str(SHIPPED / "kubernetes" / "serve.yaml")],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    parts = list(yaml.safe_load_all((SHIPPED / "kubernetes" / "serve.yaml").read_text()))
    container = parts[-1]["spec"]["template"]["spec"]["containers"][0]
    assert container["image"].endswith(f":{VERSION}")
    mounts = {mount["name"] for mount in container["volumeMounts"]}
    spec = parts[-1]["spec"]
    assert mounts == {volume["name"] for volume in spec["template"]["spec"]["volumes"] + [spec["volumeClaimTemplates"][0]["metadata"]]}


def test_values_hold_pipelines_that_can_be_read():
    values = yaml.safe_load((SHIPPED / "kubernetes" / "airflow-values.yaml").read_text())
    (name,) = values["extraConfigMaps"]
    files = yaml.safe_load(values["extraConfigMaps"][name]["data"])
    (mount,) = values["volumeMounts"]
    (variable,) = values["env"]
    place, _, file = variable["value"].rpartition("/")
    assert (variable["name"], place) == (settings.FILE_VARIABLE, mount["mountPath"])
    assert values["volumes"][0]["configMap"]["name"] == name
    read = settings.read(yaml.safe_load(files[file]))
    assert read.engine.image.endswith(f":{VERSION}")
    for pipeline in read.pipelines:
        folder, _, config = pipeline.config.rpartition("/")
        assert folder == mount["mountPath"]
        assert yaml.safe_load(files[config])["name"] == pipeline.name


def test_the_example_beside_the_jars_can_be_read():
    read = settings.load(SHIPPED / "conf" / "hindcast-pipelines.yaml")
    assert read.engine.kind == "spark-submit"
