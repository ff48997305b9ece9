//! What a person at a terminal sees while a load runs: how much of the file is read, then what is being done.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, IsTerminal, Read};
use std::time::Duration;
use strum::IntoStaticStr;

const READING: &str = "Reading {wide_bar} {bytes} of {total_bytes}, {eta} left";
const STEP: &str = "{spinner} {msg}, {elapsed}";
const TICK: Duration = Duration::from_millis(120);

/// What a load does once the file is read.
#[derive(Clone, Copy, Debug, IntoStaticStr)]
pub enum Step {
    /// Looking for what isn't known, and for lines that name the same.
    #[strum(serialize = "Comparing with what is known")]
    Comparing,
    /// Changing and adding.
    #[strum(serialize = "Writing")]
    Writing,
    /// What changed is taken over.
    #[strum(serialize = "Bringing open cycles up to date")]
    Cycles,
}

/// How far a load is, on standard error; by default nobody looks.
#[derive(Clone, Debug)]
pub struct Progress(ProgressBar);

impl Default for Progress {
    fn default() -> Self {
        Self(ProgressBar::hidden())
    }
}

impl Progress {
    /// Shown if standard error is a terminal. A log or a pipe gets nothing of it.
    pub fn at_terminal() -> Self {
        if io::stderr().is_terminal() { Self(ProgressBar::no_length()) } else { Self::default() }
    }

    /// Shows how much of `bytes` is read of a file.
    pub fn reading<R: Read>(&self, from: R, bytes: u64) -> impl Read + use<R> {
        self.0.set_style(style(READING));
        self.0.set_length(bytes);
        self.0.wrap_read(from)
    }

    /// Shows what is done now.
    pub fn step(&self, step: Step) {
        if self.0.is_hidden() {
            return;
        }
        self.0.set_style(style(STEP));
        self.0.set_message(<&str>::from(step));
        self.0.enable_steady_tick(TICK);
    }

    /// Leaves nothing behind.
    pub fn over(&self) {
        self.0.finish_and_clear();
    }
}

/// A template that is wrong shows the usual bar, which is no reason to stop a load.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_can_be_shown() {
        for template in [READING, STEP] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
