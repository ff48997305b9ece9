//! The settings: microtargets, people and regions, each a tab with its own URL.

use super::microtargets::Microtargets;
use super::people::People;
use super::regions::Regions;
use crate::app::SignedIn;
use crate::components::EmptyState;
use cutline_domain::Permission;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::{A, Redirect};
use leptos_router::hooks::use_params_map;

const TABS: [(&str, &str); 3] = [("microtargets", "Microtargets"), ("people", "People"), ("regions", "Regions")];

/// The settings.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let signed_in = SignedIn::get();
    let company = signed_in.0.with_untracked(|me| me.as_ref().map(|me| me.company_name.clone()));
    let params = use_params_map();
    // A memo, so that a change of the query leaves the tab as it is.
    let tab = Memo::new(move |_| params.with(|params| params.get("tab").unwrap_or_default()));
    let head = move || {
        view! {
            <header class="page__head">
                <h1 class="page__title">"Settings"</h1>
                <span class="page__sub">{company.clone()}</span>
            </header>
        }
    };
    if !(signed_in.may(Permission::ManageDefinitions) && signed_in.may(Permission::ManagePeople)) {
        return view! {
            <Title text="Settings"/>
            <div class="page settings">
                {head()}
                <div class="page__body">
                    <EmptyState icon="lock" title="Settings are for admins"
                        text="Microtargets, people and regions are changed by an admin of your company.">
                        <a class="button" href="/">"Go to the planner"</a>
                    </EmptyState>
                </div>
            </div>
        }
        .into_any();
    }
    let link = move |(path, title): (&'static str, &'static str)| {
        let here = move || tab.with(|tab| tab == path).then_some("page");
        view! {
            <A href=format!("/settings/{path}") attr:class="tabs__tab" attr:aria-current=here>{title}</A>
        }
    };
    let part = move || match tab.get().as_str() {
        "microtargets" => view! { <Microtargets/> }.into_any(),
        "people" => view! { <People/> }.into_any(),
        "regions" => view! { <Regions/> }.into_any(),
        _ => view! { <Redirect path="/settings/microtargets"/> }.into_any(),
    };
    let title = move || {
        TABS.iter()
            .find(|(path, _)| tab.with(|tab| tab == path))
            .map_or_else(|| "Settings".to_owned(), |(_, title)| (*title).to_owned())
    };
    view! {
        <Title text=title/>
        <div class="page settings">
            {head()}
            <div class="settings__tabs"><nav class="tabs" aria-label="Settings">{TABS.map(link).collect_view()}</nav></div>
            {part}
        </div>
    }
    .into_any()
}
