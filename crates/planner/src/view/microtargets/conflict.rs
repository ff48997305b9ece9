//! A stale edit: somebody else saved meanwhile. Both versions, and the choice between them.

use super::Draft;
use super::typed::Typed;
use crate::model::DefinitionForm;
use cutline_kit::parts::Dialog;
use leptos::prelude::*;

/// The dialog, shown while there is another version.
#[component]
pub fn Conflict(
    /// The definition.
    draft: Draft,
    /// Saves what is typed.
    again: Callback<()>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(draft.theirs.read().is_some()));
    Effect::new(move |_| {
        if !open.get() && draft.theirs.read_untracked().is_some() {
            draft.theirs.set(None);
        }
    });
    let take = move |theirs: &DefinitionForm| {
        draft.reset(Typed::of(theirs), theirs.version);
        open.set(false);
    };
    let keep = move |theirs: &DefinitionForm| {
        draft.saved.set(Typed::of(theirs));
        draft.version.set(theirs.version);
        open.set(false);
        again.run(());
    };
    let body = move || {
        let theirs = StoredValue::new(draft.theirs.get_untracked()?);
        let other = Typed::of(&theirs.read_value());
        let mine = draft.typed.get_untracked();
        let versions = [("Theirs", "saved meanwhile", &other, &mine), ("Yours", "not saved", &mine, &other)];
        Some(view! {
            <div class="dialog__body">
                <p class="dialog__lead">"Nothing is lost: both versions are below. Choose the one to go on with."</p>
                <div class="versions">
                    {versions
                        .map(|(who, when, one, other)| view! { <Version who when rows=differences(one, other) /> })
                        .collect_view()}
                </div>
            </div>
            <footer class="dialog__foot">
                <button type="button" class="button" on:click=move |_| open.set(false)>
                    "Cancel"
                </button>
                <button type="button" class="button" on:click=move |_| take(&theirs.read_value())>
                    "Take theirs"
                </button>
                <button type="button" class="button button--primary" on:click=move |_| keep(&theirs.read_value())>
                    "Keep mine"
                </button>
            </footer>
        })
    };
    view! {
        <Dialog open title="This microtarget was changed meanwhile" wide=true>
            {body()}
        </Dialog>
    }
}

/// The parts of one version, and whether the other says something else.
fn differences(one: &Typed, other: &Typed) -> Vec<(String, String, bool)> {
    let others = other.parts();
    let differs = |part: &(String, String)| !others.contains(part);
    one.parts().into_iter().map(|part| (part.0.clone(), part.1.clone(), differs(&part))).collect()
}

#[component]
fn Version(who: &'static str, when: &'static str, rows: Vec<(String, String, bool)>) -> impl IntoView {
    let row = |(name, text, differs): (String, String, bool)| {
        let text = if differs { view! { <mark>{text}</mark> }.into_any() } else { text.into_any() };
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td>{text}</td>
            </tr>
        }
    };
    view! {
        <section class="version">
            <span class="version__who">{who}</span>
            <span class="version__when">{when}</span>
            <table class="table">
                <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
            </table>
        </section>
    }
}
