//! The Excel export: the grid as filtered, sorted and grouped on the screen, and sheets that summarise it. Numbers are
//! numbers, classes carry their colours, the header is frozen and filterable. There is no way back in.

use crate::model::{CycleView, RowText};
use crate::service::ExportRows;
use cutline_domain::base::colour::{Theme, fill, ink};
use cutline_domain::base::format::capitalised;
use cutline_domain::borders::distribution::{NO_CURRENT, Strata};
use cutline_domain::planner::approval::Status;
use cutline_domain::planner::grid::{GridQuery, rows_in_order, strata};
use cutline_domain::planner::lines::{Laid, Table, lay_out};
use cutline_domain::table::layout::{Folds, Layout};
use cutline_domain::{Borders, Class, ClassScheme, Percent, Score};
use cutline_platform::{Error, Result, workbook};
use cutline_wire::AppError;
use rust_xlsxwriter::{Color, Format, FormatAlign, Workbook, Worksheet, XlsxError};
use std::fs::File;
use std::sync::Arc;

/// A name for the file: `Cardiolin Primary care 2026 H2.xlsx`, or with `preview` at its end.
pub fn file_name(view: &CycleView, preview: Option<&Borders>) -> String {
    let preview = if is_preview(view, preview) { " preview" } else { "" };
    workbook::file_name(&format!("{} {} {}{preview}", view.product, view.specialties_label, view.name))
}

struct Formats {
    head: Format,
    count: Format,
    number: Format,
    percent: Format,
    bold: Format,
    classes: Vec<Format>,
    previewed: bool,
}

impl Formats {
    fn new(scheme: &ClassScheme, previewed: bool) -> Self {
        let head = Format::new().set_bold().set_background_color(Color::RGB(0xf7_f8fa));
        let classes = scheme.classes().iter().enumerate().map(|(i, class)| {
            let fill = fill(Theme::Light, class.colour.as_deref(), i, scheme.len());
            let rgb = |[r, g, b]: [u8; 3]| Color::RGB(u32::from_be_bytes([0, r, g, b]));
            Format::new().set_background_color(rgb(fill)).set_font_color(rgb(ink(fill))).set_align(FormatAlign::Center)
        });
        Self {
            classes: classes.collect(),
            count: Format::new().set_num_format("#,##0"),
            number: Format::new().set_num_format("#,##0.00"),
            percent: Format::new().set_num_format("0.00%"),
            bold: Format::new().set_bold(),
            head,
            previewed,
        }
    }

    /// Whole scores as such, so that no point stands behind them.
    const fn score(&self, score: Score) -> &Format {
        if score.hundredths() % 100 == 0 { &self.count } else { &self.number }
    }

    /// What a sheet is called.
    fn title(&self, name: &str) -> String {
        if self.previewed { format!("{name} (preview)") } else { name.to_owned() }
    }
}

/// Whether borders are only drawn: others count, or none yet.
pub fn is_preview(view: &CycleView, drawn: Option<&Borders>) -> bool {
    drawn.is_some_and(|drawn| view.borders_that_count() != Some(drawn))
}

/// Writes the workbook into an unnamed temporary file, row by row, and gives it rewound.
///
/// `preview`: borders that are drawn and don't count. Where they differ from those that do, every sheet says so.
pub fn workbook(rows: &ExportRows, query: &GridQuery, preview: Option<Borders>) -> Result<File> {
    let view = &rows.view;
    let previewed = is_preview(view, preview.as_ref());
    let borders = preview.or_else(|| view.borders_that_count().cloned());
    if borders.as_ref().is_some_and(|borders| borders.classes() != view.scheme.len()) {
        let message = format!("This cycle has {} classes.", view.scheme.len());
        return Err(AppError::invalid("borders", message).into());
    }
    let order = rows_in_order(&rows.columns, &view.regions, query, rows.found.as_deref(), rows.order.as_deref());
    let order = order.ok_or_else(|| Error::internal("the order of an export is not there"))?;
    let shown = {
        let mut layout = Layout::default();
        let how = (query.live, query.grouping);
        let table =
            Table { columns: &rows.columns, items: 0, sorted: &Arc::new(order), borders: borders.as_ref(), how };
        lay_out(&mut layout, &mut Laid::default(), table, &Folds::default());
        layout.shown()
    };
    let mut workbook = Workbook::new();
    let formats = Formats::new(&view.scheme, previewed);
    items(workbook.add_worksheet_with_constant_memory()?, rows, &shown, borders.as_ref(), &formats)?;
    if let Some(borders) = &borders {
        let strata = strata(&rows.columns, shown.iter().copied(), borders);
        summary(workbook.add_worksheet(), view, &strata, &formats)?;
        moves(workbook.add_worksheet(), rows, &shown, borders, &formats)?;
        border_sheet(workbook.add_worksheet(), view, borders, &strata, &formats)?;
    }
    workbook::finished(workbook)
}

