//! A form that is done with once it was taken: sent with a key, so that a repetition after no answer does it once.

use cutline_domain::base::ids::IdempotencyKey;
use cutline_kit::parts::edited_form::AskKey;
use cutline_kit::parts::field::FormAnswer;
use cutline_wire::AppError;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The answer to it, and what it takes to send it. Copied freely: it is a bundle of handles.
#[derive(Debug)]
pub struct Once<T: 'static> {
    /// Why it was refused.
    pub answer: FormAnswer,
    /// Whether it is under way.
    pub busy: RwSignal<bool>,
    key: AskKey<T>,
}

#[allow(clippy::expl_impl_clone_on_copy, reason = "derived, it would ask of T to be copied")]
impl<T> Clone for Once<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Once<T> {}

impl<T: PartialEq + Clone + Send + Sync + 'static> Once<T> {
    /// Not sent yet.
    pub fn new() -> Self {
        Self { answer: RwSignal::new(None), busy: RwSignal::new(false), key: AskKey::default() }
    }

    /// Sends what is `asked`, unless something is under way; `done` comes after it was taken, while it still looks busy.
    pub fn send<A: 'static>(
        self,
        asked: T,
        ask: impl AsyncFnOnce(T, IdempotencyKey) -> Result<A, AppError> + 'static,
        done: impl AsyncFnOnce(A) + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.answer.set(None);
        spawn_local(async move {
            let key = self.key.of(&asked);
            let answer = ask(asked, key).await;
            self.key.answered(&answer);
            match answer {
                Ok(answer) => done(answer).await,
                Err(error) => self.answer.set(Some(error)),
            }
            self.busy.set(false);
        });
    }
}
