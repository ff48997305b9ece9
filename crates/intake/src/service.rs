//! The loads of contacts and measures: each one transaction, with its audit record, that does everything or nothing.
//! What a file says is read in `file`; SQL is in `store`; the command line is in `command`.

use crate::file::{self, BadLines, ContactColumns, FileError, Loaded, MeasureColumns, Source};
use crate::store::{self, Merged, Unknown};
use cutline_domain::base::format::grouped;
use cutline_domain::base::ids::{AccountId, CompanyId};
use cutline_domain::base::kind::Kind;
use cutline_planner::service::population_changed;
use cutline_platform::Error;
use cutline_platform::audit;
use serde::Serialize;
use sqlx::{PgConnection, PgPool};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use strum::IntoStaticStr;

/// The loads, by the one name each has in the audit.
#[derive(Clone, Copy, Debug, IntoStaticStr)]
enum LoadCommand {
    #[strum(serialize = "load contacts")]
    Contacts,
    #[strum(serialize = "load measures")]
    Measures,
}

/// How to load contacts.
#[derive(Clone, Debug, Default)]
pub struct ContactLoad {
    /// Which columns hold what.
    pub columns: ContactColumns,
    /// Kind of the contacts whose line doesn't say; by default new ones are persons and known ones stay what they are.
    pub kind: Option<Kind>,
    /// Create regions and specialties that aren't known yet, instead of refusing their lines.
    pub create_missing: bool,
    /// Write bad lines to this file and load the rest, instead of refusing the whole file.
    pub rejects: Option<PathBuf>,
}

/// How to load measures.
#[derive(Clone, Debug, Default)]
pub struct MeasureLoad {
    /// Which columns hold what.
    pub columns: MeasureColumns,
    /// Write bad lines to this file and load the rest, instead of refusing the whole file.
    pub rejects: Option<PathBuf>,
}

/// What a load did. For contacts the counts are of contacts, for measures of values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LoadReport {
    /// Lines read, blank ones and the header left out.
    pub read: u64,
    /// New ones.
    pub added: u64,
    /// Those that were otherwise before.
    pub changed: u64,
    /// Those that were so already.
    pub unchanged: u64,
    /// Values taken away by an empty cell.
    pub removed: u64,
    /// Regions created.
    pub new_regions: u64,
    /// Specialties created.
    pub new_specialties: u64,
    /// Measures created.
    pub new_measures: u64,
    /// Measures that the file has.
    pub measures: Vec<String>,
    /// Bad lines written to the rejects file.
    #[serde(serialize_with = "count")]
    pub rejected: BadLines,
}

