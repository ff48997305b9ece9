//! `cutline load contacts` and `cutline load measures`: their flags, and what they print. Loading itself is in
//! `service`.

use crate::bad_lines::BadLines;
use crate::error::LoadError;
use crate::file::{ContactColumns, MeasureColumns};
use crate::input::Input;
use crate::progress::Progress;
use crate::service::{self, ContactLoad, LoadReport, MeasureLoad};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use cutline_domain::base::format::grouped;
use cutline_domain::base::kind::Kind;
use cutline_platform::{Error, telemetry};
use sqlx::PgPool;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Reads a kind of contact, and offers those there are.
fn kinds() -> impl TypedValueParser<Value = Kind> {
    PossibleValuesParser::new(Kind::ALL.iter().map(|kind| kind.as_str())).try_map(|text| text.parse::<Kind>())
}

/// Load contacts or measures from a CSV file
///
/// The first line of the file names its columns, which may stand in any order; commas, semicolons or tabs separate them.
/// A load does everything or nothing: if a line is bad, every bad line is listed with its number and what is wrong with
/// it, nothing is changed, and the exit code is 1. Loading the same file again changes nothing.
#[derive(Debug, Args)]
pub struct LoadArgs {
    /// What the file holds.
    #[command(subcommand)]
    pub what: LoadWhat,
}

/// What a file holds.
#[derive(Debug, Subcommand)]
pub enum LoadWhat {
    /// Load contacts: who they are, their region, specialty, owner and tags
    ///
    /// Contacts are known by their external id: new ones are added, known ones changed to what the file says. A column
    /// that the file doesn't have is left as it is; an empty cell clears the specialty, owner or tags. Contacts that the
    /// file doesn't name stay.
    Contacts(ContactArgs),
    /// Load measures: numbers about contacts, one column for each measure
    ///
    /// Numbers have at most two decimals, after a point. An empty cell means that the contact doesn't have that measure:
    /// a value known before is removed. Measures that don't exist yet are created; contacts have to exist.
    Measures(MeasureArgs),
}

/// What both loads take.
#[derive(Debug, Args)]
pub struct InputArgs {
    /// The CSV file, in UTF-8; - reads standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The company to load into, by name or id [default: the only one]
    #[arg(long, value_name = "NAME")]
    pub company: Option<String>,
    /// Column of the external id.
    #[arg(long, value_name = "COLUMN", help = "Column of the external id [default: external_id, or id]")]
    pub id_column: Option<String>,
    /// Leave bad lines out and write them to FILE, each with the reason, to be mended and loaded later
    ///
    /// FILE is replaced if it exists, and has only a header if no line is bad.
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
}

/// Flags of `load contacts`.
#[derive(Debug, Args)]
pub struct ContactArgs {
    /// What both loads take.
    #[command(flatten)]
    pub input: InputArgs,
    /// Column of the name [default: name; without it, new contacts are called by their id]
    #[arg(long, value_name = "COLUMN")]
    pub name_column: Option<String>,
    /// Column of the region's code [default: region]
    #[arg(long, value_name = "COLUMN")]
    pub region_column: Option<String>,
    /// Column of the specialty's name [default: specialty]
    #[arg(long, value_name = "COLUMN")]
    pub specialty_column: Option<String>,
    /// Column of the kind: person, institution or group [default: kind]
    #[arg(long, value_name = "COLUMN")]
    pub kind_column: Option<String>,
    /// Column of the owner: the e-mail address of a rep or regional manager [default: owner]
    #[arg(long, value_name = "COLUMN")]
    pub owner_column: Option<String>,
    /// Column of the tags, separated by commas, semicolons or bars [default: tags]
    #[arg(long, value_name = "COLUMN")]
    pub tags_column: Option<String>,
    /// Kind of the contacts whose line doesn't say [default: person for new ones]
    #[arg(long, value_name = "KIND", value_parser = kinds())]
    pub kind: Option<Kind>,
    /// Create regions (at the top of the tree) and specialties that don't exist yet; without it their lines are bad
    #[arg(long)]
    pub create_missing: bool,
}

/// Flags of `load measures`.
#[derive(Debug, Args)]
pub struct MeasureArgs {
    /// What both loads take.
    #[command(flatten)]
    pub input: InputArgs,
    /// Columns to load, as MEASURE or MEASURE=COLUMN where names differ: `--measures claims,patients=pat_count`
    /// [default: every column but the contact's own: id, name, region, specialty, kind, owner, tags]
    #[arg(long, value_name = "MEASURE[=COLUMN]", value_delimiter = ',')]
    pub measures: Vec<String>,
}

/// How a load ended that was carried through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything, or everything but the rejects, was loaded.
    Loaded,
    /// Lines are bad; nothing was loaded.
    Refused,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(u8::from(outcome == Outcome::Refused))
    }
}

