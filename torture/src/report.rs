//! What was done, and what was wrong: counted while it goes on, printed at the end.

use std::collections::BTreeMap;
use std::io::Write;

/// The most faults of a kind that are told in words.
const TOLD: usize = 5;

/// Counts of one thing that was tried or looked at.
#[derive(Clone, Debug, Default)]
struct Line {
    /// By outcome: `done`, `refused`.
    outcomes: BTreeMap<&'static str, u64>,
    faults: Vec<String>,
}

/// Everything that was tried and looked at, by name.
#[derive(Clone, Debug, Default)]
pub struct Report {
    lines: BTreeMap<String, Line>,
}

impl Report {
    /// One more of a thing came out in a way that is right.
    pub fn count(&mut self, name: &str, outcome: &'static str) {
        *self.lines.entry(name.to_owned()).or_default().outcomes.entry(outcome).or_default() += 1;
    }

    /// One more came out in a way that is wrong.
    pub fn fault(&mut self, name: &str, what: impl Into<String>) {
        let what = what.into();
        say(&format!("  WRONG {name}: {what}"));
        self.lines.entry(name.to_owned()).or_default().faults.push(what);
    }

    /// That something holds.
    pub fn hold(&mut self, name: &str, holds: bool, what: impl FnOnce() -> String) {
        if holds { self.count(name, "held") } else { self.fault(name, what()) }
    }

    /// Takes in what another one counted.
    pub fn add(&mut self, other: Self) {
        for (name, line) in other.lines {
            let mine = self.lines.entry(name).or_default();
            for (outcome, times) in line.outcomes {
                *mine.outcomes.entry(outcome).or_default() += times;
            }
            mine.faults.extend(line.faults);
        }
    }

    /// Whether nothing was wrong, and anything was tried at all.
    pub fn is_good(&self) -> bool {
        !self.lines.is_empty() && self.lines.values().all(|line| line.faults.is_empty())
    }

    /// Prints the table.
    pub fn print(&self) {
        say(&format!("\n{:<52} {:>6}  outcomes", "what", "wrong"));
        for (name, line) in &self.lines {
            let outcomes: Vec<String> = line.outcomes.iter().map(|(what, times)| format!("{times} {what}")).collect();
            say(&format!("{name:<52} {:>6}  {}", line.faults.len(), outcomes.join(", ")));
            for fault in line.faults.iter().take(TOLD) {
                say(&format!("    {fault}"));
            }
        }
        let faults: usize = self.lines.values().map(|line| line.faults.len()).sum();
        say(&if faults == 0 { "\nNothing was wrong.".to_owned() } else { format!("\n{faults} things were wrong.") });
    }
}

/// Prints a line.
pub fn say(text: &str) {
    // Nobody reading is no reason to fail.
    let _ = writeln!(std::io::stdout(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_fault_makes_a_run_bad_and_so_does_having_tried_nothing() {
        let mut report = Report::default();
        assert!(!report.is_good());
        report.hold("sums", true, String::new);
        assert!(report.is_good());
        let mut other = Report::default();
        other.hold("sums", false, || "2 and 2 are 5".to_owned());
        report.add(other);
        assert!(!report.is_good());
    }
}
