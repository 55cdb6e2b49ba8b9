"""The fields that a council's Word template may use: what each is called, what it holds and who fills it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from plans.papers.content import Paragraph, Points
from plans.papers.rules import Verb
from plans.papers.safe_text import paragraphs

# What a consideration says where the lead has ticked that there is nothing to say; never put in unasked.
NOTHING_ARISES = "None arising from this report."


class Holds(StrEnum):
    """What a field holds, and so where it may stand."""

    FACT = "a fact from the plan"
    LINE = "a line that is typed"
    TEXT = "paragraphs that are typed"
    BLOCK = "a block of the paper"
    LIST = "a list to go through"


@dataclass(frozen=True)
class Field:
    """``hint``: what belongs in it. A block stands alone in a paragraph; ``light``: in a table's cell as well."""

    name: str
    label: str
    hint: str
    holds: Holds
    light: bool = False

    @property
    def typed(self) -> bool:
        """Whether a person writes it for each paper."""
        return self.holds in (Holds.LINE, Holds.TEXT)


def _each(holds: Holds, *rows: tuple[str, str, str]) -> tuple[Field, ...]:
    return tuple(Field(name, label, hint, holds) for name, label, hint in rows)


FIELDS: tuple[Field, ...] = (
    *_each(
        Holds.FACT,
        ("organisation", "Organisation", "The organisation’s name as papers print it"),
        ("organisation_short", "Organisation, short", "Its short name, as lists have it"),
        ("title", "Title of the paper", "As given to the paper; the plan’s title where none was"),
        ("plan_title", "Title of the plan", "As the plan is called"),
        ("meeting_body", "Committee", "The board or committee of the meeting that the paper is for"),
        ("meeting_date", "Date of the meeting", "For example, 16 March 2020"),
        ("meeting_place", "Place of the meeting", "As entered with the meeting"),
        ("as_at", "As at", "The day that the figures are about"),
        ("inspection", "Inspection", "The inspections that the plan answers, by their titles"),
        ("inspection_dates", "Dates on site", "When inspectors were on site, as printed or as recorded"),
        ("submitted", "Plan submitted", "When the plan was submitted, as recorded: “December 2019”"),
        ("position", "Position in a sentence", "How many actions for how many areas, and how they stand"),
        ("actions_total", "Number of actions", "Withdrawn ones are not counted"),
        ("areas_total", "Number of areas", "The areas that the plan answers"),
        ("actions_overdue", "Number overdue", "Against the current date"),
        ("actions_later_than_first_agreed", "Number later than first agreed", "Against the date first agreed"),
        ("actions_open", "Number open", "Neither complete, signed off nor withdrawn"),
        ("actions_complete", "Number complete", "Complete and awaiting sign-off"),
        ("actions_signed_off", "Number signed off", "Closed with evidence"),
        ("actions_without_owner", "Number without an owner", "Open actions that no post leads"),
        ("actions_without_date", "Number without a date", "Open actions without a date"),
    ),
    *_each(
        Holds.LINE,
        ("agenda_item", "Agenda item", "For example, 6 (k)"),
        ("report_of", "Report of", "A job title: “the Executive Director for Children’s Services”"),
        ("portfolio", "Portfolio", "The cabinet member’s portfolio: “Young People”"),
        ("wards", "Wards affected", "For example, All"),
        ("contact", "Contact", "A team and its telephone number or mailbox, not a person’s name"),
        ("decision_reference", "Decision reference", "The number in the forward plan"),
        ("key_decision", "Key decision", "Yes or no, and why"),
        ("exempt_reason", "Reason for exemption", "The paragraph of the Act under which the paper is exempt"),
    ),
    *_each(
        Holds.TEXT,
        ("purpose", "Purpose of the report", "What the committee is told, and what it is asked for"),
        ("summary", "Summary", "The report in a few sentences"),
        ("information", "Information and analysis", "What was found, what has been done, what remains"),
        ("background", "Background information", "What led to the report"),
        ("consultation", "Consultation", "Who was asked, children and young people among them, and what they said"),
        ("options", "Alternative options", "What else was considered, and why not"),
        ("reasons", "Reasons for the recommendation", "Why the committee is asked for it"),
        ("conclusion", "Conclusion", "What follows"),
        ("financial", "Financial considerations", "Cost, and the budget that meets it"),
        ("legal", "Legal considerations", "Powers, duties and the guidance that applies"),
        ("personnel", "Personnel considerations", "Posts, workload, training"),
        ("equalities", "Equalities impact", "Who is affected differently, and the assessment made"),
        ("social_value", "Social value considerations", "What the area gains beyond the service itself"),
        ("corporate_objectives", "Corporate objectives", "The priorities of the council plan that it serves"),
        ("risk", "Risk", "What may go wrong, and what is done about it"),
        ("health", "Health considerations", "Effect on people’s health and wellbeing"),
        ("environment", "Environmental considerations", "Effect on climate and environment"),
        ("crime_and_disorder", "Crime and disorder", "Effect on safety in the community"),
        ("data_protection", "Data protection", "Personal data, and the assessment made"),
        ("property", "Property and transport", "Buildings and vehicles"),
        ("other", "Other considerations", "What is relevant and not said elsewhere"),
        ("call_in", "Call-in", "Whether the call-in period is to be waived, and why"),
        ("background_papers", "Background papers", "The papers relied on, and where they are held"),
    ),
    Field("recommendations", "Recommendations", "i) Notes …; and ii) Approves …", Holds.BLOCK, light=True),
    Field("recommendations_to", "Recommendations, “to”", "i) To note …; and ii) To approve …", Holds.BLOCK, light=True),
    Field("areas", "Areas for improvement", "The areas’ own words as a list", Holds.BLOCK, light=True),
    Field("appendix_list", "List of appendices", "What is appended, by number", Holds.BLOCK, light=True),
    Field("stamp", "What it was made from", "As at which day, when made, for whom", Holds.BLOCK, light=True),
    Field("rag_key", "What the ratings mean", "The key to ratings, where a table has any", Holds.BLOCK, light=True),
    Field("plan_table", "The plan", "The table of actions, where it is not an appendix", Holds.BLOCK),
    Field("exceptions", "Exceptions", "Actions that are overdue or later than first agreed", Holds.BLOCK),
    Field("measures", "Measures", "Each measure with its target and its latest reading", Holds.BLOCK),
    Field("young_peoples_summary", "Young people’s summary", "The summary, where it is not an appendix", Holds.BLOCK),
    Field("appendices", "Appendices", "The plan and the young people’s summary, each on a new page", Holds.BLOCK),
    *_each(
        Holds.LIST,
        ("each_recommendation", "Each recommendation", "For a list in the template’s own style"),
        ("each_area", "Each area", "The areas’ own words, for a list in the template’s own style"),
        ("each_appendix", "Each appendix", "“Appendix 1: …”, for a list in the template’s own style"),
    ),
)
BY_NAME: dict[str, Field] = {field.name: field for field in FIELDS}

