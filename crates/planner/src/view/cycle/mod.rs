//! One cycle's page: grid, border editor and ring, all computed in the browser from one snapshot.

mod board;
mod commands;
mod dialogs;
mod drawer;
mod echarts;
mod editor;
mod filters;
mod geometry;
mod grid;
mod grid_keys;
mod grid_row;
mod header;
mod histogram;
mod palette;
mod pie;
mod query_string;
mod skeleton;
mod splitter;
mod transfer_dialog;

use super::ramp::RampStyle;
use crate::components::{EmptyState, ErrorState};
use crate::planner::api;
use crate::planner::model::CycleView;
use board::Board;
use cutline_domain::ids::CycleId;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

/// The page at `/cycles/:id`.
#[component]
pub fn CyclePage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").and_then(|id| id.parse::<CycleId>().ok())));
    let cycle = Resource::new(
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => api::cycle(id).await,
                None => Err(crate::platform::error::AppError::not_found("This cycle")),
            }
        },
    );
    view! {
        <Suspense fallback=|| view! { <skeleton::PageSkeleton/> }>
            {move || Suspend::new(async move {
                match cycle.await {
                    Ok(view) => view! { <Planner view/> }.into_any(),
                    Err(error) => {
                        view! {
                            <Title text="Planner"/>
                            <ErrorState title="The cycle could not be opened" error retry=move |()| cycle.refetch()/>
                        }
                            .into_any()
                    }
                }
            })}
        </Suspense>
    }
}

#[component]
fn Planner(view: CycleView) -> impl IntoView {
    let title = format!("{} · {}", view.product, view.name);
    let scheme = view.scheme.clone();
    let many = scheme.len() >= 6;
    let board = Board::new(view);
    provide_context(board);
    board.load();
    let content = move || match board.loaded.get() {
        None => view! { <skeleton::BodySkeleton/> }.into_any(),
        Some(Err(error)) => view! {
            <div class="planner__upper">
                <ErrorState title="The items could not be loaded" error retry=move |()| board.fetch_items()/>
            </div>
        }
        .into_any(),
        Some(Ok(())) if board.is_empty() => view! {
            <div class="planner__upper">
                <EmptyState icon="contacts" title="No items yet"
                    text="Every contact of the microtarget's specialties that has its measure becomes an item here, \
                          In progress. None of them is within your view at the moment."/>
            </div>
        }
        .into_any(),
        Some(Ok(())) => view! {
            <filters::Filters/>
            <div class="planner__upper"><grid::Grid/><grid::SelectionBar/></div>
            <splitter::RowSplitter/>
            <div class="lower" class=("lower--many", many) style=move || splitter::pie_width(board)>
                <editor::Editor/>
                <splitter::ColumnSplitter/>
                <pie::PiePanel/>
            </div>
        }
        .into_any(),
    };
    view! {
        <Title text=title/>
        <RampStyle scheme/>
        <div class="planner" style=move || splitter::lower_height(board) aria-busy=move || board.loaded.with(Option::is_none).to_string()>
            <header::Header/>
            {content}
        </div>
        <drawer::Drawer/>
        <dialogs::Dialogs/>
        <palette::Palette/>
    }
}
