//! The dialogs of the page: reject, override, reset, conflict, keyboard help.

use super::board::Board;
use super::commands::items;
use super::transfer_dialog::TransferDialog;
use crate::components::{ClassChip, Dialog, FieldError, Icon};
use crate::planner::model::BorderVersion;
use cutline_domain::approval::{CONFIRMATION, ItemCommand, LONGEST_REASON};
use cutline_domain::format::grouped;
use cutline_domain::{Borders, Class, Status};
use leptos::prelude::*;

/// Somebody saved other borders first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Who and when.
    pub message: String,
    /// What was drawn here.
    pub mine: Borders,
    /// What is saved there.
    pub theirs: Option<BorderVersion>,
    /// Whether enabling was asked for, or only saving.
    pub enable: bool,
}

/// Which dialogs are open, and about what.
#[derive(Clone, Copy)]
pub struct Open {
    /// Reject.
    pub reject: RwSignal<bool>,
    /// Override.
    pub overriding: RwSignal<bool>,
    /// Reset.
    pub reset: RwSignal<bool>,
    /// Transfer.
    pub transfer: RwSignal<bool>,
    /// Keyboard help.
    pub keys: RwSignal<bool>,
    /// Command palette.
    pub palette: RwSignal<bool>,
    about: RwSignal<Vec<u32>>,
    conflicting: RwSignal<bool>,
    conflict: RwSignal<Option<Conflict>>,
}

impl Open {
    /// None.
    pub fn new() -> Self {
        let closed = || RwSignal::new(false);
        Self {
            reject: closed(),
            overriding: closed(),
            reset: closed(),
            transfer: closed(),
            keys: closed(),
            palette: closed(),
            about: RwSignal::new(Vec::new()),
            conflicting: closed(),
            conflict: RwSignal::new(None),
        }
    }

    /// Asks why items are rejected.
    pub fn ask_reject(self, seqs: Vec<u32>) {
        self.ask(self.reject, seqs);
    }

    /// Asks which class and why.
    pub fn ask_override(self, seqs: Vec<u32>) {
        self.ask(self.overriding, seqs);
    }

    fn ask(self, dialog: RwSignal<bool>, seqs: Vec<u32>) {
        if !seqs.is_empty() {
            self.about.set(seqs);
            dialog.set(true);
        }
    }

    /// Closes what a decision was asked in.
    pub fn close_decisions(self) {
        self.reject.set(false);
        self.overriding.set(false);
    }

    /// Shows both versions.
    pub fn conflict(self, conflict: Conflict) {
        self.conflict.set(Some(conflict));
        self.conflicting.set(true);
    }
}

/// All of them.
#[component]
pub fn Dialogs() -> impl IntoView {
    view! {
        <RejectDialog/>
        <OverrideDialog/>
        <ResetDialog/>
        <TransferDialog/>
        <ConflictDialog/>
        <KeysDialog/>
    }
}

/// Who a decision is about: the one item, or how many.
#[component]
fn Subject() -> impl IntoView {
    let board = Board::get();
    move || {
        let about = board.dialogs.about.get();
        let [seq] = about.as_slice() else { return None };
        let text = board.texts.with(|texts| texts.get(seq).cloned())?;
        Some(
            view! { <div class="subject"><b>{text.name.clone()}</b><span class="muted">{text.external_id.clone()}</span></div> },
        )
    }
}

#[component]
fn ReasonField(
    id: &'static str,
    reason: RwSignal<String>,
    problem: RwSignal<Option<String>>,
    hint: &'static str,
) -> impl IntoView {
    view! {
        <div class="field">
            <label class="field__label" for=id>"Reason"</label>
            <textarea class="input" id=id data-focus="" maxlength=LONGEST_REASON.to_string() prop:value=reason
                aria-invalid=move || problem.get().is_some().to_string() aria-describedby=format!("{id}-problem")
                on:input=move |event| { reason.set(event_target_value(&event)); problem.set(None); }></textarea>
            <FieldError id=format!("{id}-problem") message=Signal::derive(move || problem.get())/>
            <span class="field__hint">{hint}</span>
        </div>
    }
}

