//! The document around every page, the routes, and the frame that signed-in pages stand in.

use crate::admin::api::{sign_out, sign_out_everywhere, who_am_i};
use crate::admin::view::{SettingsPage, SignInPage};
use crate::components::browser::{go_to, remember, remembered};
use crate::components::toast::provide_toasts;
use crate::components::{Icon, Logo, Toasts, use_toasts};
use crate::planner::view::{ApprovalsPage, CyclePage, CyclesPage};
use crate::platform::error::AppError;
use crate::platform::wire::Me;
use cutline_domain::Permission;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use leptos_meta::MetaTags;
use leptos_meta::{Stylesheet, Title, provide_meta_context};
use leptos_router::components::{A, Outlet, ParentRoute, Redirect, Route, Router, Routes};
use leptos_router::hooks::use_location;
use leptos_router::path;

/// Sets the theme chosen on this device before anything is painted.
#[cfg(feature = "ssr")]
const THEME_SCRIPT: &str =
    "try{const t=localStorage.getItem('cutline.theme');if(t)document.documentElement.dataset.theme=t}catch{}";

/// Keeps clicks on buttons made before the module has taken over, and does them then: a page that looks ready must act.
/// Buttons that open popovers work by themselves.
#[cfg(feature = "ssr")]
const EARLY_CLICKS_SCRIPT: &str = "{const kept=[],keep=e=>{const b=e.target.closest('button:not([popovertarget])');\
    if(b){kept.push(b);e.preventDefault();e.stopPropagation()}};addEventListener('click',keep,true);\
    addEventListener('cutline:hydrated',()=>setTimeout(()=>{removeEventListener('click',keep,true);\
    document.documentElement.dataset.hydrated='';kept.forEach(b=>b.isConnected&&b.click())},30),{once:true})}";

/// The HTML document.
#[cfg(feature = "ssr")]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <link rel="icon" href="/favicon.svg"/>
                <link rel="preload" href="/fonts/inter-latin-wght-normal.woff2" r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
                <script>{THEME_SCRIPT}</script>
                <script>{EARLY_CLICKS_SCRIPT}</script>
                <script src="/echarts.js" defer></script>
                <AutoReload options=options.clone()/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body><App/></body>
        </html>
    }
}

/// Who is signed in, known to everything below.
#[derive(Clone, Copy, Debug)]
pub struct SignedIn(pub Signal<Option<Me>>);

impl SignedIn {
    /// The one of the page.
    pub fn get() -> Self {
        expect_context()
    }

    /// Whether they may do something at all.
    pub fn may(self, permission: Permission) -> bool {
        self.0.with(|me| me.as_ref().is_some_and(|me| me.actor.may(permission)))
    }
}

/// The app.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_toasts();
    view! {
        <Stylesheet id="leptos" href="/pkg/cutline.css"/>
        <Title formatter=|title: String| if title.is_empty() { "Cutline".to_owned() } else { format!("{title} · Cutline") }/>
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/sign-in") view=SignInPage/>
                <ParentRoute path=path!("") view=Frame>
                    <Route path=path!("/") view=CyclesPage/>
                    <Route path=path!("/cycles/:id") view=CyclePage/>
                    <Route path=path!("/approvals") view=ApprovalsPage/>
                    <Route path=path!("/settings/:tab") view=SettingsPage/>
                </ParentRoute>
            </Routes>
        </Router>
        <Toasts/>
    }
}

/// The frame of signed-in pages; everybody else is led to the sign-in.
#[component]
fn Frame() -> impl IntoView {
    let me = Resource::new_blocking(|| (), |()| who_am_i());
    let path = use_location();
    let sign_in = move || {
        let search = path.search.get_untracked();
        let mark = if search.is_empty() { "" } else { "?" };
        let next = format!("{}{mark}{}", path.pathname.get_untracked(), search.trim_start_matches('?'));
        format!("/sign-in?next={}", leptos_router::location::Url::escape(&next))
    };
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match me.await {
                    Ok(Some(me)) => view! { <SignedInFrame me/> }.into_any(),
                    Ok(None) | Err(AppError::SignedOut) => view! { <Redirect path=sign_in()/> }.into_any(),
                    Err(error) => {
                        view! {
                            <main class="app__main">
                                <crate::components::ErrorState
                                    title="Cutline could not be opened"
                                    error
                                    retry=move |()| me.refetch()
                                />
                            </main>
                        }
                            .into_any()
                    }
                }
            })}
        </Suspense>
    }
}

