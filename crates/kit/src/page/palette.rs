//! The command palette: everything that can be done here and now, found by typing.

use crate::parts::Icon;
use crate::parts::dialog::show;
use crate::parts::search::matches;
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;

/// Something that can be done.
#[derive(Clone)]
pub struct Command {
    /// What it is called.
    pub title: String,
    /// Its icon.
    pub icon: &'static str,
    /// The key that does it without the palette; empty for none.
    pub key: &'static str,
    /// Does it.
    pub run: Callback<()>,
}

impl Command {
    /// A command without a key of its own.
    pub fn new(title: impl Into<String>, icon: &'static str, run: impl Fn() + Send + Sync + 'static) -> Self {
        Self { title: title.into(), icon, key: "", run: Callback::new(move |()| run()) }
    }

    /// With the key that does it too.
    #[must_use]
    pub fn with_key(mut self, key: &'static str) -> Self {
        self.key = key;
        self
    }
}

/// The palette.
#[component]
pub fn Palette(
    /// Whether it is shown.
    open: RwSignal<bool>,
    /// What can be done here and now; asked anew each time something is typed.
    #[prop(into)]
    commands: Callback<(), Vec<Command>>,
) -> impl IntoView {
    let dialog: NodeRef<html::Dialog> = NodeRef::new();
    let (typed, at) = (RwSignal::new(String::new()), RwSignal::new(0usize));
    Effect::new(move |_| {
        let shown = open.get();
        let Some(dialog) = dialog.get() else { return };
        if shown && !dialog.open() {
            typed.set(String::new());
            at.set(0);
            show(dialog);
        } else if !shown && dialog.open() {
            dialog.close();
        }
    });
    view! {
        <dialog class="dialog palette" node_ref=dialog aria-label="Command palette" on:close=move |_| open.set(false)>
            <Show when=move || open.get()>
                <Finder open commands typed at />
            </Show>
        </dialog>
    }
}

/// What is typed, and the commands that it finds.
#[component]
fn Finder(
    open: RwSignal<bool>,
    commands: Callback<(), Vec<Command>>,
    typed: RwSignal<String>,
    at: RwSignal<usize>,
) -> impl IntoView {
    let found = move || {
        let typed = typed.read();
        let mut all = commands.run(());
        all.retain(|command| matches(&typed, &command.title));
        all
    };
    let run = move |command: &Command| {
        open.set(false);
        command.run.run(());
    };
    let key = move |event: KeyboardEvent| {
        let commands = untrack(found);
        let last = commands.len().saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" => at.update(|at| *at = (*at + 1).min(last)),
            "ArrowUp" => at.update(|at| *at = at.saturating_sub(1)),
            "Enter" => {
                if let Some(command) = commands.get(at.get_untracked()) {
                    run(command);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let run = Callback::new(move |command: Command| run(&command));
    let option = move |(index, command): (usize, Command)| view! { <Found index command at run /> };
    view! {
        <div class="palette__search">
            <Icon name="search" />
            <input
                class="palette__input"
                role="combobox"
                aria-expanded="true"
                aria-controls="commands"
                autofocus
                aria-activedescendant=move || format!("command-{}", at.get())
                aria-label="Search commands"
                placeholder="Search commands"
                prop:value=typed
                on:input=move |event| {
                    typed.set(event_target_value(&event));
                    at.set(0);
                }
                on:keydown=key
            />
            <span class="kbd">"Esc"</span>
        </div>
        <div class="palette__list" id="commands" role="listbox" aria-label="Commands">
            {move || found().into_iter().enumerate().map(option).collect_view()}
        </div>
        <Foot />
    }
}

#[component]
fn Found(index: usize, command: Command, at: RwSignal<usize>, run: Callback<Command>) -> impl IntoView {
    let key = (!command.key.is_empty()).then(|| {
        view! {
            <span class="menu__end">
                <span class="kbd">{command.key}</span>
            </span>
        }
    });
    let (icon, title) = (command.icon, command.title.clone());
    view! {
        <div
            class="menu__item"
            role="option"
            id=format!("command-{index}")
            aria-selected=move || (at.get() == index).to_string()
            on:click=move |_| run.run(command.clone())
        >
            <Icon name=icon />
            {title}
            {key}
        </div>
    }
}

#[component]
fn Foot() -> impl IntoView {
    view! {
        <div class="palette__foot">
            <span>
                <span class="kbd">"↑"</span>
                <span class="kbd">"↓"</span>
                " move"
            </span>
            <span>
                <span class="kbd">"↵"</span>
                " run"
            </span>
        </div>
    }
}