const NO_REASON: &str = "Say why, so that the next reader understands the decision.";

#[component]
fn RejectDialog() -> impl IntoView {
    let board = Board::get();
    let open = board.dialogs.reject;
    let (reason, problem) = (RwSignal::new(String::new()), RwSignal::new(None));
    Effect::new(move |_| {
        if open.get() {
            reason.set(String::new());
            problem.set(None);
        }
    });
    let count = move || items(board.dialogs.about.with(Vec::len));
    let send = move || {
        if reason.with_untracked(|reason| reason.trim().is_empty()) {
            problem.set(Some(NO_REASON.to_owned()));
        } else {
            let command = ItemCommand::Reject { reason: reason.get_untracked() };
            board.decide(board.dialogs.about.get_untracked(), command);
        }
    };
    let common = move |text: &'static str| {
        view! { <button type="button" class="filter" on:click=move |_| { reason.set(text.to_owned()); problem.set(None); }>{text}</button> }
    };
    view! {
        <Dialog open title=Signal::derive(move || format!("Reject {}", count()))>
            <div class="dialog__body">
                <Subject/>
                <p class="dialog__lead">"A rejected item stays visible, read-only, and keeps its current class."</p>
                <ReasonField id="reject-reason" reason problem hint="It is kept in the history."/>
                <div class="reasons">{["Retired", "Left the region", "Wrong specialty", "No access"].map(common).collect_view()}</div>
            </div>
            <footer class="dialog__foot">
                <button type="button" class="button" on:click=move |_| open.set(false)>"Cancel"</button>
                <button type="button" class="button button--danger" aria-busy=move || board.busy.get().to_string()
                    on:click=move |_| send()>{move || format!("Reject {}", count())}</button>
            </footer>
        </Dialog>
    }
}

#[component]
fn OverrideDialog() -> impl IntoView {
    let board = Board::get();
    let labels = board.labels;
    let open = board.dialogs.overriding;
    let classes = board.cycle.with_untracked(|cycle| cycle.scheme.len());
    let (reason, problem) = (RwSignal::new(String::new()), RwSignal::new(None));
    let chosen: RwSignal<Option<Class>> = RwSignal::new(None);
    let unchosen: RwSignal<Option<String>> = RwSignal::new(None);
    let only = move || {
        let index = board.dialogs.about.with(|about| if let [seq] = about.as_slice() { Some(*seq) } else { None });
        let row = board.columns.with(|c| index.and_then(|seq| c.index_of(seq)).map(|index| c.row(index)))?;
        let proposed = board.saved_borders().zip(row.score).map(|(borders, score)| borders.class_of(score));
        Some((row, proposed))
    };
    Effect::new(move |_| {
        if open.get() {
            let text = untrack(|| {
                board.dialogs.about.with(|about| {
                    board.texts.with(|texts| {
                        about.first().filter(|_| about.len() == 1).and_then(|seq| texts.get(seq).cloned())
                    })
                })
            });
            // What was given in an earlier round is offered again.
            reason.set(text.as_ref().and_then(|text| text.override_reason.clone()).unwrap_or_default());
            let own = untrack(only).and_then(|(row, _)| row.overridden);
            chosen.set(own.or_else(|| text.and_then(|text| text.suggested).map(Class)));
            problem.set(None);
            unchosen.set(None);
        }
    });
    let count = move || items(board.dialogs.about.with(Vec::len));
    let send = move || {
        let class = chosen.get_untracked();
        let missing = reason.with_untracked(|reason| reason.trim().is_empty());
        unchosen.set(class.is_none().then(|| "Choose a class.".to_owned()));
        problem.set(missing.then(|| NO_REASON.to_owned()));
        if let (Some(class), false) = (class, missing) {
            let command = ItemCommand::Override { class, reason: reason.get_untracked() };
            board.decide(board.dialogs.about.get_untracked(), command);
        }
    };
    let radio = move |class: Class| {
        let said = move || match only() {
            Some((_, Some(proposed))) if proposed == class => "proposed",
            Some((row, _)) if row.current == Some(class) => "current",
            _ => "\u{a0}",
        };
        let name = board.label(class);
        view! {
            <label class="class-radio">
                <input type="radio" name="override-class" aria-label=format!("Class {name}") prop:checked=move || chosen.get() == Some(class)
                    on:change=move |_| { chosen.set(Some(class)); unchosen.set(None); }/>
                <span><ClassChip class=Some(class) labels/><small>{said}</small></span>
            </label>
        }
    };
    view! {
        <Dialog open title=Signal::derive(move || format!("Override {}", count()))>
            <div class="dialog__body">
                <Subject/>
                <fieldset class="field">
                    <legend class="field__label">"Class"</legend>
                    <div class="class-radios">{(0..classes as u8).rev().map(Class).map(radio).collect_view()}</div>
                    <FieldError id="override-class-problem" message=Signal::derive(move || unchosen.get())/>
                </fieldset>
                <ReasonField id="override-reason" reason problem hint="The item stays In progress until you accept it."/>
            </div>
            <footer class="dialog__foot">
                <button type="button" class="button" on:click=move |_| open.set(false)>"Cancel"</button>
                <button type="button" class="button button--primary" aria-busy=move || board.busy.get().to_string()
                    on:click=move |_| send()>{move || format!("Override {}", count())}</button>
            </footer>
        </Dialog>
    }
}

