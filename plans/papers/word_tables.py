"""A table as WordprocessingML: a header row that repeats, areas merged over their actions, rows that stay whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plans.papers.content import Cell, Table
from plans.papers.text_room import columns_within
from plans.papers.word_host import CELL_SIDE, Host
from plans.papers.word_rows import PlacedRow, placed_rows
from plans.papers.word_xml import attribute, paragraph, run

HEADER_FILL = "DCE6EA"
_CELL_TOP = 50  # twentieths of a point
_TWENTIETHS_PER_MILLIMETRE = 56.7
_EMU_PER_MILLIMETRE = 36_000
_ROWS_AT_A_TIME = 50
_KEEP_NEXT = "<w:keepNext/>"


def table_xml(table: Table, host: Host, width: int) -> Iterator[str]:
    """The table in pieces. ``width``: the room for it in EMU."""
    columns = columns_within(table.columns, table.rows, width / _EMU_PER_MILLIMETRE)
    shares = [round(millimetres * _TWENTIETHS_PER_MILLIMETRE) for millimetres in columns.widths]
    yield _beginning(table, host, shares, small=columns.small)
    style = host.style("Table Text Small" if columns.small else "Table Text")
    widths = [f'<w:tcW w:w="{share}" w:type="dxa"/>' for share in shares]
    pieces: list[str] = []
    for row in placed_rows(table.rows, columns.widths, host.page_height):
        pieces.append(_row(row, widths, style))
        if len(pieces) == _ROWS_AT_A_TIME:
            yield "".join(pieces)
            pieces.clear()
    yield "".join([*pieces, "</w:tbl>"])


def _beginning(table: Table, host: Host, shares: Sequence[int], *, small: bool) -> str:
    caption = attribute(table.caption)
    said = attribute(_described(table))
    sides = (("top", _CELL_TOP), ("left", CELL_SIDE), ("bottom", _CELL_TOP), ("right", CELL_SIDE))
    room = "".join(f'<w:{side} w:w="{width}" w:type="dxa"/>' for side, width in sides)
    style = host.style("Table Heading Small" if small else "Table Heading")
    heads = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{share}" w:type="dxa"/><w:shd w:val="clear" w:color="auto" w:fill="{HEADER_FILL}"/>'
        f"</w:tcPr>{paragraph(run(column.heading), style, _KEEP_NEXT)}</w:tc>"
        for column, share in zip(table.columns, shares, strict=True)
    )
    grid = "".join(f'<w:gridCol w:w="{share}"/>' for share in shares)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{host.style("Table Grid")}"/>'
        f'<w:tblW w:w="{sum(shares)}" w:type="dxa"/><w:tblInd w:w="{host.table_indent}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{room}</w:tblCellMar>'
        '<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1"'
        f' w:noVBand="1"/><w:tblCaption w:val={caption}/><w:tblDescription w:val={said}/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>"
        f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{heads}</w:tr>"
    )


def _described(table: Table) -> str:
    """What is in the table, for somebody who hears it."""
    count = "1 row" if len(table.rows) == 1 else f"{len(table.rows):,} rows"
    return f"{count}. Columns: {', '.join(' '.join(column.heading.split()) for column in table.columns)}."


def _row(row: PlacedRow, widths: Sequence[str], style: str) -> str:
    keep = _KEEP_NEXT if row.kept else ""
    cells = "".join([_cell(cell, width, style, keep) for cell, width in zip(row.cells, widths, strict=True)])
    return f"<w:tr>{'<w:trPr><w:cantSplit/></w:trPr>' if row.whole else ''}{cells}</w:tr>"


def _cell(cell: Cell | None, width: str, style: str, keep: str) -> str:
    if cell is None:
        return f"<w:tc><w:tcPr>{width}<w:vMerge/></w:tcPr>{paragraph('', style, keep)}</w:tc>"
    merged = '<w:vMerge w:val="restart"/>' if cell.rows > 1 else ""
    said = run(cell.text) if cell.text else ""
    return f"<w:tc><w:tcPr>{width}{merged}</w:tcPr>{paragraph(said, style, keep)}</w:tc>"
