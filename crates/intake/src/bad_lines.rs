//! The bad lines of a load, each with its reasons. There may be as many as the file has lines, so they are kept in a file
//! without a name and not in memory.

use crate::input::Reading;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::sync::Arc;

/// A line that can't be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// Which; the header is line 1.
    pub number: u64,
    /// What is wrong with it, in plain words on one line.
    pub reason: String,
}

/// Bad lines, by number.
#[derive(Clone, Debug, Default)]
pub struct BadLines {
    count: u64,
    written: Option<Arc<File>>,
}

impl BadLines {
    /// How many.
    pub const fn len(&self) -> u64 {
        self.count
    }

    /// Whether every line is good.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Each of them, in order.
    pub fn lines(&self) -> impl Iterator<Item = io::Result<BadLine>> + use<> {
        let written = self.written.as_ref().map(|file| BufReader::new(Reading::of(file)).lines());
        written.into_iter().flatten().map(read)
    }
}

fn read(line: io::Result<String>) -> io::Result<BadLine> {
    let line = line?;
    let (number, reason) = line.split_once('\t').ok_or(io::ErrorKind::InvalidData)?;
    Ok(BadLine { number: number.parse().map_err(io::Error::other)?, reason: reason.to_owned() })
}

/// Bad lines while they are being found, in order.
#[derive(Debug)]
pub struct Found {
    count: u64,
    to: BufWriter<File>,
}

impl Found {
    /// None yet.
    pub fn none() -> io::Result<Self> {
        Ok(Self { count: 0, to: BufWriter::new(tempfile::tempfile()?) })
    }

    /// Adds the next. Reasons have no line ends: what they quote was cleaned.
    pub fn add(&mut self, line: &BadLine) -> io::Result<()> {
        self.count += 1;
        writeln!(self.to, "{}\t{}", line.number, line.reason)
    }

    /// All of them.
    pub fn all(self) -> io::Result<BadLines> {
        let file = self.to.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(BadLines { count: self.count, written: Some(Arc::new(file)) })
    }
}
