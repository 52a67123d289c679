"""Built front-end files: complete, small, from nowhere else, and found by name."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path

import brotli
import pytest
from flask.testing import FlaskClient

from feedback import assets
from tests.feedback.test_components import app, client  # noqa: F401 — fixtures: the application without a database

MANIFEST: dict[str, str] = {name: file for name, file in json.loads(assets.MANIFEST.read_text()).items() if name != assets.STAMP}
TEXTS = sorted(name for name in MANIFEST if name.endswith(assets.COMPRESSIBLE))


def built(name: str) -> Path:
    return assets.DIST / MANIFEST[name]


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Build into a folder of the test's own, from style sheets of its own."""
    style = tmp_path / "own.css"
    style.write_text(".own{color:red}")
    monkeypatch.setattr(assets, "DIST", tmp_path / "static" / "dist")
    monkeypatch.setattr(assets, "MANIFEST", tmp_path / "static" / "dist" / "manifest.json")
    monkeypatch.setattr(assets, "STYLES", [style])
    return style


@pytest.mark.parametrize("name", sorted(MANIFEST))
def test_names_carry_the_hash_of_the_content(name: str) -> None:
    stem, _, ending = name.rpartition(".")
    assert MANIFEST[name] == f"{stem}.{hashlib.sha256(built(name).read_bytes()).hexdigest()[:10]}.{ending}"
    assert assets.asset_url(name) == f"/static/dist/{MANIFEST[name]}"


@pytest.mark.parametrize("name", TEXTS)
def test_texts_lie_compressed_beside(name: str) -> None:
    file = built(name)
    assert brotli.decompress(Path(f"{file}.br").read_bytes()) == file.read_bytes()
    assert gzip.decompress(Path(f"{file}.gz").read_bytes()) == file.read_bytes()


def test_style_sheet_needs_only_what_was_built() -> None:
    css = built("app.css").read_text()
    files = [address for address in re.findall(r"url\(([^)]*)\)", css) if not address.strip("\"'").startswith("data:")]
    assert len(files) == 7
    assert all((assets.DIST / address).exists() for address in files)
    assert "@import" not in css
    assert "sourceMappingURL" not in css


def test_unused_rules_are_left_out_and_used_ones_stay() -> None:
    css = built("app.css").read_text()
    assert ".container-xl" in css
    assert ".form-select" in css
    assert ".carousel" not in css
    assert ".lc-timeline" in css
    assert len(brotli.compress(css.encode())) < 25_000


def test_each_letter_comes_from_one_file() -> None:
    """The last of overlapping ranges wins; đ, ơ and ư must be in the Vietnamese file, so that no second one is loaded."""
    css = built("app.css").read_text()
    order = re.findall(r"url\(be-vietnam-pro-([a-z-]+)-\d00-normal", css)
    assert order == ["latin-ext", "latin", "latin-ext", "latin", "vietnamese", "vietnamese"]


def test_what_is_not_built_says_what_to_do(elsewhere: Path) -> None:
    with pytest.raises(assets.AssetsMissing, match="make assets"):
        assets.asset_url("app.css")
    assets.build()
    with pytest.raises(assets.AssetsMissing, match=r"other\.css.*make assets"):
        assets.asset_url("other.css")


def test_building_again_happens_only_when_something_changed(elsewhere: Path) -> None:
    assets.build()
    first, name = assets.MANIFEST.stat().st_mtime_ns, assets.asset_url("app.css")
    assets.build()
    assert assets.MANIFEST.stat().st_mtime_ns == first
    elsewhere.write_text(".own{color:green}")
    assets.build()
    assert assets.asset_url("app.css") != name
    assert not (assets.DIST / Path(name).name).exists()
    assert ".own{color:green}" in (assets.DIST / Path(assets.asset_url("app.css")).name).read_text()


def test_plotly_keeping_its_rules_elsewhere_stops_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "plotly.js"
    script.write_text("/* another version */")
    monkeypatch.setitem(assets.SCRIPTS, "plotly.js", script)
    with pytest.raises(ValueError, match="PLOTLY_RULES"):
        assets.plotly_css()


def test_files_are_served_compressed_and_kept_for_ever(client: FlaskClient) -> None:  # noqa: F811
    with client.get(assets.asset_url("app.css"), headers={"Accept-Encoding": "br"}) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Encoding"] == "br"
        assert "immutable" in answer.headers["Cache-Control"]
        assert brotli.decompress(answer.data) == built("app.css").read_bytes()


def test_only_one_thing_can_be_asked_of_the_builder(capsys: pytest.CaptureFixture[str]) -> None:
    assert assets.main(["burn"]) == 2
    assert "usage" in capsys.readouterr().err
