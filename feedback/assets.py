"""Style sheets, fonts and scripts: built from npm packages and our own sources, found again by name in a manifest.

`python -m feedback.assets build` does all of it; nothing is fetched when a page is shown.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import brotli
from flask import Flask

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SOURCES = HERE / "look"
MODULES = ROOT / "node_modules"
DIST = HERE / "static" / "dist"
MANIFEST = DIST / "manifest.json"
#: In the manifest, beside the files: what they were built from.
STAMP = "built-from"

#: Where class names are written down; Tabler's rules for all other classes are left out of the style sheet.
CLASS_NAMES = ("templates/**/*.html", "feedback/look/*.js", "feedback/**/*.py", "analytics/**/*.py")
STYLES = [SOURCES / f"{name}.css" for name in ("base", "forms", "parts", "figures")]
TABLER = MODULES / "@tabler/core/dist/css/tabler.min.css"
LETTERS = MODULES / "@fontsource/be-vietnam-pro"
LETTER_STYLES = [LETTERS / f"{weight}.css" for weight in (400, 600)]
LETTER_RULE = re.compile(r"@font-face\s*\{[^}]*\}")
#: A font file in Fontsource's rules; the older format beside it is left out.
LETTER_FILE = re.compile(r"url\(\./files/([\w.-]+\.woff2)\) format\('woff2'\)(?:, url\([^)]*\) format\('woff'\))?")
SCRIPTS = {
    "app.js": SOURCES / "app.js",
    "charts.js": SOURCES / "charts.js",
    "htmx.js": MODULES / "htmx.org/dist/htmx.min.js",
    "plotly.js": MODULES / "plotly.js-cartesian-dist-min/plotly-cartesian.min.js",
}
PICTURES = {name: SOURCES / name for name in ("logo.svg", "favicon.svg", "lotus.svg")}
PICTURE_FILE = re.compile(r"url\(([a-z]+\.svg)\)")
COMPRESSIBLE = (".css", ".js", ".svg")
#: Plotly puts its rules into the page by script, which the content security policy forbids; they are taken out into a file.
PLOTLY_RULES = re.compile(r'=\{("X,X div":.*?)\};for\(', re.DOTALL)
PLOTLY_RULE = re.compile(r'"?([^"{},:][^"]*?)"?:("(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\')')


class AssetsMissing(RuntimeError):
    """The front-end files were not built."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not built. Build the front-end files with: make assets")


@cache
def _manifest(stamp: int) -> dict[str, str]:
    found: dict[str, str] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return found


def asset_url(name: str) -> str:
    """Address of a built file, with the hash of its content in its name. Raises AssetsMissing before `make assets`."""
    try:
        return "/static/dist/" + _manifest(MANIFEST.stat().st_mtime_ns)[name]
    except (FileNotFoundError, KeyError):
        raise AssetsMissing(name) from None


def init_assets(app: Flask) -> None:
    """Let templates ask for built files by name."""
    app.jinja_env.globals["asset_url"] = asset_url


def build() -> None:
    """Build everything beside `feedback/static/dist`, then put it in its place; nothing is done when nothing has changed."""
    stamp = _stamp()
    if MANIFEST.exists() and json.loads(MANIFEST.read_text(encoding="utf-8")).get(STAMP) == stamp:
        return
    DIST.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=DIST.parent) as folder:
        target = Path(folder) / "dist"
        target.mkdir()
        manifest = {name: _put(target, name, path.read_bytes()) for name, path in {**SCRIPTS, **PICTURES}.items()}
        letters = _letters()
        for name in LETTER_FILE.findall(letters):
            manifest[name] = _put(target, name, (LETTERS / "files" / name).read_bytes())
        manifest["plotly.css"] = _put(target, "plotly.css", plotly_css().encode())
        own = PICTURE_FILE.sub(
            lambda found: f"url({manifest[found.group(1)]})", "".join(path.read_text(encoding="utf-8") for path in STYLES)
        )
        fonts = LETTER_FILE.sub(lambda found: f'url({manifest[found.group(1)]}) format("woff2")', letters)
        manifest["app.css"] = _put(target, "app.css", (_tabler() + fonts + own).encode())
        (target / MANIFEST.name).write_text(json.dumps({**manifest, STAMP: stamp}, indent=1), encoding="utf-8")
        shutil.rmtree(DIST, ignore_errors=True)
        target.rename(DIST)


def _stamp() -> str:
    """One hash over all that a build is made of: our sources, the places where class names stand, and the locked packages."""
    named = {path for pattern in CLASS_NAMES for path in ROOT.glob(pattern)}
    inputs = {*named, *STYLES, *SCRIPTS.values(), *PICTURES.values(), *LETTER_STYLES, TABLER}
    digest = hashlib.sha256()
    for path in sorted(inputs):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _put(target: Path, name: str, content: bytes) -> str:
    stem, dot, ending = name.rpartition(".")
    hashed = f"{stem}.{hashlib.sha256(content).hexdigest()[:10]}{dot}{ending}"
    (target / hashed).write_bytes(content)
    if dot + ending in COMPRESSIBLE:
        quality = 11 if len(content) < 400_000 else 9
        (target / f"{hashed}.br").write_bytes(brotli.compress(content, quality=quality))
        (target / f"{hashed}.gz").write_bytes(gzip.compress(content, mtime=0))
    return hashed


def _letters() -> str:
    """Fontsource's rules, the Vietnamese ones last: where ranges overlap the last one wins, and đ, ơ, ư need no further file."""
    rules = [rule for path in LETTER_STYLES for rule in LETTER_RULE.findall(path.read_text(encoding="utf-8"))]
    return "\n".join(sorted(rules, key=lambda rule: "vietnamese" in rule)) + "\n"


def _tabler() -> str:
    """Tabler's style sheet without the rules for classes that nothing here uses."""
    with tempfile.TemporaryDirectory() as folder:
        purge = [str(MODULES / ".bin/purgecss"), "--css", str(TABLER), "--content", *CLASS_NAMES]
        command = [*purge, "--safelist", "show", "active", "--output", folder]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        css = (Path(folder) / TABLER.name).read_text(encoding="utf-8")
    return re.sub(r"/\*#\s*sourceMappingURL=.*?\*/", "", css)


def plotly_css() -> str:
    """The rules that Plotly would inject into the page. Raises ValueError when a new version keeps them elsewhere."""
    script = SCRIPTS["plotly.js"].read_text(encoding="utf-8")
    found = PLOTLY_RULES.search(script)
    if found is None:
        raise ValueError("Plotly keeps its style rules in another form now; mend PLOTLY_RULES in feedback/assets.py")
    rules = []
    for selector, quoted in PLOTLY_RULE.findall(found.group(1)):
        real = re.sub(r"^,", " ,", selector).replace("X", ".js-plotly-plot .plotly").replace("Y", ".plotly-notifier")
        rules.append(f"{real}{{{quoted[1:-1]}}}")
    return "\n".join(rules)


def main(arguments: list[str]) -> int:
    """`build` is the only thing to do."""
    if arguments != ["build"]:
        print("usage: python -m feedback.assets build", file=sys.stderr)
        return 2
    from feedback.translate import compile_catalogues

    compile_catalogues()
    build()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
