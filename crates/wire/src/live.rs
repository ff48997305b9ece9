//! What a page is told while it is open: how far its subject is, and who else has it open. A few lines of text, because it
//! is read in every page's first load.

/// How things stand, told whole each time, so that a page that missed some is as well off as one that heard all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The newest revision; `None` when the server can't be sure that it heard of all: look again.
    pub revision: Option<u64>,
    /// Names of the others who have it open.
    pub here: Vec<String>,
}

impl Standing {
    /// As it is sent: the revision on the first line, a name on each of the others. Never empty: browsers take an event without
    /// data for none.
    pub fn text(&self) -> String {
        let mut text = self.revision.map_or_else(|| "?".to_owned(), |revision| revision.to_string());
        for name in &self.here {
            text.push('\n');
            text.extend(name.chars().map(|c| if c.is_control() { ' ' } else { c }));
        }
        text
    }

    /// What was sent. A first line that is no number says what none says: look again.
    pub fn read(text: &str) -> Self {
        let mut lines = text.split('\n');
        let revision = lines.next().and_then(|line| line.parse().ok());
        Self { revision, here: lines.map(str::to_owned).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_reads_back() {
        let here = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        for standing in [
            Standing::default(),
            Standing { revision: Some(0), here: here(&[]) },
            Standing { revision: Some(u64::MAX), here: here(&["Nora North", "Zoë d'Été"]) },
            Standing { revision: None, here: here(&["17"]) },
        ] {
            assert_eq!(Standing::read(&standing.text()), standing);
            assert!(!standing.text().is_empty(), "an event without data is none");
        }
        let odd = Standing { revision: Some(1), here: here(&["Two\nlines\r"]) };
        assert_eq!(Standing::read(&odd.text()).here, ["Two lines "], "a name is one line");
    }
}
