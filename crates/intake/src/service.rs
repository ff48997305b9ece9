//! The loads of contacts and measures: each one transaction, with its audit record, that does everything or nothing.
//! What a file says is read in `file`; SQL is in `store`; the command line is in `command`.

mod judging;

use crate::bad_lines::BadLines;
use crate::error::LoadError;
use crate::file::{self, ContactColumns, FileError, MeasureColumns};
use crate::input::Input;
use crate::progress::Step;
use crate::rejects::Rejects;
use crate::staging;
use crate::store::staging::Staged;
use crate::store::{self, Merged};
use cutline_contacts::service as contacts;
use cutline_domain::base::ids::{AccountId, CompanyId};
use cutline_domain::base::kind::Kind;
use cutline_domain::base::region::MOST_REGIONS;
use cutline_planner::service::population_changed;
use cutline_platform::audit::Entry;
use cutline_platform::command::{self, Doing, Work};
use cutline_platform::{Error, telemetry};
use serde::Serialize;
use sqlx::{PgConnection, PgPool};
use std::io::Read;
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
#[derive(Clone, Debug, Default, Serialize)]
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
/// `input` is read to its end before anything else happens, on the calling thread, and kept in a temporary file.
pub async fn load_contacts(
    pool: &PgPool,
    company: CompanyId,
    by: Option<AccountId>,
    input: impl Read,
    options: &ContactLoad,
) -> Result<LoadReport, LoadError> {
    load_contact_file(pool, company, by, &Input::kept(input).map_err(LoadError::Kept)?, options).await
}

/// Loads contacts from a file at rest.
pub async fn load_contact_file(
    pool: &PgPool,
    company: CompanyId,
    by: Option<AccountId>,
    input: &Input,
    options: &ContactLoad,
) -> Result<LoadReport, LoadError> {
    let table = file::contacts(input.reading(), &options.columns, options.kind)?;
    let id_column = table.id_column().to_owned();
    let work = Work { name: LoadCommand::Contacts.into(), company, by };
    let (report, rejects) = command::run_unattended(pool, work, async |doing| {
        lock(doing, company).await?;
        let conn = &mut *doing.conn;
        let read = staging::contacts(conn, table).await?;
        input.progress.step(Step::Comparing);
        let bad = store::staging::find_bad_contacts(conn, company, options.create_missing).await?;
        let bad = judging::reasons(conn, bad, &id_column).await?;
        let rejects = set_aside(conn, Staged::Contacts, input, read, &bad, options.rejects.as_deref()).await?;
        input.progress.step(Step::Writing);
        let mut report = LoadReport { read, rejected: bad, ..LoadReport::default() };
        if options.create_missing {
            report.new_regions = create_regions(conn, company).await?;
            report.new_specialties = store::create_specialties(conn, company).await?;
        }
        report.count(store::merge_contacts(conn, company, report.good()).await?);
        finish(doing, by, &report, input).await?;
        Ok::<_, LoadError>((report, rejects))
    })
    .await?;
    // Rejects may go to the terminal on which the progress is drawn.
    input.progress.over();
    rejects.map_or(Ok(()), Rejects::put_in_place)?;
    Ok(report)
}

/// Writes the rejects, if they are asked for, and takes the bad lines out of what is staged; an error when there are some and
/// no rejects are asked for.
async fn set_aside(
    conn: &mut PgConnection,
    what: Staged,
    input: &Input,
    read: u64,
    bad: &BadLines,
    place: Option<&Path>,
) -> Result<Option<Rejects>, LoadError> {
    let unreadable = |source| LoadError::File(FileError::Read(source));
    let rejects = match place.map(Path::to_owned) {
        Some(place) => {
            let (input, bad) = (input.clone(), bad.clone());
            Some(telemetry::blocking(move || Rejects::prepared(&input, &bad, &place)).await.map_err(Error::from)??)
        }
        None => None,
    };
    input.still_the_same().map_err(unreadable)?;
    if bad.is_empty() {
        return Ok(rejects);
    }
    if rejects.is_none() {
        return Err(LoadError::BadLines { read, bad: bad.clone() });
    }
    store::staging::leave_out(conn, what).await?;
    Ok(rejects)
}

