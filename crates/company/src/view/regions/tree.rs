//! The tree as it is walked by keyboard: one line that Tab leads to, arrows between lines, and what is closed.

use super::edit_region::Editing;
use crate::model::{Person, RegionNode};
use crate::view::region_tree::{TreeLine, lines};
use cutline_domain::base::format::counted;
use cutline_domain::base::ids::RegionId;
use cutline_kit::browser::focus;
use cutline_kit::parts::Icon;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use std::collections::HashSet;

/// Names of those who manage a region themselves; `None` when nobody does, here or above.
fn managers(people: &[Person], line: &TreeLine) -> Option<String> {
    let of = |region: RegionId| people.iter().filter(move |person| person.regions.contains(&region));
    let covered = line.above.iter().any(|region| of(*region).next().is_some());
    let names: Vec<&str> = of(line.node.id).map(|person| person.name.as_str()).collect();
    (covered || !names.is_empty()).then(|| names.join(", "))
}

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ask {
    /// Another line, if there is one.
    Go(Option<RegionId>),
    /// To open or close the region.
    Turn,
    /// To edit the region.
    Edit,
}

/// What a key asks for on the line of a region; nothing for keys that mean nothing there.
fn asked(shown: &[TreeLine], id: RegionId, is_open: bool, key: &str) -> Option<Ask> {
    let at = shown.iter().position(|line| line.node.id == id)?;
    let go = |line: Option<&TreeLine>| Ask::Go(line.map(|line| line.node.id));
    Some(match key {
        "ArrowDown" => go(shown.get(at + 1)),
        "ArrowUp" => go(at.checked_sub(1).and_then(|at| shown.get(at))),
        "Home" => go(shown.first()),
        "End" => go(shown.last()),
        "ArrowRight" if is_open => go(shown.get(at + 1)),
        "ArrowLeft" if !is_open => Ask::Go(shown[at].above.last().copied()),
        "ArrowRight" | "ArrowLeft" if shown[at].parent => Ask::Turn,
        "Enter" => Ask::Edit,
        _ => return None,
    })
}

/// The lines shown, and where the keyboard is. Copied freely: it is a bundle of handles.
#[derive(Clone, Copy)]
struct Walk {
    shown: Memo<Vec<TreeLine>>,
    closed: RwSignal<HashSet<RegionId>>,
    current: RwSignal<Option<RegionId>>,
}

impl Walk {
    fn new(all: RwSignal<Vec<RegionNode>>) -> Self {
        let closed = RwSignal::new(HashSet::<RegionId>::new());
        let shown = Memo::new(move |_| {
            let closed = closed.read();
            let mut lines = lines(&all.read());
            lines.retain(|line| !line.above.iter().any(|region| closed.contains(region)));
            lines
        });
        Self { shown, closed, current: RwSignal::new(None) }
    }

    /// Whether a region is the one that Tab leads to.
    fn is_current(self, id: RegionId) -> bool {
        let shown = self.shown.read();
        let known = self.current.get().filter(|id| shown.iter().any(|line| line.node.id == *id));
        known.or_else(|| shown.first().map(|line| line.node.id)) == Some(id)
    }

    fn is_closed(self, id: RegionId) -> bool {
        self.closed.read().contains(&id)
    }

    fn turn(self, id: RegionId) {
        self.closed.update(|closed| {
            if !closed.remove(&id) {
                closed.insert(id);
            }
        });
    }

    fn press(self, event: &KeyboardEvent, line: &TreeLine, editing: Editing) {
        let id = line.node.id;
        let is_open = line.parent && !untrack(|| self.is_closed(id));
        let Some(ask) = asked(&self.shown.read_untracked(), id, is_open, &event.key()) else { return };
        event.prevent_default();
        match ask {
            Ask::Go(Some(next)) => {
                self.current.set(Some(next));
                focus(format!("region-{next}"));
            }
            Ask::Go(None) => {}
            Ask::Turn => self.turn(id),
            Ask::Edit => editing.start(Some(&line.node)),
        }
    }
}

