"""Writes the rows of an export, as CSV on standard input, with XlsxWriter row by row: at_size's baseline for the export."""

import csv
import sys

import xlsxwriter

book = xlsxwriter.Workbook(sys.argv[1], {"constant_memory": True})
sheet = book.add_worksheet("Items")
head = book.add_format({"bold": True, "bg_color": "#f7f8fa"})
count = book.add_format({"num_format": "#,##0"})
classes = {
    label: book.add_format({"bg_color": fill, "align": "center"})
    for label, fill in {"A": "#1b5e8c", "B": "#4a90c2", "C": "#9cc4e4", "D": "#d8e6f3"}.items()
}
titles = ["Name", "Id", "Specialty", "Region", "Claims", "Current", "Proposed", "Override", "Override reason", "Status"]
for column, title in enumerate(titles):
    sheet.write_string(0, column, title, head)
for line, row in enumerate(csv.reader(sys.stdin), 1):
    for column, text in enumerate(row):
        if not text:
            continue
        if column == 4:
            sheet.write_number(line, column, float(text), count)
        elif column in (5, 6, 7):
            sheet.write_string(line, column, text, classes.get(text))
        else:
            sheet.write_string(line, column, text)
sheet.autofilter(0, 0, line, len(titles) - 1)
sheet.freeze_panes(1, 0)
book.close()
