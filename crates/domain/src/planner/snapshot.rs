//! A cycle's items as columns, and their binary form on the wire: 12 bytes an item (16 where a score needs more than
//! 32 bits of hundredths), little-endian, one column after the other.
//!
//! ```text
//! "CUT2" · revision u64 · items u32 · gone u32 · score width u8 (4 or 8)
//! seq u32 × n · score i32|i64 × n · region u16 × n · classes u8 × n · marks u8 × n · seq u32 × gone
//! ```
//!
//! `classes` holds current (high nibble) and override (low nibble), 0 for none, else class + 1. `marks` holds the
//! status in bits 0–1, "score changed since" in bit 2 and "override suggested" in bit 3. The proposed class doesn't
//! travel: it is what the borders make of the score.

use crate::base::number::Score;
use crate::borders::Class;
use crate::planner::approval::Status;

const MAGIC: &[u8; 4] = b"CUT2";
const HEADER: usize = 21;
/// "No score" in each width.
const UNSCORED_32: i32 = i32::MIN;
/// Stands for "no score" in [`Columns::scores`].
pub const UNSCORED: i64 = i64::MIN;

/// One item as the columns hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number in the cycle.
    pub seq: u32,
    /// What it is decided by.
    pub score: Option<Score>,
    /// Index into the region list sent beside the snapshot.
    pub region: u16,
    /// The general classification when it joined.
    pub current: Option<Class>,
    /// By a regional manager.
    pub overridden: Option<Class>,
    /// In progress, accepted or rejected.
    pub status: Status,
    /// A newer score arrived after it was decided.
    pub score_changed: bool,
    /// An earlier round's override is offered again.
    pub suggested: bool,
}

/// Items as columns, ordered by `seq`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// The revision of the cycle they show.
    pub revision: u64,
    /// Numbers in the cycle, increasing.
    pub seqs: Vec<u32>,
    /// Hundredths, or [`UNSCORED`].
    pub scores: Vec<i64>,
    /// Index into the region list.
    pub regions: Vec<u16>,
    classes: Vec<u8>,
    marks: Vec<u8>,
    /// Numbers of items that moved out of the reader's sight, increasing: to another region or owner.
    pub gone: Vec<u32>,
}

/// Why bytes are not a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the items could not be read; the page may be older than the server, reload it")]
pub struct SnapshotError;

impl Columns {
    /// No items yet, as of a revision.
    pub fn at(revision: u64) -> Self {
        Self { revision, ..Self::default() }
    }

    /// How many items.
    pub fn len(&self) -> usize {
        self.seqs.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.seqs.is_empty()
    }

    /// Adds an item; items come by increasing `seq`.
    pub fn push(&mut self, row: Row) {
        debug_assert!(self.seqs.last().is_none_or(|last| *last < row.seq));
        self.seqs.push(row.seq);
        self.scores.push(0);
        self.regions.push(0);
        self.classes.push(0);
        self.marks.push(0);
        self.set(self.seqs.len() - 1, row);
    }

    /// Replaces the item at `index`, which keeps its `seq`.
    pub fn set(&mut self, index: usize, row: Row) {
        self.scores[index] = row.score.map_or(UNSCORED, Score::hundredths);
        self.regions[index] = row.region;
        self.classes[index] = (nibble(row.current) << 4) + nibble(row.overridden);
        self.marks[index] = row.status as u8 + (u8::from(row.score_changed) << 2) + (u8::from(row.suggested) << 3);
    }

    /// The item at `index`.
    pub fn row(&self, index: usize) -> Row {
        Row {
            seq: self.seqs[index],
            score: self.score(index),
            region: self.regions[index],
            current: self.current(index),
            overridden: self.overridden(index),
            status: self.status(index),
            score_changed: self.marks[index] & 4 != 0,
            suggested: self.marks[index] & 8 != 0,
        }
    }

    /// Where the item numbered `seq` stands.
    pub fn index_of(&self, seq: u32) -> Option<usize> {
        self.seqs.binary_search(&seq).ok()
    }

    /// Score of the item at `index`.
    pub fn score(&self, index: usize) -> Option<Score> {
        let hundredths = self.scores[index];
        (hundredths != UNSCORED).then(|| Score::from_hundredths(hundredths))
    }

    /// Current class of the item at `index`.
    pub fn current(&self, index: usize) -> Option<Class> {
        class(self.classes[index] >> 4)
    }

    /// Override of the item at `index`.
    pub fn overridden(&self, index: usize) -> Option<Class> {
        class(self.classes[index] & 0xf)
    }

    /// Status of the item at `index`.
    pub fn status(&self, index: usize) -> Status {
        Status::ALL[usize::from(self.marks[index] & 3).min(2)]
    }

