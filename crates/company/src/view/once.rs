//! A form that is done with once it was taken: sent with a key, so that a repetition after no answer does it once.

use cutline_domain::base::ids::IdempotencyKey;
use cutline_kit::parts::field::FormAnswer;
use cutline_wire::AppError;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The answer to it, and what it takes to send it. Copied freely: it is a bundle of handles.
#[derive(Clone, Copy, Debug)]
pub struct Once {
    /// Why it was refused.
    pub answer: FormAnswer,
    /// Whether it is under way.
    pub busy: RwSignal<bool>,
    key: StoredValue<IdempotencyKey>,
}

impl Once {
    /// Not sent yet.
    pub fn new() -> Self {
        Self { answer: RwSignal::new(None), busy: RwSignal::new(false), key: StoredValue::new(IdempotencyKey::new()) }
    }

    /// Sends, unless that is under way; `done` comes after it was taken, while it still looks busy.
    pub fn send<T: 'static>(
        self,
        ask: impl AsyncFnOnce(IdempotencyKey) -> Result<T, AppError> + 'static,
        done: impl AsyncFnOnce(T) + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.answer.set(None);
        spawn_local(async move {
            let answer = ask(self.key.get_value()).await;
            if answer.as_ref().err().is_none_or(|error| !error.is_unanswered()) {
                self.key.set_value(IdempotencyKey::new());
            }
            match answer {
                Ok(answer) => done(answer).await,
                Err(error) => self.answer.set(Some(error)),
            }
            self.busy.set(false);
        });
    }
}
