"""The files an operator copies name only what there is: settings the code reads, commands that run, one shape of the service."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml
from click import Context, Group
from flask import Flask
from flask.testing import FlaskClient

from feedback.config import ROOT, Config
from feedback.parts import Parts

DEPLOY = ROOT / "docs" / "deploy"
README = (ROOT / "README.md").read_text()
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
UNITS = sorted(DEPLOY.glob("*.service"))


def lines(path: Path, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.+)$", path.read_text(), flags=re.MULTILINE)


def settings_named() -> set[str]:
    in_env = set(re.findall(r"^([A-Z_]+)=", (DEPLOY / "liemchinh.env").read_text(), flags=re.MULTILINE))
    in_compose = {name for part in ("web", "worker") for name in COMPOSE["services"][part]["environment"]}
    in_image = set(re.findall(r"\b([A-Z_]+)=", " ".join(re.findall(r"^ENV (.+)$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE))))
    return in_env | in_compose | in_image


@pytest.mark.parametrize("name", sorted(settings_named()))
def test_every_setting_is_one_of_the_readme(name: str) -> None:
    assert f"`{name}`" in README


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_what_a_unit_starts_can_be_started(app: Flask, unit: Path) -> None:
    for order in lines(unit, "ExecStart"):
        program, *arguments = shlex.split(order)
        assert (ROOT / program.removeprefix("/opt/liemchinh/")).exists(), program
        if program.endswith("flask"):
            command: object = app.cli
            for word in arguments[2:]:
                if isinstance(command, Group):
                    command = command.get_command(Context(command), word) or command
            assert command is not app.cli, order
        else:
            assert arguments == ["-m", "feedback.serve"]


def test_the_units_run_as_nobody_special_and_keep_to_their_folder() -> None:
    unit = DEPLOY / "liemchinh.service"
    assert lines(unit, "User") == ["liemchinh"]
    for key, value in {"NoNewPrivileges": "yes", "ProtectSystem": "strict", "UMask": "0077", "CapabilityBoundingSet": ""}.items():
        assert re.search(rf"^{key}={value}$", unit.read_text(), flags=re.MULTILINE), key
    env = (DEPLOY / "liemchinh.env").read_text()
    assert f"LIEMCHINH_VAR=/var/lib/{lines(unit, 'StateDirectory')[0]}\n" in env


def test_the_settings_file_is_usable_once_its_keys_are_filled_in() -> None:
    given = dict(re.findall(r"^([A-Z_]+)=(.*)$", (DEPLOY / "liemchinh.env").read_text(), flags=re.MULTILINE))
    config = Config.from_environment(given | {"SECRET_KEY": "s" * 48, "BACKUP_KEY": "b" * 48})
    assert not config.demo
    assert config.https
    assert config.proxies == 1
    assert Parts.from_environment(given) == Parts()


def test_no_key_lies_in_a_file_that_ships() -> None:
    for path in DEPLOY.iterdir():
        assert not re.search(r"(SECRET_KEY|BACKUP_KEY|POSTGRES_PASSWORD|METRICS_TOKEN)[=:] *[A-Za-z0-9]{8}", path.read_text()), path.name


def test_containers_share_files_and_database_and_split_the_parts() -> None:
    web, worker = (COMPOSE["services"][part] for part in ("web", "worker"))
    assert web["volumes"] == worker["volumes"]
    assert {part["environment"]["LIEMCHINH_PARTS"] for part in (web, worker)} == {"web", "worker"}
    assert web["image"] == worker["image"]
    mounted = {volume.split(":")[0] for part in COMPOSE["services"].values() for volume in part["volumes"]}
    assert set(COMPOSE["volumes"]) == mounted - {"./Caddyfile"}


@pytest.mark.settings(trusted_hosts=tuple(COMPOSE["x-settings"]["TRUSTED_HOSTS"].replace("${SITE:?}", "phananh.example.vn").split(",")))
def test_a_container_is_found_healthy_under_the_settings_it_is_given(client: FlaskClient) -> None:
    asked = re.search(r"urlopen\('http://([^/]+)(/[^']*)'", (DEPLOY / "Containerfile").read_text())
    assert asked is not None
    host, path = asked.groups()
    assert client.get(path, headers={"Host": host}).status_code == 200
    assert client.get("/", headers={"Host": host}).status_code == 400


def test_the_proxy_lets_go_of_a_connection_before_the_service_does() -> None:
    found = re.search(r"keepalive (\d+)s", (DEPLOY / "Caddyfile").read_text())
    assert found is not None
    order = Parts().children("127.0.0.1", 8000)[0].order
    assert int(found[1]) < int(order[order.index("--keep-alive") + 1])


def test_the_proxy_lets_every_upload_through_that_the_service_takes(app: Flask) -> None:
    found = re.search(r"max_size (\d+)MB", (DEPLOY / "Caddyfile").read_text())
    assert found is not None
    assert int(found[1]) * 1000**2 >= app.config["MAX_CONTENT_LENGTH"] - 1000**2
