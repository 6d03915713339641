"""A chart as Word keeps it: drawing, chart part, and the workbook behind it that "Edit Data" opens."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from html import escape

import xlsxwriter

from chuyenhoa.reporting.docx.charts import Chart, Series

_TYPES, _RELATIONS = "[Content_Types].xml", "word/_rels/document.xml.rels"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEAD = "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
_CREATED = datetime(2021, 1, 1, tzinfo=UTC)
"""Any fixed time: the workbook's bytes may depend on its figures only."""
_SHEET = "Số liệu"
_WIDTH, _TALL, _LOW = 5_760_000, 3_060_000, 2_700_000
"""In EMU: 16 cm wide, within Decree 30's margins; 8.5 cm high for columns, 7.5 cm for bars."""
_FILLS = (
    '<a:solidFill><a:srgbClr val="404040"/></a:solidFill>',
    '<a:pattFill prst="wdUpDiag"><a:fgClr><a:srgbClr val="000000"/></a:fgClr>'
    '<a:bgClr><a:srgbClr val="FFFFFF"/></a:bgClr></a:pattFill>',
    '<a:pattFill prst="pct20"><a:fgClr><a:srgbClr val="000000"/></a:fgClr>'
    '<a:bgClr><a:srgbClr val="FFFFFF"/></a:bgClr></a:pattFill>',
    '<a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill>',
)
"""Black, grey and patterns: they stay apart on a black-and-white printer."""


def draw_chart(chart: Chart, number: int) -> str:
    """The run that shows a chart, with the figures in words as its alternative text."""
    height = _LOW if chart.is_stacked else _TALL
    return (
        '<w:r><w:drawing><wp:inline xmlns:wp="'
        f'{_DRAWING}/wordprocessingDrawing" distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{_WIDTH}" cy="{height}"/><wp:effectExtent l="0" t="0" r="0" b="0"/>'
        f'<wp:docPr id="{number}" name="Biểu đồ {number}" descr="{escape(chart.description)}"/>'
        f'<wp:cNvGraphicFramePr/><a:graphic xmlns:a="{_DRAWING}/main">'
        f'<a:graphicData uri="{_DRAWING}/chart"><c:chart xmlns:c="{_DRAWING}/chart" xmlns:r="{_OFFICE}" '
        f'r:id="{_key(chart)}"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
    )


def add_charts(parts: Mapping[str, bytes], charts: Iterable[Chart]) -> dict[str, bytes]:
    """The parts of a document with those of its charts, their relations and content types."""
    added = dict(parts)
    for chart in charts:
        name, book = f"charts/chart_{chart.name}.xml", f"embeddings/chart_{chart.name}.xlsx"
        added[f"word/{name}"] = write_chart(chart).encode("utf-8")
        added[f"word/{book}"] = write_workbook(chart)
        relation = f'<Relationship Id="rId1" Type="{_OFFICE}/package" Target="../{book}"/>'
        space = "http://schemas.openxmlformats.org/package/2006/relationships"
        rels = f'{_HEAD}<Relationships xmlns="{space}">{relation}</Relationships>'
        added[f"word/charts/_rels/chart_{chart.name}.xml.rels"] = rels.encode("utf-8")
        _insert(
            added, _RELATIONS, f'<Relationship Id="{_key(chart)}" Type="{_OFFICE}/chart" Target="{name}"/>'
        )
        _insert(added, _TYPES, f'<Override PartName="/word/{name}" ContentType="{_CHART_TYPE}"/>')
        if b'Extension="xlsx"' not in added[_TYPES]:
            _insert(added, _TYPES, f'<Default Extension="xlsx" ContentType="{_BOOK_TYPE}"/>')
    return added


def _key(chart: Chart) -> str:
    return f"rIdChart{chart.name.capitalize()}"


def _insert(parts: dict[str, bytes], name: str, entry: str) -> None:
    """Put an entry at the end of a list part.

        <Types>…</Types> + <Override …/>  →  <Types>…<Override …/></Types>

    A program may have written the part with a prefix (`<ct:Types>`): then the entry takes it as well.
    """
    head, close, tail = parts[name].decode("utf-8").rpartition("</")
    prefix = re.match(r"(\w+:)?", tail)
    space = prefix[1] if prefix and prefix[1] else ""
    parts[name] = f"{head}<{space}{entry[1:]}{close}{tail}".encode()