# The words of a recommendation as a report gives them, and as a motion does.
VERBS: dict[Verb, tuple[str, str]] = {
    Verb.NOTE: ("Notes", "To note"),
    Verb.ENDORSE: ("Endorses", "To endorse"),
    Verb.APPROVE: ("Approves", "To approve"),
    Verb.DELEGATE: ("Delegates", "To delegate"),
}

_POINT = re.compile(r"\s*(?:(?P<dot>[-–•*·])|(?P<number>\d{1,2}[.)])|(?P<roman>[ivx]{1,5}\)))\s+(?P<text>\S.*)")


def typed_fields(names: Iterable[str]) -> tuple[Field, ...]:
    """Those of the fields that a person writes for each paper, once each, in that order."""
    return tuple(field for name in dict.fromkeys(names) if (field := BY_NAME.get(name)) and field.typed)


def still_empty(fields: Iterable[str], words: Mapping[str, str]) -> tuple[Field, ...]:
    """What a person writes, is printed by a template with these fields, and has not been written."""
    return tuple(field for field in typed_fields(fields) if not words.get(field.name, "").strip())


def words_as_blocks(text: str) -> list[Paragraph | Points]:
    """What was typed: empty lines part paragraphs; lines that begin with a dash, 1. or i) are points of a list."""
    said: list[Paragraph | Points] = []
    for part in paragraphs(text):
        kept: list[str] = []
        for line in part.split("\n"):
            point = _POINT.fullmatch(line)
            if point is None:
                if said and isinstance(said[-1], Points) and not kept and line[:1].isspace():
                    # A line further in continues its point.
                    said[-1] = Points((*said[-1].items[:-1], f"{said[-1].items[-1]} {line.strip()}"), said[-1].numbered)
                else:
                    kept.append(line)
                continue
            if kept:
                said.append(Paragraph("\n".join(kept)))
                kept = []
            numbered = "" if point["dot"] else "1" if point["number"] else "i"
            if said and isinstance(said[-1], Points) and said[-1].numbered == numbered:
                said[-1] = Points((*said[-1].items, point["text"].strip()), numbered)
            else:
                said.append(Points((point["text"].strip(),), numbered))
        if kept:
            said.append(Paragraph("\n".join(kept)))
    return said
