//! A form in a dialog about something that has versions: filled in from one of them, sent with a key, and what becomes of it
//! when it is refused or somebody else saved first.

use super::field::FormAnswer;
use cutline_domain::base::ids::IdempotencyKey;
use cutline_wire::AppError;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What such a form holds.
pub trait Versioned: Clone + PartialEq + Send + Sync + 'static {
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

/// The key of what a form asks: the same for as long as it asks the same and had no answer, so that a double click or a reply
/// that was lost does nothing twice.
#[derive(Debug)]
pub struct AskKey<T: 'static>(StoredValue<Option<(T, IdempotencyKey)>>);

impl<T: Send + Sync + 'static> Default for AskKey<T> {
    fn default() -> Self {
        Self(StoredValue::new(None))
    }
}

#[allow(clippy::expl_impl_clone_on_copy, reason = "derived, it would ask of T to be copied")]
impl<T> Clone for AskKey<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for AskKey<T> {}

impl<T: PartialEq + Clone + Send + Sync + 'static> AskKey<T> {
    /// The key to ask this with.
    pub fn of(self, asked: &T) -> IdempotencyKey {
        let known = self.0.with_value(|last| last.as_ref().filter(|(last, _)| last == asked).map(|(_, key)| *key));
        known.unwrap_or_else(|| {
            let key = IdempotencyKey::new();
            self.0.set_value(Some((asked.clone(), key)));
            key
        })
    }

    /// Takes in the answer: after one, the same is asked anew.
    pub fn answered<A>(self, answer: &Result<A, AppError>) {
        if !matches!(answer, Err(error) if error.is_unanswered()) {
            self.0.set_value(None);
        }
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
    key: AskKey<F>,
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
            key: AskKey::default(),
        }
    }

    /// Opens the dialog, filled in.
    pub fn start(self, form: F) {
        self.base.set_value(form.clone());
        self.form.set(form);
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
            let sent = self.form.get_untracked();
            let key = self.key.of(&sent);
            let answer = save(sent, key).await;
            self.key.answered(&answer);
            match answer {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stays_while_the_same_is_asked_and_nothing_is_answered() {
        Owner::new().with(|| {
            let key = AskKey::default();
            let first = key.of(&"2026 H1");
            assert_eq!(key.of(&"2026 H1"), first, "clicked twice");
            key.answered::<()>(&Err(AppError::Unreachable));
            assert_eq!(key.of(&"2026 H1"), first, "the reply was lost");
            let other = key.of(&"2026 H2");
            assert_ne!(other, first, "another question");
            key.answered(&Ok(()));
            assert_ne!(key.of(&"2026 H2"), other, "asked again after it was done");
        });
    }
}