/// The tree.
#[component]
pub fn Tree(
    /// Every region.
    all: RwSignal<Vec<RegionNode>>,
    /// Everybody, among them the managers.
    people: StoredValue<Vec<Person>>,
    /// What is edited.
    editing: Editing,
) -> impl IntoView {
    let walk = Walk::new(all);
    let row = move |line: TreeLine| {
        let managers = managers(&people.read_value(), &line);
        view! { <Row line managers walk editing /> }
    };
    let key = |line: &TreeLine| {
        (line.node.id, line.node.name.clone(), line.node.code.clone(), line.above.clone(), line.parent)
    };
    view! {
        <div class="tree" role="tree" aria-label="Regions">
            <For each=move || walk.shown.get() key=key children=row />
        </div>
    }
}

#[component]
fn Row(line: TreeLine, managers: Option<String>, walk: Walk, editing: Editing) -> impl IntoView {
    let RegionNode { id, name, code, .. } = line.node.clone();
    let code = Some(code).filter(|code| *code != name);
    let meta = managers.unwrap_or_else(|| "no manager yet".to_owned());
    let contacts = counted(line.contacts, "contact");
    let said = Some(meta.clone()).filter(|meta| !meta.is_empty());
    let words = [Some(name.clone()), code.clone(), said, Some(contacts.clone())];
    let label = words.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let expanded = line.parent.then_some(move || if walk.is_closed(id) { "false" } else { "true" });
    let (depth, parent) = (line.depth, line.parent);
    let short = code.map(|code| {
        view! {
            " "
            <small class="muted">{code}</small>
        }
    });
    let node = line.node.clone();
    let edit = move |_| {
        walk.current.set(Some(id));
        editing.start(Some(&node));
    };
    view! {
        <div
            class="tree__row"
            role="treeitem"
            id=format!("region-{id}")
            prop:ariaLevel=(depth + 1).to_string()
            aria-expanded=expanded
            aria-label=label
            tabindex=move || if walk.is_current(id) { "0" } else { "-1" }
            style=format!("--level:{depth}")
            on:focus=move |_| walk.current.set(Some(id))
            on:keydown=move |event| walk.press(&event, &line, editing)
        >
            <Twist id parent walk />
            <span class="tree__name">{name.clone()} {short}</span>
            <span class="tree__meta">{meta}</span>
            <span class="tree__end">
                {contacts}
                <button
                    class="icon-button icon-button--s"
                    tabindex="-1"
                    aria-label=format!("Edit {name}")
                    on:click=edit
                >
                    <Icon name="edit" />
                </button>
            </span>
        </div>
    }
}

/// Opens and closes a region that others lie in; room for one without.
#[component]
fn Twist(id: RegionId, parent: bool, walk: Walk) -> impl IntoView {
    if parent {
        view! {
            <span class="icon-button icon-button--s tree__twist" on:click=move |_| walk.turn(id)>
                <Icon name="chevron-down" />
            </span>
        }
        .into_any()
    } else {
        view! { <span class="tree__leaf"></span> }.into_any()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_walk_the_lines_shown() {
        let region = |name: &str, parent: Option<RegionId>| RegionNode {
            version: 1,
            id: RegionId::new(),
            parent,
            code: name.to_owned(),
            name: name.to_owned(),
            contacts: 0,
        };
        let east = region("East", None);
        let west = region("West", None);
        let coast = region("Coast", Some(west.id));
        let shown = lines(&[east.clone(), west.clone(), coast.clone()]);
        let ask = |of: &RegionNode, is_open, key| asked(&shown, of.id, is_open, key);
        let go = |to: Option<&RegionNode>| Some(Ask::Go(to.map(|region| region.id)));
        assert_eq!(ask(&east, false, "ArrowUp"), go(None));
        assert_eq!(ask(&east, false, "ArrowDown"), go(Some(&west)));
        assert_eq!(ask(&coast, false, "Home"), go(Some(&east)));
        assert_eq!([ask(&coast, false, "ArrowLeft"), ask(&west, false, "ArrowLeft")], [go(Some(&west)), go(None)]);
        assert_eq!(ask(&west, true, "ArrowRight"), go(Some(&coast)));
        assert_eq!([ask(&west, true, "ArrowLeft"), ask(&west, false, "ArrowRight")], [Some(Ask::Turn); 2]);
        assert_eq!([ask(&coast, false, "ArrowRight"), ask(&coast, false, "x")], [None; 2]);
        assert_eq!(ask(&coast, false, "Enter"), Some(Ask::Edit));
        assert_eq!(ask(&region("North", None), false, "ArrowDown"), None, "a line that isn't shown");
    }
}
