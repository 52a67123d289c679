"""Lists to choose from are written as the library writes them, only sooner."""

from __future__ import annotations

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import Select

from feedback.page_form import PageForm

TEXTS = st.text(max_size=8) | st.sampled_from(['"', "<b>", "&amp;", "Ủy ban nhân dân Phường Sài Gòn", ""])
CHOICES = st.builds(
    SelectChoice, TEXTS | st.integers(), TEXTS, optgroup=st.none() | TEXTS, render_kw=st.none() | st.just({"disabled": True, "data-a": '"'})
)


class AForm(PageForm):
    """A form with a list."""

    one = SelectField(validate_choice=False)


@given(choices=st.lists(CHOICES, max_size=6), chosen=TEXTS)
def test_a_list_reads_as_the_library_writes_it(choices: list[SelectChoice], chosen: str) -> None:
    app = Flask("page_form")
    app.secret_key = "-"
    with app.test_request_context():
        form = AForm(formdata=None)
        form.one.choices, form.one.data = choices, chosen
        mine = form.one(class_="form-select")
        assert type(form.one.widget) is not Select
        form.one.widget = Select()
        assert mine == form.one(class_="form-select")
