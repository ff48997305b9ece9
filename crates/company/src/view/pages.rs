//! The pages about a company as one chunk, and the way in as another: their code arrives when the first of them is opened.

use super::people::People;
use super::profile::ProfilePage;
use super::regions::Regions;
use super::sign_in_page::SignInPage;
use cutline_kit::page::{chunk, lazy_pages};
use leptos::prelude::*;

/// A page about a company.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// Users and roles.
    People,
    /// The region tree.
    Regions,
}

chunk! {
    /// Shows a page.
    fn company(page: Page), preload preload_company {
        match page {
            Page::People => view! { <People /> }.into_any(),
            Page::Regions => view! { <Regions /> }.into_any(),
        }
    }
}

chunk! {
    /// Shows the way in, which whoever is signed in doesn't load.
    fn entrance(_page: ()), preload preload_entrance {
        view! { <SignInPage /> }.into_any()
    }
}

chunk! {
    /// Shows one's own profile, which few open.
    fn profile(_page: ()), preload preload_profile {
        view! { <ProfilePage /> }.into_any()
    }
}

lazy_pages! { profile, preload preload_profile;
    /// One's own profile.
    ProfileRoute => (),
}

lazy_pages! { entrance, preload preload_entrance;
    /// Signing in.
    SignInRoute => (),
}

lazy_pages! { company, preload preload_company;
    /// Users and roles.
    PeopleRoute => Page::People,
    /// The region tree.
    RegionsRoute => Page::Regions,
}
