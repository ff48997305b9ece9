//! The lines of a CSV file, one after the other: its delimiter, its header, and each record with its line as an editor counts.
//! What is held of the file is one record and a buffer.

use super::FileError;
use csv::ByteRecord;
use cutline_domain::base::text::{self, most};
use std::borrow::Cow;
use std::io::{self, Chain, Cursor, Read};

/// What some programs put before text in UTF-8.
const BOM: &[u8] = b"\xef\xbb\xbf";
/// What is read at once.
const BUFFER: usize = 64 << 10;
/// The most bytes of one record. Beyond it, a quotation mark swallows the rest of the file.
pub const LONGEST: usize = 16 << 20;

/// A file being read, after its header.
pub struct Lines<R> {
    reader: csv::Reader<Window<Chain<Cursor<Vec<u8>>, R>>>,
    record: ByteRecord,
    /// Line on which the latest record begins.
    line: u64,
    /// What separates its cells.
    pub delimiter: u8,
    /// Names of its columns.
    pub header: Vec<String>,
}

/// A record and where it stands.
#[derive(Debug)]
pub struct Record<'a> {
    /// The line on which it begins; the header is line 1.
    pub line: u64,
    /// Whether a quote runs on past that line without being closed.
    pub is_open: bool,
    /// Its cells.
    pub cells: &'a ByteRecord,
    /// Names of the file's columns.
    pub header: &'a [String],
}

impl<R: Read> Lines<R> {
    /// Reads the header.
    pub fn new(mut from: R) -> Result<Self, FileError> {
        let mut head = head(&mut from)?;
        if head.starts_with(BOM) {
            head.drain(..BOM.len());
        }
        let delimiter = delimiter(&head);
        let window = Window { from: Cursor::new(head).chain(from), bytes: Vec::new(), passed: 0, start: 0 };
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .buffer_capacity(BUFFER)
            .from_reader(window);
        let mut lines = Self { reader, record: ByteRecord::new(), line: 1, delimiter, header: Vec::new() };
        if lines.step()?.is_none() {
            return Err(FileError::Empty);
        }
        let name = |name: &[u8]| text::clean(std::str::from_utf8(name).ok()?, most::KEY).ok().map(Cow::into_owned);
        lines.header = lines.record.iter().map(name).collect::<Option<_>>().ok_or(FileError::NotText)?;
        Ok(lines)
    }

    /// The next record that isn't blank.
    pub fn next_record(&mut self) -> Result<Option<Record<'_>>, FileError> {
        let is_open = loop {
            let Some(is_open) = self.step()? else { return Ok(None) };
            if self.record.len() > 1 || !self.record.as_slice().trim_ascii().is_empty() {
                break is_open;
            }
        };
        Ok(Some(Record { line: self.line, is_open, cells: &self.record, header: &self.header }))
    }

    /// Goes on by one record; says whether a quote in it is open. The reader's own count of lines is no use: it is behind
    /// after blank lines and CRLF.
    fn step(&mut self) -> Result<Option<bool>, FileError> {
        let begin = self.reader.position().byte();
        let read = self.reader.read_byte_record(&mut self.record);
        let end = self.reader.position().byte();
        let window = self.reader.get_mut();
        let begin = begin + window.since(begin).iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count() as u64;
        self.line += breaks(window.until(begin));
        match read {
            Ok(false) => return Ok(None),
            Err(_) if window.is_full() => return Err(FileError::LineTooLong(self.line)),
            Err(error) => return Err(FileError::Read(error.into())),
            Ok(true) => {}
        }
        window.pass(begin);
        let text = window.until(end).trim_ascii_end();
        Ok(Some(breaks(text) > 0 && text.iter().fold(false, |open, byte| open ^ (*byte == b'"'))))
    }
}

/// What was read of a file and is still needed: from the beginning of the latest record to where the reader is.
struct Window<R> {
    from: R,
    /// What is kept, behind what isn't needed any more.
    bytes: Vec<u8>,
    /// How many of the bytes aren't needed any more.
    passed: usize,
    /// Where in the file the others begin.
    start: u64,
}

