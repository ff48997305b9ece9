//! Which dialogs are open, and about what.

use crate::model::BorderVersion;
use cutline_domain::{Borders, Percent};
use leptos::prelude::*;

/// Somebody saved other borders first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Who.
    pub message: String,
    /// What was drawn here.
    pub mine: Borders,
    /// And planned.
    pub planned: Vec<Percent>,
    /// What is saved there.
    pub theirs: Option<BorderVersion>,
    /// Whether enabling was asked for, or only saving.
    pub enable: bool,
}

/// The dialogs of the page.
#[derive(Clone, Copy)]
pub struct Asks {
    /// Reject.
    pub reject: RwSignal<bool>,
    /// Override.
    pub overriding: RwSignal<bool>,
    /// Reset.
    pub reset: RwSignal<bool>,
    /// Transfer.
    pub transfer: RwSignal<bool>,
    /// Keyboard help.
    pub keys: RwSignal<bool>,
    /// Command palette.
    pub palette: RwSignal<bool>,
    /// Both versions of the borders.
    pub conflicting: RwSignal<bool>,
    /// The versions that were saved.
    pub versions: RwSignal<bool>,
    /// Numbers of the items that Reject or Override asks about.
    pub about: RwSignal<Vec<u32>>,
    /// What the conflict is.
    pub conflict: RwSignal<Option<Conflict>>,
}

impl Asks {
    /// None is open.
    pub fn new() -> Self {
        let closed = || RwSignal::new(false);
        Self {
            reject: closed(),
            overriding: closed(),
            reset: closed(),
            transfer: closed(),
            keys: closed(),
            palette: closed(),
            conflicting: closed(),
            versions: closed(),
            about: RwSignal::new(Vec::new()),
            conflict: RwSignal::new(None),
        }
    }

    /// Whether something is asked.
    pub fn any_open(self) -> bool {
        // Each is read, so that each is followed.
        self.all().map(|open| open.get()).contains(&true)
    }

    fn all(self) -> [RwSignal<bool>; 8] {
        let Self { reject, overriding, reset, transfer, keys, palette, conflicting, versions, .. } = self;
        [reject, overriding, reset, transfer, keys, palette, conflicting, versions]
    }

    /// Closes everything.
    pub fn close_all(self) {
        for open in self.all() {
            open.set(false);
        }
    }

    /// Asks why items are rejected.
    pub fn reject(self, seqs: Vec<u32>) {
        self.ask(self.reject, seqs);
    }

    /// Asks which class and why.
    pub fn overriding(self, seqs: Vec<u32>) {
        self.ask(self.overriding, seqs);
    }

    fn ask(self, dialog: RwSignal<bool>, seqs: Vec<u32>) {
        if !seqs.is_empty() {
            self.about.set(seqs);
            dialog.set(true);
        }
    }

    /// Closes what a decision was asked in.
    pub fn close_decisions(self) {
        self.reject.set(false);
        self.overriding.set(false);
    }

    /// Shows both versions.
    pub fn conflict(self, conflict: Conflict) {
        self.conflict.set(Some(conflict));
        self.conflicting.set(true);
    }
}
