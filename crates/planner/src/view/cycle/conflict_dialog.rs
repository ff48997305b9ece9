//! Somebody saved other borders first: both versions, side by side.

use super::asks::Conflict;
use super::board::Board;
use crate::model::BorderVersion;
use cutline_domain::borders::classes::highest_first;
use cutline_domain::{Borders, Class};
use cutline_kit::parts::{ClassChip, Dialog, When};
use leptos::prelude::*;

/// Both versions, and the choice between them.
#[component]
pub fn ConflictDialog() -> impl IntoView {
    let board = Board::get();
    let open = board.asks.conflicting;
    let body = move || board.asks.conflict.get().map(|conflict| view! { <Versions conflict /> });
    let title = move || {
        let conflict = board.asks.conflict.read();
        let by = conflict.as_ref().and_then(|conflict| conflict.theirs.as_ref()).map(|theirs| theirs.by.as_str());
        if by.is_some_and(|by| board.cycle.is_me(by)) {
            "You changed these borders in another tab"
        } else {
            "Someone else changed these borders"
        }
    };
    view! {
        <Dialog open wide=true title=Signal::derive(move || title().to_owned())>
            {body}
        </Dialog>
    }
}

#[component]
fn Versions(conflict: Conflict) -> impl IntoView {
    let board = Board::get();
    let open = board.asks.conflicting;
    let Conflict { message, mine, theirs, enable } = conflict;
    let next = theirs.as_ref().map(|theirs| theirs.version);
    let their_borders = theirs.as_ref().map(|theirs| theirs.borders.clone());
    let their_view = theirs.clone().map(|BorderVersion { version, borders, by, at, .. }| {
        view! {
            <Version who=by borders other=Some(mine.clone())>
                "saved "
                <When at />
                {format!(", version {version}")}
            </Version>
        }
    });
    let my_borders = mine.clone();
    let take = move |_| {
        if let Some(theirs) = &theirs {
            board.desk.borders.set(theirs.borders.clone());
            board.desk.planned.set(theirs.planned.iter().map(ToString::to_string).collect());
            board.seen_draft.set_value(Some(theirs.version));
        }
        open.set(false);
    };
    let keep = move |_| {
        board.desk.borders.set(mine.clone());
        open.set(false);
        if enable { board.enable(next) } else { board.save_draft(next) }
    };
    view! {
        <div class="dialog__body">
            <p class="dialog__lead">
                {message}" Nothing is lost: both versions are below. Choose the one to go on with."
            </p>
            <div class="versions">
                {their_view} <Version who="Yours" borders=my_borders other=their_borders>
                    "not saved"
                </Version>
            </div>
        </div>
        <footer class="dialog__foot">
            <button type="button" class="button" data-focus="" on:click=move |_| open.set(false)>
                "Cancel"
            </button>
            <button type="button" class="button" on:click=take>
                "Take theirs"
            </button>
            <button type="button" class="button button--primary" on:click=keep>
                "Keep mine"
            </button>
        </footer>
    }
}

/// One version: whose it is, when it was saved (the children), and its borders, marked where those of `other` differ.
#[component]
fn Version(#[prop(into)] who: String, borders: Borders, other: Option<Borders>, children: Children) -> impl IntoView {
    let labels = Board::get().desk.subject.labels;
    let row = |class: Class| {
        let limit = borders.lower_limit(class);
        let differs = other.as_ref().is_some_and(|other| other.lower_limit(class) != limit);
        let text = limit.map_or_else(|| "open".to_owned(), |limit| limit.to_string());
        let value = if differs { view! { <mark>{text}</mark> }.into_any() } else { text.into_any() };
        view! {
            <tr>
                <th scope="row">
                    <ClassChip class=Some(class) labels />
                </th>
                <td class="num">{value}</td>
            </tr>
        }
    };
    view! {
        <section class="version">
            <span class="version__who">{who}</span>
            <span class="version__when">{children()}</span>
            <table class="table">
                <tbody>{highest_first(borders.classes()).map(row).collect_view()}</tbody>
            </table>
        </section>
    }
}