fn items(
    sheet: &mut Worksheet,
    rows: &ExportRows,
    shown: &[u32],
    borders: Option<&Borders>,
    formats: &Formats,
) -> std::result::Result<(), XlsxError> {
    let view = &rows.view;
    sheet.set_name(formats.title("Items"))?;
    let titles = [
        "Name",
        "Id",
        "Specialty",
        "Region",
        &capitalised(&view.measure),
        "Current",
        "Proposed",
        "Override",
        "Override reason",
        "Status",
    ];
    let class = class_width(&view.scheme);
    for (column, width) in [28.0, 14.0, 24.0, 16.0, 12.0, class, class, class, 28.0, 12.0].into_iter().enumerate() {
        sheet.set_column_width(column as u16, width)?;
    }
    workbook::header(sheet, &titles, &formats.head)?;
    sheet.autofilter(0, 0, shown.len().max(1) as u32, titles.len() as u16 - 1)?;
    for (line, index) in shown.iter().map(|i| *i as usize).enumerate() {
        let row = rows.columns.row(index);
        let text: Option<&RowText> = rows.texts.get(index).filter(|text| text.seq == row.seq);
        let line = line as u32 + 1;
        if let Some(text) = text {
            sheet.write_string(line, 0, &text.name)?;
            sheet.write_string(line, 1, &text.external_id)?;
            sheet.write_string(line, 2, &text.specialty)?;
        }
        if let Some(region) = view.regions.get(usize::from(row.region)) {
            sheet.write_string(line, 3, &region.name)?;
        }
        if let Some(score) = row.score {
            sheet.write_number_with_format(line, 4, score.as_f64(), formats.score(score))?;
        }
        let proposed = borders.zip(row.score).map(|(borders, score)| borders.class_of(score));
        for (column, class) in [(5, row.current), (6, proposed), (7, row.overridden)] {
            if let Some(class) = class {
                class_cell(sheet, line, column, class, &view.scheme, formats)?;
            }
        }
        if let Some(reason) = text.filter(|_| row.overridden.is_some()).and_then(|t| t.override_reason.as_ref()) {
            sheet.write_string(line, 8, reason)?;
        }
        sheet.write_string(line, 9, row.status.title())?;
    }
    Ok(())
}

fn summary(
    sheet: &mut Worksheet,
    view: &CycleView,
    strata: &Strata,
    formats: &Formats,
) -> std::result::Result<(), XlsxError> {
    sheet.set_name(formats.title("Summary"))?;
    let mut titles = vec!["Class"];
    titles.extend(Status::ALL.iter().map(|status| status.title()));
    titles.push("Total");
    workbook::header(sheet, &titles, &formats.head)?;
    sheet.set_column_width(0, class_width(&view.scheme))?;
    let tally = strata.tally();
    let mut line = 1;
    for class in highest_first(&view.scheme) {
        class_cell(sheet, line, 0, class, &view.scheme, formats)?;
        counts(sheet, line, &tally.by_class[class.index()], formats)?;
        line += 1;
    }
    sheet.write_string(line, 0, "Unscored")?;
    counts(sheet, line, &tally.unscored, formats)?;
    sheet.write_string_with_format(line + 1, 0, "Total", &formats.bold)?;
    counts(sheet, line + 1, &[0, 1, 2].map(|mark| tally.marked(mark)), formats)
}

fn counts(
    sheet: &mut Worksheet,
    line: u32,
    by_status: &[u32; 3],
    formats: &Formats,
) -> std::result::Result<(), XlsxError> {
    for (column, items) in by_status.iter().chain([&by_status.iter().sum()]).enumerate() {
        sheet.write_number_with_format(line, column as u16 + 1, *items, &formats.count)?;
    }
    Ok(())
}

/// The width of a column of classes.
fn class_width(scheme: &ClassScheme) -> f64 {
    let longest = scheme.classes().iter().map(|class| class.label.chars().count()).max().unwrap_or_default();
    (longest as f64 + 2.0).clamp(9.0, 30.0)
}

