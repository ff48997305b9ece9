//! A system's pages as one chunk of the module, fetched when the first of them is opened.

/// Makes routes of pages that one `#[lazy]` function shows. A feature has one such function for all its pages, so that it is
/// one chunk and a new system doesn't slow the others. `preload` is what `#[lazy]` calls the function that only fetches the
/// code: hydration waits for it, so that the page is there when it is taken over.
#[macro_export]
macro_rules! lazy_pages {
    ($shows:ident, preload $preload:ident; $($(#[$doc:meta])* $route:ident => $which:expr),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $route;

        impl ::leptos_router::LazyRoute for $route {
            fn data() -> Self {
                Self
            }

            async fn preload() {
                #[cfg(target_arch = "wasm32")]
                $preload().await;
            }

            async fn view(_: Self) -> ::leptos::prelude::AnyView {
                $shows($which).await
            }
        }
    )+};
}

pub use lazy_pages;
