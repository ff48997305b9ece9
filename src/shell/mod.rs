//! What stands around every page: the document, the routes, the frame with its rail, and the Control Center.

mod account_menu;
mod control_center;
#[cfg(feature = "ssr")]
mod document;
mod frame;
mod newer;

#[cfg(feature = "ssr")]
pub use document::document;
#[cfg(feature = "ssr")]
pub use frame::way;

use control_center::{ControlRoute, ControlStart, NoSuchPage, OldSettings};
use cutline_company::view::{PeopleRoute, ProfileRoute, RegionsRoute, SignInRoute};
use cutline_kit::browser::asset;
use cutline_kit::page::Fetched;
use cutline_kit::parts::toast::provide_toasts;
use cutline_kit::parts::{Connection, EmptyState, Toasts};
use cutline_planner::view::{ApprovalsRoute, CycleRoute, CyclesRoute, MicrotargetsRoute};
use frame::Frame;
use leptos::prelude::*;
use leptos_meta::{Stylesheet, Title, provide_meta_context};
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{Lazy, SsrMode, path};
use newer::NewerVersion;

/// The app.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_toasts();
    Connection::provide();
    let titled = |title: String| if title.is_empty() { "Cutline".to_owned() } else { format!("{title} · Cutline") };
    let sign_in = Lazy::<SignInRoute>::new();
    let control = Lazy::<ControlRoute>::new();
    let cycles = Lazy::<CyclesRoute>::new();
    let cycle = Lazy::<CycleRoute>::new();
    let approvals = Lazy::<ApprovalsRoute>::new();
    let regions = Lazy::<RegionsRoute>::new();
    let users = Lazy::<PeopleRoute>::new();
    let profile = Lazy::<ProfileRoute>::new();
    let microtargets = Lazy::<MicrotargetsRoute>::new();
    view! {
        <Stylesheet id="leptos" href=asset("cutline.css") />
        <Title formatter=titled />
        <Router>
            <Routes fallback=NotFound>
                // Sent when it is whole: only it knows where it leads somebody who is signed in. What decides about the others is
                // known before (`pages`), so they are sent while they are made.
                <Route path=path!("/sign-in") view=sign_in ssr=SsrMode::Async />
                <ParentRoute path=path!("") view=Frame>
                    <Route path=path!("/") view=cycles />
                    <Route path=path!("/cycles/:id") view=cycle />
                    <Route path=path!("/approvals") view=approvals />
                    <Route path=path!("/profile") view=profile />
                    <ParentRoute path=path!("/control") view=control>
                        <Route path=path!("/") view=ControlStart />
                        <Route path=path!("/regions") view=regions />
                        <Route path=path!("/users") view=users />
                        <Route path=path!("/microtargets") view=microtargets />
                        <Route path=path!("/*any") view=NoSuchPage />
                    </ParentRoute>
                    <Route path=path!("/settings/:page") view=OldSettings />
                </ParentRoute>
            </Routes>
            <NewerVersion />
        </Router>
        <Toasts />
    }
}

/// Fetches the code of the page at a path, which has to be there before the page is taken over; gives whether it came.
pub async fn code_fetched(path: &str) -> bool {
    let mut parts = path.trim_matches('/').split('/');
    match (parts.next(), parts.next()) {
        (Some("sign-in"), _) => SignInRoute::code().await,
        (Some("cycles"), _) => CycleRoute::code().await,
        (Some("profile"), _) => ProfileRoute::code().await,
        (Some("control"), page) => {
            ControlRoute::code().await
                && match page {
                    Some("regions" | "users") => RegionsRoute::code().await,
                    Some("microtargets") => MicrotargetsRoute::code().await,
                    _ => true,
                }
        }
        _ => CyclesRoute::code().await,
    }
}

#[component]
fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(axum::http::StatusCode::NOT_FOUND);
    }
    view! {
        <Title text="Not found" />
        <main class="app__main">
            <EmptyState
                icon="search"
                title="This page does not exist"
                text="The address may be mistyped, or what it led to was removed."
            >
                <a class="button button--primary" href="/">
                    "Go to the planner"
                </a>
            </EmptyState>
        </main>
    }
}
