//! The border editor: histogram, class table, fitting, saving.

use super::board::Board;
use cutline_domain::base::format::grouped;
use cutline_domain::planner::approval::CycleState;
use cutline_kit::borders::{ClassTable, FitMenu, Histogram, Note, ScaleSwitch};
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
                <ScaleSwitch />
            </div>
            <div class="editor__body">
                <Histogram />
                <div class="editor__side">
                    <ClassTable />
                    <Messages note />
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
        let problem = board.cycle.drawing().then(|| board.desk.planned_problem()).flatten();
        problem.map(|text| Note { bad: true, text }).or_else(|| note.get())
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
    let blocked = move || board.desk.planned_problem().is_some().to_string();
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
    let moved = move || board.cycle.saved_borders().filter(|saved| *board.desk.borders.read() != *saved);
    let back = move || {
        moved().map(|saved| {
            view! {
                <br />
                <button class="button button--s" on:click=move |_| board.desk.borders.set(saved.clone())>
                    "Back to the saved borders"
                </button>
            }
        })
    };
    view! { <div class="editor__note">{text} {back}</div> }
}
