//! A CSV file of contacts or of measures, read into clean rows and a list of bad lines. Pure: what only the database can
//! know (is there such a region?) is asked in `service`.

use csv::ByteRecord;
use cutline_domain::Score;
use cutline_domain::base::kind::Kind;
use cutline_domain::base::number::NumberError;
use cutline_domain::base::text::{self, most};
use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

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

/// A contact as its line has it. `None`: the file has no such column, so what is known stays. An empty text: the file
/// says there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactRow {
    /// Line in the file; the header is line 1.
    pub line: u64,
    /// External id.
    pub id: String,
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

/// The measures of one contact, in the order of [`MeasureFile::measures`]; `None` where the contact has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasureRow {
    /// Line in the file; the header is line 1.
    pub line: u64,
    /// External id of the contact.
    pub id: String,
    /// Values.
    pub values: Vec<Option<Score>>,
}

/// Why a file can't be read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
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

/// Bad lines by number, each with its reasons in plain words.
pub type BadLines = BTreeMap<u64, Vec<String>>;

/// A file of contacts or measures: its clean rows and its bad lines.
#[derive(Debug)]
pub struct Loaded<Row> {
    /// Measures by column, for a file of measures.
    pub measures: Vec<String>,
    /// Rows without a fault of their own.
    pub rows: Vec<Row>,
    /// The other lines.
    pub bad: BadLines,
    /// Lines after the header, blank ones left out.
    pub read: usize,
    /// The file itself, for writing out rejects.
    pub source: Source,
}

/// Reads a file of contacts; `kind` is that of contacts whose line doesn't say.
pub fn contacts(data: Vec<u8>, columns: &ContactColumns, kind: Option<Kind>) -> Result<Loaded<ContactRow>, FileError> {
    let source = Source::new(data)?;
    let id = source.id_column(columns.id.as_deref())?;
    let region = source.needed(columns.region.as_deref().unwrap_or("region"), "--region-column")?;
    let name = source.column(columns.name.as_deref(), "name", "--name-column")?;
    let specialty = source.column(columns.specialty.as_deref(), "specialty", "--specialty-column")?;
    let kinds = source.column(columns.kind.as_deref(), "kind", "--kind-column")?;
    let owner = source.column(columns.owner.as_deref(), "owner", "--owner-column")?;
    let tags = source.column(columns.tags.as_deref(), "tags", "--tags-column")?;
    Ok(source.read(id, Vec::new(), |line, id, cells| ContactRow {
        line,
        id: id.to_owned(),
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
    }))
}

/// Reads a file of measures.
pub fn measures(data: Vec<u8>, columns: &MeasureColumns) -> Result<Loaded<MeasureRow>, FileError> {
    let source = Source::new(data)?;
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
    Ok(source.read(id, names, |line, id, cells| MeasureRow {
        line,
        id: id.to_owned(),
        values: at.iter().map(|at| cells.number(*at)).collect(),
    }))
}

/// The text of a file, its delimiter and its column names.
#[derive(Debug)]
pub struct Source {
    data: Vec<u8>,
    /// What separates its cells.
    pub delimiter: u8,
    /// Names of its columns.
    pub header: Vec<String>,
}

impl Source {
    fn new(mut data: Vec<u8>) -> Result<Self, FileError> {
        if data.starts_with(b"\xef\xbb\xbf") {
            data.drain(..3);
        }
        let delimiter = delimiter(&data);
        let mut record = ByteRecord::new();
        if !matches!(reader(&data, delimiter).read_byte_record(&mut record), Ok(true)) {
            return Err(FileError::Empty);
        }
        let name = |name: &[u8]| text::clean(std::str::from_utf8(name).ok()?, most::KEY).ok().map(Cow::into_owned);
        let header: Vec<String> = record.iter().map(name).collect::<Option<_>>().ok_or(FileError::NotText)?;
        Ok(Self { data, delimiter, header })
    }

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

