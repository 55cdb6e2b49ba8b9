import re

import pytest
from django import forms
from django.http import QueryDict
from django.template import Context, Template
from django_filters.widgets import DateRangeWidget

from plans.web.forms.rendering import GovukRenderer


class UpdateForm(forms.Form):
    default_renderer = GovukRenderer

    status = forms.ChoiceField(
        label="How is it going?",
        widget=forms.RadioSelect,
        choices=[("", "---------"), ("on", "On course"), ("moved", "We need a later date")],
        help_text="Choose one.",
    )
    new_date = forms.DateField(label="New date", help_text="For example, 16 March 2020", required=False)
    note = forms.CharField(label="What has happened?", widget=forms.Textarea, max_length=200)
    boards = forms.MultipleChoiceField(choices=[("a", "Board"), ("b", "Scrutiny")])
    email = forms.EmailField(label="E-mail address", widget=forms.EmailInput(attrs={"class": "app-own"}))
    password = forms.CharField(widget=forms.PasswordInput)
    lead = forms.ChoiceField(choices=[("", "Choose a post"), ("1", "Head of Service")])
    public = forms.BooleanField(label="Show in public papers", help_text="Never the owner’s name.")
    evidence = forms.FileField()
    token = forms.CharField(widget=forms.HiddenInput)

    reveals = {"status": {"moved": ("new_date",)}}


UpdateForm.base_fields["status"].option_hints = {"moved": "The board will be asked."}  # type: ignore[attr-defined]


@pytest.fixture
def empty() -> UpdateForm:
    return UpdateForm()


@pytest.fixture
def wrong() -> UpdateForm:
    return UpdateForm(QueryDict("email=x&new_date=soon"))


def ids(html: str) -> set[str]:
    return set(re.findall(r'\bid="([^"]+)"', html))


def summary(form: forms.BaseForm) -> str:
    source = '{% include "components/error_summary.html" with form=form only %}'
    return Template(source).render(Context({"form": form}))


def test_every_description_and_label_points_at_something(wrong: UpdateForm) -> None:
    html = str(wrong)
    for described in re.findall(r'aria-describedby="([^"]*)"', html):
        assert set(described.split()) <= ids(html)
    assert set(re.findall(r'\bfor="([^"]*)"', html)) <= ids(html)
    assert len(re.findall(r'\bid="', html)) == len(ids(html))


def test_hint_comes_before_error_in_the_description(wrong: UpdateForm) -> None:
    html = wrong["new_date"].as_field_group()
    assert 'aria-describedby="id_new_date_helptext id_new_date_error"' in html
    assert 'aria-invalid="true"' in html
    assert '<span class="govuk-visually-hidden">Error:</span>' in html
    assert "govuk-form-group--error" in html
    assert "govuk-input--error" in html


def test_no_error_markup_without_an_error(empty: UpdateForm) -> None:
    assert "rror" not in str(empty)


def test_the_browser_is_left_out_of_checking(empty: UpdateForm) -> None:
    html = str(empty)
    assert " required" not in html
    assert " maxlength" not in html


@pytest.mark.parametrize(
    ("name", "classes"),
    [
        ("new_date", "govuk-input govuk-input--width-10"),
        ("note", "govuk-textarea govuk-js-character-count"),
        ("email", "govuk-input app-own"),
        ("lead", "govuk-select"),
        ("evidence", "govuk-file-upload"),
        ("status", "govuk-radios__input"),
        ("boards", "govuk-checkboxes__input"),
        ("public", "govuk-checkboxes__input"),
    ],
)
def test_classes(empty: UpdateForm, name: str, classes: str) -> None:
    assert f'class="{classes}"' in empty[name].as_field_group()


def test_radios_are_a_group_with_a_legend_and_no_empty_answer(empty: UpdateForm) -> None:
    html = empty["status"].as_field_group()
    assert '<fieldset class="govuk-fieldset" aria-describedby="id_status_helptext">' in html
    assert "How is it going?</legend>" in html
    assert "---------" not in html
    assert html.count('type="radio"') == 2