/// What a class is called, with its code where that says something else: columns may go by it.
fn in_full(scheme: &ClassScheme, class: Class) -> String {
    match (scheme.label(class), scheme.code(class)) {
        (label, code) if label == code => label.to_owned(),
        (label, code) => format!("{label} ({code})"),
    }
}

/// From which current class to which final one (override, else proposed) the items move. A rejected item keeps its class.
/// Items without a final class are left out.
fn moves(
    sheet: &mut Worksheet,
    rows: &ExportRows,
    shown: &[u32],
    borders: &Borders,
    formats: &Formats,
) -> std::result::Result<(), XlsxError> {
    let mut moved = [[0u32; Class::MOST]; Class::MOST + 1];
    for row in shown.iter().map(|index| rows.columns.row(*index as usize)) {
        let given = || row.overridden.or_else(|| row.score.map(|score| borders.class_of(score)));
        let last = if row.status == Status::Rejected { row.current } else { given() };
        if let Some(last) = last {
            moved[row.current.map_or(NO_CURRENT, Class::index)][last.index()] += 1;
        }
    }
    let view = &rows.view;
    sheet.set_name(formats.title("Moves"))?;
    sheet.set_column_width(0, class_width(&view.scheme).max(20.0))?;
    sheet.write_string_with_format(0, 0, "Current → final", &formats.head)?;
    let classes = highest_first(&view.scheme);
    for (column, class) in classes.iter().enumerate() {
        named_cell(sheet, (0, column as u16 + 1), *class, view.scheme.code(*class), formats)?;
    }
    for (line, current) in classes.iter().copied().map(Some).chain([None]).enumerate() {
        let line = line as u32 + 1;
        match current {
            Some(class) => named_cell(sheet, (line, 0), class, &in_full(&view.scheme, class), formats)?,
            None => sheet.write_string(line, 0, "No class yet").map(|_| ())?,
        }
        let from = &moved[current.map_or(NO_CURRENT, Class::index)];
        for (column, to) in classes.iter().enumerate() {
            sheet.write_number_with_format(line, column as u16 + 1, from[to.index()], &formats.count)?;
        }
    }
    Ok(())
}

fn border_sheet(
    sheet: &mut Worksheet,
    view: &CycleView,
    borders: &Borders,
    strata: &Strata,
    formats: &Formats,
) -> std::result::Result<(), XlsxError> {
    sheet.set_name(formats.title("Borders"))?;
    workbook::header(sheet, &["Class", "From", "Planned %", "Now %", "Count"], &formats.head)?;
    sheet.set_column_width(0, class_width(&view.scheme))?;
    let tally = strata.tally();
    let scored = f64::from(tally.scored().max(1));
    for (line, class) in highest_first(&view.scheme).into_iter().enumerate() {
        let line = line as u32 + 1;
        class_cell(sheet, line, 0, class, &view.scheme, formats)?;
        match borders.lower_limit(class) {
            Some(limit) => sheet.write_number_with_format(line, 1, limit.as_f64(), formats.score(limit))?,
            None => sheet.write_string(line, 1, "open")?,
        };
        let planned = view.scheme.classes()[class.index()].planned;
        let whole = f64::from(Percent::WHOLE.hundredths());
        sheet.write_number_with_format(line, 2, f64::from(planned.hundredths()) / whole, &formats.percent)?;
        let items = tally.class(class.index());
        sheet.write_number_with_format(line, 3, f64::from(items) / scored, &formats.percent)?;
        sheet.write_number_with_format(line, 4, items, &formats.count)?;
    }
    Ok(())
}

fn class_cell(
    sheet: &mut Worksheet,
    line: u32,
    column: u16,
    class: Class,
    scheme: &ClassScheme,
    formats: &Formats,
) -> std::result::Result<(), XlsxError> {
    named_cell(sheet, (line, column), class, scheme.label(class), formats)
}

/// A cell in the colours of a class.
fn named_cell(
    sheet: &mut Worksheet,
    (line, column): (u32, u16),
    class: Class,
    name: &str,
    formats: &Formats,
) -> std::result::Result<(), XlsxError> {
    match formats.classes.get(class.index()) {
        Some(format) => sheet.write_string_with_format(line, column, name, format).map(|_| ()),
        None => Ok(()),
    }
}

fn highest_first(scheme: &ClassScheme) -> Vec<Class> {
    scheme.highest_first().collect()
}
