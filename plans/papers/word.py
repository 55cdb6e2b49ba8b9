"""A paper as a Word document: real headings, header rows that repeat, merged area cells, en-GB, no empty lines."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from plans.papers.content import KEY_HEADING, Block, Heading, Paper, Paragraph, Points, Table
from plans.papers.safe_text import printable

PAGE = (Cm(29.7), Cm(21.0))
MARGIN = Cm(1.8)
HEADER_FILL = "DCE6EA"
CELL_TOP, CELL_SIDE = 50, 100  # twentieths of a point
INK = RGBColor(0x0B, 0x0C, 0x0C)


def word_document(paper: Paper, made_at: datetime) -> bytes:
    """The .docx file, A4 landscape."""
    document = Document()
    _set_house_style(document)
    properties = document.core_properties
    properties.title, properties.subject = printable(paper.title), printable(paper.subtitle)
    properties.author, properties.comments = printable(paper.organisation), ""
    properties.language, properties.revision = "en-GB", 1
    properties.created = properties.modified = made_at
    properties.last_modified_by = printable(paper.stamp.made_by)
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = PAGE
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN
    _number_pages(section, f"{paper.organisation}: {paper.title}")
    document.add_paragraph(printable(paper.organisation), style="Subtitle")
    document.add_paragraph(printable(paper.title), style="Heading 1")
    for sentence in paper.stamp.sentences():
        document.add_paragraph(printable(sentence), style="Stamp")
    for block in paper.blocks:
        _add_block(document, block, PAGE[0] - 2 * MARGIN)
    if paper.key:
        document.add_paragraph(KEY_HEADING, style="Heading 2")
    for sentence in paper.key:
        document.add_paragraph(printable(sentence), style="Stamp")
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _add_block(document: Any, block: Block, width: int) -> None:
    match block:
        case Heading():
            document.add_paragraph(printable(block.text), style=f"Heading {block.level}")
        case Paragraph():
            document.add_paragraph(printable(block.text), style="Stamp" if block.small else "Normal")
        case Points():
            for item in block.items:
                document.add_paragraph(printable(item), style="List Number" if block.numbered else "List Bullet")
        case Table():
            document.add_paragraph(printable(block.caption), style=f"Heading {block.level}")
            if block.rows:
                _add_table(document, block, width)
            else:
                document.add_paragraph(printable(block.empty), style="Normal")


def _set_house_style(document: Any) -> None:
    """Arial throughout, headings in ink, and British English as the document's language."""
    styles = document.styles
    normal = styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(10)
    normal.paragraph_format.space_after = Pt(4)
    for name, size, before in (("Heading 1", 18, 0), ("Heading 2", 13, 10), ("Subtitle", 12, 0)):
        style = styles[name]
        style.font.name, style.font.size, style.font.italic = "Arial", Pt(size), False
        style.font.color.rgb, style.font.bold = INK, name != "Subtitle"
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(4)
        fonts = style.element.rPr.rFonts
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
    stamp = styles.add_style("Stamp", 1)
    stamp.base_style = normal
    stamp.font.size = Pt(9)
    stamp.paragraph_format.space_after = Pt(2)
    cell = styles.add_style("Table Text", 1)
    cell.base_style = normal
    cell.font.size = Pt(9.5)
    cell.paragraph_format.space_after = Pt(0)
    defaults = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    language = defaults.find(qn("w:lang"))
    if language is None:
        language = defaults.makeelement(qn("w:lang"), {})
        defaults.append(language)
    language.set(qn("w:val"), "en-GB")
    theme_language = document.settings.element.find(qn("w:themeFontLang"))
    if theme_language is not None:
        theme_language.set(qn("w:val"), "en-GB")


def _number_pages(section: Any, running_title: str) -> None:
    paragraph = section.footer.paragraphs[0]
    paragraph.style = "Stamp"
    paragraph.add_run(f"{printable(running_title)}    Page ")
    _add_field(paragraph, "PAGE")
    paragraph.add_run(" of ")
    _add_field(paragraph, "NUMPAGES")


def _add_field(paragraph: Any, name: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _add_table(document: Any, source: Table, width: int) -> None:
    table = document.add_table(rows=len(source.rows) + 1, cols=len(source.columns))
    table.style = "Table Grid"
    table.autofit = False
    shares = sum(column.width for column in source.columns)
    widths = [int(width * column.width / shares) for column in source.columns]
    for grid_column, column_width in zip(table._tbl.tblGrid.gridCol_lst, widths, strict=True):
        grid_column.w = column_width
    _space_cells(table)
    _describe(table, source.caption)
    # Rows are walked as XML: asking the table for a cell costs time that grows with the square of its rows.
    rows = table._tbl.tr_lst
    _mark_header(rows[0])
    for cell, column, column_width in zip(rows[0].tc_lst, source.columns, widths, strict=True):
        _fill(cell, column.heading, column_width, bold=True)
        _shade(cell)
    for row, line in zip(rows[1:], source.rows, strict=True):
        _keep_whole(row)
        for cell, content, column_width in zip(row.tc_lst, line.cells, widths, strict=True):
            if content is None:
                cell.vMerge = "continue"
                _fill(cell, "", column_width)
            else:
                if content.rows > 1:
                    cell.vMerge = "restart"
                _fill(cell, content.text, column_width)


def _describe(table: Any, caption: str) -> None:
    properties = table._tbl.tblPr
    for tag in ("w:tblCaption", "w:tblDescription"):
        element = OxmlElement(tag)
        element.set(qn("w:val"), printable(caption))
        properties.append(element)


def _space_cells(table: Any) -> None:
    """Room above and below the text of each cell, and the table's edge in line with the text around it."""
    properties = table._tbl.tblPr
    indent = OxmlElement("w:tblInd")
    indent.set(qn("w:w"), str(CELL_SIDE))
    indent.set(qn("w:type"), "dxa")
    properties.find(qn("w:tblLayout")).addprevious(indent)
    margins = OxmlElement("w:tblCellMar")
    for side, width in (("top", CELL_TOP), ("left", CELL_SIDE), ("bottom", CELL_TOP), ("right", CELL_SIDE)):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(width))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties.find(qn("w:tblLook")).addprevious(margins)


def _mark_header(row: Any) -> None:
    _row_flag(row, "w:cantSplit")
    _row_flag(row, "w:tblHeader")


def _keep_whole(row: Any) -> None:
    _row_flag(row, "w:cantSplit")


def _row_flag(row: Any, tag: str) -> None:
    row.get_or_add_trPr().append(OxmlElement(tag))


def _shade(cell: Any) -> None:
    shading = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", HEADER_FILL)):
        shading.set(qn(f"w:{name}"), value)
    cell.get_or_add_tcPr().append(shading)


def _fill(cell: Any, text: str, width: int, *, bold: bool = False) -> None:
    cell.width = width
    paragraph = cell.p_lst[0]
    paragraph.style = "TableText"
    for number, line in enumerate(printable(text).split("\n")):
        run = paragraph.add_r()
        if bold:
            run.get_or_add_rPr().append(OxmlElement("w:b"))
        if number:
            run.add_br()
        run.text = run.text + line if number else line