    /// Sees every record after the header with its line as an editor counts, and whether a quote runs on past its line
    /// without being closed. The reader's own count is no use: it is behind after blank lines and CRLF.
    pub fn each_line(&self, mut see: impl FnMut(u64, bool, &ByteRecord)) {
        let mut reader = reader(&self.data, self.delimiter);
        let mut record = ByteRecord::new();
        let (mut line, mut counted, mut header) = (1, 0, true);
        // Reading from memory has no other end than the end of the text.
        while matches!(reader.read_byte_record(&mut record), Ok(true)) {
            let mut start = record.position().map_or(0, csv::Position::byte) as usize;
            start += self.data[start..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            line += breaks(&self.data[counted..start]);
            counted = start;
            let text = self.data[start..reader.position().byte() as usize].trim_ascii_end();
            let open = breaks(text) > 0 && text.iter().fold(false, |open, byte| open ^ (*byte == b'"'));
            let blank = record.len() <= 1 && record.as_slice().trim_ascii().is_empty();
            if !std::mem::take(&mut header) && !blank {
                see(line, open, &record);
            }
        }
    }

    fn read<Row>(
        self,
        id: usize,
        measures: Vec<String>,
        row: impl Fn(u64, &str, &mut Cells<'_>) -> Row,
    ) -> Loaded<Row> {
        let (mut rows, mut bad, mut read) = (Vec::new(), BadLines::default(), 0);
        let mut first_on: HashMap<String, u64> = HashMap::new();
        let wanted = self.header.len();
        self.each_line(|line, open, record| {
            read += 1;
            if open {
                bad.insert(line, vec!["a quotation mark opened on this line is not closed on it".to_owned()]);
                return;
            }
            if record.len() != wanted {
                bad.insert(line, vec![format!("{} fields where the header has {wanted}", record.len())]);
                return;
            }
            let mut cells = Cells { record, header: &self.header, faults: Vec::new() };
            let key = cells.key(id, true);
            if !key.is_empty() {
                match first_on.entry(key.clone().into_owned()) {
                    Entry::Occupied(first) => cells.fault(id, &key, &format!("is already on line {}", first.get())),
                    Entry::Vacant(free) => _ = free.insert(line),
                }
            }
            let row = row(line, &key, &mut cells);
            if cells.faults.is_empty() {
                rows.push(row);
            } else {
                bad.insert(line, cells.faults);
            }
        });
        Loaded { measures, rows, bad, read, source: self }
    }
}

fn reader(data: &[u8], delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(data)
}

/// Whichever of comma, semicolon and tab separates most on the first line.
fn delimiter(data: &[u8]) -> u8 {
    let (mut counts, mut quoted) = ([0_u32; 3], false);
    for byte in data.trim_ascii_start().iter().take_while(|byte| !matches!(byte, b'\r' | b'\n')) {
        quoted ^= *byte == b'"';
        if let Some(at) = b",;\t".iter().position(|delimiter| delimiter == byte).filter(|_| !quoted) {
            counts[at] += 1;
        }
    }
    let most = counts.into_iter().max().unwrap_or_default();
    counts.iter().position(|count| *count == most).map_or(b',', |at| b",;\t"[at])
}

/// Line ends: LF, CRLF and CR.
fn breaks(text: &[u8]) -> u64 {
    let ends = |(at, byte): &(usize, &u8)| match byte {
        b'\r' => text.get(at + 1) != Some(&b'\n'),
        byte => **byte == b'\n',
    };
    text.iter().enumerate().filter(ends).count() as u64
}

/// The cells of one line, and what is wrong with them.
struct Cells<'a> {
    record: &'a ByteRecord,
    header: &'a [String],
    faults: Vec<String>,
}

impl<'a> Cells<'a> {
    fn fault(&mut self, at: usize, text: &str, is: &str) {
        let long = text.chars().count() > 60;
        let shown: String = text.chars().take(60).map(|c| if c.is_control() { ' ' } else { c }).collect();
        let more = if long { "…" } else { "" };
        self.faults.push(format!("“{shown}{more}” in column {} {is}", self.header[at]));
    }

    /// A cell without the space around it; empty when at fault.
    fn text(&mut self, at: usize, most: usize) -> Cow<'a, str> {
        let Ok(text) = std::str::from_utf8(&self.record[at]) else {
            self.faults.push(format!("column {} is not UTF-8 text", self.header[at]));
            return Cow::Borrowed("");
        };
        text::clean(text, most).unwrap_or_else(|error| {
            self.fault(at, text, &error.to_string());
            Cow::Borrowed("")
        })
    }

    /// A cell that names something.
    fn key(&mut self, at: usize, needed: bool) -> Cow<'a, str> {
        let before = self.faults.len();
        let text = self.text(at, most::KEY);
        if needed && text.is_empty() && self.faults.len() == before {
            self.faults.push(format!("column {} is empty", self.header[at]));
        }
        text
    }

    fn kind(&mut self, at: usize, default: Kind) -> Option<Kind> {
        let text = self.text(at, most::KEY);
        let kind = if text.is_empty() { Ok(default) } else { text.to_lowercase().parse() };
        kind.map_err(|_| self.fault(at, &text, "is none of person, institution and group")).ok()
    }

    fn number(&mut self, at: usize) -> Option<Score> {
        let text = self.text(at, most::KEY);
        let is = match text.parse() {
            _ if text.is_empty() => return None,
            Ok(score) => return Some(score),
            Err(NumberError::TooPrecise) => "has more than two decimals",
            Err(NumberError::TooLarge) => "is too large",
            Err(_) => "is not a number",
        };
        self.fault(at, &text, is);
        None
    }
}
