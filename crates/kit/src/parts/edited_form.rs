//! A form in a dialog about something that has versions: filled in from one of them, sent with a key, and what becomes of it
//! when it is refused or somebody else saved first.

use super::field::FormAnswer;
use cutline_domain::base::ids::IdempotencyKey;
use cutline_wire::AppError;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What such a form holds.
pub trait Versioned: Clone + Send + Sync + 'static {
    /// Makes it follow a version: saved, it knowingly comes after that one.
    fn follow(&mut self, version: i32);
    /// Takes in what somebody else saved, who began with `base` too: their version, and what was not changed here.
    fn merge(&mut self, base: &Self, theirs: &Self);
}

/// One field of two versions from one base: what only they changed becomes theirs, what was changed here stays.
pub fn merge<T: PartialEq + Clone>(mine: &mut T, base: &T, theirs: &T) {
    if *mine == *base {
        *mine = theirs.clone();
    }
}

/// The form and the answer to it. Copied freely: it is a bundle of handles.
#[derive(Debug)]
pub struct EditedForm<F: Versioned> {
    /// Whether its dialog is open.
    pub open: RwSignal<bool>,
    /// What is typed.
    pub form: RwSignal<F>,
    /// Why it was refused.
    pub answer: FormAnswer,
    /// Whether it is being saved.
    pub busy: RwSignal<bool>,
    /// What it was filled in from.
    base: StoredValue<F>,
    /// The same for a repetition after no answer, so that it is done once.
    key: StoredValue<IdempotencyKey>,
}

#[allow(clippy::expl_impl_clone_on_copy, reason = "derived, it would ask of F to be copied")]
impl<F: Versioned> Clone for EditedForm<F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F: Versioned> Copy for EditedForm<F> {}

impl<F: Versioned> EditedForm<F> {
    /// A dialog that isn't open yet.
    pub fn new(blank: F) -> Self {
        Self {
            open: RwSignal::new(false),
            form: RwSignal::new(blank.clone()),
            answer: RwSignal::new(None),
            busy: RwSignal::new(false),
            base: StoredValue::new(blank),
            key: StoredValue::new(IdempotencyKey::new()),
        }
    }

    /// Opens the dialog, filled in.
    pub fn start(self, form: F) {
        self.base.set_value(form.clone());
        self.form.set(form);
        self.key.set_value(IdempotencyKey::new());
        self.answer.set(None);
        self.open.set(true);
    }

    /// Saves. `saved` comes after the dialog has closed; `now` gives the form of what is stored, where that is newer.
    pub fn submit<T: 'static>(
        self,
        event: &SubmitEvent,
        save: impl AsyncFnOnce(F, IdempotencyKey) -> Result<T, AppError> + 'static,
        saved: impl AsyncFnOnce(T) + 'static,
        now: impl AsyncFnOnce() -> Option<F> + 'static,
    ) {
        event.prevent_default();
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.answer.set(None);
        spawn_local(async move {
            match save(self.form.get_untracked(), self.key.get_value()).await {
                Ok(answer) => {
                    self.open.set(false);
                    saved(answer).await;
                }
                Err(error) => self.refused(error, now).await,
            }
            self.busy.set(false);
        });
    }

    async fn refused(self, error: AppError, now: impl AsyncFnOnce() -> Option<F>) {
        if !error.is_unanswered() {
            self.key.set_value(IdempotencyKey::new());
        }
        if let AppError::Conflict { theirs: Some(newer), .. } = &error {
            self.form.update(|mine| mine.follow(newer.version));
            if let Some(theirs) = now().await {
                self.form.update(|mine| mine.merge(&self.base.read_value(), &theirs));
                self.base.set_value(theirs);
            }
        }
        self.answer.set(Some(error));
    }
}