def write_workbook(chart: Chart) -> bytes:
    """The figures of a chart as the workbook that Word opens for "Edit Data"; a gap is an empty cell."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": _CREATED})
    sheet = book.add_worksheet(_SHEET)
    for column, series in enumerate(chart.series, start=1):
        sheet.write_string(0, column, series.name)
    for row, category in enumerate(chart.categories, start=1):
        sheet.write_string(row, 0, category)
        for column, series in enumerate(chart.series, start=1):
            value = series.values[row - 1]
            # A gap is an empty cell: a zero would be drawn, and read, as a figure that somebody reported.
            if value is not None:
                sheet.write_number(row, column, float(value))
    sheet.set_column(0, 0, 30)
    book.close()
    return buffer.getvalue()


def write_chart(chart: Chart) -> str:
    """The chart part."""
    series = "".join(_write_series(chart, index, entry) for index, entry in enumerate(chart.series))
    way, grouping = ("bar", "stacked") if chart.is_stacked else ("col", "clustered")
    overlap = '<c:overlap val="100"/>' if chart.is_stacked else ""
    order, side, across = ("maxMin", "l", "t") if chart.is_stacked else ("minMax", "b", "l")
    return (
        f'{_HEAD}<c:chartSpace xmlns:c="{_DRAWING}/chart" xmlns:a="{_DRAWING}/main" xmlns:r="{_OFFICE}">'
        '<c:date1904 val="0"/><c:lang val="vi-VN"/><c:roundedCorners val="0"/><c:chart><c:title>'
        "<c:tx><c:rich>"
        f"<a:bodyPr/><a:p><a:pPr>{_font(1200, bold=True)}</a:pPr><a:r>{_font(1200, 'rPr', bold=True)}"
        f'<a:t>{escape(chart.title)}</a:t></a:r></a:p></c:rich></c:tx><c:overlay val="0"/></c:title>'
        '<c:autoTitleDeleted val="0"/><c:plotArea><c:layout/><c:barChart>'
        f'<c:barDir val="{way}"/><c:grouping val="{grouping}"/><c:varyColors val="0"/>{series}'
        f'<c:gapWidth val="60"/>{overlap}<c:axId val="111"/><c:axId val="222"/></c:barChart>'
        f'<c:catAx><c:axId val="111"/><c:scaling><c:orientation val="{order}"/></c:scaling>'
        '<c:delete val="0"/>'
        f'<c:axPos val="{side}"/><c:numFmt formatCode="General" sourceLinked="0"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
        f'{_text(1000)}<c:crossAx val="222"/><c:crosses val="autoZero"/></c:catAx>'
        f'<c:valAx><c:axId val="222"/><c:scaling><c:orientation val="minMax"/>{_top(chart)}'
        '<c:min val="0"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="{across}"/><c:majorGridlines><c:spPr><a:ln w="6350"><a:solidFill>'
        '<a:srgbClr val="BFBFBF"/></a:solidFill></a:ln></c:spPr></c:majorGridlines>'
        '<c:numFmt formatCode="#,##0" sourceLinked="0"/><c:majorTickMark val="out"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>{_text(1000)}<c:crossAx val="111"/>'
        f'<c:crosses val="{"max" if chart.is_stacked else "autoZero"}"/></c:valAx></c:plotArea>'
        f'<c:legend><c:legendPos val="b"/><c:overlay val="0"/>{_text(1100)}</c:legend>'
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        f'{_text(1000)}<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    )


def _write_series(chart: Chart, index: int, series: Series) -> str:
    # The figures are duplicated: in the part (drawn) and at the same address of the workbook ("Edit Data").
    column, last = "BCDEFG"[index], len(chart.categories) + 1
    names = "".join(f'<c:pt idx="{i}"><c:v>{escape(c)}</c:v></c:pt>' for i, c in enumerate(chart.categories))
    values = "".join(_point(i, value) for i, value in enumerate(series.values))
    # The third part of a format is for zero: none in a stack, where "0" would lie on its neighbour.
    shown = "#,##0;-#,##0;" if chart.is_stacked else "#,##0.##"
    count = f'<c:ptCount val="{len(chart.categories)}"/>'
    return (
        f'<c:ser><c:idx val="{index}"/><c:order val="{index}"/><c:tx><c:strRef>'
        f"<c:f>'{_SHEET}'!${column}$1</c:f><c:strCache><c:ptCount val=\"1\"/>"
        f'<c:pt idx="0"><c:v>{escape(series.name)}</c:v></c:pt></c:strCache></c:strRef></c:tx>'
        f'<c:spPr>{_FILLS[index]}<a:ln w="9525"><a:solidFill><a:srgbClr val="000000"/></a:solidFill></a:ln>'
        '</c:spPr><c:invertIfNegative val="0"/>'
        f'<c:dLbls><c:numFmt formatCode="{_label(shown, series)}" sourceLinked="0"/>'
        f"{_plate(chart)}{_text(900)}"
        '<c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/>'
        '<c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
        f"<c:cat><c:strRef><c:f>'{_SHEET}'!$A$2:$A${last}</c:f><c:strCache>{count}{names}</c:strCache>"
        f"</c:strRef></c:cat><c:val><c:numRef><c:f>'{_SHEET}'!${column}$2:${column}${last}</c:f><c:numCache>"
        f"<c:formatCode>General</c:formatCode>{count}{values}</c:numCache></c:numRef></c:val></c:ser>"
    )


def _top(chart: Chart) -> str:
    """Lying bars end where the longest one does."""
    if not chart.is_stacked:
        return ""
    rows = zip(*(series.values for series in chart.series), strict=True)
    return f'<c:max val="{max(sum((v for v in row if v is not None), Decimal(0)) for row in rows)}"/>'


def _plate(chart: Chart) -> str:
    """A white plate behind the numbers that stand on filled bars."""
    if not chart.is_stacked:
        return ""
    return '<c:spPr><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill></c:spPr>'


def _label(shown: str, series: Series) -> str:
    """Counts without a decimal comma; figures that have decimals show them."""
    whole = all(value is None or value == value.to_integral_value() for value in series.values)
    return shown.replace("0.##", "0") if whole else shown


def _point(index: int, value: Decimal | None) -> str:
    return "" if value is None else f'<c:pt idx="{index}"><c:v>{value:f}</c:v></c:pt>'


def _text(size: int) -> str:
    return f'<c:txPr><a:bodyPr/><a:p><a:pPr>{_font(size)}</a:pPr><a:endParaRPr lang="vi-VN"/></a:p></c:txPr>'


def _font(size: int, tag: str = "defRPr", *, bold: bool = False) -> str:
    """Times New Roman in black; the size in hundredths of a point."""
    return (
        f'<a:{tag} lang="vi-VN" sz="{size}" b="{int(bold)}">'
        '<a:solidFill><a:srgbClr val="000000"/></a:solidFill>'
        f'<a:latin typeface="Times New Roman"/><a:cs typeface="Times New Roman"/></a:{tag}>'
    )
