//! What a load reads: a file at rest, which can be read from its beginning again (rejects are copied out of it) and whose
//! length is known. None of it is held in memory.

use crate::progress::Progress;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

/// A file to load, and who looks on.
#[derive(Clone, Debug)]
pub struct Input {
    file: Arc<File>,
    /// How long it is, and when it was last written to, when it was opened.
    found: (u64, SystemTime),
    pub(crate) progress: Progress,
}

impl Input {
    /// A file that lies somewhere, where it lies; whatever can be read only once is [`kept`](Self::kept).
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        if file.metadata()?.is_file() { Self::of(file) } else { Self::kept(file) }
    }

    /// Reads `from` to its end, on the calling thread, into a file without a name in the folder for temporary ones.
    pub fn kept(mut from: impl Read) -> io::Result<Self> {
        let mut file = tempfile::tempfile()?;
        io::copy(&mut from, &mut file)?;
        Self::of(file)
    }

    fn of(file: File) -> io::Result<Self> {
        let found = state(&file)?;
        Ok(Self { file: Arc::new(file), found, progress: Progress::default() })
    }

    /// The same, with somebody who is shown how far its load is.
    #[must_use]
    pub fn watched(self, progress: Progress) -> Self {
        Self { progress, ..self }
    }

    /// Bytes.
    pub const fn len(&self) -> u64 {
        self.found.0
    }

    /// Whether there is nothing in it.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Its bytes, from the beginning.
    pub fn read(&self) -> Reading {
        Reading::of(&self.file)
    }

    /// The same, and whoever looks on is shown how far it is.
    pub(crate) fn reading(&self) -> impl Read + Send + use<> {
        self.progress.reading(self.read(), self.len())
    }

    /// An error if somebody wrote to it since it was opened: what was read may be of both.
    pub fn still_the_same(&self) -> io::Result<()> {
        if state(&self.file)? == self.found { Ok(()) } else { Err(io::Error::other("it changed while it was read")) }
    }
}

fn state(file: &File) -> io::Result<(u64, SystemTime)> {
    let found = file.metadata()?;
    Ok((found.len(), found.modified()?))
}

/// A file's bytes from its beginning; several can read one file.
#[derive(Debug)]
pub struct Reading {
    file: Arc<File>,
    at: u64,
}

impl Reading {
    /// From the beginning of `file`.
    pub fn of(file: &Arc<File>) -> Self {
        Self { file: file.clone(), at: 0 }
    }
}

impl Read for Reading {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(into, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}
