"""docs/API.md does what it says: its commands are run, its words for errors and addresses are those of the code."""

from __future__ import annotations

import re
import shlex
from string import Template
from typing import Any

from werkzeug.test import TestResponse

from feedback.api.problems import OWN_TYPES, TYPES
from feedback.config import ROOT
from tests.feedback.api.conftest import Program, token_of
from tests.feedback.officers import Office

GUIDE = (ROOT / "docs" / "API.md").read_text(encoding="utf-8")
HOST = "http://127.0.0.1:8000"


def commands() -> list[str]:
    """Every command of the guide, continued lines joined."""
    blocks = re.findall(r"```bash\n(.*?)```", GUIDE, re.DOTALL)
    return [line for block in blocks for line in block.replace("\\\n", " ").splitlines() if line.startswith("curl")]


def run(anybody: Program, command: str, known: dict[str, Any]) -> TestResponse:
    """What the command would be answered."""
    _curl, address, *options = shlex.split(Template(command).substitute(known))
    given = dict(zip(options[::2], options[1::2], strict=True))
    assert set(given) <= {"-H", "-d"}, options
    headers = dict(options[at + 1].split(": ", 1) for at, option in enumerate(options) if option == "-H")
    body = given.get("-d")
    return anybody.client.open(address.removeprefix(HOST), method="GET" if body is None else "POST", headers=headers, data=body)


def test_every_command_of_the_guide_works(anybody: Program, office: Office) -> None:
    case = office.forwarded()
    known: dict[str, Any] = {"API": f"{HOST}/api/v1", "TOKEN": token_of(office.handler), "CASE": case}
    shown = commands()
    assert len(shown) >= 9
    for command in shown:
        answer = run(anybody, command, known)
        assert answer.status_code in (200, 201), (command, answer.text)
        said = answer.json or {}
        known |= {"CODE": said.get("code", known.get("CODE", ""))}
        if "version" in said:
            known |= {"NEXT" if "accept" in command else "VERSION": said["version"]}


def test_errors_and_addresses_are_named_as_they_are(anybody: Program) -> None:
    codes = {code for code, _title in [*TYPES.values(), *OWN_TYPES.values()]}
    told = GUIDE[GUIDE.index("with one of") : GUIDE.index("points to each field")]
    assert set(re.findall(r"`([a-z-]+)`", told)) - {"errors"} == codes
    table = GUIDE[GUIDE.index("## What there is") : GUIDE.index("## Two kinds")]
    paths = {path.removeprefix("/api/v1") for path in anybody.get("/openapi.json").json["paths"]}
    named = {path.replace("{id}", "{public_id}") for path in re.findall(r"`(?:GET |POST )?(/[a-z{}/-]+)`", table)} - {"/cong-khai"}
    acts = {f"/cases/{{public_id}}{path}" if path in ("/return", "/hand-on", "/answer") else path for path in named}
    assert acts == paths
