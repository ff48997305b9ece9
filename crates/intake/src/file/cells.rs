//! The cells of one line, cleaned, and what is wrong with them.

use csv::ByteRecord;
use cutline_domain::Score;
use cutline_domain::base::kind::Kind;
use cutline_domain::base::number::NumberError;
use cutline_domain::base::text::{self, most};
use std::borrow::Cow;

/// The most characters of a cell that a reason quotes.
const QUOTED: usize = 60;

/// The cells of one line.
pub struct Cells<'a> {
    pub record: &'a ByteRecord,
    pub header: &'a [String],
    pub faults: Vec<String>,
}

/// That what a column says is wrong: `“robot” in column kind is none of person, institution and group`.
pub fn fault(column: &str, text: &str, is: &str) -> String {
    let shown: String = text.chars().take(QUOTED).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let more = if text.chars().count() > QUOTED { "…" } else { "" };
    format!("“{shown}{more}” in column {column} {is}")
}

impl<'a> Cells<'a> {
    pub fn fault(&mut self, at: usize, text: &str, is: &str) {
        self.faults.push(fault(&self.header[at], text, is));
    }

    /// A cell without the space around it; empty when at fault.
    pub fn text(&mut self, at: usize, most: usize) -> Cow<'a, str> {
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
    pub fn key(&mut self, at: usize, needed: bool) -> Cow<'a, str> {
        let before = self.faults.len();
        let text = self.text(at, most::KEY);
        if needed && text.is_empty() && self.faults.len() == before {
            self.faults.push(format!("column {} is empty", self.header[at]));
        }
        text
    }

    pub fn kind(&mut self, at: usize, default: Kind) -> Option<Kind> {
        let text = self.text(at, most::KEY);
        let kind = if text.is_empty() { Ok(default) } else { text.to_lowercase().parse() };
        kind.map_err(|_| self.fault(at, &text, "is none of person, institution and group")).ok()
    }

    pub fn number(&mut self, at: usize) -> Option<Score> {
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
