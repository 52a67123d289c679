"""The document of the API (OpenAPI 3.1), made from the addresses themselves when somebody asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_smorest import Api
from flask_smorest.spec.plugins import FlaskPlugin

from feedback.api.pages import blueprint
from feedback.api.tokens import PREFIX

#: What each address does, in one line for people.
SUMMARIES: Mapping[str, Any] = {
    "areas": _l("Quận, huyện, phường, xã đang có hiệu lực"),
    "agencies": _l("Các cơ quan đang có hiệu lực"),
    "categories": _l("Các lĩnh vực phản ánh"),
    "procedures": _l("Thủ tục hành chính đang có hiệu lực"),
    "measures": _l("Số liệu toàn Thành phố trong mười hai tháng đã qua"),
    "public_cases": _l("Hồ sơ công khai, mới nhất trước; tìm theo từ, lĩnh vực, khu vực"),
    "public_case": _l("Một hồ sơ công khai"),
    "report": _l("Gửi phản ánh; nhận mã tra cứu và biên nhận có chữ ký"),
    "track": _l("Tra cứu phản ánh bằng mã"),
    "list_cases": _l("Các danh sách hồ sơ của cơ quan"),
    "one_case": _l("Đọc một hồ sơ"),
    "accept": _l("Thụ lý hồ sơ được chuyển đến"),
    "give_back": _l("Trả lại hồ sơ được chuyển đến"),
    "hand_on": _l("Chuyển tiếp đến cơ quan có thẩm quyền"),
    "answer": _l("Trình câu trả lời để thủ trưởng duyệt"),
}
VERSION, OPENAPI = "1.0.0", "3.1.0"


class _Named(Api):
    """What the library writes into the document: every error by its own name, none "by default"."""

    DEFAULT_ERROR_RESPONSE_NAME = None


def document() -> dict[str, Any]:
    """The whole document; what is read by people in the caller's language, what is read by programs in English."""
    spec = APISpec(
        "Liêm Chính",
        VERSION,
        OPENAPI,
        plugins=[FlaskPlugin(), MarshmallowPlugin()],
        info={
            "description": _("Phản ánh của người dân TP. Hồ Chí Minh: dữ liệu công khai, gửi và tra cứu phản ánh, việc của cán bộ."),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        servers=[{"url": "/"}],
    )
    bearer = {"type": "http", "scheme": "bearer", "bearerFormat": f"{PREFIX}…"}
    spec.components.security_scheme("token", bearer)
    blueprint.register_views_in_doc(_Named, current_app, spec, name=blueprint.name, parameters=None)
    made: dict[str, Any] = spec.to_dict()
    for rule in current_app.url_map.iter_rules():
        feature, _dot, name = rule.endpoint.partition(".")
        if feature == blueprint.name:
            methods = made["paths"][FlaskPlugin.flaskpath2openapi(rule.rule)]
            for method in {"get", "post"} & set(methods):
                methods[method] |= {"operationId": name, "summary": str(SUMMARIES[name])}
    return made
