"""Every kind of report, set as a PDF, as pasted text and as a Word document: the same asks, whatever the setting.

The reports are invented. A report is a list of blocks, "mark words": see ``Setting``.
"""

# A paragraph of an invented report stands on one line.
# ruff: noqa: E501

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO

import pytest
from docx import Document

from plans.documents.proposals import ProposedInspection
from plans.documents.read_report import read_report
from tests.documents.making_documents import Pages

Ask = tuple[str, str | None, str, str | None]
LA, LSCB, ALL = "local authority", "LSCB", "partnership"


@dataclass(frozen=True)
class Kind:
    """An invented report and what it says. ``asks``: kind, timescale, body and words of each."""

    name: str
    framework: str | None
    blocks: str
    asks: Sequence[Ask]
    judgements: Sequence[tuple[str, str]] = ()
    authority: str = "Sandshire"
    start: date | None = None
    end: date | None = None
    published: date | None = None
    themes: Sequence[str | None] = field(default=())
    numbers: Sequence[str | None] = field(default=())
    references: Sequence[str | None] = field(default=())


KINDS = (
    Kind(
        "protection of children, 2012",
        "POC",
        """
        # Inspection of local authority arrangements for the protection of children
        # Sandshire Council
        = Inspection dates: 3 – 12 December 2012
        = Lead inspector: Ann Example HMI
        = Age group: All
        > Overall effectiveness
        1. The overall effectiveness of the arrangements to protect children in Sandshire is judged to be adequate.
        > Areas for improvement
        2. In order to improve the quality of help given to children, the local authority and its partners should take the following action.
        - Immediately:
        * check that every child on a plan has been seen alone by the worker in the last four weeks, and record it
        * sign off the notes of each strategy discussion
        - Within three months:
        * make sure that parents are given the papers in good time before each conference so that they can take part.
        - Within six months:
        * agree with partners how early help is offered.
        > About this inspection
        3. This inspection was unannounced. It considered how children are helped.
        > Record of main findings
        | Overall effectiveness | Adequate
        | The effectiveness of the help and protection provided to children, young people, families and carers | Adequate
        | The quality of practice | Inadequate
        | Leadership and governance | Good
        """,
        [
            ("area for improvement", "immediately", LA,
             "check that every child on a plan has been seen alone by the worker in the last four weeks, and record it"),
            ("area for improvement", "immediately", LA, "sign off the notes of each strategy discussion"),
            ("area for improvement", "within three months", LA, "make sure that parents are given the papers in good "
             "time before each conference so that they can take part."),
            ("area for improvement", "within six months", LA, "agree with partners how early help is offered."),
        ],
        [("Overall effectiveness", "Adequate"),
         ("The effectiveness of the help and protection provided to children, young people, families and carers",
          "Adequate"),
         ("The quality of practice", "Inadequate"), ("Leadership and governance", "Good")],
        authority="Sandshire Council", start=date(2012, 12, 3), end=date(2012, 12, 12),
    ),
    Kind(
        "safeguarding and looked after children, 2010",
        "SLAC",
        """
        # Inspection of safeguarding and looked after children services
        # Sandshire
        = Inspection dates: 7 – 18 June 2010
        = Reporting inspector: Ann Example HMI
        = Age group: All
        = Published: 23 July 2010
        > Areas for improvement
        1. In order to improve the quality of provision and services for safeguarding children and young people in Sandshire, the local authority and its partners should take the following action.
        - Immediately:
        * ensure that referrals are risk assessed by a qualified worker before they are passed on to another team
        - Within three months:
        * NHS Sandshire should ensure that every health assessment is done in time.
        > Safeguarding outcomes for children and young people
        2. The outcomes are adequate overall, and services are improving for most children in the area.
        > Record of main findings
        | Overall effectiveness | Adequate
        | Capacity for improvement | Good
        | Safeguarding outcomes for children and young people | Adequate
        """,
        [
            ("area for improvement", "immediately", LA, "ensure that referrals are risk assessed by a qualified worker "
             "before they are passed on to another team"),
            ("area for improvement", "within three months", "NHS Sandshire",
             "NHS Sandshire should ensure that every health assessment is done in time."),
        ],
        [("Overall effectiveness", "Adequate"), ("Capacity for improvement", "Good"),
         ("Safeguarding outcomes for children and young people", "Adequate")],
        start=date(2010, 6, 7), end=date(2010, 6, 18), published=date(2010, 7, 23),
    ),
    Kind(
        "single inspection, 2014",
        "SIF",
        """
        # Sandshire County Council
        # Inspection of services for children in need of help and protection, children looked after and care leavers
        # and
        # Review of the effectiveness of the Local Safeguarding Children Board
        = Inspection date: 29 April – 21 May 2014
        = Report published: 30 June 2014
        > The overall judgement is requires improvement
        - The authority is not yet delivering good protection and help and care for children in the area.
        | 1. Children who need help and protection | Requires improvement
        | 2. Children looked after and achieving permanence | Good
        | 2.1 Adoption performance | Inadequate
        | 2.2 Experiences and progress of care leavers | Outstanding
        | 3. Leadership, management and governance | Good
        > What does the local authority need to improve?
        > Priority and immediate action
        8. Make sure that every referral is looked at on the day on which it is received by a manager who is qualified.
        > Areas for improvement
        9. Improve the quality of plans so that parents know what has to change and by when. Plans should be short.
        10. Ensure that: the records of children are up to date and that they are kept in one place.
        > The local authority’s strengths
        11. Senior managers know the service well and have acted to improve it from a low starting point.
        > Section 2: The effectiveness of the Local Safeguarding Children Board
        > The effectiveness of the LSCB is good
        > What does the LSCB need to improve?
        > Priority and immediate action
        101. There are no areas of priority and immediate action.
        > Areas for improvement
        102. Ensure that the board’s data set covers early help and that partners are asked about it twice a year.
        > Key strengths and weaknesses of the LSCB
        103. The chair is respected and challenges the partners well in the meetings of the board.
        """,
        [
            ("priority and immediate action", None, LA, "Make sure that every referral is looked at on the day on "
             "which it is received by a manager who is qualified."),
            ("area for improvement", None, LA, "Improve the quality of plans so that parents know what has to change "
             "and by when. Plans should be short."),
            ("area for improvement", None, LA, "Ensure that: the records of children are up to date and that they are "
             "kept in one place."),
            ("area for improvement", None, LSCB, "Ensure that the board’s data set covers early help and that "
             "partners are asked about it twice a year."),
        ],
        [("Overall", "Requires improvement"), ("Children who need help and protection", "Requires improvement"),
         ("Children looked after and achieving permanence", "Good"), ("Adoption performance", "Inadequate"),
         ("Experiences and progress of care leavers", "Outstanding"), ("Leadership, management and governance", "Good"),
         ("Effectiveness of the LSCB", "Good")],
        authority="Sandshire County Council", start=date(2014, 4, 29), end=date(2014, 5, 21),
        published=date(2014, 6, 30), numbers=("8", "9", "10", "102"),
    ),
    Kind(
        "single inspection with recommendations, 2016",
        "SIF",
        """
        # Sandmouth
        # Inspection of services for children in need of help and protection, children looked after and care leavers
        # and
        # Review of the effectiveness of the Local Safeguarding Children Board
        = Inspection date: 4 July 2016–28 July 2016
        = Report published: 20 September 2016
        > Children’s services in Sandmouth require improvement to be good
        | 1. Children who need help and protection | Requires improvement
        | 2. Children looked after and achieving permanence | Requires improvement
        | 2.1 Adoption performance | Good
        | 2.2 Experiences and progress of care leavers | Good
        | 3. Leadership, management and governance | Requires improvement
        > Recommendations
        1. Ensure that thresholds are understood by partners and that they are applied in the same way (paragraphs 19, 20, 26–30).
        2. With partners, make sure that timely help is there for families before things get worse (paragraph 31).
        > Summary for children and young people
        * Services for children in Sandmouth are getting better, but they are not yet good enough.
        > The Local Safeguarding Children Board (LSCB)
        > The Local Safeguarding Children Board is good
        > Recommendations
        107. Agree a training plan for the year and evaluate what difference the training has made.
        > Inspection findings – the Local Safeguarding Children Board
        108. The board has effective arrangements and its chair is strong and gives clear leadership.
        """,
        [
            ("recommendation", None, LA, "Ensure that thresholds are understood by partners and that they are applied "
             "in the same way"),
            ("recommendation", None, LA, "With partners, make sure that timely help is there for families before "
             "things get worse"),
            ("recommendation", None, LSCB, "Agree a training plan for the year and evaluate what difference the "
             "training has made."),
        ],
        [("Overall", "Requires improvement to be good"),
         ("Children who need help and protection", "Requires improvement"),
         ("Children looked after and achieving permanence", "Requires improvement"), ("Adoption performance", "Good"),
         ("Experiences and progress of care leavers", "Good"),
         ("Leadership, management and governance", "Requires improvement"), ("Effectiveness of the LSCB", "Good")],
        authority="Sandmouth", start=date(2016, 7, 4), end=date(2016, 7, 28), published=date(2016, 9, 20),
        numbers=("1", "2", "107"), references=("paragraphs 19, 20, 26–30", "paragraph 31", None),
    ),
    Kind(
        "children's services, 2018",
        "ILACS_2018",
        """
        # Sandmouth Borough Council
        # Inspection of children’s social care services
        = Inspection dates: 26 November 2018 to 7 December 2018
        = Lead inspector: Ann Example
        = Her Majesty’s Inspector
        | Judgement | Grade
        | The impact of leaders on social work practice with children and families | Inadequate
        | The experiences and progress of children who need help and protection | Inadequate
        | The experiences and progress of children in care and care leavers | Requires improvement to be good
        | Overall effectiveness | Inadequate
        - Services have declined since the last inspection. Too many children wait too long for a decision.
        > What needs to improve
        * The response to children who go missing, and how well what they say is used to keep them safe from harm.
        * the timeliness of conferences and reviews
        * life-story work for all children in care.
        > The experiences and progress of children who need help and protection is inadequate
        1. Services for children in need of help are inadequate because there are serious failures.
        """,
        [
            ("what needs to improve", None, LA, "The response to children who go missing, and how well what they say "
             "is used to keep them safe from harm."),
            ("what needs to improve", None, LA, "the timeliness of conferences and reviews"),
            ("what needs to improve", None, LA, "life-story work for all children in care."),
        ],
        [("The impact of leaders on social work practice with children and families", "Inadequate"),
         ("The experiences and progress of children who need help and protection", "Inadequate"),
         ("The experiences and progress of children in care and care leavers", "Requires improvement to be good"),
         ("Overall effectiveness", "Inadequate")],
        authority="Sandmouth Borough Council", start=date(2018, 11, 26), end=date(2018, 12, 7),
    ),
    Kind(
        "children's services, 2023",
        "ILACS_2023",
        """
        # Inspection of Sandshire local authority children’s services
        = Inspection dates: 11 to 22 September 2023
        = Lead inspector: Ann Example, His Majesty’s Inspector
        | Judgement | Grade
        | The impact of leaders on social work practice with children and families | Good
        | The experiences and progress of children who need help and protection | Requires improvement to be good
        | The experiences and progress of children in care | Good
        | The experiences and progress of care leavers | Outstanding
        | Overall effectiveness | Good
        - Leaders have a clear line of sight to practice. Children are well supported by workers who know them.
        > What needs to improve?
        * The quality of plans for disabled children. (outcome 3, national framework)
        * The oversight of work before proceedings, so that it does not drift. Enabler three: National Framework.
        * Homes for children with complex needs.
        > The experiences and progress of children who need help and protection: requires improvement to be good
        1. Children are helped by teams who work closely together with the schools and with the police.
        """,
        [
            ("what needs to improve", None, LA, "The quality of plans for disabled children."),
            ("what needs to improve", None, LA, "The oversight of work before proceedings, so that it does not drift."),
            ("what needs to improve", None, LA, "Homes for children with complex needs."),
        ],
        [("The impact of leaders on social work practice with children and families", "Good"),
         ("The experiences and progress of children who need help and protection", "Requires improvement to be good"),
         ("The experiences and progress of children in care", "Good"),
         ("The experiences and progress of care leavers", "Outstanding"), ("Overall effectiveness", "Good")],
        start=date(2023, 9, 11), end=date(2023, 9, 22),
        references=("outcome 3, national framework", "Enabler three: National Framework", None),
    ),
    Kind(
        "children's services without an overall grade, 2026",
        "ILACS_2026",
        """
        # Inspection of Sandshire local authority children’s services
        = Inspection dates: 27 April to 1 May 2026
        = Lead inspector: Ann Example, His Majesty’s Inspector
        | Judgement | Grade
        | The impact of leaders on practice with children and families | Good
        | The experiences and progress of children who need help and protection | Good
        | The experiences and progress of children in care | Outstanding
        | The experiences and progress of care leavers | Good
        - Families receive help early and workers stay long enough to get to know them well in most cases.
        > What needs to improve?
        * The training that foster carers are given. (Outcome 4, national framework)
        > The experiences and progress of children who need help and protection: good
        1. Family help is well established in each part of the county and is easy to find.
        """,
        [("what needs to improve", None, LA, "The training that foster carers are given.")],
        [("The impact of leaders on practice with children and families", "Good"),
         ("The experiences and progress of children who need help and protection", "Good"),
         ("The experiences and progress of children in care", "Outstanding"),
         ("The experiences and progress of care leavers", "Good")],
        start=date(2026, 4, 27), end=date(2026, 5, 1), references=("Outcome 4, national framework",),
    ),
    Kind(
        "focused visit",
        "FOCUSED",
        """
        = 12 March 2019
        = Ms Ann Example, Director of Children’s Services
        = Sandshire County Council
        = Dear Ms Example
        # Focused visit to Sandshire County Council children’s services
        - This letter summarises the findings of a focused visit to Sandshire children’s services on 12 and 13 February 2019. The inspectors were Bob Sample, HMI, and Cat Model, HMI, from Ofsted.
        > Overview
        - The front door works better than it did. There is more to do before children get a timely answer.
        > Areas for priority action
        - The local authority needs to take swift action to address the following areas of weakness:
        * The capacity of managers to see each new contact on the day that it is made by a family or a partner.
        > What needs to improve in this area of social work practice
        * The way in which consent is sought and written down.
        * The quality of the plans for children, so that they are clear and have dates in them.
        > Findings
        * Thresholds are understood well by most partners, and families are told what will happen next.
        """,
        [
            ("area for priority action", None, LA, "The capacity of managers to see each new contact on the day that "
             "it is made by a family or a partner."),
            ("what needs to improve", None, LA, "The way in which consent is sought and written down."),
            ("what needs to improve", None, LA, "The quality of the plans for children, so that they are clear and "
             "have dates in them."),
        ],
        authority="Sandshire County Council", start=date(2019, 2, 12), end=date(2019, 2, 13),
        published=date(2019, 3, 12),
    ),
    Kind(
        "monitoring visit",
        "MONITORING",
        """
        = 12 March 2020
        = Dear Ms Example
        # Monitoring visit to Sandshire children’s services
        - This letter summarises the findings of the monitoring visit to Sandshire children’s services on 28 and 29 January 2020. It was the third visit since the local authority was judged inadequate in March 2018.
        > Areas covered by the visit
        - Inspectors reviewed the progress made in three areas of concern that were found at the last inspection.
        > Findings and evaluation of progress
        * Caseloads are lower than they were. Areas for improvement remain, and leaders know what they are.
        """,
        [],
        start=date(2020, 1, 28), end=date(2020, 1, 29), published=date(2020, 3, 12),
    ),
    Kind(
        "joint targeted area inspection, 2018",
        "JTAI_2016",
        """
        = 3 August 2018
        = Ann Example, Director of Children’s Services, Sandshire County Council
        = Dear local partnership
        # Joint targeted area inspection of the multi-agency response to neglect in Sandshire
        - Between 18 June 2018 and 22 June 2018, Ofsted, the Care Quality Commission and HMI Probation carried out a joint inspection of the response to neglect in Sandshire.
        > Key strengths
        * Partners know one another well and meet often to talk about the children whom they share.
        > Areas for improvement
        ~ Leadership and management
        * Partners do not look together at what their data say. As a result the help for children has not changed much.
        * Sandshire Police does not record what children say. Officers are not asked to do so by their managers.
        ~ The response to children who live with neglect
        * Plans drift. They are not looked at by managers until a conference is near, and this leaves children waiting.
        > Case study: areas for improvement
        - A child of four was seen by six workers in one year. None of them read what the others had written.
        > Next steps
        - The director should prepare a written statement of proposed action by 12 November 2018.
        """,
        [
            ("area for improvement", None, ALL, "Partners do not look together at what their data say. As a result "
             "the help for children has not changed much."),
            ("area for improvement", None, "Sandshire Police", "Sandshire Police does not record what children say. "
             "Officers are not asked to do so by their managers."),
            ("area for improvement", None, ALL, "Plans drift. They are not looked at by managers until a conference "
             "is near, and this leaves children waiting."),
        ],
        start=date(2018, 6, 18), end=date(2018, 6, 22), published=date(2018, 8, 3),
        themes=("Leadership and management", "Leadership and management",
                "The response to children who live with neglect"),
    ),
    Kind(
        "joint targeted area inspection, 2024",
        "JTAI_2022",
        """
        = 31 January 2025
        = Dear Sandshire Local Safeguarding Partnership
        # Joint targeted area inspection of Sandshire
        - This letter summarises the findings of the joint targeted area inspection of the multi-agency response to children who are victims of domestic abuse in Sandshire.
        - This inspection took place from 18 to 22 November 2024. It was carried out by inspectors from Ofsted and others.
        > Headline findings
        - Partners in Sandshire are ambitious for children, but too few of them are seen when they need to be.
        > Area for priority action
        - The Sandshire safeguarding partnership needs to take the following action:
        * Partners should make sure that each child is seen and heard before a decision is made about their safety.
        > What needs to improve?
        * How often the police take part in strategy meetings, and the preparation for those meetings by each agency.
        * The support that schools are given.
        > Strengths
        * Health workers are placed in the hub and share what they know at once with the others.
        """,
        [
            ("area for priority action", None, ALL, "Partners should make sure that each child is seen and heard "
             "before a decision is made about their safety."),
            ("what needs to improve", None, ALL, "How often the police take part in strategy meetings, and the "
             "preparation for those meetings by each agency."),
            ("what needs to improve", None, ALL, "The support that schools are given."),
        ],
        start=date(2024, 11, 18), end=date(2024, 11, 22), published=date(2025, 1, 31),
    ),
    Kind(
        "area SEND without rules around its asks, 2024",
        "SEND_2023",
        """
        # Area SEND inspection of Sandshire Local Area Partnership
        = Inspection dates: 8 to 12 July 2024
        = Dates of previous inspection: 3 to 7 April 2017
        > Inspection outcome
        - The local area partnership’s arrangements lead to inconsistent experiences and outcomes for children and young people with special educational needs and/or disabilities (SEND).
        > What is it like to be a child or young person with special educational needs and/or disabilities (SEND) in this area?
        - Some children wait too long to be assessed, and their families are not told why that is so.
        > Areas for improvement
        - Leaders across the partnership should shorten the waits for children and should tell their families how long they will be. This work is urgent.
        - The local area partnership should make sure that plans are reviewed each year and that what is agreed is done.
        - NHS Sandshire ICB should publish what it spends on therapies for children of each age in the county.
        > Local area partnership details
        | Local Authority | Integrated Care Board
        """,
        [
            ("area for improvement", None, ALL, "Leaders across the partnership should shorten the waits for children "
             "and should tell their families how long they will be. This work is urgent."),
            ("area for improvement", None, ALL, "The local area partnership should make sure that plans are reviewed "
             "each year and that what is agreed is done."),
            ("area for improvement", None, "NHS Sandshire ICB", "NHS Sandshire ICB should publish what it spends on "
             "therapies for children of each age in the county."),
        ],
        [("Inspection outcome", "Inconsistent experiences and outcomes")],
        start=date(2024, 7, 8), end=date(2024, 7, 12),
    ),
    Kind(
        "local area SEND letter, 2017",
        "SEND_2016",
        """
        = 1 December 2017
        = Mr Bob Sample, Director of Children’s Services
        = Dear Mr Sample
        # Joint local area SEND inspection in Sandshire
        - Between 25 September 2017 and 29 September 2017, Ofsted and the Care Quality Commission (CQC) conducted a joint inspection of the local area of Sandshire to judge how well the reforms have been put in place.
        - The local area is required to produce and submit a written statement of action to Ofsted that explains how it will tackle the following areas of significant weakness:
        * the poor quality of plans and of the advice on which they are built
        * the long waits for an assessment of autism.
        - This letter outlines what the inspectors found, and what the area does well and could do better.
        > Main findings
        * Leaders know what is wrong. They have begun to put it right with the help of parents.
        """,
        [
            ("area of significant weakness", None, ALL, "the poor quality of plans and of the advice on which they "
             "are built"),
            ("area of significant weakness", None, ALL, "the long waits for an assessment of autism."),
        ],
        start=date(2017, 9, 25), end=date(2017, 9, 29), published=date(2017, 12, 1),
    ),
    Kind(
        "youth justice, 2022",
        "YJ",
        """
        # An inspection of youth offending services in Sandshire
        = HM Inspectorate of Probation, March 2022
        | Overall rating | Requires improvement
        > Recommendations
        - As a result of our inspection findings, we have made three recommendations that we believe, if implemented, will have a positive impact on the quality of youth offending services in Sandshire. This will improve the lives of the children.
        - The Sandshire Youth Justice Service should:
        1. improve the quality of the assessments of how safe children are and of the plans that follow from them
        2. hear from children what they think of the service.
        - The Management Board should:
        3. make sure that children are in school or in training, and ask for the figures at each of its meetings.
        > Background
        - Youth offending teams supervise children who have been sentenced or who are given an out of court disposal.
        """,
        [
            ("recommendation", None, "Sandshire Youth Justice Service", "improve the quality of the assessments of "
             "how safe children are and of the plans that follow from them"),
            ("recommendation", None, "Sandshire Youth Justice Service",
             "hear from children what they think of the service."),
            ("recommendation", None, "Management Board", "make sure that children are in school or in training, and "
             "ask for the figures at each of its meetings."),
        ],
        [("Overall rating", "Requires improvement")],
        numbers=("1", "2", "3"),
    ),
    Kind(
        "contact, referral and assessment, 2010",
        "CRA",
        """
        = 12 August 2010
        = Dear Ms Example
        # Annual unannounced inspection of contact, referral and assessment arrangements within Sandshire County Council children’s services
        - This letter summarises the findings of the recent unannounced inspection which was conducted on 14 and 15 July 2010.
        > Strengths
        * Managers help their workers at once when a case is hard.
        > Areas for development
        * Assessments do not say what the child thinks, and are not shared with the parents before they are closed.
        > Areas for priority action
        * Some contacts wait for several days before a manager looks at them.
        """,
        [
            ("area for development", None, LA, "Assessments do not say what the child thinks, and are not shared with "
             "the parents before they are closed."),
            ("area for priority action", None, LA, "Some contacts wait for several days before a manager looks at "
             "them."),
        ],
        authority="Sandshire County Council", start=date(2010, 7, 14), end=date(2010, 7, 15),
        published=date(2010, 8, 12),
    ),
)  # fmt: skip


