//! What a view shows when there is nothing to show, something failed, or it isn't there yet.

use super::Icon;
use cutline_wire::AppError;
use leptos::prelude::*;

/// Nothing here: what this is, and the one next step (the children).
#[component]
pub fn EmptyState(
    /// Icon.
    icon: &'static str,
    /// What is missing.
    #[prop(into)]
    title: String,
    /// What this place is for.
    #[prop(into)]
    text: String,
    /// The next step.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <span class="empty__mark">
                <Icon name=icon />
            </span>
            <h2 class="empty__title">{title}</h2>
            <p class="empty__text">{text}</p>
            {children.map(|children| view! { <div class="empty__acts">{children()}</div> })}
        </div>
    }
}

/// Something failed: what happened, and trying again.
#[component]
pub fn ErrorState(
    /// What could not be done.
    #[prop(into)]
    title: String,
    /// Why.
    error: AppError,
    /// Try again.
    #[prop(into)]
    retry: Callback<()>,
) -> impl IntoView {
    view! {
        <div class="empty empty--bad" role="alert">
            <span class="empty__mark">
                <Icon name="warning" />
            </span>
            <h2 class="empty__title">{title}</h2>
            <p class="empty__text">{error.to_string()}</p>
            <div class="empty__acts">
                <button class="button button--primary" on:click=move |_| retry.run(())>
                    <Icon name="retry" />
                    "Try again"
                </button>
            </div>
        </div>
    }
}

/// A grey bar where something will be, `width` pixels wide.
#[component]
pub fn Skeleton(
    /// Pixels.
    width: u32,
    /// More classes.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    view! { <span class=format!("skeleton {class}") style=format!("--w:{width}px")></span> }
}

/// Says that a command waits for others, once it has waited for longer than one usually takes (`waiting` in the styles).
#[component]
pub fn Waiting(
    /// Whether a command is under way.
    busy: RwSignal<bool>,
) -> impl IntoView {
    let says = || {
        view! {
            <p class="waiting" role="status">
                "Waiting: others are at work here."
            </p>
        }
    };
    move || busy.get().then(says)
}

/// A message beside the field it is about.
#[component]
pub fn FieldError(
    /// Id that the field's `aria-describedby` names.
    #[prop(into)]
    id: String,
    /// The message, if any.
    #[prop(into)]
    message: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        {move || {
            let id = id.clone();
            message
                .get()
                .map(|text| {
                    view! {
                        <p class="field__error" id=id role="alert">
                            <Icon name="warning" />
                            {text}
                        </p>
                    }
                })
        }}
    }
}