#[component]
fn ResetDialog() -> impl IntoView {
    let board = Board::get();
    let open = board.dialogs.reset;
    let typed = RwSignal::new(String::new());
    Effect::new(move |_| {
        if open.get() {
            typed.set(String::new());
        }
    });
    let decisions = move || board.tally.with(|tally| (tally.status(Status::Accepted), tally.status(Status::Rejected)));
    let overrides = move || board.columns.with(|c| (0..c.len()).filter(|i| c.overridden(*i).is_some()).count());
    let ready = move || typed.with(|typed| typed == CONFIRMATION);
    view! {
        <Dialog open title="Reset the cycle">
            <div class="dialog__body">
                <div class="banner banner--bad">
                    <Icon name="undo"/>
                    <p><b>"Reset returns "{move || grouped(decisions().0 + decisions().1)}" decisions to In progress."</b></p>
                </div>
                <p class="dialog__lead">
                    {move || grouped(decisions().0)}" acceptances and "{move || grouped(decisions().1)}
                    " rejections move to history. "{move || grouped(overrides() as u64)}
                    " overrides are offered again as suggestions. The cycle goes back to Drafting and borders can be edited."
                </p>
                <div class="field">
                    <label class="field__label" for="reset-typed">"Type "{CONFIRMATION}" to go on"</label>
                    <input class="input" id="reset-typed" data-focus="" autocomplete="off" autocapitalize="off" spellcheck="false"
                        prop:value=typed aria-describedby="reset-hint" on:input=move |event| typed.set(event_target_value(&event))/>
                    <span class="field__hint" id="reset-hint">"Capital letters, exactly as written."</span>
                </div>
            </div>
            <footer class="dialog__foot">
                <button type="button" class="button" on:click=move |_| open.set(false)>"Cancel"</button>
                <button type="button" class="button button--danger" aria-disabled=move || (!ready()).to_string()
                    aria-busy=move || board.busy.get().to_string()
                    on:click=move |_| if untrack(ready) { board.reset(typed.get_untracked()) }>"Reset cycle"</button>
            </footer>
        </Dialog>
    }
}