/// Why nothing was loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file as a whole is not what it should be.
    #[error(transparent)]
    File(#[from] FileError),
    /// Some lines are bad, and leaving them out wasn't asked for.
    #[error("Nothing was loaded: {} of {} lines are bad.", grouped(.bad.len() as u64), grouped(*.read))]
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
    /// A failure of ours.
    #[error(transparent)]
    Internal(#[from] Error),
}

impl From<sqlx::Error> for LoadError {
    fn from(error: sqlx::Error) -> Self {
        Error::from(error).into()
    }
}

/// The company called `name` (or with that id); without a name, the only one there is.
pub async fn company(pool: &PgPool, name: Option<&str>) -> Result<CompanyId, LoadError> {
    let all = store::companies(pool).await?;
    let names: Vec<&str> = all.iter().map(|(_, name)| name.as_str()).collect();
    let found: Vec<CompanyId> = all
        .iter()
        .filter(|(id, called)| name.is_none_or(|name| called == name || id.to_string() == name))
        .map(|(id, _)| *id)
        .collect();
    let message = match (found.as_slice(), name) {
        ([only], _) => return Ok(*only),
        _ if all.is_empty() => "There is no company yet to load into.".to_owned(),
        ([], Some(name)) => format!("There is no company “{name}”. There are: {}.", names.join(", ")),
        (_, Some(name)) => format!("There is more than one company “{name}”. Give its id with --company."),
        (_, None) => format!("Say which company to load into with --company: {}.", names.join(", ")),
    };
    Err(LoadError::Company(message))
}

/// Loads contacts, for a person or (`by` nobody) for the program itself.
///
/// `input` is read to its end before anything else happens, on the calling thread.
pub async fn load_contacts(
    pool: &PgPool,
    company: CompanyId,
    by: Option<AccountId>,
    input: impl Read,
    options: &ContactLoad,
) -> Result<LoadReport, LoadError> {
    let Loaded { rows, mut bad, read, source, .. } = file::contacts(whole(input)?, &options.columns, options.kind)?;
    let mut tx = pool.begin().await?;
    lock(&mut tx, company).await?;
    store::stage_contacts(&mut tx, &rows).await?;
    unknown(&mut bad, store::unknown_owners(&mut tx, company).await?, |owner| {
        format!("“{owner}” is not the e-mail address of a rep or regional manager of this company")
    });
    if !options.create_missing {
        unknown(&mut bad, store::unknown_regions(&mut tx, company).await?, |region| {
            format!("there is no region with the code “{region}”; --create-missing creates it")
        });
        unknown(&mut bad, store::unknown_specialties(&mut tx, company).await?, |specialty| {
            format!("there is no specialty “{specialty}”; --create-missing creates it")
        });
    }
    let lines = left_out(&source, &bad, read, options.rejects.as_deref())?;
    store::leave_out_contacts(&mut tx, &lines).await?;
    let mut report = LoadReport { read: read as u64, rejected: bad, ..LoadReport::default() };
    if options.create_missing {
        report.new_regions = store::create_regions(&mut tx, company).await?;
        report.new_specialties = store::create_specialties(&mut tx, company).await?;
    }
    report.count(store::merge_contacts(&mut tx, company).await?);
    finish(&mut tx, company, by, LoadCommand::Contacts, &report).await?;
    tx.commit().await?;
    Ok(report)
}

/// Loads measures of contacts, for a person or (`by` nobody) for the program itself. A measure that the company doesn't
/// have yet is created; an empty cell takes the contact's value away.
///
/// `input` is read to its end before anything else happens, on the calling thread.
pub async fn load_measures(
    pool: &PgPool,
    company: CompanyId,
    by: Option<AccountId>,
    input: impl Read,
    options: &MeasureLoad,
) -> Result<LoadReport, LoadError> {
    let Loaded { measures, rows, mut bad, read, source } = file::measures(whole(input)?, &options.columns)?;
    let mut tx = pool.begin().await?;
    lock(&mut tx, company).await?;
    store::stage_measures(&mut tx, &rows).await?;
    unknown(&mut bad, store::unknown_contacts(&mut tx, company).await?, |id| format!("there is no contact “{id}”"));
    let lines = left_out(&source, &bad, read, options.rejects.as_deref())?;
    store::leave_out_measures(&mut tx, &lines).await?;
    let new_measures = store::create_measures(&mut tx, company, &measures).await?;
    let merged = store::merge_measures(&mut tx, company, &measures).await?;
    let mut report = LoadReport { read: read as u64, rejected: bad, measures, new_measures, ..LoadReport::default() };
    report.count(merged);
    finish(&mut tx, company, by, LoadCommand::Measures, &report).await?;
    tx.commit().await?;
    Ok(report)
}

impl LoadReport {
    fn count(&mut self, merged: Merged) {
        let Merged { added, changed, unchanged, removed } = merged;
        (self.added, self.changed, self.unchanged, self.removed) = (added, changed, unchanged, removed);
    }
}

fn count<S: serde::Serializer>(rejected: &BadLines, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u64(rejected.len() as u64)
}

fn whole(mut input: impl Read) -> Result<Vec<u8>, LoadError> {
    let mut data = Vec::new();
    match input.read_to_end(&mut data) {
        Ok(_) => Ok(data),
        Err(source) => Err(LoadError::Read { file: "The file".into(), source }),
    }
}

async fn lock(conn: &mut PgConnection, company: CompanyId) -> Result<(), LoadError> {
    let found = store::lock_company(conn, company).await?;
    if found { Ok(()) } else { Err(LoadError::Company(format!("There is no company {company}."))) }
}

fn unknown(bad: &mut BadLines, unknown: Vec<Unknown>, reason: impl Fn(&str) -> String) {
    for (line, text) in unknown {
        bad.entry(line.unsigned_abs()).or_default().push(reason(&text));
    }
}

/// The numbers of the bad lines, once they are in the rejects file; an error when there are some and no such file is
/// asked for.
fn left_out(source: &Source, bad: &BadLines, read: usize, rejects: Option<&Path>) -> Result<Vec<i64>, LoadError> {
    match rejects {
        // Also when every line is good: a file left from last time would speak of lines that are none of this load's.
        Some(path) => {
            let failed = |source| LoadError::Rejects { file: path.to_owned(), source };
            write_rejects(source, bad, path).map_err(failed)?;
        }
        None if bad.is_empty() => {}
        None => return Err(LoadError::BadLines { read: read as u64, bad: bad.clone() }),
    }
    Ok(bad.keys().map(|line| *line as i64).collect())
}

/// Writes the bad lines as a file that can be mended and loaded: the same columns, and the reason in one more.
fn write_rejects(source: &Source, bad: &BadLines, path: &Path) -> io::Result<()> {
    let mut out = csv::WriterBuilder::new().flexible(true).delimiter(source.delimiter).from_writer(File::create(path)?);
    // Rejects loaded again have their old reasons replaced.
    let all = source.header.len();
    let own = all - usize::from(source.header.last().is_some_and(|name| name == file::REASON));
    out.write_record(source.header[..own].iter().map(String::as_str).chain([file::REASON]))?;
    let mut written = Ok(());
    source.each_line(|line, _, record| {
        if let (Some(reasons), true) = (bad.get(&line), written.is_ok()) {
            let fields = record.iter().take(own).chain(std::iter::repeat_n(&b""[..], own.saturating_sub(record.len())));
            // A line with too many fields keeps them all, beyond the reason.
            written = out.write_record(fields.chain([reasons.join("; ").as_bytes()]).chain(record.iter().skip(all)));
        }
    });
    written?;
    out.flush()?;
    out.into_inner().map_err(csv::IntoInnerError::into_error)?.sync_all()
}

/// What every load ends with, inside its transaction.
async fn finish(
    conn: &mut PgConnection,
    company: CompanyId,
    by: Option<AccountId>,
    command: LoadCommand,
    report: &LoadReport,
) -> Result<(), LoadError> {
    let after = serde_json::to_value(report).map_err(|error| sqlx::Error::Encode(error.into()))?;
    audit::record(
        conn,
        company,
        audit::Entry { by, command: command.into(), after: Some(after), ..audit::Entry::default() },
    )
    .await?;
    // The same file again changes nothing, not even the revision of a cycle.
    if report.added + report.changed + report.removed > 0 {
        store::analyze(conn).await?;
        population_changed(conn, company, by).await?;
    }
    Ok(())
}
