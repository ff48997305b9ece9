//! Whether the server can be reached: one banner for the whole site, however many requests fail, and a sign for what has to be
//! asked again once it can.

use super::Icon;
use crate::browser::fetch_text;
use cutline_wire::AppError;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How long after a failure the server is tried again.
const AGAIN: Duration = Duration::from_secs(3);

/// The connection to the server. Copied freely: it is a bundle of handles.
#[derive(Clone, Copy, Debug)]
pub struct Connection {
    lost: RwSignal<bool>,
    returned: RwSignal<u32>,
}

impl Connection {
    /// Makes it known below.
    pub fn provide() {
        provide_context(Self { lost: RwSignal::new(false), returned: RwSignal::new(0) });
    }

    /// The one of the app.
    pub fn get() -> Self {
        expect_context()
    }

    /// Grows each time the connection came back: whoever reads it asks again then.
    pub fn returned(self) -> u32 {
        self.returned.get()
    }

    /// Takes note of what a request ended with; gives whether it was the connection, which the banner tells already.
    pub fn failed(self, error: &AppError) -> bool {
        let lost = *error == AppError::Unreachable;
        // The app may have been left meanwhile.
        if lost && self.lost.try_get_untracked() == Some(false) {
            self.lost.set(true);
            self.wait();
        }
        lost
    }

    fn wait(self) {
        set_timeout(move || spawn_local(self.look()), AGAIN);
    }

    async fn look(self) {
        if self.lost.try_get_untracked() != Some(true) {
            return;
        }
        if fetch_text("/healthz").await.is_ok() {
            self.lost.set(false);
            self.returned.update(|count| *count += 1);
        } else {
            self.wait();
        }
    }
}

/// Says that the server can't be reached, while it can't.
#[component]
pub fn ConnectionBanner() -> impl IntoView {
    let connection = Connection::get();
    Effect::new(move |_| {
        let back = window_event_listener_untyped("online", move |_| spawn_local(connection.look()));
        on_cleanup(move || back.remove());
    });
    let banner = move || {
        connection.lost.get().then(|| {
            view! {
                <div class="banner banner--warn banner--strip">
                    <Icon name="warning" />
                    <p>
                        <b>"No connection to the server."</b>
                        " What you see may be out of date. It is tried again by itself; what was saved is safe."
                    </p>
                    <button class="button button--s" on:click=move |_| spawn_local(connection.look())>
                        "Try now"
                    </button>
                </div>
            }
        })
    };
    view! { <div role="status">{banner}</div> }
}
