//! The planner's index: every microtarget, where its planning stands, and the one next step.

mod open_cycle;

use crate::api::overview;
use crate::model::{CycleSummary, DefinitionOverview};
use crate::view::status::{StatusBadge, Stepper};
use cutline_domain::base::format::{counted, grouped};
use cutline_domain::planner::approval::{CycleState, Status};
use cutline_domain::{Class, ClassScheme, ClassSpec, Permission};
use cutline_kit::parts::SignedIn;
use cutline_kit::parts::class_colour::class_style;
use cutline_kit::parts::search::{matches, search_of_url};
use cutline_kit::parts::{EmptyState, ErrorState, Icon, SearchBox, Skeleton, When};
use leptos::prelude::*;
use leptos_meta::Title;
use open_cycle::{OpenCycle, Opening};

/// The planner's index.
#[component]
pub fn CyclesPage() -> impl IntoView {
    let definitions = Resource::new(|| (), |()| overview());
    let search = search_of_url();
    let opening = Opening::default();
    view! {
        <Title text="Planner" />
        <div class="page cycles">
            <header class="page__head">
                <h1 class="page__title">"Planner"</h1>
                <Transition fallback=|| ()>
                    {move || Suspend::new(async move {
                        let number = definitions.await.map_or(0, |all| all.len() as u32);
                        (number > 0).then(|| view! { <span class="page__sub">{counted(number, "microtarget")}</span> })
                    })}
                </Transition>
            </header>
            <Transition fallback=move || {
                view! { <Loading search /> }
            }>
                {move || Suspend::new(async move {
                    match definitions.await {
                        Ok(all) if all.is_empty() => view! { <Nothing /> }.into_any(),
                        Ok(all) => view! { <Microtargets all search opening /> }.into_any(),
                        Err(error) => {
                            view! {
                                <div class="page__body">
                                    <ErrorState
                                        title="The microtargets could not be loaded"
                                        error
                                        retry=move |()| definitions.refetch()
                                    />
                                </div>
                            }
                                .into_any()
                        }
                    }
                })}
            </Transition>
        </div>
        <OpenCycle opening />
    }
}

#[component]
fn Bar(search: RwSignal<String>) -> impl IntoView {
    view! {
        <div class="page__bar" role="search">
            <SearchBox label="Search microtargets" search />
        </div>
    }
}

#[component]
fn Heading() -> impl IntoView {
    view! {
        <thead>
            <tr>
                <th scope="col">"Microtarget"</th>
                <th scope="col">"State"</th>
                <th scope="col">"Items"</th>
                <th scope="col" class="cycles__shares">
                    "Planned %"
                </th>
                <th scope="col" class="cycles__when">
                    "Since"
                </th>
                <th scope="col">
                    <span class="visually-hidden">"Next step"</span>
                </th>
            </tr>
        </thead>
    }
}