    /// Takes over newer rows: known ones are replaced, new ones added, and those gone from sight left out.
    pub fn merge(&mut self, newer: &Self) {
        if newer.gone.iter().any(|seq| self.index_of(*seq).is_some()) {
            let stays = |row: &Row| newer.gone.binary_search(&row.seq).is_err();
            *self = (0..self.len()).map(|i| self.row(i)).filter(stays).collect();
        }
        let mut joined = Vec::new();
        for row in (0..newer.len()).map(|i| newer.row(i)) {
            match self.index_of(row.seq) {
                Some(index) => self.set(index, row),
                None => joined.push(row),
            }
        }
        if !joined.is_empty() {
            let mut rows: Vec<Row> = (0..self.len()).map(|i| self.row(i)).chain(joined).collect();
            rows.sort_unstable_by_key(|row| row.seq);
            *self = rows.into_iter().collect();
        }
        self.revision = newer.revision;
    }

    /// The binary form.
    pub fn encode(&self) -> Vec<u8> {
        let narrow = self.scores.iter().all(|s| *s == UNSCORED || i32::try_from(*s).is_ok_and(|s| s != UNSCORED_32));
        let width: usize = if narrow { 4 } else { 8 };
        let mut out = Vec::with_capacity(HEADER + self.len() * (8 + width) + self.gone.len() * 4);
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&self.revision.to_le_bytes());
        out.extend_from_slice(&(self.len() as u32).to_le_bytes());
        out.extend_from_slice(&(self.gone.len() as u32).to_le_bytes());
        out.push(width as u8);
        self.seqs.iter().for_each(|seq| out.extend_from_slice(&seq.to_le_bytes()));
        for score in &self.scores {
            if narrow {
                out.extend_from_slice(&i32::try_from(*score).unwrap_or(UNSCORED_32).to_le_bytes());
            } else {
                out.extend_from_slice(&score.to_le_bytes());
            }
        }
        self.regions.iter().for_each(|region| out.extend_from_slice(&region.to_le_bytes()));
        out.extend_from_slice(&self.classes);
        out.extend_from_slice(&self.marks);
        self.gone.iter().for_each(|seq| out.extend_from_slice(&seq.to_le_bytes()));
        out
    }

    /// Reads the binary form.
    pub fn decode(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let header = bytes.get(..HEADER).filter(|header| header.starts_with(MAGIC)).ok_or(SnapshotError)?;
        let revision = u64::from_le_bytes(header[4..12].try_into().map_err(|_| SnapshotError)?);
        let n = u32::from_le_bytes(header[12..16].try_into().map_err(|_| SnapshotError)?) as usize;
        let left = u32::from_le_bytes(header[16..20].try_into().map_err(|_| SnapshotError)?) as usize;
        let width = usize::from(header[20]);
        let length = HEADER as u64 + n as u64 * (8 + width as u64) + left as u64 * 4;
        if !matches!(width, 4 | 8) || bytes.len() as u64 != length {
            return Err(SnapshotError);
        }
        let (seqs, rest) = bytes[HEADER..].split_at(n * 4);
        let (scores, rest) = rest.split_at(n * width);
        let (regions, rest) = rest.split_at(n * 2);
        let (classes, rest) = rest.split_at(n);
        let (marks, gone) = rest.split_at(n);
        let columns = Self {
            revision,
            seqs: fixed(seqs, u32::from_le_bytes),
            scores: if width == 8 {
                fixed(scores, i64::from_le_bytes)
            } else {
                fixed(scores, |b| widened(i32::from_le_bytes(b)))
            },
            regions: fixed(regions, u16::from_le_bytes),
            classes: classes.to_vec(),
            marks: marks.to_vec(),
            gone: fixed(gone, u32::from_le_bytes),
        };
        let ordered = [&columns.seqs, &columns.gone].iter().all(|seqs| seqs.windows(2).all(|pair| pair[0] < pair[1]));
        // Classes and statuses index tables elsewhere, so none beyond them may come in.
        let known =
            columns.classes.iter().all(|c| usize::from(c >> 4) <= Class::MOST && usize::from(c & 0xf) <= Class::MOST)
                && columns.marks.iter().all(|m| *m < 16 && usize::from(m & 3) < Status::ALL.len());
        if ordered && known { Ok(columns) } else { Err(SnapshotError) }
    }
}

impl FromIterator<Row> for Columns {
    fn from_iter<T: IntoIterator<Item = Row>>(rows: T) -> Self {
        let mut columns = Self::default();
        rows.into_iter().for_each(|row| columns.push(row));
        columns
    }
}

fn fixed<const N: usize, T>(bytes: &[u8], read: impl Fn([u8; N]) -> T) -> Vec<T> {
    bytes.as_chunks::<N>().0.iter().map(|chunk| read(*chunk)).collect()
}

fn widened(score: i32) -> i64 {
    if score == UNSCORED_32 { UNSCORED } else { i64::from(score) }
}

fn nibble(class: Option<Class>) -> u8 {
    class.map_or(0, |c| c.0 + 1)
}

fn class(nibble: u8) -> Option<Class> {
    nibble.checked_sub(1).map(Class)
}
