"""Every address of the office x every officer x every situation of a case (security, control 1).

What is expected is written here and in town.py, not read from access.py. The same table is walked once more with the rule in Python
switched off: then the database alone must answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select, text, true
from werkzeug.test import TestResponse

from feedback.cases import access
from feedback.db import db
from feedback.web import ALWAYS_PUBLIC
from tests.feedback.access.town import ACTED, KNOWN, OFFICERS, ROLE, SITUATIONS, Town

ALL = frozenset(ROLE.values())
DESK, ADMIN = frozenset({"front_desk"}), frozenset({"administrator"})
AGENCY = frozenset({"handler", "agency_head"})
ANSWERING = AGENCY | {"inspectorate"}
DECIDING = frozenset({"agency_head", "inspectorate"})
CHECKING = frozenset({"front_desk", "inspectorate"})
EXAMINING = frozenset({"inspectorate", "leadership"})
#: Sealed cases, which stand on pages of their own.
SEALED = frozenset({"sealed", "accused", "leaders", "recused"})


@dataclass(frozen=True)
class Row:
    """Who may come in, and what he is answered."""

    roles: frozenset[str]
    #: Situations in which a case that the officer knows of is shown here; empty for all he knows of.
    shown: frozenset[str] = frozenset()
    #: What those who may come in are answered, and what when they know of the case but it is not shown here.
    status: int = 200
    otherwise: int = 404


#: What is read. An address that is in neither table fails the test.
PAGES: dict[str, Row] = {
    "administration.agency": Row(ADMIN, status=404),
    "administration.change": Row(ADMIN, status=404),
    "administration.areas": Row(ADMIN),
    "administration.categories": Row(ADMIN),
    "administration.edit_area": Row(ADMIN, status=404),
    "administration.edit_prepared": Row(ADMIN, status=404),
    "administration.prepared": Row(ADMIN),
    "administration.changes": Row(ADMIN),
    "administration.edit_category": Row(ADMIN),
    "administration.edit_procedure": Row(ADMIN, status=404),
    "administration.edit_step": Row(ADMIN, status=404),
    "administration.ladder": Row(ADMIN),
    "administration.new_procedure": Row(ADMIN),
    "administration.procedures": Row(ADMIN),
    "administration.edit_agency": Row(ADMIN, status=404),
    "administration.edit_routing": Row(ADMIN),
    "administration.list_agencies": Row(ADMIN),
    "administration.merge_agencies": Row(ADMIN),
    "administration.new_agency": Row(ADMIN),
    "administration.overview": Row(ADMIN),
    "administration.routing": Row(ADMIN),
    "shapes.download": Row(ADMIN, status=404),
    "shapes.one": Row(ADMIN, status=404),
    "shapes.overview": Row(ADMIN),
    "shapes.put_away": Row(ADMIN, status=404),
    "access_tokens.all_tokens": Row(ADMIN),
    "access_tokens.own_tokens": Row(AGENCY),
    "accounts.account_page": Row(ALL),
    "accounts.begin_second_factor": Row(ALL),
    "accounts.propose_role": Row(ADMIN, status=404),
    "accounts.renew_recovery_codes": Row(ALL),
    "accounts.role_grants": Row(ADMIN),
    "accounts.scan_second_factor": Row(ALL, status=302),
    "accounts.switch_off_second_factor": Row(ALL),
    "api.list_cases": Row(AGENCY),
    "api.one_case": Row(AGENCY),
    "conduct.case": Row(EXAMINING, SEALED),
    "conduct.cases": Row(EXAMINING),
    "conduct.file": Row(frozenset({"leadership"}), SEALED),
    "conduct.to_verify": Row(AGENCY),
    "conduct.verify": Row(AGENCY, frozenset({"none was asked"})),
    "connections.list_keys": Row(ADMIN),
    "connections.one_key": Row(ADMIN, status=404),
    "alerts.board": Row(frozenset({"leadership"})),
    "alerts.returned": Row(frozenset({"leadership"}), status=404),
    "briefing.choose": Row(frozenset({"leadership", "agency_head"})),
    "briefing.excel": Row(frozenset({"leadership"})),
    "briefing.paper": Row(frozenset({"leadership", "agency_head"})),
    "briefing.transit_excel": Row(frozenset({"leadership"})),
    "dashboard.as_file": Row(frozenset({"leadership"})),
    "retention.case": Row(CHECKING | {"agency_head"}),
    "retention.change_period": Row(ADMIN, status=404),
    "retention.kept": Row(CHECKING | {"agency_head"}),
    "retention.periods": Row(ADMIN),
    "accounts.change_password_page": Row(ALL),
    "accounts.home": Row(ALL, status=302),
    "accounts.new_user": Row(ADMIN),
    "accounts.users": Row(ADMIN),
    "answers.apology": Row(AGENCY, frozenset({"nothing is late here"})),
    "answers.publication": Row(AGENCY, frozenset({"answered"})),
    "dashboard.case_list": Row(frozenset({"leadership"})),
    "dashboard.compare": Row(frozenset({"leadership"})),
    "dashboard.overview": Row(frozenset({"leadership"})),
    "dashboard.transit": Row(frozenset({"leadership"})),
    "hops.hop_list": Row(frozenset({"leadership"})),
    "desk.bulk": Row(DESK, status=404),
    "desk.bulk_look": Row(DESK, status=302),
    "desk.case": Row(DESK),
    "desk.check_alarm": Row(DESK, frozenset({"none was checked"})),
    "desk.check_page": Row(CHECKING, frozenset({"none was drawn"})),
    "desk.check_queue": Row(CHECKING),
    "desk.compare": Row(DESK, frozenset({"at_desk"})),
    "desk.key_in": Row(DESK),
    "desk.queue": Row(DESK),
    "desk.refuse_form": Row(DESK, frozenset({"at_desk"}), otherwise=302),
    "desk.slip": Row(DESK, status=302),
    "desk.split_form": Row(DESK, frozenset({"at_desk"}), otherwise=302),
    "desk.triage": Row(frozenset({"inspectorate"})),
    "imports.columns": Row(ADMIN),
    "imports.export": Row(ADMIN),
    "imports.mistakes": Row(ADMIN, status=404),
    "imports.one": Row(ADMIN, status=404),
    "imports.overview": Row(ADMIN),
    "imports.proposals": Row(ADMIN, status=404),
    "imports.template": Row(ADMIN),
    "imports.to_mend": Row(ADMIN, status=404),
    "imports.withdraw": Row(ADMIN, status=404),
    "inbox.bulk_look": Row(AGENCY, status=404),
    "inbox.case": Row(ANSWERING | {"leadership"}, frozenset(SITUATIONS) - {"leaders", "recused"}),
    "inbox.file": Row(ANSWERING | DESK),
    "inbox.list_cases": Row(ANSWERING),
    "inbox.saved_filters": Row(ANSWERING),
    "learning.overview": Row(ADMIN),
    "learning.promote_look": Row(ADMIN, status=404),
    "learning.roll_back_look": Row(ADMIN, status=404),
    "notices.list_notices": Row(ADMIN),
    "notices.preview": Row(ADMIN),
    "partners.list_systems": Row(ADMIN),
    "partners.one_system": Row(ADMIN, status=404),
    "timetable.calendar": Row(ADMIN),
    "timetable.change_limit": Row(ADMIN),
    "timetable.limits": Row(ADMIN),
}
#: What is done to one case. An officer who does not know of it is told that there is no such page, and nothing changes.
ACTS: dict[str, frozenset[str]] = {
    "api.accept": AGENCY,
    "api.answer": AGENCY,
    "api.give_back": AGENCY,
    "api.hand_on": AGENCY,
    "conduct.accused": frozenset({"inspectorate"}),
    "conduct.ask_verifier": EXAMINING,
    "conduct.conclude": frozenset({"leadership"}),
    "conduct.finding": frozenset({"inspectorate"}),
    "conduct.hand_up": frozenset({"inspectorate"}),
    "conduct.recuse": EXAMINING,
    "conduct.report_back": AGENCY,
    "retention.decide": CHECKING | {"agency_head"},
    "retention.hold": DECIDING,
    "retention.release": DECIDING,
    "answers.approve": DECIDING,
    "answers.insert": ANSWERING,
    "answers.publish": AGENCY,
    "answers.withdraw": AGENCY,
    "desk.ask": DESK,
    "desk.check_save": CHECKING,
    "desk.decide": DESK,
    "desk.merge": DESK,
    "desk.recall": DESK,
    "desk.refuse": DESK,
    "desk.resume": DESK,
    "desk.send_to_inspectorate": DESK,
    "desk.split": DESK,
    "desk.take_petition": DESK,
    "desk.unmerge": DESK,
    "inbox.accept": AGENCY,
    "inbox.accept_part": AGENCY,
    "inbox.approve": DECIDING,
    "inbox.ask": ANSWERING,
    "inbox.ask_extension": ANSWERING,
    "inbox.ask_partner": AGENCY,
    "inbox.assign": AGENCY,
    "inbox.cancel_part": AGENCY,
    "inbox.contact": ANSWERING,
    "inbox.decide": frozenset({"agency_head"}),
    "inbox.decline_extension": DECIDING,
    "inbox.extend": DECIDING,
    "inbox.give_back": AGENCY,
    "inbox.grant_extension": DECIDING,
    "inbox.hand_on": AGENCY,
    "inbox.merge": AGENCY,
    "inbox.recall": AGENCY,
    "inbox.refuse": DECIDING,
    "inbox.release": frozenset({"inspectorate"}),
    "inbox.report_part": AGENCY,
    "inbox.report_progress": ANSWERING,
    "inbox.resume": ANSWERING,
    "inbox.return_part": AGENCY,
    "inbox.save_draft": ANSWERING,
    "inbox.send_back": DECIDING,
    "inbox.submit_answer": ANSWERING,
    "inbox.suspend": DECIDING,
    "inbox.take_up": frozenset({"inspectorate"}),
    "inbox.unmerge": AGENCY,
}
#: What is done, but to no case of the address: who may come in is all there is to ask.
OTHER_ACTS: dict[str, frozenset[str]] = {
    "administration.approve": ADMIN,
    "administration.take_back": ADMIN,
    "alerts.mute": frozenset({"leadership"}),
    "alerts.unmute": frozenset({"leadership"}),
    "access_tokens.end_any_token": ADMIN,
    "access_tokens.end_token": AGENCY,
    "access_tokens.make_token": AGENCY,
    "accounts.decide_role_grants": ADMIN,
    "accounts.end_other_sessions": ALL,
    "accounts.end_session": ALL,
    "accounts.reset_second_factor": ADMIN,
    "conduct.pull": frozenset({"inspectorate"}),
    "connections.end_key": ADMIN,
    "connections.approve_key": ADMIN,
    "connections.propose_key": ADMIN,
    "accounts.lock_user": ADMIN,
    "accounts.reset_password": ADMIN,
    "accounts.sign_out_now": ALL,
    "accounts.unlock_user": ADMIN,
    "desk.bulk_send": DESK,
    "desk.bulk_undo": DESK,
    "imports.bring": ADMIN,
    "imports.decide": ADMIN,
    "imports.discard": ADMIN,
    "imports.passwords": ADMIN,
    "imports.start": ADMIN,
    "imports.stop": ADMIN,
    "inbox.bulk_do": AGENCY,
    "inbox.change_filter": ANSWERING,
    "inbox.save_filter": ANSWERING,
    "learning.promote": ADMIN,
    "learning.roll_back": ADMIN,
    "notices.send_again": ADMIN,
    "partners.approve": ADMIN,
    "partners.change_secret": ADMIN,
    "partners.drop_older_secret": ADMIN,
    "partners.end": ADMIN,
    "partners.pause": ADMIN,
    "partners.propose": ADMIN,
    "partners.resume": ADMIN,
    "partners.send_again": ADMIN,
    "partners.try_out": ADMIN,
    "shapes.bring": ADMIN,
    "timetable.change_day": ADMIN,
    "timetable.remove_day": ADMIN,
}
#: What stands in an address besides the case.
OTHER_PARTS = {
    "so_lieu": "tiep-nhan",
    "luot": "da-gui",
    "code": "PAKN-ANS",
    "version": "none",
    "bulk_id": "none",
    "user_id": "none",
    "notice_id": 0,
    "filter_id": 0,
    "key_id": 0,
    "system_id": "none",
    "delivery_id": 0,
    "change_id": 0,
    "category": "other",
    "procedure_id": 0,
    "area_id": 0,
    "alert_id": 0,
    "kind": "agencies",
    "import_id": "none",
    "token_id": 0,
    "set_id": 0,
}
#: What programs send with an act: complete, so that nothing but the case decides.
BODIES: dict[str, dict[str, object]] = {
    "api.accept": {"version": 0},
    "api.answer": {"version": 0, "outcome": "solved", "text": "Đã thu gom."},
    "api.give_back": {"version": 0, "code": "other_area", "reason": "Thử."},
    "api.hand_on": {"version": 0, "agency": "NONE", "reason": "Thử."},
}


def addresses(town: Town) -> Iterator[tuple[str, str, str]]:
    """Endpoint, method and rule of everything in the office."""
    for rule in town.app.url_map.iter_rules():
        view = town.app.view_functions[rule.endpoint]
        if rule.endpoint not in ALWAYS_PUBLIC and not getattr(view, "is_public", False):
            for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
                yield rule.endpoint, method, rule.rule


def test_every_address_of_the_office_is_in_the_table(town: Town) -> None:
    """A new page fails here until somebody has said who may see what on it."""
    found = list(addresses(town))
    assert {endpoint for endpoint, method, _rule in found if method == "GET"} == set(PAGES)
    assert {endpoint for endpoint, method, _rule in found if method != "GET"} - set(PAGES) == set(ACTS) | set(OTHER_ACTS)
    assert {method for _endpoint, method, _rule in found} == {"GET", "POST"}


def ask(town: Town, officer: str, endpoint: str, method: str, situation: str) -> TestResponse:
    case = town.cases[situation]
    parts = {**OTHER_PARTS, "public_id": case.public_id, "file_id": case.file_id, "other_id": town.cases["incoming"].public_id}
    rule = next(rule for rule in town.app.url_map.iter_rules(endpoint) if method in (rule.methods or ()))
    path = town.app.url_map.bind("localhost").build(endpoint, {name: parts[name] for name in rule.arguments}, method)
    if endpoint.startswith("api."):  # where a session is worth nothing
        return town.browsers[officer].open(path, method=method, json=BODIES.get(endpoint), headers=town.token_of(officer))
    return town.browsers[officer].open(path, method=method)


def of_one_case(town: Town, endpoint: str) -> bool:
    rule = next(town.app.url_map.iter_rules(endpoint))
    return "public_id" in rule.arguments and not endpoint.startswith("accounts.")


def state_of_everything(town: Town) -> list[object]:
    """What an act would leave a mark on."""
    tables = ("cases", "case_event", "case_message", "case_transfer", "case_partner", "case_answer", "case_publication", "notice")
    with town.app.app_context():
        versions = list(db.session.execute(text("SELECT id, version, state FROM cases ORDER BY id")).all())
        return [versions, *(db.session.scalar(text(f"SELECT count(*) FROM {table}")) for table in tables)]


def wrong_pages(town: Town, *, only_unknown: bool = False) -> list[object]:
    """Every page with every officer; a page of one case in every situation, for those who may come in at all."""
    wrong: list[object] = []
    for endpoint, row in PAGES.items():
        about_one = of_one_case(town, endpoint)
        for officer in OFFICERS:
            allowed = ROLE[officer] in row.roles
            for situation in SITUATIONS if about_one and allowed else ("own",):
                known = situation in KNOWN[officer]
                if about_one and known and only_unknown:
                    continue
                answer = ask(town, officer, endpoint, "GET", situation)
                shown = row.status if not row.shown or situation in row.shown else row.otherwise
                if answer.status_code != (shown if allowed and (known or not about_one) else 404):
                    wrong.append((endpoint, officer, situation, answer.status_code))
                wrong += [(endpoint, officer, situation, "names", other) for other in named(town, officer, answer)]
    return wrong


def named(town: Town, officer: str, answer: TestResponse) -> list[str]:
    """Cases that a page names although its reader may not know of them; the one he has asked for himself stands in the address."""
    path = answer.request.path if answer.request else ""
    unknown = {name: filed.public_id for name, filed in town.cases.items() if name not in KNOWN[officer]}
    return [name for name, public_id in unknown.items() if public_id.encode() in answer.data and public_id not in path]


def wrong_acts(town: Town, *situations: str) -> list[object]:
    """Every act with every officer in those of these situations that he does not know of; in any, when the act is not his role's.

    Whoever has himself acted on a case that is out of his sight now is told so, as after a double click, and led back to his list.
    """
    wrong: list[object] = []
    for endpoint, roles in ACTS.items():
        for officer in OFFICERS:
            inside = ROLE[officer] in roles
            for situation in [name for name in situations if name not in KNOWN[officer]] if inside else ("own",):
                answer = ask(town, officer, endpoint, "POST", situation)
                acted = inside and situation in ACTED.get(officer, ())
                led_back = answer.status_code == 302 and town.cases[situation].public_id not in answer.location
                if answer.status_code != 404 and not (acted and led_back):
                    wrong.append((endpoint, officer, situation, answer.status_code))
    return wrong


def test_pages(town: Town) -> None:
    assert not (wrong := wrong_pages(town)), "\n".join(map(str, wrong))


def test_acts(town: Town) -> None:
    before = state_of_everything(town)
    assert wrong_acts(town, "own", "other", "sealed", "accused", "leaders", "recused", "missing") == []
    assert state_of_everything(town) == before


def test_acts_on_no_case_are_closed_to_other_roles(town: Town) -> None:
    for endpoint, roles in OTHER_ACTS.items():
        for officer in OFFICERS:
            if ROLE[officer] not in roles:
                assert ask(town, officer, endpoint, "POST", "own").status_code == 404, (endpoint, officer)


def test_a_case_that_is_not_his_looks_like_one_that_is_not_there(town: Town) -> None:
    """To the byte, apart from the address itself."""
    for officer, page in (("handler", "inbox.case"), ("desk", "desk.case"), ("leader", "inbox.case"), ("inspector", "inbox.case")):
        missing = ask(town, officer, page, "GET", "missing")
        for situation in SITUATIONS:
            if situation not in KNOWN[officer]:
                answer = ask(town, officer, page, "GET", situation)
                assert (answer.status_code, answer.data) == (missing.status_code, missing.data), (officer, situation)
                assert headers(answer) == headers(missing)


def headers(answer: TestResponse) -> dict[str, str]:
    """All but the cookie, which carries the time of the last request."""
    return {name: value for name, value in answer.headers if name != "Set-Cookie"}


def test_with_the_rule_in_python_switched_off_the_database_still_shows_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The forgotten filter: `visible_cases` selects everything, and the same tables hold."""
    monkeypatch.setattr(access, "_seen_by", lambda _actor: true())
    with town.app.app_context():
        everything = access.visible_cases(town.office.handler.actor).with_only_columns(access.Case.id)
        assert len(db.session.scalars(everything).all()) == len(db.session.scalars(select(access.Case.id)).all())
    before = state_of_everything(town)
    assert not (wrong := wrong_pages(town, only_unknown=True)), "\n".join(map(str, wrong))
    assert wrong_acts(town, "sealed", "accused", "leaders", "recused") == []
    assert state_of_everything(town) == before
