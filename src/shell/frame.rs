//! The frame that signed-in pages stand in: the rail, and the way to the sign-in for everybody else.

use super::account_menu::AccountMenu;
use super::control_center;
use cutline_company::api::who_am_i;
use cutline_domain::Permission;
use cutline_kit::page::MenuKeys;
use cutline_kit::parts::{ConnectionBanner, ErrorState, Icon, Logo, SignedIn};
use cutline_wire::{AppError, Me};
use leptos::prelude::*;
use leptos_router::components::{A, Outlet, Redirect};
use leptos_router::hooks::use_location;
use leptos_router::location::Url;

/// The frame of signed-in pages; everybody else is led to the sign-in.
#[component]
pub fn Frame() -> impl IntoView {
    let me = Resource::new_blocking(|| (), |()| who_am_i());
    let path = use_location();
    let sign_in = move || {
        let search = path.search.get_untracked();
        let mark = if search.is_empty() { "" } else { "?" };
        let next = format!("{}{mark}{}", path.pathname.get_untracked(), search.trim_start_matches('?'));
        format!("/sign-in?next={}", Url::escape(&next))
    };
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match me.await {
                    Ok(Some(me)) if me.password_is_given => {
                        // Whose password is one that they were given sets their own there.
                        view! { <Redirect path=sign_in() /> }
                            .into_any()
                    }
                    Ok(Some(me)) => view! { <SignedInFrame me /> }.into_any(),
                    Ok(None) | Err(AppError::SignedOut) => view! { <Redirect path=sign_in() /> }.into_any(),
                    Err(error) => {
                        view! {
                            <main class="app__main">
                                <ErrorState title="Cutline could not be opened" error retry=move |()| me.refetch() />
                            </main>
                        }
                            .into_any()
                    }
                }
            })}
        </Suspense>
    }
}

/// An entry of the rail: where it leads, which paths are its own, and who needs it.
struct Entry {
    href: &'static str,
    label: &'static str,
    icon: &'static str,
    own: &'static [&'static str],
    needs: Permission,
}

const ENTRIES: [Entry; 2] = [
    Entry { href: "/", label: "Planner", icon: "chart", own: &["/cycles"], needs: Permission::View },
    Entry {
        href: "/approvals",
        label: "Approvals",
        icon: "approvals",
        own: &["/approvals"],
        needs: Permission::Decide,
    },
];

/// What is known of a page's address and of who asks before the page is made: where it leads, if anywhere, or why it isn't for
/// them.
#[cfg(feature = "ssr")]
pub fn way(path: &str, query: &str, actor: &cutline_domain::Actor) -> Result<Option<String>, AppError> {
    if path == "/control" || path.starts_with("/control/") || path.starts_with("/settings/") {
        return control_center::way(path, query, actor);
    }
    match ENTRIES.iter().find(|entry| entry.href == path) {
        Some(entry) if !actor.may(entry.needs) => {
            Err(AppError::forbidden(format!("As {} you may not {}.", actor.role.title(), entry.needs.what())))
        }
        _ => Ok(None),
    }
}

#[component]
fn SignedInFrame(me: Me) -> impl IntoView {
    let entries = ENTRIES.into_iter().filter(|entry| me.actor.may(entry.needs));
    let control = control_center::start(&me.actor);
    provide_context(SignedIn(Signal::stored(Some(me.clone()))));
    view! {
        <MenuKeys />
        <a class="skip" href="#main">
            "Skip to content"
        </a>
        <div class="app">
            <header class="rail">
                <A href="/" attr:class="rail__logo" attr:aria-label="Cutline">
                    <Logo />
                </A>
                <nav class="rail__nav" aria-label="Main">
                    {entries.map(|entry| view! { <RailLink entry /> }).collect_view()}
                </nav>
                {control
                    .map(|href| {
                        let entry = Entry {
                            href,
                            label: "Control Center",
                            icon: "settings",
                            own: &["/control"],
                            needs: Permission::View,
                        };
                        view! { <RailLink entry /> }
                    })}
                <AccountMenu me />
            </header>
            <main class="app__main" id="main">
                <ConnectionBanner />
                <Outlet />
            </main>
        </div>
    }
}

#[component]
fn RailLink(entry: Entry) -> impl IntoView {
    let path = use_location().pathname;
    let Entry { href, label, icon, own, .. } = entry;
    let here = move || {
        let path = path.read();
        *path == href || own.iter().any(|own| path.starts_with(own))
    };
    view! {
        <a
            class="rail__link"
            href=href
            aria-label=label
            data-tip=label
            data-tip-at="right"
            aria-current=move || here().then_some("page")
        >
            <Icon name=icon />
        </a>
    }
}
