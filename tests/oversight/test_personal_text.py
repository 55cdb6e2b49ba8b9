"""What looks personal is found with its place, and what plans and reports are full of is not."""

from __future__ import annotations

import os
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.documents.read_pdf import read_pdf
from plans.oversight.personal_text import (
    BIRTH,
    E_MAIL,
    INITIALS,
    INSURANCE,
    KINDS,
    NHS,
    POSTCODE,
    REFERENCE,
    TELEPHONE,
    UPN,
    Kind,
    apart,
    findings,
    looks_personal,
)

ROOT = Path(__file__).resolve().parents[2]
# As for the tests that read reports: a folder beside the checkout, or where the environment says.
REPORTS = Path(os.environ.get("PUBLISHED_REPORTS", ROOT.parent / "shared")) / "reports"
SEEDS = ROOT / "seeds"

# What is found, as it stands in the text between the arrows.
TRUE: list[tuple[Kind, str]] = [
    (BIRTH, "The boy (→DOB 3/4/2015←) was seen."),
    (BIRTH, "→D.O.B.: 03.04.15← per the file"),
    (BIRTH, "→date of birth is 3rd April 2015←."),
    (BIRTH, "→Date of birth:\n2015-04-03←"),
    (BIRTH, "The baby was →born on 3 April 2015← at home"),
    (BIRTH, "She was →born April 3rd, 2015←."),
    (BIRTH, "(→b. 3/4/2015←)"),
    (BIRTH, "seen on →3 April 2015 (aged 7←)"),
    (BIRTH, "→aged 7 (3/4/15←) moved school"),
    (BIRTH, "The eldest, →age 7, 03/04/2015←, moved"),
    (BIRTH, "→3/4/2015, 7 years old←"),
    (NHS, "Referral →943 476 5919← was late"),
    (NHS, "→9434765919←"),
    (NHS, "NHS no. →943-476-5919← on the file"),
    (NHS, "NHS number: →943 476 5918← was typed wrongly"),
    (NHS, "→943\u00a0476\u00a05919←"),
    (NHS, "→943–476–5919←"),
    (NHS, "NHS →94 34 76 59 19←"),
    (UPN, "Pupil →A801 2001 12345←"),
    (UPN, "UPN →H801200001001←, Year 4"),
    (UPN, "UPN →h80120000100A←"),
    (INSURANCE, "Mother’s number is →AB 12 34 56 C←"),
    (INSURANCE, "→ab123456c←"),
    (INITIALS, "Audit of →child A.B.← showed drift"),
    (INITIALS, "→Child K← was not seen"),
    (INITIALS, "→young person J.S.← moved home"),
    (INITIALS, "visit to →child JS← is late"),
    (INITIALS, "the file of →Child K←’s brother"),
    (INITIALS, "→children A and B← live apart"),
    (INITIALS, "→siblings A.B., C.D.← and their aunt"),
    (INITIALS, "the →boy known as J.S.← is safe"),
    (INITIALS, "→AB (7)← went missing twice"),
    (INITIALS, "→A.B. (aged 7)← went missing"),
    (INITIALS, "→K, aged 7←, went missing"),
    (INITIALS, "→JS (14 yrs)← is in care"),
    (INITIALS, "AUDIT OF →CHILD K← IS LATE"),
    (INITIALS, "→pupil C.← left"),
    (REFERENCE, "→case number 1234567← was closed"),
    (REFERENCE, "see →LAC ref: AB12345←"),
    (REFERENCE, "→Mosaic ID 654321← reopened"),
    (REFERENCE, "→LCS 1234567←"),
    (REFERENCE, "→case file no. 20/01234← audited"),
    (REFERENCE, "→Child’s reference number C-4411← is wrong"),
    (REFERENCE, "→case 123456←"),
    (POSTCODE, "They live at 4 High Street, →DE4 3AG←."),
    (POSTCODE, "→sw1a 1aa←"),
    (POSTCODE, "→M13NJ←"),
    (E_MAIL, "ask →jane.doe@example.org←, please"),
    (E_MAIL, "(→j-doe+x@example.gov.uk←)"),
    (TELEPHONE, "ring →07700 900123←"),
    (TELEPHONE, "on →+44 7700 900 123←."),
    (TELEPHONE, "→01629 580000←, Matlock"),
    (TELEPHONE, "→(0161) 496 0000←"),
    (TELEPHONE, "→020 7946 0123←"),
    (TELEPHONE, "→+44 (0)20 7946 0123←"),
]


@pytest.mark.parametrize(("kind", "marked"), TRUE)
def test_each_kind_is_found_in_its_place(kind: Kind, marked: str) -> None:
    begin, end = marked.index("→"), marked.index("←") - 1
    text = marked.replace("→", "").replace("←", "")
    (found,) = apart(findings(text))
    assert (found.kind, found.text) == (kind, text[begin:end])
    assert text[found.start : found.end] == found.text