#[component]
fn ConflictDialog() -> impl IntoView {
    let board = Board::get();
    let open = board.dialogs.conflicting;
    let labels = board.labels;
    let version = move |who: String, when: String, borders: &Borders, other: Option<&Borders>| {
        let rows = (0..borders.classes() as u8).rev().map(Class).map(|class| {
            let limit = borders.lower_limit(class);
            let differs = other.is_some_and(|other| other.lower_limit(class) != limit);
            let text = limit.map_or_else(|| "open".to_owned(), |limit| limit.to_string());
            let value = if differs { view! { <mark>{text}</mark> }.into_any() } else { text.into_any() };
            view! { <tr><th scope="row"><ClassChip class=Some(class) labels/></th><td class="num">{value}</td></tr> }
        });
        view! {
            <section class="version">
                <span class="version__who">{who}</span><span class="version__when">{when}</span>
                <table class="table"><tbody>{rows.collect_view()}</tbody></table>
            </section>
        }
    };
    let body = move || {
        board.dialogs.conflict.get().map(|conflict| {
            let theirs = conflict.theirs.clone();
            let next = theirs.as_ref().map(|theirs| theirs.version);
            let (mine, enable) = (conflict.mine.clone(), conflict.enable);
            let their_view = theirs.as_ref().map(|theirs| {
                let when = format!("saved {}, version {}", theirs.at, theirs.version);
                version(theirs.by.clone(), when, &theirs.borders, Some(&conflict.mine))
            });
            let my_view =
                version("Yours".to_owned(), "not saved".to_owned(), &conflict.mine, theirs.as_ref().map(|t| &t.borders));
            let take = move |_| {
                if let Some(theirs) = &theirs {
                    board.borders.set(theirs.borders.clone());
                    board.planned.set(theirs.planned.iter().map(ToString::to_string).collect());
                }
                open.set(false);
            };
            let keep = move |_| {
                board.borders.set(mine.clone());
                open.set(false);
                if enable { board.enable(next) } else { board.save_draft(next) }
            };
            view! {
                <div class="dialog__body">
                    <p class="dialog__lead">{conflict.message}" Nothing is lost: both versions are below. Choose the one to go on with."</p>
                    <div class="versions">{their_view}{my_view}</div>
                </div>
                <footer class="dialog__foot">
                    <button type="button" class="button" data-focus="" on:click=move |_| open.set(false)>"Cancel"</button>
                    <button type="button" class="button" on:click=take>"Take theirs"</button>
                    <button type="button" class="button button--primary" on:click=keep>"Keep mine"</button>
                </footer>
            }
        })
    };
    view! { <Dialog open wide=true title="Someone else changed these borders">{body}</Dialog> }
}

/// What keys do: a title, then each thing with its keys.
type Keys = (&'static str, &'static [(&'static str, &'static [&'static str])]);

const KEYS: [Keys; 4] = [
    (
        "Everywhere",
        &[("Command palette", &["Ctrl", "K"]), ("Search", &["/"]), ("This help", &["?"]), ("Close", &["Esc"])],
    ),
    (
        "Items",
        &[
            ("Move", &["↑", "↓"]),
            ("Open or close a group", &["←", "→"]),
            ("Select", &["Space"]),
            ("Extend the selection", &["Shift", "↓"]),
            ("Select all shown", &["Ctrl", "A"]),
            ("Details", &["Enter"]),
        ],
    ),
    ("Decide", &[("Accept", &["A"]), ("Override", &["O"]), ("Reject", &["R"]), ("Withdraw acceptance", &["W"])]),
    ("Borders", &[("One step", &["←", "→"]), ("Ten steps", &["Shift", "→"]), ("Lowest, highest", &["Home", "End"])]),
];

#[component]
fn KeysDialog() -> impl IntoView {
    let open = Board::get().dialogs.keys;
    let line = |(what, keys): &(&'static str, &'static [&'static str])| {
        view! { <div><dt>{*what}</dt><dd>{keys.iter().map(|key| view! { <kbd class="kbd">{*key}</kbd> }).collect_view()}</dd></div> }
    };
    let list = move |(title, keys): Keys| {
        view! { <section><h3 class="keys__head">{title}</h3><dl class="keys__list">{keys.iter().map(line).collect_view()}</dl></section> }
    };
    view! {
        <Dialog open wide=true title="Keyboard">
            <div class="dialog__body"><div class="keys">{KEYS.map(list).collect_view()}</div></div>
        </Dialog>
    }
}