#[component]
fn Loading(search: RwSignal<String>) -> impl IntoView {
    let row = |_| {
        view! {
            <tr>
                <td>
                    <Skeleton width=150 />
                </td>
                <td>
                    <Skeleton width=180 />
                </td>
                <td>
                    <Skeleton width=150 />
                </td>
                <td class="cycles__shares">
                    <Skeleton width=190 />
                </td>
                <td class="cycles__when">
                    <Skeleton width=70 />
                </td>
                <td>
                    <Skeleton width=80 />
                </td>
            </tr>
        }
    };
    view! {
        <Bar search />
        <div class="page__body" aria-busy="true">
            <p class="visually-hidden" role="status">
                "Loading microtargets"
            </p>
            <table class="table">
                <Heading />
                <tbody>{(0..5).map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Nothing() -> impl IntoView {
    let admin = SignedIn::get().may(Permission::ManageDefinitions);
    let what = "A microtarget says which product, specialties and kind of contact a class is about, and how many of \
                each class are planned. Cycles of planning start from it.";
    view! {
        <div class="page__body">
            {if admin {
                view! {
                    <EmptyState icon="chart" title="No microtargets yet" text=what>
                        <a class="button button--primary" href="/control/microtargets">
                            "Define a microtarget"
                        </a>
                    </EmptyState>
                }
                    .into_any()
            } else {
                let text = format!("{what} An admin defines them; they appear here when that is done.");
                view! { <EmptyState icon="chart" title="No microtargets yet" text /> }.into_any()
            }}
        </div>
    }
}

#[component]
fn Microtargets(all: Vec<DefinitionOverview>, search: RwSignal<String>, opening: Opening) -> impl IntoView {
    let all = StoredValue::new(all);
    let shown = Memo::new(move |_| {
        let text = search.get();
        let fits = |one: &DefinitionOverview| {
            let cycle = one.cycle.as_ref().map_or("", |cycle| cycle.name.as_str());
            matches(&text, &format!("{} {cycle}", one.form.title()))
        };
        all.read_value().iter().filter(|one| fits(one)).cloned().collect::<Vec<_>>()
    });
    let row = move |one: DefinitionOverview| view! { <Microtarget one opening /> };
    view! {
        <Bar search />
        <div class="page__body">
            <table class="table">
                <Heading />
                <tbody>
                    <For each=move || shown.get() key=|one| one.id children=row />
                </tbody>
            </table>
            <Show when=move || shown.read().is_empty()>
                <EmptyState
                    icon="search"
                    title="No microtarget matches"
                    text="Products, names of specialties, kinds of contact and cycles are searched."
                >
                    <button class="button" on:click=move |_| search.set(String::new())>
                        "Clear the search"
                    </button>
                </EmptyState>
            </Show>
        </div>
    }
}

/// What a state means for the one who looks.
fn note(cycle: &CycleSummary) -> String {
    match cycle.state {
        CycleState::Collecting => "Scores are coming in".to_owned(),
        CycleState::Drafting => "Borders are being drawn".to_owned(),
        CycleState::Approving if cycle.items.total() == 0 => "Nothing in your regions".to_owned(),
        CycleState::Approving if cycle.items.in_progress == 0 => "All decided".to_owned(),
        CycleState::Approving => {
            format!("{} of {} left to decide", grouped(cycle.items.in_progress), grouped(cycle.items.total()))
        }
        CycleState::Transferred => "Classes are official".to_owned(),
    }
}

#[component]
fn Microtarget(one: DefinitionOverview, opening: Opening) -> impl IntoView {
    let scheme = one.form.classes.clone();
    let audience = one.form.audience();
    let product = one.form.product.clone();
    let name = match &one.cycle {
        Some(cycle) => view! {
            <a href=format!("/cycles/{}", cycle.id)>{product}</a>
            <small>{format!("{audience} · {}", cycle.name)}</small>
        }
        .into_any(),
        None => view! {
            <b>{product}</b>
            <small>{audience}</small>
        }
        .into_any(),
    };
    let state = match &one.cycle {
        Some(cycle) => view! {
            <Stepper state=cycle.state mini=true />
            <small>{note(cycle)}</small>
        }
        .into_any(),
        None => view! { <span class="muted">"No cycle yet"</span> }.into_any(),
    };
    let counts = match &one.cycle {
        Some(cycle) => Status::ALL
            .iter()
            .map(|status| (*status, cycle.items.of(*status)))
            .filter(|(_, count)| *count > 0)
            .map(|(status, count)| view! { <StatusBadge status count=Signal::stored(count) /> })
            .collect_view()
            .into_any(),
        None => {
            view! { <span class="muted">{counted(one.population, one.form.kind.as_str())}" scored"</span> }.into_any()
        }
    };
    let when = one.cycle.as_ref().map(|cycle| {
        let what = if cycle.state == CycleState::Transferred { "Transferred " } else { "Opened " };
        view! {
            {what}
            <br />
            <When at=cycle.since />
        }
    });
    view! {
        <tr>
            <th scope="row" class="cycles__name">
                {name}
            </th>
            <td class="cycles__state">{state}</td>
            <td>
                <div class="cycles__counts">{counts}</div>
            </td>
            <td class="cycles__shares">
                <Planned scheme />
            </td>
            <td class="cycles__when muted">{when}</td>
            <td class="cycles__act">
                <NextStep one opening />
            </td>
        </tr>
    }
}

/// The planned shares, highest class first, as the pictures of a cycle show them.
#[component]
fn Planned(scheme: ClassScheme) -> impl IntoView {
    let spec = |class: Class| &scheme.classes()[class.index()];
    let word = |class: Class, full: bool| {
        let ClassSpec { label, code, planned, .. } = spec(class);
        format!("{} {planned}%", if full { label } else { code })
    };
    let part = |class: Class| {
        let share = f64::from(spec(class).planned.hundredths()) / 100.0;
        let colours = class_style(class.index(), scheme.len(), spec(class).colour.as_deref());
        view! { <i style=format!("--share:{share};{colours}")></i> }
    };
    let words = |full| scheme.highest_first().map(|class| word(class, full)).collect::<Vec<_>>();
    let bar = scheme.highest_first().map(part).collect_view();
    view! {
        <div class="shares shares--one" role="img" aria-label=format!("Planned {}", words(true).join(", "))>
            <span class="shares__bar">{bar}</span>
            <span class="shares__words">{words(false).join("   ")}</span>
        </div>
    }
}

/// The one thing to do next, by state and permission.
#[component]
fn NextStep(one: DefinitionOverview, opening: Opening) -> impl IntoView {
    let may = |permission| SignedIn::get().may(permission);
    let title = one.form.title();
    let cycle = one.cycle.clone();
    let Some(cycle) = cycle.filter(|cycle| cycle.state != CycleState::Transferred || !may(Permission::OpenCycle))
    else {
        return may(Permission::OpenCycle)
            .then(|| {
                let start = move |_| opening.start(one.clone());
                view! {
                    <button class="button" on:click=start>
                        <Icon name="plus" />
                        "Open cycle"
                        <span class="visually-hidden">" for "{title}</span>
                    </button>
                }
            })
            .into_any();
    };
    let (waiting, drawn) = (cycle.items.in_progress > 0, may(Permission::SaveDraft));
    let (words, class) = match cycle.state {
        CycleState::Collecting | CycleState::Drafting if drawn => ("Draw borders", "button"),
        CycleState::Approving if waiting && may(Permission::Decide) => ("Decide", "button button--primary"),
        CycleState::Approving if !waiting && may(Permission::Transfer) => ("Transfer\u{2026}", "button"),
        _ => ("Open", "button"),
    };
    view! {
        <a class=class href=format!("/cycles/{}", cycle.id)>
            {words}
            <span class="visually-hidden">": "{title}</span>
        </a>
    }
    .into_any()
}
