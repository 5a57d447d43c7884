"""Files that co-operatives have, read and written: see README.md."""

from app.sheets.amounts import amount, in_kg, percentage, quantity, unit, value
from app.sheets.columns import Column
from app.sheets.dates import birth, day, instant
from app.sheets.readings import Ask, Book, Formula, NoValue, Raw, Reader, Reading, Refuse, Value
from app.sheets.refusals import ColumnsUnknown, SheetRefused
from app.sheets.sums import Remark
from app.sheets.tables import Cell, Row, Table, read_table
from app.sheets.telephones import Telephone, telephone
from app.sheets.templates import template
from app.sheets.texts import card, choice, code, name, sex, text, yes_no
from app.sheets.writer import FORMATS, TYPES, Format, Verbatim, Written, table_body, write_body, write_table

__all__ = [
    "FORMATS",
    "TYPES",
    "Ask",
    "Book",
    "Cell",
    "Column",
    "ColumnsUnknown",
    "Format",
    "Formula",
    "NoValue",
    "Raw",
    "Reader",
    "Reading",
    "Refuse",
    "Remark",
    "Row",
    "SheetRefused",
    "Table",
    "Telephone",
    "Value",
    "Verbatim",
    "Written",
    "amount",
    "birth",
    "card",
    "choice",
    "code",
    "day",
    "in_kg",
    "instant",
    "name",
    "percentage",
    "quantity",
    "read_table",
    "sex",
    "table_body",
    "telephone",
    "template",
    "text",
    "unit",
    "value",
    "write_body",
    "write_table",
    "yes_no",
]
