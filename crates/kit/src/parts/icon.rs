//! Icons from the one sprite.

use crate::browser::asset;
use leptos::prelude::*;

/// An icon of `icons.svg`. Decorative: the words beside it, or the control's label, say what it means.
#[component]
pub fn Icon(
    /// Id of the symbol.
    name: &'static str,
    /// More classes.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    view! {
        <svg class=format!("icon {class}") aria-hidden="true">
            <use href=format!("{}#{name}", asset("icons.svg"))></use>
        </svg>
    }
}