def test_a_list_box_becomes_tick_boxes_that_keep_their_answers() -> None:
    form = UpdateForm(QueryDict("boards=a&boards=b"))
    html = form["boards"].as_field_group()
    assert html.count("checked") == 2
    assert "<select" not in html


def test_count_is_announced_and_never_cuts(empty: UpdateForm) -> None:
    html = empty["note"].as_field_group()
    assert 'data-maxlength="200"' in html
    assert 'aria-describedby="id_note-info"' in html
    assert "You can enter up to 200 characters" in html


def test_an_answer_reveals_the_field_after_it(empty: UpdateForm) -> None:
    assert re.search(r'value="moved"[^>]*data-reveals="true"', empty["status"].as_field_group())
    assert 'value="on" id="id_status_1" class="govuk-radios__input">' in empty["status"].as_field_group()
    assert 'class="govuk-form-group app-revealed"' in empty["new_date"].as_field_group()


def test_option_hint(empty: UpdateForm) -> None:
    html = empty["status"].as_field_group()
    assert 'aria-describedby="id_status_2_hint"' in html
    assert "The board will be asked." in html


def test_password_has_its_show_button_hidden_until_there_is_a_script(empty: UpdateForm) -> None:
    html = empty["password"].as_field_group()
    assert 'data-module="govuk-password-input"' in html
    assert re.search(r'aria-controls="id_password"[^>]* hidden>', html)
    assert 'autocomplete="current-password"' in html


def test_summary_links_reach_the_first_input_of_each_field(wrong: UpdateForm) -> None:
    targets = set(re.findall(r'href="#([^"]+)"', summary(wrong)))
    assert targets <= ids(str(wrong))
    assert {"id_status_1", "id_boards_0", "id_new_date", "id_public"} <= targets


def test_summary_says_hidden_and_general_errors_without_a_link(wrong: UpdateForm) -> None:
    wrong.add_error(None, "Somebody else changed this action")
    html = summary(wrong)
    assert "<li>Somebody else changed this action</li>" in html
    assert "<li>Enter token</li>" in html


def test_no_summary_without_errors(empty: UpdateForm) -> None:
    assert summary(empty).strip() == ""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("status", "Answer the question “How is it going?”"),
        ("email", "Enter a valid email address."),
        ("lead", "Choose lead"),
        ("password", "Enter password"),
        ("public", "Tick “Show in public papers”"),
    ],
)
def test_errors_say_what_to_do(wrong: UpdateForm, name: str, words: str) -> None:
    assert wrong[name].errors == [words]


def test_own_words_and_abbreviations_are_kept() -> None:
    class Form(forms.Form):
        default_renderer = GovukRenderer
        pep = forms.CharField(label="PEP measure")
        own = forms.CharField(error_messages={"required": "Say why the date moved"})

    assert Form({}).errors == {"pep": ["Enter PEP measure"], "own": ["Say why the date moved"]}


def test_text_is_escaped() -> None:
    class Form(forms.Form):
        default_renderer = GovukRenderer
        title = forms.CharField(label="<b>T</b>", help_text="<script>")

    html = str(Form({"title": '"><script>'}))
    assert "<script>" not in html
    assert "<b>" not in html


def test_a_range_is_a_group_of_two_labelled_inputs() -> None:
    class Form(forms.Form):
        default_renderer = GovukRenderer
        due = forms.Field(label="Due between", widget=DateRangeWidget, required=False)

    form = Form(QueryDict("due_after=1+March+2020"))
    html = str(form)
    assert '<label class="govuk-label" for="id_due_0">From</label><input type="text" name="due_after"' in html
    assert 'value="1 March 2020"' in html
    assert '<label class="govuk-label" for="id_due_1">To</label>' in html
    assert form["due"].error_target == "id_due_0"  # type: ignore[attr-defined]
