//! What stands around every page: the document, the routes, the frame with its rail, and the Control Center.

mod account_menu;
mod control_center;
#[cfg(feature = "ssr")]
mod document;
mod frame;
mod newer;

#[cfg(feature = "ssr")]
pub use document::document;

use control_center::{ControlRoute, ControlStart, NoSuchPage, OldSettings};
use cutline_company::view::{PeopleRoute, ProfileRoute, RegionsRoute, SignInRoute};
use cutline_kit::browser::asset;
use cutline_kit::parts::toast::provide_toasts;
use cutline_kit::parts::{EmptyState, Toasts};
use cutline_planner::view::{ApprovalsRoute, CycleRoute, CyclesRoute, MicrotargetsRoute};
use frame::Frame;
use leptos::prelude::*;
use leptos_meta::{Stylesheet, Title, provide_meta_context};
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{Lazy, path};
use newer::NewerVersion;

/// The app.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_toasts();
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
                <Route path=path!("/sign-in") view=sign_in />
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
