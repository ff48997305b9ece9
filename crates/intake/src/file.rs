//! A CSV file of contacts or of measures, read line by line: each a clean row, or what is wrong with it. Nothing is held but
//! the line: what takes all lines to know (is this id on another one too?) or the database (is there such a region?) is
//! asked in `service`.

mod cells;
mod lines;

use cells::Cells;
use cutline_domain::Score;
use cutline_domain::base::kind::Kind;
use cutline_domain::base::text::{self, most};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Read};

pub use cells::fault;
pub use lines::{LONGEST, Lines, Record};

/// A contact's own columns under their default names; no measures unless named as such. A mended rejects file has a
/// column of reasons too.
const NOT_MEASURES: [&str; 9] = ["external_id", "id", "name", "region", "specialty", "kind", "owner", "tags", REASON];
/// Heading of the column that a rejects file adds.
pub const REASON: &str = "reason";

/// Which columns hold what; `None` is the default name, and then only the id and the region have to be there.
#[derive(Clone, Debug, Default)]
pub struct ContactColumns {
    /// External id; by default `external_id`, else `id`.
    pub id: Option<String>,
    /// Name; without the column, new contacts are called by their id.
    pub name: Option<String>,
    /// Region, by its code.
    pub region: Option<String>,
    /// Specialty, by its name.
    pub specialty: Option<String>,
    /// `person`, `institution` or `group`.
    pub kind: Option<String>,
    /// E-mail address of a rep or regional manager.
    pub owner: Option<String>,
    /// Tags, separated by commas, semicolons or bars.
    pub tags: Option<String>,
}

/// Which columns of a file of measures hold what.
#[derive(Clone, Debug, Default)]
pub struct MeasureColumns {
    /// External id; by default `external_id`, else `id`.
    pub id: Option<String>,
    /// Measures by the name of their column, or as `measure=column`; empty: every column that isn't a contact's own.
    pub measures: Vec<String>,
}

/// A line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<Row> {
    /// Its number; the header is line 1.
    pub number: u64,
    /// External id of the contact it is about, if it says one, however bad the rest may be.
    pub id: Option<String>,
    /// What it says, or all that is wrong with it.
    pub row: Result<Row, Vec<String>>,
}

/// A contact as its line has it. `None`: the file has no such column, so what is known stays. An empty text: the file
/// says there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactRow {
    /// Name; never empty.
    pub name: Option<String>,
    /// Kind.
    pub kind: Option<Kind>,
    /// Code of the region.
    pub region: String,
    /// Name of the specialty.
    pub specialty: Option<String>,
    /// E-mail address of the owner, in lower case.
    pub owner: Option<String>,
    /// Tags, sorted.
    pub tags: Option<Vec<String>>,
}

/// The measures of one contact, in the order of [`Table::measures`]; `None` where the contact has none.
pub type MeasureRow = Vec<Option<Score>>;

/// Why a file can't be read at all.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The system can't.
    #[error("The file can't be read: {0}. Nothing was loaded.")]
    Read(#[from] io::Error),
    /// A line that has no end.
    #[error(
        "Line {0} doesn't end within {most} MB. A quotation mark opened there may not be closed. Nothing was loaded.",
        most = LONGEST >> 20
    )]
    LineTooLong(u64),
    /// Not even a header.
    #[error("The file is empty. Its first line has to name the columns.")]
    Empty,
    /// A spreadsheet, UTF-16, an old code page, or a quote that isn't closed.
    #[error("The first line doesn't read as names of columns. Save the file as “CSV UTF-8” and load it again.")]
    NotText,
    /// A column that is needed, or asked for, is not there.
    #[error("There is no column “{0}”. The file has: {1}. Say which column to use with {2}.")]
    NoColumn(String, String, &'static str),
    /// Which of them is meant can't be known.
    #[error("The file has more than one column “{0}”. Rename all but one of them.")]
    ColumnTwice(String),
    /// Two columns for one measure, or a measure without a name that can be kept.
    #[error(
        "“{0}” in --measures has no name of 1 to {most} characters or is named twice. Write measure, or measure=column, once \
         for each.",
        most = most::KEY
    )]
    BadMeasure(String),
    /// Only the contact's own columns.
    #[error("No column of the file holds a measure. The file has: {0}. Say which ones do with --measures.")]
    NoMeasures(String),
}

/// Reads a file of contacts; `kind` is that of contacts whose line doesn't say.
pub fn contacts(
    from: impl Read + Send + 'static,
    columns: &ContactColumns,
    kind: Option<Kind>,
) -> Result<Table<ContactRow>, FileError> {
    let source = opened(from)?;
    let id = source.id_column(columns.id.as_deref())?;
    let region = source.needed(columns.region.as_deref().unwrap_or("region"), "--region-column")?;
    let name = source.column(columns.name.as_deref(), "name", "--name-column")?;
    let specialty = source.column(columns.specialty.as_deref(), "specialty", "--specialty-column")?;
    let kinds = source.column(columns.kind.as_deref(), "kind", "--kind-column")?;
    let owner = source.column(columns.owner.as_deref(), "owner", "--owner-column")?;
    let tags = source.column(columns.tags.as_deref(), "tags", "--tags-column")?;
    let row = move |id: &str, cells: &mut Cells<'_>| ContactRow {
        name: name
            .map(|at| cells.text(at, most::CONTACT))
            .map(|name| if name.is_empty() { id.to_owned() } else { name.into_owned() }),
        kind: kinds.map_or(kind, |at| cells.kind(at, kind.unwrap_or(Kind::Person))),
        region: cells.key(region, true).into_owned(),
        specialty: specialty.map(|at| cells.key(at, false).into_owned()),
        owner: owner.map(|at| cells.text(at, most::EMAIL).to_lowercase()),
        tags: tags.map(|at| {
            let text = cells.text(at, usize::MAX);
            let tags: BTreeSet<&str> =
                text.split([',', ';', '|']).map(str::trim).filter(|tag| !tag.is_empty()).collect();
            if let Some(long) = tags.iter().find(|tag| tag.chars().count() > most::TAG) {
                cells.fault(at, long, &format!("is longer than {} characters", most::TAG));
            }
            tags.into_iter().map(str::to_owned).collect()
        }),
    };
    Ok(Table { measures: Vec::new(), lines: source, id, row: Box::new(row) })
}

