//! Opening a cycle: a name, and what will be in it.

use crate::api::open_cycle;
use crate::model::{DefinitionOverview, Opened};
use cutline_domain::base::format::{counted, grouped};
use cutline_domain::base::ids::DefinitionId;
use cutline_domain::base::text::most;
use cutline_kit::browser::this_month;
use cutline_kit::parts::edited_form::AskKey;
use cutline_kit::parts::{Dialog, DialogFoot, FormError, TextField, use_toasts};
use cutline_wire::AppError;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// The microtarget a cycle is about to be opened for, and what was typed so far.
#[derive(Clone, Copy)]
pub struct Opening {
    open: RwSignal<bool>,
    of: RwSignal<Option<DefinitionOverview>>,
    name: RwSignal<String>,
    answer: RwSignal<Option<AppError>>,
    /// Submitting twice opens one cycle.
    key: AskKey<(DefinitionId, String)>,
}

impl Default for Opening {
    fn default() -> Self {
        Self {
            open: RwSignal::new(false),
            of: RwSignal::new(None),
            name: RwSignal::new(String::new()),
            answer: RwSignal::new(None),
            key: AskKey::default(),
        }
    }
}

impl Opening {
    /// Asks for the name.
    pub fn start(self, of: DefinitionOverview) {
        let last = of.cycle.as_ref().map(|cycle| cycle.name.as_str());
        self.name.set(next_name(last, this_month()).unwrap_or_default());
        self.answer.set(None);
        self.of.set(Some(of));
        self.open.set(true);
    }
}

/// What opening did: what joined, and what the cycle before suggested in vain.
fn report(title: &str, opened: Opened) -> String {
    let joined = format!("{title}: {} joined.", counted(opened.items, "item"));
    match opened.dropped {
        0 => joined,
        1 => format!("{joined} 1 suggestion of the cycle before is dropped: its class is gone."),
        many => {
            format!("{joined} {} suggestions of the cycle before are dropped: their classes are gone.", grouped(many))
        }
    }
}

/// The half year after the last cycle's, else the one of today.
fn next_name(last: Option<&str>, today: Option<(u32, u32)>) -> Option<String> {
    let after = last.and_then(|name| {
        let (year, half) = name.split_once(" H")?;
        let year: u32 = year.parse().ok()?;
        match half {
            "1" => Some(format!("{year} H2")),
            "2" => Some(format!("{} H1", year + 1)),
            _ => None,
        }
    });
    after.or_else(|| today.map(|(year, month)| format!("{year} H{}", if month <= 6 { 1 } else { 2 })))
}

/// The dialog.
#[component]
pub fn OpenCycle(opening: Opening) -> impl IntoView {
    let Opening { open, of, name, answer, key } = opening;
    let busy = RwSignal::new(false);
    let (toasts, navigate) = (use_toasts(), StoredValue::new(use_navigate()));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(definition) = of.get_untracked() else { return };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        leptos::task::spawn_local(async move {
            let asked = (definition.id, name.get_untracked());
            let result = open_cycle(asked.0, asked.1.clone(), key.of(&asked)).await;
            key.answered(&result);
            match result {
                Ok(opened) => {
                    open.set(false);
                    toasts.good_with("Cycle opened", report(&definition.form.title(), opened));
                    navigate.read_value()(&format!("/cycles/{}", opened.cycle), NavigateOptions::default());
                }
                Err(error) => answer.set(Some(error)),
            }
            busy.set(false);
        });
    };
    view! {
        <Dialog open title="Open cycle">
            <form class="dialog__form" on:submit=submit>
                <div class="dialog__body">
                    <Lead of />
                    <FormError answer fields=&["name"] />
                    <TextField
                        id="cycle-name"
                        label="Name of the cycle"
                        value=(name.into(), name.into())
                        field="name"
                        answer
                        focus=true
                        most=most::CYCLE
                        hint=Some("Such as the half year it plans: 2026 H2".to_owned())
                    />
                </div>
                <DialogFoot open act="Open cycle" busy />
            </form>
        </Dialog>
    }
}

/// What opening does, with numbers.
#[component]
fn Lead(of: RwSignal<Option<DefinitionOverview>>) -> impl IntoView {
    move || {
        of.get().map(|one| {
            let joining = match one.population {
                0 => format!(
                    " have a value of \u{201c}{}\u{201d} so far. They join as their values come in.",
                    one.form.measure
                ),
                1 => " joins as an item, In progress. New ones join by themselves.".to_owned(),
                _ => " join as items, In progress. New ones join by themselves.".to_owned(),
            };
            let population = counted(one.population, one.form.kind.as_str());
            view! {
                <p class="dialog__lead">
                    <b>{one.form.title()}</b>
                    ": "
                    <b>{population}</b>
                    {joining}
                    " The cycle starts in Collecting."
                </p>
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{next_name, report};
    use crate::model::Opened;
    use cutline_domain::base::ids::CycleId;

    #[test]
    fn says_what_joined_and_what_is_dropped() {
        let told = |dropped| report("Cardiolin", Opened { cycle: CycleId::new(), items: 1200, dropped });
        assert_eq!(told(0), "Cardiolin: 1,200 items joined.");
        assert_eq!(
            told(1),
            "Cardiolin: 1,200 items joined. 1 suggestion of the cycle before is dropped: its class is gone."
        );
        assert!(told(1000).ends_with("1,000 suggestions of the cycle before are dropped: their classes are gone."));
    }

    #[test]
    fn suggests_the_next_half_year() {
        let today = Some((2026, 7));
        assert_eq!(next_name(Some("2026 H1"), today).as_deref(), Some("2026 H2"));
        assert_eq!(next_name(Some("2026 H2"), today).as_deref(), Some("2027 H1"));
        assert_eq!(next_name(Some("Autumn"), today).as_deref(), Some("2026 H2"));
        assert_eq!(next_name(None, Some((2026, 6))).as_deref(), Some("2026 H1"));
        assert_eq!(next_name(None, None), None);
    }
}
