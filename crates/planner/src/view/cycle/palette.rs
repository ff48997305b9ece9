//! The command palette, and the keys that work everywhere on the page.

use super::board::Board;
use crate::components::Icon;
use crate::components::browser::go_to;
use cutline_domain::approval::ItemCommand;
use cutline_domain::histogram::ScaleKind;
use cutline_domain::layout::Grouping;
use cutline_domain::{CycleState, Permission};
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;

#[derive(Clone)]
struct Entry {
    title: String,
    icon: &'static str,
    key: &'static str,
    run: Callback<()>,
}

/// What can be done here and now.
fn commands(board: Board) -> Vec<Entry> {
    let mut out = Vec::new();
    let mut add = |title: &str, icon, key, run: Callback<()>| {
        out.push(Entry { title: title.to_owned(), icon, key, run });
    };
    if board.deciding() {
        let chosen = move || board.selected.with_untracked(|selected| selected.iter().copied().collect::<Vec<_>>());
        if !chosen().is_empty() {
            add(
                "Accept the selected items",
                "check",
                "A",
                Callback::new(move |()| board.decide(chosen(), ItemCommand::Accept)),
            );
            add(
                "Override the selected items",
                "edit",
                "O",
                Callback::new(move |()| board.dialogs.ask_override(chosen())),
            );
            add("Reject the selected items", "cross", "R", Callback::new(move |()| board.dialogs.ask_reject(chosen())));
        }
        add(
            "Approve all shown",
            "check-circle",
            "",
            Callback::new(move |()| {
                board.decide(untrack(|| board.approvable()), ItemCommand::Accept);
            }),
        );
    }
    if board.drawing() {
        add("Save draft", "check", "", Callback::new(move |()| board.save_draft(None)));
        add("Save and enable for approval", "check-circle", "", Callback::new(move |()| board.enable(None)));
    }
    if board.state() == CycleState::Approving && board.may(Permission::Transfer) {
        add("Transfer…", "transfer", "", Callback::new(move |()| board.dialogs.transfer.set(true)));
        add("Reset cycle…", "undo", "", Callback::new(move |()| board.dialogs.reset.set(true)));
    }
    let export = untrack(|| board.export_url(false));
    add("Export to Excel, as filtered", "download", "", Callback::new(move |()| go_to(&export)));
    add(
        "Changed only",
        "search",
        "",
        Callback::new(move |()| {
            board.change_query(false, |query| query.live.changed_only = !query.live.changed_only);
        }),
    );
    for grouping in Grouping::ALL {
        add(
            &format!("Group by {}", grouping.title()),
            "columns",
            "",
            Callback::new(move |()| {
                board.change_query(false, |query| query.grouping = grouping);
            }),
        );
    }
    for scale in ScaleKind::ALL {
        add(&format!("{} scale", scale.title()), "chart", "", Callback::new(move |()| board.scale.set(scale)));
    }
    add("Search items", "search", "/", Callback::new(move |()| focus_search()));
    add("Keyboard", "keyboard", "?", Callback::new(move |()| board.dialogs.keys.set(true)));
    add("All cycles", "chart", "", Callback::new(move |()| go_to("/")));
    out
}

/// The palette.
#[component]
pub fn Palette() -> impl IntoView {
    let board = Board::get();
    let open = board.dialogs.palette;
    let dialog: NodeRef<html::Dialog> = NodeRef::new();
    let (typed, at) = (RwSignal::new(String::new()), RwSignal::new(0usize));
    Effect::new(move |_| {
        let listener = window_event_listener(leptos::ev::keydown, move |event| pressed(board, &event));
        on_cleanup(move || listener.remove());
    });
    Effect::new(move |_| {
        let shown = open.get();
        if let Some(dialog) = dialog.get() {
            if shown && !dialog.open() {
                typed.set(String::new());
                at.set(0);
                // Already showing is the only way this fails.
                let _ = dialog.show_modal();
            } else if !shown && dialog.open() {
                dialog.close();
            }
        }
    });
    let found = move || {
        let part = typed.get().to_lowercase();
        let matches = |entry: &Entry| part.split_whitespace().all(|word| entry.title.to_lowercase().contains(word));
        commands(board).into_iter().filter(matches).collect::<Vec<_>>()
    };
    let run = move |entry: &Entry| {
        open.set(false);
        entry.run.run(());
    };
    let key = move |event: KeyboardEvent| {
        let entries = untrack(found);
        let last = entries.len().saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" => at.update(|at| *at = (*at + 1).min(last)),
            "ArrowUp" => at.update(|at| *at = at.saturating_sub(1)),
            "Enter" => {
                if let Some(entry) = entries.get(at.get_untracked()) {
                    run(entry);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let option = move |(index, entry): (usize, Entry)| {
        let key = (!entry.key.is_empty())
            .then(|| view! { <span class="menu__end"><span class="kbd">{entry.key}</span></span> });
        let (icon, title) = (entry.icon, entry.title.clone());
        view! {
            <div class="menu__item" role="option" id=format!("command-{index}") aria-selected=move || (at.get() == index).to_string()
                on:click=move |_| run(&entry)>
                <Icon name=icon/>{title}{key}
            </div>
        }
    };
    view! {
        <dialog class="dialog palette" node_ref=dialog aria-label="Command palette" on:close=move |_| open.set(false)>
            <Show when=move || open.get()>
                <div class="palette__search">
                    <Icon name="search"/>
                    <input class="palette__input" role="combobox" aria-expanded="true" aria-controls="commands" autofocus
                        aria-activedescendant=move || format!("command-{}", at.get()) aria-label="Search commands"
                        placeholder="Search commands" prop:value=typed
                        on:input=move |event| { typed.set(event_target_value(&event)); at.set(0); } on:keydown=key/>
                    <span class="kbd">"Esc"</span>
                </div>
                <div class="palette__list" id="commands" role="listbox" aria-label="Commands">
                    {move || found().into_iter().enumerate().map(option).collect_view()}
                </div>
                <div class="palette__foot">
                    <span><span class="kbd">"↑"</span><span class="kbd">"↓"</span>" move"</span>
                    <span><span class="kbd">"↵"</span>" run"</span>
                </div>
            </Show>
        </dialog>
    }
}

/// Keys that work wherever the focus is, unless something is being typed.
fn pressed(board: Board, event: &KeyboardEvent) {
    let command = event.ctrl_key() || event.meta_key();
    match event.key().as_str() {
        "k" | "K" if command => board.dialogs.palette.update(|open| *open = !*open),
        "/" if !command && !typing() => focus_search(),
        "?" if !command && !typing() => board.dialogs.keys.set(true),
        _ => return,
    }
    event.prevent_default();
}

fn focus_search() {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast;
        let input = document().get_element_by_id("item-search");
        if let Some(input) = input.and_then(|input| input.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = input.focus();
        }
    }
}

/// Whether the focus is where text is typed.
fn typing() -> bool {
    #[cfg(feature = "hydrate")]
    {
        document().active_element().is_some_and(|element| {
            let name = element.tag_name();
            let kind = element.get_attribute("type").unwrap_or_default();
            name == "TEXTAREA"
                || name == "SELECT"
                || (name == "INPUT" && !matches!(kind.as_str(), "checkbox" | "radio"))
        })
    }
    #[cfg(not(feature = "hydrate"))]
    false
}
