//! What every Excel export shares: its name, its header, and writing it row by row into an unnamed file.

use crate::Result;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use std::fs::File;
use std::io::{Seek, SeekFrom};

/// The media type of a workbook.
pub const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A name for a file, without what file systems and headers don't take: `Cardiolin 2026 H2.xlsx`.
pub fn file_name(title: &str) -> String {
    let kept = |c: char| if c.is_ascii_alphanumeric() || " .-_".contains(c) { c } else { '_' };
    format!("{title}.xlsx").chars().map(kept).collect()
}

/// Writes a sheet's header line, which stays in view.
pub fn header(sheet: &mut Worksheet, titles: &[&str], format: &Format) -> std::result::Result<(), XlsxError> {
    sheet.set_freeze_panes(1, 0)?;
    for (column, title) in titles.iter().enumerate() {
        sheet.write_string_with_format(0, column as u16, *title, format)?;
    }
    Ok(())
}

/// The workbook in an unnamed temporary file, rewound.
pub fn finished(mut workbook: Workbook) -> Result<File> {
    let mut file = tempfile::tempfile()?;
    workbook.save_to_writer(&mut file)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}