/// Runs a load, reporting to `out`, and bad lines to `err`; a terminal that looks on is shown how far it is. The load stands
/// whether or not somebody reads the report, so a closed pipe is no error.
pub async fn run(
    pool: &PgPool,
    args: LoadArgs,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<Outcome, LoadError> {
    let started = Instant::now();
    let input = args.what.input();
    let company = service::company(pool, input.company.as_deref()).await?;
    let (file, rejects) = (open(input).await?.watched(Progress::at_terminal()), input.rejects.clone());
    let loaded = match &args.what {
        LoadWhat::Contacts(args) => service::load_contact_file(pool, company, None, &file, &args.options()).await,
        LoadWhat::Measures(args) => service::load_measure_file(pool, company, None, &file, &args.options()).await,
    };
    file.progress.over();
    match loaded {
        Ok(report) => {
            let _ = list(err, &report.rejected);
            let _ = writeln!(out, "{}", told(&report, rejects.as_deref(), started.elapsed()));
            Ok(Outcome::Loaded)
        }
        Err(LoadError::BadLines { read, bad }) => {
            let _ = list(err, &bad);
            let _ = writeln!(err, "{}", LoadError::BadLines { read, bad });
            if args.what.guessed_measures() {
                let _ =
                    writeln!(err, "Every column that isn't a contact's own was taken for a measure; see --measures.");
            }
            Ok(Outcome::Refused)
        }
        Err(error) => Err(error),
    }
}

impl LoadWhat {
    fn input(&self) -> &InputArgs {
        match self {
            Self::Contacts(args) => &args.input,
            Self::Measures(args) => &args.input,
        }
    }

    fn guessed_measures(&self) -> bool {
        matches!(self, Self::Measures(args) if args.measures.is_empty())
    }
}

impl ContactArgs {
    fn options(&self) -> ContactLoad {
        ContactLoad {
            columns: ContactColumns {
                id: self.input.id_column.clone(),
                name: self.name_column.clone(),
                region: self.region_column.clone(),
                specialty: self.specialty_column.clone(),
                kind: self.kind_column.clone(),
                owner: self.owner_column.clone(),
                tags: self.tags_column.clone(),
            },
            kind: self.kind,
            create_missing: self.create_missing,
            rejects: self.input.rejects.clone(),
        }
    }
}

impl MeasureArgs {
    fn options(&self) -> MeasureLoad {
        let columns = MeasureColumns { id: self.input.id_column.clone(), measures: self.measures.clone() };
        MeasureLoad { columns, rejects: self.input.rejects.clone() }
    }
}

async fn open(input: &InputArgs) -> Result<Input, LoadError> {
    if input.file == Path::new("-") {
        let kept = telemetry::blocking(|| Input::kept(io::stdin())).await.map_err(Error::from)?;
        return kept.map_err(LoadError::Kept);
    }
    let unreadable = |source| LoadError::Read { file: input.file.clone(), source };
    let itself = fs::canonicalize(&input.file).map_err(unreadable)?;
    if let Some(rejects) = &input.rejects
        && fs::canonicalize(rejects).is_ok_and(|rejects| rejects == itself)
    {
        let source = io::Error::other("it is the file to load");
        return Err(LoadError::Rejects { file: rejects.clone(), source });
    }
    let file = input.file.clone();
    telemetry::blocking(move || Input::open(&file)).await.map_err(Error::from)?.map_err(unreadable)
}

fn list(to: &mut dyn Write, bad: &BadLines) -> io::Result<()> {
    let mut to = io::BufWriter::new(to);
    for line in bad.lines() {
        match line {
            Ok(line) => writeln!(to, "line {}: {}", line.number, line.reason)?,
            Err(error) => writeln!(to, "The list of bad lines can't be read further: {error}.")?,
        }
    }
    to.flush()
}

fn told(report: &LoadReport, rejects: Option<&Path>, took: Duration) -> String {
    let (added, changed, removed) = (grouped(report.added), grouped(report.changed), grouped(report.removed));
    let what = match report.measures.as_slice() {
        [] => format!(": {added} added, {changed} changed"),
        measures => format!(", {}: {added} values added, {changed} changed, {removed} removed", measures.join(", ")),
    };
    let new = [
        (report.new_regions, "region", "regions"),
        (report.new_specialties, "specialty", "specialties"),
        (report.new_measures, "measure", "measures"),
    ];
    let new: Vec<String> = new.iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| counted(*n, one, many)).collect();
    let new = if new.is_empty() { String::new() } else { format!(" New: {}.", new.join(", ")) };
    let rejected = counted(report.rejected.len(), "bad line", "bad lines");
    let rejected = match rejects {
        Some(rejects) if !report.rejected.is_empty() => format!(" {rejected} left out, see {}.", rejects.display()),
        _ => String::new(),
    };
    let read = counted(report.read, "contact", "contacts");
    let (unchanged, seconds) = (grouped(report.unchanged), took.as_secs_f64());
    format!("{read} read{what}, {unchanged} unchanged.{new}{rejected} {seconds:.1} s")
}

fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}
