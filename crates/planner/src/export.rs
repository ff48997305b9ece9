//! The Excel export: the grid as filtered, sorted and grouped on the screen, and sheets that summarise it. Numbers are
//! numbers, classes carry their colours, the header is frozen and filterable. There is no way back in.

use super::model::{CycleView, RowText};
use super::selection::rows_in_order;
use super::service::ExportRows;
use crate::planner::model::GridQuery;
use crate::platform::error::AppError;
use cutline_domain::colour::{Theme, ink, parse, ramp};
use cutline_domain::distribution::{NO_CURRENT, Strata};
use cutline_domain::layout::{Folds, Layout};
use cutline_domain::{Borders, Class, ClassScheme, Percent, Status};
use rust_xlsxwriter::{Color, Format, FormatAlign, Workbook, Worksheet, XlsxError};
use std::fs::File;
use std::io::{Seek, SeekFrom};

/// A name for the file: `Cardiolin Primary care 2026 H2.xlsx`, without what file systems and headers don't take.
pub fn file_name(view: &CycleView) -> String {
    let name = format!("{} {} {}.xlsx", view.product, view.specialties_label, view.name);
    name.chars().map(|c| if c.is_ascii_alphanumeric() || " .-_".contains(c) { c } else { '_' }).collect()
}

struct Formats {
    head: Format,
    number: Format,
    percent: Format,
    bold: Format,
    classes: Vec<Format>,
}

impl Formats {
    fn new(scheme: &ClassScheme) -> Self {
        let head = Format::new().set_bold().set_background_color(Color::RGB(0xf7_f8fa));
        let classes = scheme.classes().iter().enumerate().map(|(i, class)| {
            let own = class.colour.as_deref().and_then(parse);
            let fill = own.unwrap_or_else(|| ramp(Theme::Light, i, scheme.len()));
            let rgb = |[r, g, b]: [u8; 3]| Color::RGB(u32::from_be_bytes([0, r, g, b]));
            Format::new().set_background_color(rgb(fill)).set_font_color(rgb(ink(fill))).set_align(FormatAlign::Center)
        });
        Self {
            classes: classes.collect(),
            number: Format::new().set_num_format("#,##0.##"),
            percent: Format::new().set_num_format("0.00%"),
            bold: Format::new().set_bold(),
            head,
        }
    }
}

