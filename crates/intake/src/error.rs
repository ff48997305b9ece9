//! Why a load was refused, in the words of whoever runs it.

use crate::bad_lines::BadLines;
use crate::file::FileError;
use cutline_domain::base::format::grouped;
use cutline_domain::base::region::MOST_REGIONS;
use cutline_platform::Error;
use std::io;
use std::path::PathBuf;

/// Why nothing was loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file as a whole is not what it should be.
    #[error(transparent)]
    File(#[from] FileError),
    /// Some lines are bad, and leaving them out wasn't asked for.
    #[error("Nothing was loaded: {} of {} lines are bad.", grouped(.bad.len()), grouped(*.read))]
    BadLines {
        /// Lines read.
        read: u64,
        /// The bad ones.
        bad: BadLines,
    },
    /// No company, or not clear which one.
    #[error("{0}")]
    Company(String),
    /// The file can't be opened or read.
    #[error("{} can't be read: {source}. Nothing was loaded.", .file.display())]
    Read {
        /// Which file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The rejects file can't be written.
    #[error("The rejects file {} can't be written: {source}. Nothing was loaded.", .file.display())]
    Rejects {
        /// Which file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The rejects file can't be given its name, after everything else was done.
    #[error("The good lines are loaded. The rejects file can't be given its name {}: {source}. It is {}.", .file.display(), .kept.display())]
    RejectsKept {
        /// The name it should have.
        file: PathBuf,
        /// Where it is instead.
        kept: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// More regions than a company can have.
    #[error(
        "A company has at most {MOST_REGIONS} regions, and with those of this file it would have more. Nothing was loaded."
    )]
    TooManyRegions,
    /// What is kept beside the database while loading can't be.
    #[error("A temporary file can't be written or read: {0}. Nothing was loaded.")]
    Kept(io::Error),
    /// A failure of ours.
    #[error(transparent)]
    Internal(#[from] Error),
}

impl From<sqlx::Error> for LoadError {
    fn from(error: sqlx::Error) -> Self {
        Error::from(error).into()
    }
}
