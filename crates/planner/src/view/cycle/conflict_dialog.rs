//! Somebody saved other borders first: both versions, side by side.

use super::board::Board;
use cutline_domain::{Borders, Class};
use cutline_kit::parts::{ClassChip, Dialog, When};
use leptos::prelude::*;

/// Both versions, and the choice between them.
#[component]
pub fn ConflictDialog() -> impl IntoView {
    let board = Board::get();
    let open = board.asks.conflicting;
    let labels = board.desk.subject.labels;
    let version = move |who: String, when: AnyView, borders: &Borders, other: Option<&Borders>| {
        let rows = (0..borders.classes() as u8).rev().map(Class).map(|class| {
            let limit = borders.lower_limit(class);
            let differs = other.is_some_and(|other| other.lower_limit(class) != limit);
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
        });
        view! {
            <section class="version">
                <span class="version__who">{who}</span>
                <span class="version__when">{when}</span>
                <table class="table">
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </section>
        }
    };
    let body = move || {
        board.asks.conflict.get().map(|conflict| {
            let theirs = conflict.theirs.clone();
            let next = theirs.as_ref().map(|theirs| theirs.version);
            let (mine, enable) = (conflict.mine.clone(), conflict.enable);
            let their_view = theirs.as_ref().map(|theirs| {
                let (at, number) = (theirs.at, theirs.version);
                let when = view! {
                    "saved "
                    <When at exact=true />
                    {format!(", version {number}")}
                }
                .into_any();
                version(theirs.by.clone(), when, &theirs.borders, Some(&conflict.mine))
            });
            let my_view = version(
                "Yours".to_owned(),
                "not saved".into_any(),
                &conflict.mine,
                theirs.as_ref().map(|t| &t.borders),
            );
            let take = move |_| {
                if let Some(theirs) = &theirs {
                    board.desk.borders.set(theirs.borders.clone());
                    board.desk.planned.set(theirs.planned.iter().map(ToString::to_string).collect());
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
                        {conflict.message}" Nothing is lost: both versions are below. Choose the one to go on with."
                    </p>
                    <div class="versions">{their_view}{my_view}</div>
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
        })
    };
    view! {
        <Dialog open wide=true title="Someone else changed these borders">
            {body}
        </Dialog>
    }
}
