"""The summary for children and young people: what the inspectors said, what has to get better, what is being done.

Its words are those that somebody wrote for these readers. What has no plain words is left out: the report's own
words, posts and what was noted of an action never stand in for them.
"""

from __future__ import annotations

import re
from dataclasses import replace

from plans.findings.models import Judgement
from plans.papers.brief import Brief
from plans.papers.content import Block, Heading, Paper, Paragraph, Points
from plans.papers.young_people_words import SummaryWords, areas_of, words_of

SUBTITLE = "Summary for children and young people"
NONE_YET = "There is no summary for children and young people of this plan yet."
BETTER, DOING = "What needs to get better", "What we are doing"
_FIRST_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n")
# Grades that complete the sentence “The inspectors said this was …”.
_ADJECTIVES = frozenset({"outstanding", "good", "adequate", "satisfactory", "inadequate"})


def build(brief: Brief) -> Paper:
    """The summary on its own, upright. Of a plan without one it says so, so that a draft of it can be looked at."""
    words = words_of(brief.plan, brief.moment)
    return Paper(
        organisation=brief.plan.organisation.paper_name,
        title=brief.title or words.title or brief.plan.title,
        subtitle=SUBTITLE,
        blocks=_blocks(brief, words, level=2) or (Paragraph(NONE_YET),),
        stamp=replace(brief.stamp(0, illustration=False), counted=False),
        landscape=False,
    )


def blocks(brief: Brief, *, level: int = 3) -> tuple[Block, ...]:
    """The summary as part of another paper, with its headings from ``level`` on; nothing where there is none."""
    return _blocks(brief, words_of(brief.plan, brief.moment), level)


def _blocks(brief: Brief, words: SummaryWords, level: int) -> tuple[Block, ...]:
    if not words.begun:
        return ()
    about = [asked.judgement for asked in words.questions if asked.judgement]
    judgements = Judgement.objects.select_related("grade").in_bulk(about)
    said: list[Block] = [*paragraphs(words.introduction)]
    for asked in words.questions:
        judgement = judgements.get(asked.judgement or 0)
        grade = grade_sentence(judgement.grade.word) if judgement and judgement.grade else ""
        if grade or asked.answer:
            said += [Heading(asked.question, level), *paragraphs(grade), *paragraphs(asked.answer)]
    areas = [words.areas[area.pk] for area in areas_of(brief.plan) if area.pk in words.areas]
    for place, area in enumerate([area for area in areas if area.complete]):
        said += [] if place else [Heading(BETTER, level)]
        first, *rest = _FIRST_SENTENCE.split(area.better.strip(), maxsplit=1)
        said += [Heading(first, level + 1), *paragraphs("".join(rest)), *paragraphs(f"{DOING}: {area.doing}")]
    if words.more:
        said += [Heading("What more we are doing", level), Points(lines(words.more))]
    if words.contact:
        said += [Heading("Where to ask", level), *paragraphs(words.contact)]
    return tuple(said)


def grade_sentence(grade: str) -> str:
    """What the inspectors said, with the grade as they printed it."""
    plain = grade[:1].lower() + grade[1:]
    if plain in _ADJECTIVES:
        return f"The inspectors said this was {plain}."
    if plain.startswith("requires "):
        return f"The inspectors said this {plain}."
    return f"The inspectors’ words for this were “{grade}”."


def lines(text: str) -> tuple[str, ...]:
    """A line a point; a dash or a dot that was typed before it is left out."""
    plain = (re.sub(r"^\s*[-–•*·]\s+", "", line).strip() for line in text.splitlines())
    return tuple(line for line in plain if line)


def paragraphs(text: str) -> list[Block]:
    """A line a paragraph."""
    return [Paragraph(line.strip()) for line in text.splitlines() if line.strip()]
