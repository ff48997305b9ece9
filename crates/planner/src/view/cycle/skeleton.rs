//! The page before its data: the final layout in grey, so that nothing jumps.

use cutline_kit::parts::Skeleton;
use leptos::prelude::*;

/// Before anything is known.
#[component]
pub fn PageSkeleton() -> impl IntoView {
    view! {
        <div class="planner" aria-busy="true">
            <header class="planner__head">
                <Skeleton width=280 />
                <Skeleton width=360 />
            </header>
            <BodySkeleton />
        </div>
    }
}

/// Before the items are there.
#[component]
pub fn BodySkeleton() -> impl IntoView {
    let row = |i: u32| {
        view! {
            <div class="grid__row">
                <span class="grid__cell grid__cell--check"></span>
                <span class="grid__cell">
                    <Skeleton width=70 + i * 37 % 60 />
                </span>
                <span class="grid__cell">
                    <Skeleton width=58 />
                </span>
                <span class="grid__cell grid__cell--specialty">
                    <Skeleton width=80 + i * 23 % 40 />
                </span>
                <span class="grid__cell">
                    <Skeleton width=20 />
                </span>
                <span class="grid__cell grid__cell--num">
                    <Skeleton width=34 />
                </span>
                <span class="grid__cell grid__cell--move">
                    <Skeleton width=60 />
                </span>
                <span class="grid__cell"></span>
                <span class="grid__cell grid__cell--status">
                    <Skeleton width=78 />
                </span>
            </div>
        }
    };
    view! {
        <p class="visually-hidden" role="status">
            "Loading the items"
        </p>
        <div class="planner__filters" aria-hidden="true">
            <Skeleton width=230 />
            <Skeleton width=70 />
            <Skeleton width=60 />
        </div>
        <div class="planner__upper" aria-hidden="true">
            <div class="grid">
                <div class="grid__row grid__row--head"></div>
                <div class="grid__canvas" style="--height:470px">
                    <div class="grid__group">
                        <Skeleton width=16 />
                        <Skeleton width=150 />
                    </div>
                    <div class="grid__group grid__group--sub">
                        <Skeleton width=90 />
                    </div>
                    {(0..14).map(row).collect_view()}
                </div>
            </div>
        </div>
        <div class="splitter splitter--row" aria-hidden="true"></div>
        <Lower />
    }
}

#[component]
fn Lower() -> impl IntoView {
    let bar = |i: u32| {
        // The outline of a distribution, not data.
        let height = 12 + 70 * (i * (30 - i)) / 225;
        view! { <i class="skeleton skeleton--bar" style=format!("--h:{height}%;flex:1;margin-right:1px")></i> }
    };
    view! {
        <div class="lower" aria-hidden="true">
            <section class="panel editor">
                <div class="panel__head">
                    <span class="panel__title">"Borders"</span>
                    <Skeleton width=180 />
                </div>
                <div class="editor__body">
                    <div class="hist">
                        <div class="hist__plot">
                            <div class="hist__area" style="display:flex;align-items:flex-end">
                                {(0..30).map(bar).collect_view()}
                            </div>
                        </div>
                    </div>
                    <div class="editor__side">
                        <Skeleton width=300 />
                        <Skeleton width=300 />
                        <Skeleton width=300 />
                    </div>
                </div>
            </section>
            <div class="splitter splitter--col"></div>
            <section class="panel pie">
                <div class="panel__head">
                    <span class="panel__title">"Planned versus current"</span>
                </div>
                <div class="pie__body">
                    <figure class="pie__figure">
                        <div class="pie__canvas">
                            <span class="skeleton skeleton--ring"></span>
                        </div>
                    </figure>
                    <div class="moves">
                        <Skeleton width=200 />
                        <Skeleton width=200 />
                    </div>
                </div>
            </section>
        </div>
    }
}