impl<R> Window<R> {
    /// From a place in the file, not before the window's.
    fn since(&self, place: u64) -> &[u8] {
        &self.bytes[self.passed + (place - self.start) as usize..]
    }

    /// Up to a place in the file.
    fn until(&self, place: u64) -> &[u8] {
        &self.bytes[self.passed..self.passed + (place - self.start) as usize]
    }

    /// What is before a place isn't needed any more.
    fn pass(&mut self, place: u64) {
        self.passed += (place - self.start) as usize;
        self.start = place;
        // Not for every record: what stays is moved.
        if self.passed > BUFFER {
            self.bytes.drain(..self.passed);
            self.passed = 0;
        }
    }

    const fn is_full(&self) -> bool {
        self.bytes.len() - self.passed > LONGEST
    }
}

impl<R: Read> Read for Window<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.is_full() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let read = self.from.read(into)?;
        self.bytes.extend_from_slice(&into[..read]);
        Ok(read)
    }
}

/// The first bytes of a file, with all of its first line.
fn head(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let (mut head, mut piece) = (Vec::new(), vec![0; BUFFER]);
    let has_line = |head: &[u8]| {
        let text = head.strip_prefix(BOM).unwrap_or(head).trim_ascii_start();
        text.iter().any(|byte| matches!(byte, b'\r' | b'\n'))
    };
    while !has_line(&head) && head.len() < LONGEST {
        let read = from.read(&mut piece)?;
        if read == 0 {
            break;
        }
        head.extend_from_slice(&piece[..read]);
    }
    Ok(head)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(from: impl Read) -> Result<Vec<u64>, FileError> {
        let (mut lines, mut numbers) = (Lines::new(from)?, Vec::new());
        while let Some(record) = lines.next_record()? {
            numbers.push(record.line);
        }
        Ok(numbers)
    }

    /// Gives one byte at a time, as a slow pipe may.
    struct Drops<'a>(&'a [u8]);

    impl Read for Drops<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let most = into.len().min(1);
            self.0.read(&mut into[..most])
        }
    }

    #[test]
    fn lines_count_alike_however_the_file_comes() -> Result<(), FileError> {
        let text = b"\xef\xbb\xbf\r\nid,name\r\n\r\n1,\"two\r\nlines\"\r\n2,x\r3,x\n\n\n4,\"a\n\n\nb\"\n  \n5,x";
        let wanted = [4, 6, 7, 10, 15];
        assert_eq!(numbers(&text[..])?, wanted);
        assert_eq!(numbers(Drops(text))?, wanted);
        let many = [&text[..], &b"\r\n6,x".repeat(100_000)[..]].concat();
        let more = (16..100_016).collect::<Vec<_>>();
        assert_eq!(numbers(Drops(&many))?, [&wanted[..], &more].concat());
        Ok(())
    }

    #[test]
    fn what_is_held_doesnt_grow_with_the_file() -> Result<(), FileError> {
        let row = b"1,\"a name\r\non two lines\"\r\n";
        let text = (0..2_000_000).map(|at| row[at % row.len()]);
        let text: Vec<u8> = b"id,name\n".iter().copied().chain(text).collect();
        let mut lines = Lines::new(&text[..])?;
        while lines.next_record()?.is_some() {
            let window = lines.reader.get_ref();
            assert!(window.bytes.len() <= 3 * BUFFER, "{} bytes are held", window.bytes.len());
        }
        Ok(())
    }

    #[test]
    fn a_quote_that_is_never_closed_is_not_read_into_memory() {
        let endless = (&b"id,name\n1,x\n2,\"x\n"[..]).chain(io::repeat(b'x'));
        let error = numbers(endless).expect_err("it never ends");
        assert!(matches!(error, FileError::LineTooLong(3)), "{error}");
    }
}
