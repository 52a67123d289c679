"""The document says what the API does: a machine that reads it asks everything, and docs/API.md is run line by line."""

from __future__ import annotations

from contextvars import Context
from typing import Any

import hypothesis
import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode, checks
from schemathesis.specs.openapi import checks as specs

from tests.feedback.api.conftest import ROOT, Program, token_of
from tests.feedback.officers import Office

CHECKS: list[Any] = [
    checks.not_a_server_error,
    specs.status_code_conformance,
    specs.content_type_conformance,
    specs.response_schema_conformance,
    specs.response_headers_conformance,
]


def test_every_address_says_what_it_is_and_what_it_may_answer(anybody: Program) -> None:
    found = anybody.get("/openapi.json").json
    assert found["openapi"] == "3.1.0"
    for path, methods in found["paths"].items():
        for method in {"get", "post"} & set(methods):
            told = methods[method]
            assert told["summary"], path
            assert {"429"} < set(told["responses"]), path
            problems = [answer for status, answer in told["responses"].items() if int(status) >= 400]
            assert all(list(answer["content"]) == ["application/problem+json"] for answer in problems), path
            assert ("security" in told) == path.startswith(f"{ROOT}/cases"), path
            names = [part["name"] for part in told.get("parameters", [])]
            assert ("Idempotency-Key" in names) == (method == "post"), path


def test_a_machine_that_reads_the_document_is_answered_as_it_says(anybody: Program, office: Office) -> None:
    """Made-up requests, right and wrong, with and without a token, about a case that is there and one that is not."""
    public_id = office.forwarded()
    token = token_of(office.handler)
    schema = Context().run(schemathesis.openapi.from_wsgi, f"{ROOT}/openapi.json", office.app)
    asked = [walk(found.ok(), public_id, token) for found in schema.get_all_operations()]
    assert len(asked) >= 15
    assert min(asked) >= 1
    assert sum(asked) >= 40


def walk(operation: Any, public_id: str, token: str) -> int:
    """Ask one address a few times; how often."""
    asked = []

    @hypothesis.settings(max_examples=4, derandomize=True, deadline=None, database=None, phases=[hypothesis.Phase.generate])
    @hypothesis.given(data=st.data(), known=st.booleans(), mode=st.sampled_from(list(GenerationMode)))
    def ask(data: st.DataObject, known: bool, mode: GenerationMode) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        if known and "public_id" in (case.path_parameters or {}):
            case.path_parameters["public_id"] = public_id
        headers = {"Authorization": f"Bearer {token}"} if known or not operation.path.startswith(f"{ROOT}/cases") else {}
        answer = Context().run(case.call, headers=headers)
        case.validate_response(answer, checks=CHECKS)
        asked.append(answer.status_code)

    ask()
    return len(asked)
