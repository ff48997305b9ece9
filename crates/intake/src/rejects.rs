//! The rejects file: the bad lines of a load, with their reasons, to be mended and loaded again. It is written beside its
//! place before the load commits, so that a full disk refuses the load, and gets its name only afterwards.

use crate::bad_lines::BadLines;
use crate::error::LoadError;
use crate::file::{self, FileError, Lines};
use crate::input::Input;
use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Read, Seek};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A rejects file, written and not yet in its place.
#[derive(Debug)]
pub struct Rejects {
    written: NamedTempFile,
    place: PathBuf,
}

impl Rejects {
    /// Writes the file beside `place`, also when every line is good: a file left from last time would speak of lines that are
    /// none of this load's.
    ///
    /// Reads `input` once more.
    pub fn prepared(input: &Input, bad: &BadLines, place: &Path) -> Result<Self, LoadError> {
        let failed = |source| LoadError::Rejects { file: place.to_owned(), source };
        if place.is_dir() {
            return Err(failed(io::ErrorKind::IsADirectory.into()));
        }
        let folder = if is_device(place) { std::env::temp_dir() } else { folder_of(place) };
        let mut builder = tempfile::Builder::new();
        // As an ordinary new file, within the user's mask.
        let builder = builder.prefix(".rejects-").permissions(Permissions::from_mode(0o666));
        let mut written = builder.tempfile_in(folder).map_err(failed)?;
        let lines = Lines::new(input.read())?;
        write(lines, bad, written.as_file_mut()).map_err(|error| match error {
            FileError::Read(source) => failed(source),
            error => error.into(),
        })?;
        Ok(Self { written, place: place.to_owned() })
    }

    /// Puts it where it was asked for.
    pub fn put_in_place(self) -> Result<(), LoadError> {
        let Self { mut written, place } = self;
        if is_device(&place) {
            return pour(&mut written, &place).map_err(|source| kept(written, place, source));
        }
        written.persist(&place).map(drop).map_err(|error| kept(error.file, place, error.error))
    }
}

/// A failure after the load is done: what was written stays where it is.
fn kept(written: NamedTempFile, file: PathBuf, source: io::Error) -> LoadError {
    match written.keep() {
        Ok((_, kept)) => LoadError::RejectsKept { file, kept, source },
        Err(error) => LoadError::RejectsKept { file, kept: error.file.path().to_owned(), source: error.error },
    }
}

/// Whether a place takes bytes but no file: `/dev/stdout`, a pipe. What stands for an open file of this program is a link, and stays
/// one wherever it leads.
fn is_device(place: &Path) -> bool {
    place.starts_with("/dev") || place.starts_with("/proc") || fs::metadata(place).is_ok_and(|found| !found.is_file())
}

fn folder_of(place: &Path) -> PathBuf {
    match place.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn pour(written: &mut NamedTempFile, place: &Path) -> io::Result<()> {
    written.rewind()?;
    io::copy(written, &mut OpenOptions::new().append(true).open(place)?).map(drop)
}

/// Writes the bad lines as a file that can be mended and loaded: the same columns, and the reason in one more.
fn write(mut lines: Lines<impl Read>, bad: &BadLines, to: &mut fs::File) -> Result<(), FileError> {
    let mut out = csv::WriterBuilder::new().flexible(true).delimiter(lines.delimiter).from_writer(&mut *to);
    // Rejects loaded again have their old reasons replaced.
    let all = lines.header.len();
    let own = all - usize::from(lines.header.last().is_some_and(|name| name == file::REASON));
    let header = lines.header[..own].iter().map(String::as_str).chain([file::REASON]);
    out.write_record(header).map_err(io::Error::from)?;
    for bad in bad.lines() {
        let bad = bad?;
        let record = loop {
            match lines.next_record()? {
                Some(record) if record.line == bad.number => break record.cells.clone(),
                Some(_) => {}
                None => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            }
        };
        let fields = record.iter().take(own).chain(std::iter::repeat_n(&b""[..], own.saturating_sub(record.len())));
        // A line with too many fields keeps them all, beyond the reason.
        let fields = fields.chain([bad.reason.as_bytes()]).chain(record.iter().skip(all));
        out.write_record(fields).map_err(io::Error::from)?;
    }
    out.flush()?;
    drop(out);
    to.sync_all()?;
    Ok(())
}
