//! Parts of the site whose code is a file of its own, a chunk, fetched when it is first needed: each system's pages, and what
//! lies over them. A chunk that can't be fetched is an answer like any other, not the end of the page.

use crate::parts::ErrorState;
use cutline_wire::AppError;
use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use std::pin::Pin;

/// Makes a function that shows something and whose code is a chunk of its own, with one that only fetches it. In the browser
/// both may find that the chunk can't be fetched; asked again, they try again.
///
/// What leptos's `#[lazy]` does, but for that: there a chunk that can't be fetched is a panic.
#[macro_export]
macro_rules! chunk {
    ($(#[$doc:meta])* $vis:vis fn $name:ident($arg:ident: $of:ty), preload $preload:ident $body:block) => {
        #[cfg(feature = "hydrate")]
        #[::leptos::wasm_split::wasm_split($name, wasm_split_path = ::leptos::wasm_split, preload($preload), fallible)]
        $(#[$doc])*
        $vis fn $name($arg: $of) -> Result<::leptos::prelude::AnyView, ::leptos::wasm_split::SplitLoaderError> {
            Ok($body)
        }

        #[cfg(not(feature = "hydrate"))]
        $(#[$doc])*
        $vis async fn $name($arg: $of) -> Result<::leptos::prelude::AnyView, ::std::convert::Infallible> {
            ::leptos::prefetch_lazy_fn_on_server(stringify!($name));
            Ok($body)
        }
    };
}

/// What shows something whose code has to be fetched.
pub trait Fetched {
    /// Fetches it; gives whether it came, or was there.
    fn code() -> impl Future<Output = bool>;
}

/// Makes routes of pages that one [`chunk!`] shows. A feature has one such function for all its pages, so that it is one chunk
/// and a new system doesn't slow the others. Hydration waits for `preload`, so that the page is there when it is taken over.
#[macro_export]
macro_rules! lazy_pages {
    ($shows:ident, preload $preload:ident; $($(#[$doc:meta])* $route:ident => $which:expr),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $route;

        impl $crate::page::Fetched for $route {
            async fn code() -> bool {
                #[cfg(feature = "hydrate")]
                return $preload().await.is_ok();
                #[cfg(not(feature = "hydrate"))]
                true
            }
        }

        impl ::leptos_router::LazyRoute for $route {
            fn data() -> Self {
                Self
            }

            async fn preload() {
                // Where it fails, showing the page says so.
                let _ = <Self as $crate::page::Fetched>::code().await;
            }

            async fn view(_: Self) -> ::leptos::prelude::AnyView {
                match $shows($which).await {
                    Ok(view) => view,
                    Err(_) => $crate::page::missing(|| Box::pin(async { $shows($which).await.ok() })),
                }
            }
        }
    )+};
}

pub use {chunk, lazy_pages};

/// A view that may come.
pub type Coming = Pin<Box<dyn Future<Output = Option<AnyView>>>>;

/// Stands where a page would be whose code could not be fetched, and tries again when asked.
pub fn missing(again: fn() -> Coming) -> AnyView {
    let shown = RwSignal::new_local(None::<AnyView>);
    // The page belongs where this stands, and finds there what is provided for it.
    let owner = StoredValue::new(Owner::current());
    let retry = move |()| {
        let Some(owner) = owner.get_value() else { return };
        let coming = owner.with(|| ScopedFuture::new_untracked(again()));
        leptos::task::spawn_local(async move {
            if let Some(view) = coming.await {
                shown.set(Some(view));
            }
        });
    };
    let content = move || {
        shown.track();
        // Taken out without telling: it is shown once, where it is.
        shown.try_update_untracked(Option::take).flatten().unwrap_or_else(|| {
            view! {
                <div class="page__body">
                    <ErrorState title="This page could not be loaded" error=AppError::Unreachable retry />
                </div>
            }
            .into_any()
        })
    };
    content.into_any()
}
