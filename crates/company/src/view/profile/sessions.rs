//! Where one is signed in, and ending that.

use crate::api::{end_other_sessions, end_session};
use crate::model::OwnSession;
use crate::view::once::Once;
use cutline_domain::base::format::counted;
use cutline_domain::base::ids::SessionHandle;
use cutline_kit::parts::{FormError, When, use_toasts};
use leptos::prelude::*;

/// The list.
#[component]
pub fn Sessions(sessions: RwSignal<Vec<OwnSession>>) -> impl IntoView {
    // Which is to end; all others for `None`.
    let once: Once<Option<SessionHandle>> = Once::new();
    let Once { answer, busy, .. } = once;
    let toasts = use_toasts();
    let others = Memo::new(move |_| sessions.read().iter().any(|session| !session.here));
    let end_others = move |_| {
        let ended = async move |ended: u32| {
            sessions.update(|sessions| sessions.retain(|session| session.here));
            toasts.good(format!("{} ended", counted(ended, "session")));
        };
        once.send(None, async |_, key| end_other_sessions(key).await, ended);
    };
    let item = move |session: OwnSession| view! { <Item session sessions once /> };
    view! {
        <section class="profile__part profile__part--wide" aria-labelledby="profile-sessions">
            <h2 class="profile__title" id="profile-sessions">
                "Where you are signed in"
            </h2>
            <FormError answer fields=&[] />
            <ul class="sessions">
                <For each=move || sessions.get() key=|session| session.handle children=item />
            </ul>
            <Show when=move || others.get()>
                <div>
                    <button class="button" aria-busy=move || busy.get().then_some("true") on:click=end_others>
                        "End all others"
                    </button>
                </div>
            </Show>
        </section>
    }
}

#[component]
fn Item(session: OwnSession, sessions: RwSignal<Vec<OwnSession>>, once: Once<Option<SessionHandle>>) -> impl IntoView {
    let OwnSession { handle, browser, began, seen, here } = session;
    let browser = browser.unwrap_or_else(|| "A browser that doesn\u{2019}t say its name".to_owned());
    let end = move |_| {
        let ended = async move |()| sessions.update(|sessions| sessions.retain(|session| session.handle != handle));
        once.send(Some(handle), async move |_, key| end_session(handle, key).await, ended);
    };
    let label = format!("End {browser}");
    let act = if here {
        view! { <span class="tag">"this one"</span> }.into_any()
    } else {
        view! {
            <button class="button" aria-label=label on:click=end>
                "End"
            </button>
        }
        .into_any()
    };
    view! {
        <li class="sessions__item">
            <div>
                <b>{browser}</b>
                <p class="muted">"Since "<When at=began exact=true />", last used "<When at=seen exact=true /></p>
            </div>
            {act}
        </li>
    }
}