def parts(blocks: str) -> list[tuple[str, str]]:
    """The blocks: "#" a title, ">" a heading, "~" a theme, "=" a line, "-" a paragraph, "*" a bullet, "7." a number,
    "|" a row of cells."""
    found = []
    for block in blocks.strip().splitlines():
        mark, _space, words = block.strip().partition(" ")
        found.append((mark, words))
    return found


@dataclass(frozen=True)
class Setting:
    """How a report is set in type."""

    size: float = 12
    bullet: str = "•"
    wide: int = 78
    pitch: float = 1.2
    headings: float = 1.2
    bold: bool = True
    tail: bool = True


class Printer:
    """Sets blocks on pages, with running foots, breaking pages wherever they are full."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.pages = Pages()
        self.down = 0.0

    def line(self, text: str, *, left: float = 72, size: float = 0, bold: bool = False, gap: float = 0) -> None:
        size = size or self.setting.size
        step = size * self.setting.pitch
        if self.down + step + gap > 640:
            self.pages.foot("Inspection report", bottom=40)
            self.pages.page()
            self.down = 0.0
        self.down += step + gap
        self.pages.line(text, left=left, size=size, bold=bold, gap=step + gap - 14)

    def block(self, mark: str, words: str) -> None:
        setting = self.setting
        space = 0.6 * setting.size
        if mark in "#>~":
            size = setting.size * (1.4 if mark == "#" else setting.headings if mark == ">" else 1)
            for at, text in enumerate(textwrap.wrap(words, 60)):
                self.line(text, size=size, bold=setting.bold or mark == "~", gap=0 if at else 1.5 * space)
        elif mark == "|":
            label, _bar, grade = (cell.strip() for cell in words.partition("|"))
            for at, text in enumerate(textwrap.wrap(label, 44)):
                self.line(text, gap=0 if at else space)
                if not at:
                    self.pages.beside(grade, left=400, size=setting.size)
        elif mark in "-=":
            for at, text in enumerate(textwrap.wrap(words, setting.wide)):
                self.line(text, gap=0 if at else space)
        else:
            shown = setting.bullet if mark == "*" else mark
            for at, text in enumerate(textwrap.wrap(words, setting.wide - 4)):
                if at:
                    self.line(text, left=96)
                else:
                    self.line(shown, gap=space)
                    self.pages.beside(text, left=96, size=setting.size)


def as_pdf(setting: Setting) -> Callable[[Kind], bytes]:
    def made(kind: Kind) -> bytes:
        printer = Printer(setting)
        for mark, words in parts(kind.blocks):
            printer.block(mark, words)
        printer.pages.foot("Inspection report")
        return printer.pages.bytes()

    return made


def as_text(*, wide: int = 80, bullet: str = "•", blank: bool = True, table: str = "\t") -> Callable[[Kind], bytes]:
    """Pasted text: wrapped or not, with or without blank lines; cells between tabs or upright strokes."""

    def made(kind: Kind) -> bytes:
        lines: list[str] = []
        before = ""
        for mark, words in parts(kind.blocks):
            listed = mark not in "#>~=-|"
            if blank and lines and not (mark == before == "=") and not (mark == before == "|"):
                lines.append("")
            if mark == "|":
                cells = [cell.strip() for cell in words.split("|")]
                lines.append(table.join(cells) if table == "\t" else f"| {' | '.join(cells)} |")
            else:
                shown = f"{bullet if mark == '*' else mark} {words}" if listed else words
                lines += textwrap.wrap(shown, wide) if wide else [shown]
            before = mark
        return "\n".join(lines).encode()

    return made


def as_word(kind: Kind) -> bytes:
    document = Document()
    rows: list[list[str]] = []
    for mark, words in [*parts(kind.blocks), ("", "")]:
        if mark == "|":
            rows.append([cell.strip() for cell in words.split("|")])
            continue
        if rows:
            table = document.add_table(rows=len(rows), cols=2)
            for row, cells in zip(table.rows, rows, strict=True):
                for cell, text in zip(row.cells, cells, strict=True):
                    cell.text = text
            rows = []
        if mark in ("#", ">"):
            document.add_heading(words, level=1 if mark == "#" else 2)
        elif mark == "~":
            document.add_paragraph().add_run(words).bold = True
        elif mark == "*":
            document.add_paragraph(words, style="List Bullet")
        elif mark:
            document.add_paragraph(words if mark in "=-" else f"{mark} {words}")
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


SETTINGS: dict[str, Callable[[Kind], bytes]] = {
    "a page": as_pdf(Setting()),
    "a page in small type": as_pdf(Setting(size=10, wide=95)),
    "a page in large type": as_pdf(Setting(size=14, wide=66)),
    "a page set wide": as_pdf(Setting(pitch=1.5)),
    "a page with dashes": as_pdf(Setting(bullet="–")),
    "a page with headings no larger": as_pdf(Setting(headings=1.0)),
    "a page with headings not bold": as_pdf(Setting(bold=False, headings=1.25)),
    "text": as_text(),
    "text with dashes": as_text(bullet="-"),
    "text without blank lines": as_text(blank=False),
    "text not wrapped": as_text(wide=0),
    "text not wrapped, with dashes and strokes": as_text(wide=0, bullet="-", table="|"),
    "a Word document": as_word,
}


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_report_of_every_kind_however_it_is_set(kind: Kind, setting: str) -> None:
    name = "report.docx" if "Word" in setting else "report.pdf" if "page" in setting else "report.txt"
    read = read_report(SETTINGS[setting](kind), name)
    assert shown(read) == [f"{one[0]} | {one[1]} | {one[2]} | {one[3]}" for one in kind.asks]
    assert [(one.area, one.grade) for one in read.judgements] == list(kind.judgements)
    assert (read.framework, read.authority) == (kind.framework, kind.authority)
    assert (read.inspection_start, read.inspection_end, read.published) == (kind.start, kind.end, kind.published)
    for told, found in (
        (kind.themes, [one.theme for one in read.areas]),
        (kind.numbers, [one.number for one in read.areas]),
        (kind.references, [one.reference for one in read.areas]),
    ):
        assert not told or list(told) == found
    for one in (*read.areas, *read.judgements):
        assert one.source
        assert name != "report.pdf" or all(line.box for line in one.source)


def typed(*lines: tuple[int, int, str, str]) -> bytes:
    """A PDF with lines in Helvetica (F1) and Wingdings (F2): left, bottom, font, text."""
    drawn = "\n".join(f"BT /{font} 12 Tf {left} {bottom} Td ({text}) Tj ET" for left, bottom, font, text in lines)
    fonts = "".join(
        f"/F{number} << /Type /Font /Subtype /TrueType /BaseFont /{name} /Encoding /WinAnsiEncoding >> "
        for number, name in ((1, "Helvetica"), (2, "Wingdings"))
    )
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << {fonts}>> >> >>",
        f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
    )
    body = "".join(f"{number} 0 obj\n{one}\nendobj\n" for number, one in enumerate(objects, 1))
    return f"%PDF-1.4\n{body}trailer << /Root 1 0 R /Size 5 >>\n%%EOF".encode("latin-1")


def test_a_letter_of_a_type_of_signs_is_a_bullet() -> None:
    read = read_report(
        typed(
            (72, 760, "F1", "Inspection of Sandshire local authority children's services"),
            (72, 700, "F1", "What needs to improve?"),
            (72, 670, "F2", "n"), (90, 670, "F1", "The quality of plans for children, and"),
            (90, 656, "F1", "how they are kept"),
            (72, 636, "F2", "n"), (90, 636, "F1", "homes for children near their schools"),
        ),
        "report.pdf",
    )  # fmt: skip
    assert [area.text for area in read.areas] == [
        "The quality of plans for children, and how they are kept", "homes for children near their schools"
    ]  # fmt: skip


def shown(read: ProposedInspection) -> list[str]:
    return [f"{one.kind} | {one.timescale} | {one.body} | {re.sub('[ ]+', ' ', one.text)}" for one in read.areas]


FOLDED = ("protection of children, 2012", "single inspection, 2014", "children's services, 2018",
          "children's services, 2023", "joint targeted area inspection, 2024")  # fmt: skip


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.name in FOLDED], ids=lambda kind: kind.name)
def test_a_report_on_one_line_keeps_its_asks(kind: Kind) -> None:
    folded = " ".join(as_text(wide=0)(kind).decode().split())
    assert shown(read_report(folded.encode(), "report.txt")) == [
        f"{one[0]} | {one[1]} | {one[2]} | {one[3]}" for one in kind.asks
    ]


def test_grades_run_together_with_their_labels() -> None:
    kind = next(kind for kind in KINDS if kind.name == "children's services, 2023")
    folded = " ".join(as_text(wide=0)(kind).decode().split())
    read = read_report(folded.encode(), "report.txt")
    assert [(one.area, one.grade) for one in read.judgements] == list(kind.judgements)
