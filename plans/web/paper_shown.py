"""A paper as a page shows it: its blocks, with or without the stamp that papers carry."""

from __future__ import annotations

from dataclasses import dataclass

from plans.papers.content import Block, Paper


@dataclass(frozen=True)
class StampShown:
    """The sentences of the stamp that a page prints."""

    sentences: tuple[str, ...]


@dataclass(frozen=True)
class PaperShown:
    """What ``templates/papers/tree.html`` reads of a paper."""

    organisation: str
    title: str
    subtitle: str
    blocks: tuple[Block, ...]
    key: tuple[str, ...]
    stamp: StampShown


def paper_shown(paper: Paper, *, stamped: bool = True) -> PaperShown:
    """The paper for a page. Without its stamp, for readers to whom it says nothing, what was made up is still said."""
    sentences = paper.stamp.sentences()
    if not stamped:
        sentences = sentences[-1:] if paper.stamp.illustration else []
    return PaperShown(
        paper.organisation, paper.title, paper.subtitle, paper.blocks, paper.key, StampShown(tuple(sentences))
    )
