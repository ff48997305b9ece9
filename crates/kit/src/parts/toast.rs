//! Short messages that float: what was done, what was refused. They go by themselves, refusals stay until dismissed.

use super::Icon;
use leptos::prelude::*;
use std::time::Duration;

/// How long good news stays.
const SHOWN: Duration = Duration::from_secs(8);
/// How much good news stands at a time, beside what can be undone: quick work doesn't cover the page.
const MOST_GOOD: usize = 2;

#[derive(Clone)]
struct Toast {
    id: u32,
    good: bool,
    title: String,
    text: Option<String>,
    /// Takes back what was done.
    undo: Option<Callback<()>>,
}

/// Where messages are sent to.
#[derive(Clone, Copy, Debug)]
pub struct ToastSender {
    shown: RwSignal<Vec<Toast>>,
    next: StoredValue<u32>,
}

impl ToastSender {
    /// Something was done.
    pub fn good(self, title: impl Into<String>) {
        self.add(true, title.into(), None, None);
    }

    /// Something was done, with more to say.
    pub fn good_with(self, title: impl Into<String>, text: impl Into<String>) {
        self.add(true, title.into(), Some(text.into()), None);
    }

    /// Something was done that can be taken back as a whole.
    pub fn good_undo(self, title: impl Into<String>, text: Option<String>, undo: impl Fn() + Send + Sync + 'static) {
        self.add(true, title.into(), text, Some(Callback::new(move |()| undo())));
    }

    /// Something was refused, and why.
    pub fn bad(self, title: impl Into<String>, text: impl Into<String>) {
        self.add(false, title.into(), Some(text.into()), None);
    }

    fn add(self, good: bool, title: String, text: Option<String>, undo: Option<Callback<()>>) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        let can_undo = undo.is_some();
        self.shown.update(|shown| {
            // What was said before needs no second place.
            shown.retain(|toast| {
                toast.undo.is_some() || toast.good != good || toast.title != title || toast.text != text
            });
            let passing = |toast: &Toast| toast.good && toast.undo.is_none();
            if good && shown.iter().filter(|toast| passing(toast)).count() >= MOST_GOOD {
                shown.remove(shown.iter().position(passing).unwrap_or_default());
            }
            shown.push(Toast { id, good, title, text, undo });
        });
        if good {
            let shown = if can_undo { SHOWN * 3 } else { SHOWN };
            set_timeout(move || self.dismiss(id), shown);
        }
    }

    fn dismiss(self, id: u32) {
        // The page may be gone by the time the clock runs out.
        let _ = self.shown.try_update(|shown| shown.retain(|toast| toast.id != id));
    }
}

/// The sender of the app.
pub fn use_toasts() -> ToastSender {
    expect_context::<ToastSender>()
}

/// Makes the sender known below.
pub fn provide_toasts() -> ToastSender {
    let sender = ToastSender { shown: RwSignal::new(Vec::new()), next: StoredValue::new(0) };
    provide_context(sender);
    sender
}

/// The messages shown at the moment.
#[component]
pub fn Toasts() -> impl IntoView {
    let sender = use_toasts();
    let toast = move |toast: Toast| {
        let (class, icon, role) = if toast.good {
            ("toast toast--good", "check-circle", "status")
        } else {
            ("toast toast--bad", "cross-circle", "alert")
        };
        view! {
            <div class=class role=role>
                <Icon name=icon />
                <span class="toast__title">{toast.title}</span>
                <button
                    class="icon-button icon-button--s"
                    aria-label="Dismiss"
                    on:click=move |_| sender.dismiss(toast.id)
                >
                    <Icon name="cross" />
                </button>
                {toast.text.map(|text| view! { <span class="toast__text">{text}</span> })}
                {toast
                    .undo
                    .map(|undo| {
                        view! {
                            <span class="toast__acts">
                                <button
                                    class="link"
                                    on:click=move |_| {
                                        sender.dismiss(toast.id);
                                        undo.run(());
                                    }
                                >
                                    "Undo"
                                </button>
                            </span>
                        }
                    })}
            </div>
        }
    };
    view! {
        <div class="toasts" role="region" aria-label="Notifications">
            <For each=move || sender.shown.get() key=|toast| toast.id children=toast />
        </div>
    }
}
