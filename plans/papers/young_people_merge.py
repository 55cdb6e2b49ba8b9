"""Two writers of one summary: what the second typed, on top of what the first left. Plain values only."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from plans.papers.young_people_words import AreaWords, QuestionWords, SummaryWords

TEXTS = ("title", "introduction", "more", "contact")
# A text by its place: (“title”,), (“question”, id, “answer”), (“area”, id, “better”).
Place = tuple[str | int, ...]


@dataclass
class Merged:
    """``words`` to go on with; ``theirs``: what the first writer has where both wrote; ``changed``: all they wrote."""

    words: SummaryWords
    theirs: dict[Place, str] = field(default_factory=dict)
    changed: set[Place] = field(default_factory=set)

    def text(self, place: Place, opened: str, typed: str, now: str) -> str:
        """What was typed; what stands there now where this writer had left it alone."""
        if now != opened:
            self.changed.add(place)
        if typed == opened:
            return now
        if now not in (opened, typed):
            self.theirs[place] = now
        return typed


def merge(opened: SummaryWords, typed: SummaryWords, now: SummaryWords) -> Merged:
    """Nothing typed is lost: a question that the first writer removed and the second changed is asked anew."""
    merged = Merged(now)
    texts = {
        name: merged.text((name,), getattr(opened, name), getattr(typed, name), getattr(now, name)) for name in TEXTS
    }
    areas = {
        pk: AreaWords(
            **{
                name: merged.text(
                    ("area", pk, name),
                    *(getattr(words.areas.get(pk, AreaWords()), name) for words in (opened, typed, now)),
                )
                for name in ("better", "doing")
            }
        )
        for pk in {**now.areas, **typed.areas}
    }
    questions = _questions(merged, opened, typed, now)
    merged.words = replace(now, **texts, questions=questions, areas=areas)  # type: ignore[arg-type]
    return merged


def _questions(
    merged: Merged, opened: SummaryWords, typed: SummaryWords, now: SummaryWords
) -> tuple[QuestionWords, ...]:
    before, after = _by_pk(opened), _by_pk(now)
    found = []
    for mine in typed.questions:
        was, theirs = before.get(mine.pk or 0), after.get(mine.pk or 0)
        if was is None and theirs is not None:
            was = QuestionWords("", pk=mine.pk)
        if was is None:
            found.append(mine)
        elif theirs is None:
            merged.changed.add(("questions",))
            found += [replace(mine, pk=None)] if mine != was else []
        else:
            found.append(
                QuestionWords(
                    merged.text(("question", was.pk or 0, "question"), was.question, mine.question, theirs.question),
                    merged.text(("question", was.pk or 0, "answer"), was.answer, mine.answer, theirs.answer),
                    theirs.judgement if mine.judgement == was.judgement else mine.judgement,
                    was.pk,
                )
            )
    kept = {mine.pk for mine in typed.questions}
    for pk, theirs in after.items():
        # Added by the first writer, or changed by them and removed by the second: to be looked at.
        if pk not in kept and theirs != before.get(pk):
            merged.changed.add(("questions",))
            found.append(theirs)
    return tuple(found)


def _by_pk(words: SummaryWords) -> dict[int, QuestionWords]:
    return {asked.pk: asked for asked in words.questions if asked.pk}
