"""How somebody wants to be reminded, and whom a plan’s overdue actions are escalated to."""

from __future__ import annotations

from typing import Any

from django import forms

from plans.access.models import Post
from plans.improvement_plan.models import Plan
from plans.oversight.chasing import ReminderChoice
from plans.web.forms.action_fields import posts_for
from plans.web.forms.plans import PostChoice
from plans.web.reminder_mail import DAYS

SHORT = {"class": "govuk-input--width-3", "inputmode": "numeric"}


class ReminderForm(forms.Form):
    """One’s own reminders. Somebody who says “never” keeps the rest for another time."""

    rhythm = forms.ChoiceField(label="How often", choices=ReminderChoice.Rhythm.choices, widget=forms.RadioSelect)
    weekday = forms.TypedChoiceField(
        label="On which day",
        choices=[(str(number), name) for number, name in enumerate(DAYS)],
        coerce=int,
        help_text="For once a week and every two weeks",
    )
    lead_days = forms.IntegerField(
        label="Days ahead",
        min_value=0,
        max_value=90,
        help_text="How many days before it is due an action is named, from 0 to 90",
        widget=forms.TextInput(attrs=SHORT),
        error_messages={
            "invalid": "Enter a number of days from 0 to 90",
            "min_value": "Enter a number of days from 0 to 90",
            "max_value": "Enter a number of days from 0 to 90",
        },
    )
    of_posts_below = forms.BooleanField(label="Tell me of the posts that report to mine as well", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rhythm"].option_hints = {  # type: ignore[attr-defined]
            "daily": "Not on weekends and bank holidays",
            "never": "What is escalated to your post, and updates that you are asked for, still reach you",
        }


class EscalationForm(forms.Form):
    """From so many days overdue on, the holder of a post is told."""

    days_over = forms.IntegerField(
        label="Days overdue",
        min_value=1,
        max_value=3650,
        help_text="Calendar days past the current date, for example 30",
        widget=forms.TextInput(attrs=SHORT),
        error_messages={
            "invalid": "Enter a number of days, like 30",
            "min_value": "Enter 1 or more",
            "max_value": "Enter 3650 or less",
        },
    )
    to = PostChoice(
        label="Tell the holder of the post",
        queryset=Post.objects.none(),
        help_text="Where nobody holds it, its deputies are told. Each is told only of actions that they may see",
    )

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = posts_for([plan.organisation_id])  # type: ignore[attr-defined]