/// Reads a file of measures.
pub fn measures(from: impl Read + Send + 'static, columns: &MeasureColumns) -> Result<Table<MeasureRow>, FileError> {
    let source = opened(from)?;
    let id = source.id_column(columns.id.as_deref())?;
    let mut chosen: Vec<(String, usize)> = Vec::new();
    for text in &columns.measures {
        let (name, column) = text.split_once('=').unwrap_or((text, text));
        // One that can't be kept is refused below.
        let name = text::clean(name, most::KEY).map_or_else(|_| name.trim().to_owned(), Cow::into_owned);
        chosen.push((name, source.needed(column.trim(), "--measures")?));
    }
    if columns.measures.is_empty() {
        let own = |at: usize, name: &str| at == id || NOT_MEASURES.iter().any(|own| own.eq_ignore_ascii_case(name));
        let header = source.header.iter().enumerate();
        chosen = header.filter(|(at, h)| !h.is_empty() && !own(*at, h)).map(|(at, h)| (h.clone(), at)).collect();
    }
    let mut seen = BTreeSet::new();
    if let Some((name, at)) =
        chosen.iter().find(|(name, _)| text::needed(name, most::KEY).is_err() || !seen.insert(name))
    {
        let by_header = columns.measures.is_empty();
        return Err(if by_header { FileError::ColumnTwice } else { FileError::BadMeasure }(
            if name.is_empty() { &source.header[*at] } else { name }.clone(),
        ));
    }
    let (names, at): (Vec<String>, Vec<usize>) = chosen.into_iter().unzip();
    if names.is_empty() {
        return Err(FileError::NoMeasures(source.header.join(", ")));
    }
    let row = move |_: &str, cells: &mut Cells<'_>| at.iter().map(|at| cells.number(*at)).collect();
    Ok(Table { measures: names, lines: source, id, row: Box::new(row) })
}

type Source = Lines<Box<dyn Read + Send>>;

/// What a line says of the contact of that id.
type RowOf<Row> = dyn Fn(&str, &mut Cells<'_>) -> Row + Send;

/// A file of contacts or measures after its header, which gives its lines; blank ones are left out.
pub struct Table<Row> {
    /// Measures by column, for a file of measures.
    pub measures: Vec<String>,
    lines: Source,
    id: usize,
    row: Box<RowOf<Row>>,
}

impl<Row> Table<Row> {
    /// Name of the column of external ids.
    pub fn id_column(&self) -> &str {
        &self.lines.header[self.id]
    }
}

impl<Row> fmt::Debug for Table<Row> {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("Table").field("header", &self.lines.header).finish_non_exhaustive()
    }
}

impl<Row> Iterator for Table<Row> {
    type Item = Result<Line<Row>, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        let Record { line: number, is_open, cells, header } = match self.lines.next_record() {
            Ok(Some(record)) => record,
            Ok(None) => return None,
            Err(error) => return Some(Err(error)),
        };
        let bad = |fault: String| Some(Ok(Line { number, id: None, row: Err(vec![fault]) }));
        if is_open {
            return bad("a quotation mark opened on this line is not closed on it".to_owned());
        }
        if cells.len() != header.len() {
            return bad(format!("{} fields where the header has {}", cells.len(), header.len()));
        }
        let mut cells = Cells { record: cells, header, faults: Vec::new() };
        let id = cells.key(self.id, true);
        let row = (self.row)(&id, &mut cells);
        let row = if cells.faults.is_empty() { Ok(row) } else { Err(cells.faults) };
        let id = Some(id.into_owned()).filter(|id| !id.is_empty());
        Some(Ok(Line { number, id, row }))
    }
}

fn opened(from: impl Read + Send + 'static) -> Result<Source, FileError> {
    Lines::new(Box::new(from))
}

impl Source {
    fn find(&self, wanted: &str) -> Result<Option<usize>, FileError> {
        // Nothing is called what no column can be called.
        let Ok(name) = text::clean(wanted, most::KEY) else { return Ok(None) };
        let mut found = (0..self.header.len()).filter(|at| self.header[*at].eq_ignore_ascii_case(&name));
        match (found.next(), found.next()) {
            (Some(_), Some(_)) => Err(FileError::ColumnTwice(wanted.to_owned())),
            (first, _) => Ok(first),
        }
    }

    fn needed(&self, wanted: &str, flag: &'static str) -> Result<usize, FileError> {
        let missing = || FileError::NoColumn(wanted.to_owned(), self.header.join(", "), flag);
        self.find(wanted)?.ok_or_else(missing)
    }

    fn column(&self, asked: Option<&str>, default: &str, flag: &'static str) -> Result<Option<usize>, FileError> {
        asked.map_or_else(|| self.find(default), |wanted| self.needed(wanted, flag).map(Some))
    }

    fn id_column(&self, asked: Option<&str>) -> Result<usize, FileError> {
        if asked.is_none()
            && self.find("external_id")?.is_none()
            && let Some(id) = self.find("id")?
        {
            return Ok(id);
        }
        self.needed(asked.unwrap_or("external_id"), "--id-column")
    }
}