/// Creates the regions that the staged contacts name, as far as a company may have so many.
async fn create_regions(conn: &mut PgConnection, company: CompanyId) -> Result<u64, LoadError> {
    let created = store::create_regions(conn, company).await?;
    if created > 0 && store::regions(conn, company).await? > MOST_REGIONS {
        return Err(LoadError::TooManyRegions);
    }
    Ok(created)
}

/// Loads measures of contacts, for a person or (`by` nobody) for the program itself. A measure that the company doesn't
/// have yet is created; an empty cell takes the contact's value away.
///
/// `input` is read to its end before anything else happens, on the calling thread, and kept in a temporary file.
pub async fn load_measures(
    pool: &PgPool,
    company: CompanyId,
    by: Option<AccountId>,
    input: impl Read,
    options: &MeasureLoad,
) -> Result<LoadReport, LoadError> {
    load_measure_file(pool, company, by, &Input::kept(input).map_err(LoadError::Kept)?, options).await
}

/// Loads measures from a file at rest.
pub async fn load_measure_file(
    pool: &PgPool,
    company: CompanyId,
    by: Option<AccountId>,
    input: &Input,
    options: &MeasureLoad,
) -> Result<LoadReport, LoadError> {
    let table = file::measures(input.reading(), &options.columns)?;
    let (id_column, measures) = (table.id_column().to_owned(), table.measures.clone());
    let work = Work { name: LoadCommand::Measures.into(), company, by };
    let (report, rejects) = command::run_unattended(pool, work, async |doing| {
        lock(doing, company).await?;
        let conn = &mut *doing.conn;
        let read = staging::measures(conn, table).await?;
        input.progress.step(Step::Comparing);
        let bad = store::staging::find_bad_measures(conn, company).await?;
        let bad = judging::reasons(conn, bad, &id_column).await?;
        let rejects = set_aside(conn, Staged::Measures, input, read, &bad, options.rejects.as_deref()).await?;
        input.progress.step(Step::Writing);
        let new_measures = store::create_measures(conn, company, &measures).await?;
        let merged = store::merge_measures(conn, company, &measures).await?;
        let mut report = LoadReport { read, rejected: bad, measures, new_measures, ..LoadReport::default() };
        report.count(merged);
        finish(doing, by, &report, input).await?;
        Ok::<_, LoadError>((report, rejects))
    })
    .await?;
    // Rejects may go to the terminal on which the progress is drawn.
    input.progress.over();
    rejects.map_or(Ok(()), Rejects::put_in_place)?;
    Ok(report)
}

impl LoadReport {
    const fn good(&self) -> u64 {
        self.read - self.rejected.len()
    }

    fn count(&mut self, merged: Merged) {
        let Merged { added, changed, unchanged, removed } = merged;
        (self.added, self.changed, self.unchanged, self.removed) = (added, changed, unchanged, removed);
    }
}

fn count<S: serde::Serializer>(rejected: &BadLines, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u64(rejected.len())
}

pub(crate) async fn lock(doing: &mut Doing<'_>, company: CompanyId) -> Result<(), LoadError> {
    let found = contacts::hold(doing.conn, company).await?;
    if found { Ok(()) } else { Err(LoadError::Company(format!("There is no company {company}."))) }
}

/// What every load ends with, inside its transaction.
async fn finish(
    doing: &mut Doing<'_>,
    by: Option<AccountId>,
    report: &LoadReport,
    input: &Input,
) -> Result<(), LoadError> {
    input.progress.step(Step::Cycles);
    let after = serde_json::to_value(report).map_err(Error::from)?;
    finish_with(doing, by, report.added + report.changed + report.removed > 0, after).await
}

/// What else ends like a load: `after` is what its audit record tells.
pub(crate) async fn finish_with(
    doing: &mut Doing<'_>,
    by: Option<AccountId>,
    changed: bool,
    after: serde_json::Value,
) -> Result<(), LoadError> {
    doing.record(Entry { after: Some(after), ..Entry::default() }).await?;
    if changed {
        store::analyze(doing.conn).await?;
    }
    // Whatever this load changed: cycles are compared with all that is known. Where nothing differs, as after the same file
    // again, nothing changes, not even a revision.
    let company = doing.company();
    population_changed(doing.conn, company, by).await?;
    Ok(())
}
