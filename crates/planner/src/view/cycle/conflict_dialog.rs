//! Somebody saved other borders first: both versions, side by side.

use super::asks::Conflict;
use super::board::Board;
use super::drawing::Base;
use crate::model::BorderVersion;
use cutline_domain::borders::classes::highest_first;
use cutline_domain::{Borders, Class, Percent};
use cutline_kit::borders::Drawn;
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
    let Conflict { message, mine, planned, theirs, enable } = conflict;
    let next = theirs.as_ref().map(|theirs| theirs.version);
    let (ours, other) = ((mine.clone(), planned.clone()), theirs.clone());
    let their_view = theirs.clone().map(|BorderVersion { version, borders, planned, by, at }| {
        view! {
            <Version who=by drawn=(borders, planned) other=Some(ours.clone())>
                "saved "
                <When at />
                {format!(", version {version}")}
            </Version>
        }
    });
    let other = other.map(|theirs| (theirs.borders, theirs.planned));
    let my_view = view! {
        <Version who="Yours" drawn=(mine.clone(), planned.clone()) other=other>
            "not saved"
        </Version>
    };
    let take = move |_| {
        if let Some(BorderVersion { version, borders, planned, .. }) = theirs.clone() {
            board.drawing.begin(board.desk, Base { version: Some(version), borders, planned });
            board.forget_drawing();
        }
        open.set(false);
    };
    let keep = move |_| {
        let planned = planned.iter().map(Percent::to_string).collect();
        board.desk.put(Drawn { borders: mine.clone(), planned });
        open.set(false);
        if enable { board.enable(next) } else { board.save_draft(next) }
    };
    view! {
        <div class="dialog__body">
            <p class="dialog__lead">
                {message}" Nothing is lost: both versions are below. Choose the one to go on with."
            </p>
            <div class="versions">{their_view} {my_view}</div>
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

/// Borders and planned shares.
type Version = (Borders, Vec<Percent>);

/// One version: whose it is, when it was saved (the children), its borders and its plan, marked where those of `other` differ.
#[component]
fn Version(#[prop(into)] who: String, drawn: Version, other: Option<Version>, children: Children) -> impl IntoView {
    let labels = Board::get().desk.subject.labels;
    let begins = |(borders, _): &Version, class: Class| {
        borders.lower_limit(class).map_or_else(|| "open".to_owned(), |limit| limit.to_string())
    };
    let plans = |(_, planned): &Version, class: Class| {
        planned.get(class.index()).map_or_else(String::new, |share| format!("{share}%"))
    };
    let cell = |class: Class, says: fn(&Version, Class) -> String| {
        let text = says(&drawn, class);
        let differs = other.as_ref().is_some_and(|other| says(other, class) != text);
        if differs { view! { <mark>{text}</mark> }.into_any() } else { text.into_any() }
    };
    let row = |class: Class| {
        view! {
            <tr>
                <th scope="row">
                    <ClassChip class=Some(class) labels full=true />
                </th>
                <td class="num">{cell(class, begins)}</td>
                <td class="num">{cell(class, plans)}</td>
            </tr>
        }
    };
    view! {
        <section class="version">
            <span class="version__who">{who}</span>
            <span class="version__when">{children()}</span>
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Class"</th>
                        <th scope="col" class="num">
                            "From"
                        </th>
                        <th scope="col" class="num">
                            "Plan %"
                        </th>
                    </tr>
                </thead>
                <tbody>{highest_first(drawn.0.classes()).map(row).collect_view()}</tbody>
            </table>
        </section>
    }
}