NOTHING = [
    "By 31 March 2020",
    "Due 31 March 2020, first agreed January 2020",
    "31/03/2020 and 30/06/2020",
    "Review at 3, 6 and 12 months from 1 April 2020",
    "Children aged 7 to 11 by 31 March 2020",
    "For children aged 16 and over, 31 March 2020 is the last day",
    "Children born before 1 September 2015 start in Year 1",
    "Babies born between 1 April 2019 and 31 March 2020",
    "Audits on 3 April 2012 found 40 babies born early",
    "Health assessments within 20 working days",
    "PEP completion rose from 14% to 73% in 2019/20",
    "£1,234,567 over 3 years",
    "1,234,567,890",
    "943 476 5918",
    "ISBN 0 19 853453 1",
    "Order 0198534531234",
    "Child in need (CIN) and child protection (CP) plans",
    "Every child in care has a PA by 16",
    "CHILD IN CARE REVIEWS",
    "A CHILD IS SEEN ALONE",
    "child IT systems and young person PA support",
    "Children’s Services QA (Q.A.) framework",
    "SEND (12) and EHCP (20)",
    "QA (3), CP (12), LAC (18)",
    "Appendix A (7) and Annex B (3)",
    "Young people A levels and T levels",
    "the child I saw",
    "Child A&E attendance",
    "Head of Service, Q.A. and I.R.O. Service",
    "Child protection conferences by J. Smith’s team",
    "LSCB, MASH, NEET, CSE",
    "Pupil Premium 2019/20",
    "Case numbers fell from 1234 to 987 in 2019",
    "case number 3 of 12",
    "Family Group Conference no. 2",
    "In 2019 case 12 was reopened",
    "Q1 2nd week, H2 3rd week",
    "Year 1 2nd term",
    "Version 1.2.3",
    "0300 123 1231",
    "Childline 0800 1111",
    "enquiries@example.gov.uk",
    "Actions 1.2, 2.4 and 10.11",
    "Form DE4 and form AB12",
    "2019-20 and 2020-21",
    "0.1629 580000 0",
]


@pytest.mark.parametrize("text", NOTHING)
def test_what_plans_are_full_of_is_not_found(text: str) -> None:
    assert findings(text) == []


def test_a_text_lets_stand_by_an_id_that_does_not_depend_on_its_spaces() -> None:
    (one,), (other,) = findings("Child  K was seen"), findings("for child K, too")
    assert one.id == other.id
    assert len(one.id) == 16
    assert one.id != findings("Child L was seen")[0].id


def test_ids_stay() -> None:
    assert findings("Child K")[0].id == "7de125987d58643c"


def test_the_strong_kind_is_kept_where_two_overlap() -> None:
    (found,) = apart(findings("NHS 9434765919"))
    assert found.kind == NHS


def test_every_kind_has_plain_words() -> None:
    assert len({kind.key for kind in KINDS}) == len({kind.words for kind in KINDS}) == 9
    assert [kind.key for kind in KINDS if kind.strong] == ["date-of-birth", "nhs-number", "upn", "national-insurance"]
    for kind in KINDS:
        assert findings(kind.words) == findings(kind.instead) == []


def test_within_the_council_contact_details_are_no_sign_that_a_child_is_named() -> None:
    assert looks_personal("Ring 01629 580000 or write to jane.doe@example.org, DE4 3AG") == ""
    assert looks_personal("Nothing", "Child K moved") == "what may be a child’s initials"
    assert looks_personal("Child K, DOB 3/4/2015") == "a date of birth"


@given(st.text(max_size=200))
def test_any_text_at_all_can_be_looked_at(text: str) -> None:
    found = findings(text)
    assert all(one.text == text[one.start : one.end] for one in found)
    kept = apart(found)
    assert all(one.end <= other.start for one, other in zip(kept, kept[1:], strict=False))


def test_the_texts_of_the_sample_plans_raise_no_alarm() -> None:
    files = sorted(SEEDS.glob("*.toml"))
    assert len(files) == 5
    for file in files:
        for text in _texts(tomllib.loads(file.read_text(encoding="utf-8"))):
            assert findings(text) == [], text


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [text for one in value for text in _texts(one)] if isinstance(value, list) else []


# All that 64 published reports hold: the inspectorate’s own address, telephone number and mailbox; two children whose
# reviews were published under a letter.
EXPECTED = {"initials": {"Child J", "Child U"}, "telephone": {"0161 618 8524"}}


@pytest.mark.skipif(not REPORTS.is_dir(), reason="the published reports are not here, so false alarms are not counted")
def test_published_reports_raise_no_false_alarm() -> None:
    reports = sorted(REPORTS.glob("*.pdf"))[::8]
    counted: Counter[str] = Counter()
    for report in reports:
        text = "\n".join(line.text for line in read_pdf(report.read_bytes()).lines)
        for found in apart(findings(text)):
            counted[found.kind.key] += 1
            assert not found.kind.strong, (report.name, found)
            if found.kind.key in EXPECTED:
                assert found.text in EXPECTED[found.kind.key], (report.name, found)
    assert set(counted) <= {"initials", "telephone", "postcode", "e-mail"}