#[component]
fn SignedInFrame(me: Me) -> impl IntoView {
    let settings = me.actor.may(Permission::ManageDefinitions);
    let approvals = me.actor.may(Permission::Decide);
    provide_context(SignedIn(Signal::stored(Some(me.clone()))));
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        <div class="app">
            <header class="rail">
                <A href="/" attr:class="rail__logo" attr:aria-label="Cutline"><Logo/></A>
                <nav class="rail__nav" aria-label="Main">
                    <RailLink href="/" label="Planner" icon="chart"/>
                    {approvals.then(|| view! { <RailLink href="/approvals" label="Approvals" icon="approvals"/> })}
                    {settings.then(|| view! { <RailLink href="/settings/microtargets" label="Settings" icon="settings"/> })}
                </nav>
                <AccountMenu me/>
            </header>
            <main class="app__main" id="main"><Outlet/></main>
        </div>
    }
}

#[component]
fn RailLink(href: &'static str, label: &'static str, icon: &'static str) -> impl IntoView {
    let path = use_location().pathname;
    let root = href.trim_end_matches("/microtargets");
    let here = move || {
        path.with(|path| match root {
            "/" => path == "/" || path.starts_with("/cycles"),
            root => path.starts_with(root),
        })
    };
    view! {
        <a class="rail__link" href=href aria-label=label data-tip=label data-tip-at="right"
            aria-current=move || here().then_some("page")>
            <Icon name=icon/>
        </a>
    }
}

#[component]
fn AccountMenu(me: Me) -> impl IntoView {
    let toasts = use_toasts();
    let leave = move |everywhere: bool| {
        leptos::task::spawn_local(async move {
            match if everywhere { sign_out_everywhere().await } else { sign_out().await } {
                Ok(()) => go_to("/sign-in"),
                Err(error) => toasts.bad("Not signed out", error.to_string()),
            }
        });
    };
    let initials = me.initials();
    view! {
        <button class="rail__me" popovertarget="account" aria-label=format!("{}, account", me.name)>
            <span class="avatar" aria-hidden="true">{initials.clone()}</span>
        </button>
        <div class="menu menu--side" id="account" popover>
            <div class="menu__item">
                <span class="avatar" aria-hidden="true">{initials}</span>
                <span class="menu__text">
                    {me.name}<small>{me.actor.role.title()}" · "{me.company_name}</small>
                </span>
            </div>
            <hr class="menu__rule"/>
            <ThemeSwitch/>
            <hr class="menu__rule"/>
            <button class="menu__item" on:click=move |_| leave(false)><Icon name="sign-out"/>"Sign out"</button>
            <button class="menu__item" on:click=move |_| leave(true)><Icon name="sign-out"/>"Sign out everywhere"</button>
        </div>
    }
}

#[component]
fn ThemeSwitch() -> impl IntoView {
    let chosen = RwSignal::new(String::new());
    // After hydration, so that the first render is the same on both sides.
    Effect::new(move |_| chosen.set(remembered("cutline.theme").unwrap_or_default()));
    let choose = move |theme: &'static str| {
        chosen.set(theme.to_owned());
        remember("cutline.theme", theme);
        if let Some(root) = document().document_element() {
            let _ = if theme.is_empty() {
                root.remove_attribute("data-theme")
            } else {
                root.set_attribute("data-theme", theme)
            };
        }
        window_event("cutline:theme");
    };
    let option = move |(theme, title): (&'static str, &'static str)| {
        view! {
            <label class="segmented__item">
                <input type="radio" name="theme" prop:checked=move || chosen.get() == theme on:change=move |_| choose(theme)/>
                <span>{title}</span>
            </label>
        }
    };
    view! {
        <fieldset class="menu__segmented">
            <span aria-hidden="true">"Theme"</span>
            <legend class="visually-hidden">"Theme"</legend>
            <span class="segmented">
                {[("", "System"), ("light", "Light"), ("dark", "Dark")].map(option).collect_view()}
            </span>
        </fieldset>
    }
}

/// Tells scripts and drawings of the page what happened.
pub fn window_event(name: &str) {
    #[cfg(feature = "hydrate")]
    if let Ok(event) = web_sys::Event::new(name) {
        let _ = window().dispatch_event(&event);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = name;
}

#[component]
fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(axum::http::StatusCode::NOT_FOUND);
    }
    view! {
        <Title text="Not found"/>
        <main class="app__main">
            <crate::components::EmptyState icon="search" title="This page does not exist"
                text="The address may be mistyped, or what it led to was removed.">
                <a class="button button--primary" href="/">"Go to the planner"</a>
            </crate::components::EmptyState>
        </main>
    }
}
