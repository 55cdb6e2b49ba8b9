"""What of a person goes from this stage: mails to them, how they wanted them, filters that were theirs alone."""

from __future__ import annotations

from plans.access.models import User
from plans.oversight.chasing import Reminder, ReminderChoice
from plans.oversight.models import SavedFilter


def erase_oversight(person: User) -> dict[str, int]:
    """Answers how many rows of what went. Filters that others share stay, under the number alone."""
    return {
        "reminders": Reminder.objects.filter(person=person).delete()[0],
        "reminder_choices": ReminderChoice.objects.filter(person=person).delete()[0],
        "filters": SavedFilter.objects.filter(owner=person, shared_with="").delete()[0],
    }
