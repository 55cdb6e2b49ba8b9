"""Renders every Django form in the GOV.UK pattern: hint, then error beside the field, then the input.

Set ``FORM_RENDERER`` to ``GovukRenderer``. A form may say which fields an answer reveals:
``reveals = {"status": {"moved": ("new_date", "reason")}}``. Up to three of them, right after the question;
the stylesheet hides them, no script, and a browser that cannot do so shows them. A field may carry
``option_hints = {"moved": "The board will be asked."}``.
"""

from functools import cached_property
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.forms.utils import flatatt
from django.utils.safestring import SafeString, mark_safe

# The first that fits a widget names its kind, which is also the stem of its GOV.UK class where it has one.
KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Textarea, "textarea"),
    (forms.Select, "select"),
    (forms.FileInput, "file-upload"),
    (forms.PasswordInput, "password"),
    (forms.MultiWidget, "parts"),
)
INPUT_CLASSES = {
    "checkboxes": "govuk-checkboxes__input",
    "checkbox": "govuk-checkboxes__input",
    "radios": "govuk-radios__input",
    "textarea": "govuk-textarea",
    "select": "govuk-select",
    "file-upload": "govuk-file-upload",
    "password": "govuk-input govuk-password-input__input govuk-js-password-input-input",
}
TICKED = {"checkboxes", "checkbox", "radios"}
PART_LABELS = ("From", "To")  # of a widget in parts, unless it has part_labels


def kind_of(widget: forms.Widget) -> str:
    return next((kind for base, kind in KINDS if isinstance(widget, base)), "input")


class GovukBoundField(BoundField):
    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        if type(field.widget) is forms.SelectMultiple:  # a list box is hard to use; tick boxes are not
            field.widget = forms.CheckboxSelectMultiple(field.widget.attrs, choices=field.widget.choices)
        if self.kind in {"input", "textarea"}:
            field.widget.attrs.pop("maxlength", None)  # it cuts off pasted text without a word
        if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
            field.error_messages["required"] = self.what_to_do

    @property
    def kind(self) -> str:
        return kind_of(self.field.widget)

    @property
    def is_group(self) -> bool:
        return self.kind in {"checkboxes", "radios", "parts"}

    @property
    def count(self) -> int | None:
        """The most characters allowed in a long text; shown and counted down."""
        return getattr(self.field, "max_length", None) if self.kind == "textarea" else None

    @property
    def what_to_do(self) -> str:
        """What an empty answer is told, unless the field has words of its own."""
        label = str(self.label)
        if label.endswith("?"):
            return f"Answer the question “{label}”"
        if self.kind == "checkbox":
            return f"Tick “{label}”"
        if label[1:2].islower() or label[1:2] == "-":  # not an abbreviation
            label = label[0].lower() + label[1:]
        verb = "Choose" if self.kind in {"checkboxes", "radios", "select", "file-upload"} else "Enter"
        return f"{verb} {label}"

    @property
    def aria_describedby(self) -> str | None:
        described = super().aria_describedby
        if described is not None and self.count:
            described = f"{described} {self.auto_id}-info".strip()
        return described or None

    @property
    def error_target(self) -> str:
        """The id that a link in the error summary goes to: the first input, whatever the widget."""
        if self.is_hidden:
            return ""
        if self.kind == "parts":
            return str(self.parts[0]["id"])
        if self.is_group:
            return str(self.options[0]["id"]) if self.options else ""
        return str(self.id_for_label)

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        attrs.pop("required", None)  # the browser's own bubbles would hide our error summary
        if widget.is_hidden:
            return attrs
        kind = kind_of(widget)
        classes = [INPUT_CLASSES.get(kind, "govuk-input"), widget.attrs.get("class", "")]
        if self.errors and kind not in TICKED:
            classes.append(classes[0].split()[0] + "--error")
        if kind == "input" and isinstance(widget, forms.DateInput) and not classes[1]:
            classes.append("govuk-input--width-10")
        if kind == "textarea" and self.count:
            classes.append("govuk-js-character-count")
        if kind in {"checkboxes", "radios", "parts"}:  # the group says it once
            attrs.pop("aria-describedby", None)
            attrs.pop("aria-invalid", None)
        defaults = {}
        if kind == "password":
            defaults = {"spellcheck": "false", "autocapitalize": "none", "autocomplete": "current-password"}
        elif isinstance(widget, forms.EmailInput):
            defaults = {"spellcheck": "false", "autocomplete": "email"}
        attrs.update({name: value for name, value in defaults.items() if name not in widget.attrs})
        return attrs | {"class": " ".join(filter(None, classes))}

    @cached_property
    def options(self) -> list[dict[str, Any]]:
        hints = getattr(self.field, "option_hints", {})
        revealed = getattr(self.form, "reveals", {}).get(self.name, {})
        shown = []
        for option in self.subwidgets:
            value = str(option.data["value"])
            if not value and self.field.required:
                continue  # "nothing chosen" is no answer
            attrs = option.data["attrs"]
            if value in hints:
                attrs["aria-describedby"] = f"{option.id_for_label}_hint"
            if value in revealed:
                attrs["data-reveals"] = "true"
            shown.append(
                {
                    "html": option.tag(),
                    "id": option.id_for_label,
                    "label": option.choice_label,
                    "hint": hints.get(value),
                }
            )
        return shown

    @cached_property
    def parts(self) -> list[dict[str, Any]]:
        widget = self.field.widget
        attrs = self.build_widget_attrs({"id": self.auto_id})
        subwidgets = widget.get_context(self.html_name, self.value(), attrs)["widget"]["subwidgets"]
        labels = getattr(widget, "part_labels", PART_LABELS)
        return [
            {
                "html": mark_safe(self.renderer.render(part["template_name"], {"widget": part})),
                "id": part["attrs"]["id"],
                "label": label,
            }
            for part, label in zip(subwidgets, labels, strict=True)
        ]

    @property
    def is_revealed(self) -> bool:
        """Whether an answer to another question reveals this field."""
        questions = getattr(self.form, "reveals", {}).values()
        return any(self.name in fields for answers in questions for fields in answers.values())

    @property
    def group_class(self) -> str:
        classes = ["govuk-form-group"]
        if self.errors:
            classes.append("govuk-form-group--error")
        if self.is_revealed:
            classes.append("app-revealed")
        if self.kind == "password":
            classes.append("govuk-password-input")
        if self.count:
            classes.append("govuk-character-count")
        return " ".join(classes)

    @property
    def group_attributes(self) -> SafeString:
        attrs: dict[str, Any] = {}
        if self.kind == "password":
            attrs["data-module"] = "govuk-password-input"
        if self.count:
            attrs |= {"data-module": "govuk-character-count", "data-maxlength": self.count}
        return flatatt(attrs)


class GovukRenderer(TemplatesSetting):
    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = GovukBoundField
