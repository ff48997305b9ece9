//! The border editor: histogram, class table, fitting, saving.

use super::board::Board;
use cutline_domain::base::format::grouped;
use cutline_domain::planner::approval::CycleState;
use cutline_kit::borders::{ClassTable, FitMenu, Histogram, Note, ScaleSwitch, UndoRedo};
use cutline_kit::parts::Icon;
use leptos::prelude::*;

/// The panel at the lower left.
#[component]
pub fn Editor() -> impl IntoView {
    let board = Board::get();
    let note: RwSignal<Option<Note>> = RwSignal::new(None);
    let about = move || {
        let (measure, tally) = (board.desk.subject.unit.read(), board.desk.tally.read());
        let unscored = match tally.unscored.iter().sum::<u32>() {
            0 => String::new(),
            unscored => format!(" · {} unscored", grouped(unscored)),
        };
        format!("{} · {} scored{unscored}", *measure, grouped(tally.scored()))
    };
    view! {
        <section class="panel editor" aria-labelledby="editor-title">
            <div class="panel__head">
                <h2 class="panel__title" id="editor-title">
                    "Borders"
                </h2>
                <span class="panel__sub">{about}</span>
                <Show when=move || board.cycle.drawing()>
                    <Unsaved />
                </Show>
                <ScaleSwitch />
            </div>
            <div class="editor__body">
                <div class="editor__main">
                    <Histogram />
                    <Messages note />
                </div>
                <div class="editor__side">
                    <ClassTable />
                    <Show when=move || board.cycle.drawing() fallback=|| view! { <Frozen /> }>
                        <Actions note />
                    </Show>
                </div>
            </div>
        </section>
    }
}

#[component]
fn Messages(note: RwSignal<Option<Note>>) -> impl IntoView {
    let board = Board::get();
    let shown = Memo::new(move |_| {
        let at = board.desk.borders.get();
        let problem = board.cycle.drawing().then(|| board.desk.planned_problem()).flatten();
        problem.map(|text| Note { bad: true, text, at: at.clone() }).or_else(|| note.get().filter(|note| note.at == at))
    });
    move || {
        shown.get().map(|note| {
            let (class, role, icon) = if note.bad {
                ("editor__msg editor__msg--bad", "alert", "warning")
            } else {
                ("editor__msg", "status", "info")
            };
            view! {
                <p class=class role=role>
                    <Icon name=icon />
                    <span>{note.text}</span>
                </p>
            }
        })
    }
}

#[component]
fn Actions(note: RwSignal<Option<Note>>) -> impl IntoView {
    let board = Board::get();
    let blocked = move || board.desk.is_blocked().to_string();
    let busy = move || board.busy.get().to_string();
    view! {
        <div class="editor__acts">
            <FitMenu note />
            <button class="button" aria-busy=busy aria-disabled=blocked on:click=move |_| board.save_draft(None)>
                "Save draft"
            </button>
            <button
                class="button button--primary button--block"
                aria-busy=busy
                aria-disabled=blocked
                on:click=move |_| board.enable(None)
            >
                "Save and enable for approval"
            </button>
        </div>
    }
}

/// Steps back and forth, the versions, and a dot while something isn't saved.
#[component]
fn Unsaved() -> impl IntoView {
    let board = Board::get();
    let unsaved = Memo::new(move |_| board.unsaved());
    let dot = move || unsaved.get().then(|| view! { <span class="unsaved">"not saved"</span> });
    view! {
        <span role="status">{dot}</span>
        <span class="editor__steps">
            <UndoRedo />
            <button
                class="icon-button icon-button--s"
                aria-label="Saved versions"
                title="Saved versions"
                on:click=move |_| board.asks.versions.set(true)
            >
                <Icon name="history" />
            </button>
        </span>
    }
}

/// Instead of buttons where nothing can be saved.
#[component]
fn Frozen() -> impl IntoView {
    let board = Board::get();
    let text = move || match board.cycle.state() {
        CycleState::Collecting => "Borders are drawn once an admin starts them. Drag to preview; nothing is saved.",
        CycleState::Drafting => "An admin is drawing the borders. Drag to preview; nothing is saved.",
        CycleState::Approving => {
            "Borders are frozen while the regional managers decide. Drag to preview; nothing is saved."
        }
        CycleState::Transferred => "These borders were transferred. Drag to preview; nothing is saved.",
    };
    view! { <div class="editor__note">{text}</div> }
}