/// Writes the workbook into an unnamed temporary file, row by row, and gives it rewound.
pub fn workbook(rows: &ExportRows, query: &GridQuery, preview: Option<Borders>) -> Result<File, AppError> {
    let view = &rows.view;
    let borders = preview
        .filter(|borders| borders.classes() == view.scheme.len())
        .or_else(|| view.frozen.as_ref().or(view.draft.as_ref()).map(|version| version.borders.clone()));
    let order = rows_in_order(&rows.columns, &view.regions, query, rows.found.as_deref(), rows.order.as_deref());
    let mut layout = Layout::default();
    layout.fill(&rows.columns, &order, borders.as_ref(), query.live, query.grouping, Folds::default());
    let mut workbook = Workbook::new();
    let formats = Formats::new(&view.scheme);
    items(workbook.add_worksheet_with_constant_memory()?, rows, &layout, borders.as_ref(), &formats)?;
    if let Some(borders) = &borders {
        let strata = Strata::of(&rows.columns, layout.order.iter().copied(), borders);
        summary(workbook.add_worksheet(), view, &strata, &formats)?;
        moves(workbook.add_worksheet(), rows, &layout, borders, &formats)?;
        border_sheet(workbook.add_worksheet(), view, borders, &strata, &formats)?;
    }
    let mut file = tempfile::tempfile()?;
    workbook.save_to_writer(&mut file)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

fn items(
    sheet: &mut Worksheet,
    rows: &ExportRows,
    layout: &Layout,
    borders: Option<&Borders>,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let view = &rows.view;
    sheet.set_name("Items")?;
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
    for (column, width) in [28.0, 14.0, 24.0, 16.0, 12.0, 9.0, 9.0, 9.0, 28.0, 12.0].into_iter().enumerate() {
        sheet.set_column_width(column as u16, width)?;
    }
    header(sheet, &titles, formats)?;
    sheet.autofilter(0, 0, layout.order.len().max(1) as u32, titles.len() as u16 - 1)?;
    for (line, index) in layout.order.iter().map(|i| *i as usize).enumerate() {
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
            sheet.write_number_with_format(line, 4, score.as_f64(), &formats.number)?;
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

fn summary(sheet: &mut Worksheet, view: &CycleView, strata: &Strata, formats: &Formats) -> Result<(), XlsxError> {
    sheet.set_name("Summary")?;
    let mut titles = vec!["Class"];
    titles.extend(Status::ALL.iter().map(|status| status.title()));
    titles.push("Total");
    header(sheet, &titles, formats)?;
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
    counts(sheet, line + 1, &[0, 1, 2].map(|s| tally.status(Status::ALL[s])), formats)
}

fn counts(sheet: &mut Worksheet, line: u32, by_status: &[u32; 3], formats: &Formats) -> Result<(), XlsxError> {
    for (column, items) in by_status.iter().chain([&by_status.iter().sum()]).enumerate() {
        sheet.write_number_with_format(line, column as u16 + 1, *items, &formats.number)?;
    }
    Ok(())
}

/// From which current class to which final one (override, else proposed) the items move. Items without either are left
/// out.
fn moves(
    sheet: &mut Worksheet,
    rows: &ExportRows,
    layout: &Layout,
    borders: &Borders,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let mut moved = [[0u32; Class::MOST]; Class::MOST + 1];
    for row in layout.order.iter().map(|index| rows.columns.row(*index as usize)) {
        if let Some(last) = row.overridden.or_else(|| row.score.map(|score| borders.class_of(score))) {
            moved[row.current.map_or(NO_CURRENT, Class::index)][last.index()] += 1;
        }
    }
    let view = &rows.view;
    sheet.set_name("Moves")?;
    sheet.set_column_width(0, 20)?;
    sheet.write_string_with_format(0, 0, "Current → final", &formats.head)?;
    let classes = highest_first(&view.scheme);
    for (column, class) in classes.iter().enumerate() {
        class_cell(sheet, 0, column as u16 + 1, *class, &view.scheme, formats)?;
    }
    for (line, current) in classes.iter().copied().map(Some).chain([None]).enumerate() {
        let line = line as u32 + 1;
        match current {
            Some(class) => class_cell(sheet, line, 0, class, &view.scheme, formats)?,
            None => sheet.write_string(line, 0, "No class yet").map(|_| ())?,
        }
        let from = &moved[current.map_or(NO_CURRENT, Class::index)];
        for (column, to) in classes.iter().enumerate() {
            sheet.write_number_with_format(line, column as u16 + 1, from[to.index()], &formats.number)?;
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
) -> Result<(), XlsxError> {
    sheet.set_name("Borders")?;
    header(sheet, &["Class", "From", "Planned %", "Now %", "Count"], formats)?;
    let tally = strata.tally();
    let scored = f64::from(tally.scored().max(1));
    for (line, class) in highest_first(&view.scheme).into_iter().enumerate() {
        let line = line as u32 + 1;
        class_cell(sheet, line, 0, class, &view.scheme, formats)?;
        match borders.lower_limit(class) {
            Some(limit) => sheet.write_number_with_format(line, 1, limit.as_f64(), &formats.number)?,
            None => sheet.write_string(line, 1, "open")?,
        };
        let planned = view.scheme.classes()[class.index()].planned;
        let whole = f64::from(Percent::WHOLE.hundredths());
        sheet.write_number_with_format(line, 2, f64::from(planned.hundredths()) / whole, &formats.percent)?;
        let items = tally.class(class.index());
        sheet.write_number_with_format(line, 3, f64::from(items) / scored, &formats.percent)?;
        sheet.write_number_with_format(line, 4, items, &formats.number)?;
    }
    Ok(())
}

fn header(sheet: &mut Worksheet, titles: &[&str], formats: &Formats) -> Result<(), XlsxError> {
    sheet.set_freeze_panes(1, 0)?;
    for (column, title) in titles.iter().enumerate() {
        sheet.write_string_with_format(0, column as u16, *title, &formats.head)?;
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
) -> Result<(), XlsxError> {
    match formats.classes.get(class.index()) {
        Some(format) => sheet.write_string_with_format(line, column, scheme.label(class), format).map(|_| ()),
        None => Ok(()),
    }
}

fn highest_first(scheme: &ClassScheme) -> Vec<Class> {
    (0..scheme.len() as u8).rev().map(Class).collect()
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
