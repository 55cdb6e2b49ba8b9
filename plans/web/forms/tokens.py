"""The form that makes a token for a program."""

from __future__ import annotations

from django import forms

from plans.web.forms.fields import PlainText

DAYS = (("30", "30 days"), ("90", "90 days"), ("180", "Half a year"), ("365", "A year"))


class TokenForm(forms.Form):
    name = PlainText(
        label="What is it for?",
        max_length=80,
        help_text="The name of the program, such as “Power BI” or “Performance workbook”",
        error_messages={"required": "Enter what the token is for"},
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off"}),
    )
    days = forms.ChoiceField(
        label="For how long?",
        choices=DAYS,
        initial="90",
        widget=forms.RadioSelect,
        help_text="Then it stops working, and you make another",
        error_messages={"required": "Choose for how long it works"},
    )
    may_update = forms.BooleanField(
        label="It may record updates on actions that I may update",
        required=False,
        help_text="Leave empty for a program that only reads",
    )
