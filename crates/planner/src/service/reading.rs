//! What the page reads: snapshot, changes, texts, search, orders, details. Everybody sees within their sight only.

use super::moment;
use crate::model::{CycleView, ItemDetail, RowText};
use crate::store::{history, reading};
use cutline_contacts::facts::Registry;
use cutline_contacts::service::facts;
use cutline_domain::Permission;
use cutline_domain::base::ids::CycleId;
use cutline_domain::base::text::{self, most};
use cutline_domain::planner::grid::{GridQuery, SortKey};
use cutline_domain::planner::snapshot::Columns;
use cutline_platform::Result;
use cutline_platform::session::Caller;
use cutline_platform::sight::Sight;
use cutline_wire::AppError;
use sqlx::{PgConnection, PgPool};

/// All items within sight.
pub async fn snapshot(pool: &PgPool, caller: &Caller, cycle: CycleId) -> Result<Columns> {
    caller.require(Permission::View)?;
    reading::columns(&mut *moment(pool).await?, caller.company, cycle, &Sight::of(&caller.actor), None).await
}

/// Items within sight that changed after a revision, and the numbers of those that moved out of it.
pub async fn changes(pool: &PgPool, caller: &Caller, cycle: CycleId, since: u64) -> Result<Columns> {
    caller.require(Permission::View)?;
    // Beyond what revisions can be, nothing has changed since.
    let since = i64::try_from(since).unwrap_or(i64::MAX);
    let (mut tx, sight) = (moment(pool).await?, Sight::of(&caller.actor));
    let mut columns = reading::columns(&mut tx, caller.company, cycle, &sight, Some(since)).await?;
    columns.gone = reading::gone(&mut tx, caller.company, cycle, &sight, since).await?;
    Ok(columns)
}

/// The revision of a cycle, for whoever has something of it within sight.
pub async fn revision(pool: &PgPool, caller: &Caller, cycle: CycleId) -> Result<u64> {
    caller.require(Permission::View)?;
    let mut conn = pool.acquire().await?;
    let revision = reading::revision_in_sight(&mut conn, caller.company, cycle, &Sight::of(&caller.actor)).await?;
    Ok(revision.ok_or_else(|| AppError::not_found("This cycle"))?.cast_unsigned())
}

/// Texts of the rows in view.
pub async fn texts(pool: &PgPool, caller: &Caller, cycle: CycleId, items: &[u32]) -> Result<Vec<RowText>> {
    caller.require(Permission::View)?;
    if items.len() > 1000 {
        return Err(AppError::invalid("items", "At most 1,000 rows at a time.").into());
    }
    let seqs: Vec<i32> = items.iter().map(|seq| seq.cast_signed()).collect();
    let (mut conn, sight) = (pool.acquire().await?, Sight::of(&caller.actor));
    reading::must_exist(&mut conn, caller.company, cycle).await?;
    reading::texts(&mut conn, caller.company, cycle, &sight, Some(&seqs)).await
}

/// Numbers of the items whose name or id contains `part`.
pub async fn search(pool: &PgPool, caller: &Caller, cycle: CycleId, part: &str) -> Result<Vec<u32>> {
    caller.require(Permission::View)?;
    let mut conn = pool.acquire().await?;
    reading::must_exist(&mut conn, caller.company, cycle).await?;
    hits(&mut conn, caller, cycle, part).await
}

/// Numbers of the items that a query's search hits, increasing; `None` when it searches for nothing.
pub(super) async fn found(
    conn: &mut PgConnection,
    caller: &Caller,
    cycle: CycleId,
    query: &GridQuery,
) -> Result<Option<Vec<u32>>> {
    match query.search.trim() {
        "" => Ok(None),
        part => hits(conn, caller, cycle, part).await.map(Some),
    }
}

async fn hits(conn: &mut PgConnection, caller: &Caller, cycle: CycleId, part: &str) -> Result<Vec<u32>> {
    let part = text::clean(part, most::SEARCH);
    let part = part.map_err(|error| AppError::invalid("q", format!("What is searched for {error}.")))?;
    let seqs = reading::search(conn, caller.company, cycle, &Sight::of(&caller.actor), &part).await?;
    Ok(seqs.into_iter().map(i32::cast_unsigned).collect())
}

/// Numbers of all items within sight, ordered by a text.
pub async fn order(pool: &PgPool, caller: &Caller, cycle: CycleId, key: SortKey) -> Result<Vec<u32>> {
    caller.require(Permission::View)?;
    if !key.is_text() {
        return Err(AppError::invalid("key", "The columns hold this order already.").into());
    }
    let mut conn = pool.acquire().await?;
    reading::must_exist(&mut conn, caller.company, cycle).await?;
    let seqs = reading::order(&mut conn, caller.company, cycle, &Sight::of(&caller.actor), key).await?;
    Ok(seqs.into_iter().map(i32::cast_unsigned).collect())
}

/// One contact and what happened to it.
pub async fn detail(
    pool: &PgPool,
    registry: &Registry,
    caller: &Caller,
    cycle: CycleId,
    item: u32,
) -> Result<ItemDetail> {
    caller.require(Permission::View)?;
    let mut conn = pool.acquire().await?;
    let sight = Sight::of(&caller.actor);
    let about = history::about(&mut conn, caller.company, cycle, &sight, item).await?;
    let texts = reading::texts(&mut conn, caller.company, cycle, &sight, Some(&[item.cast_signed()])).await?;
    Ok(ItemDetail {
        contact: about.contact,
        text: texts.into_iter().next().ok_or_else(|| AppError::not_found("This item"))?,
        facts: facts(&mut conn, registry, caller.company, about.contact).await?,
        latest_score: about.latest_score,
        history: history::of_contact(&mut conn, caller.company, about.contact).await?,
    })
}

/// What an export is made of, all of one moment: the cycle, its items, their texts, the search's hits and, for orders by
/// text, that order.
#[derive(Debug)]
pub struct ExportRows {
    /// The cycle.
    pub view: CycleView,
    /// Items within sight.
    pub columns: Columns,
    /// Their texts, in the same order.
    pub texts: Vec<RowText>,
    /// Items found by the search, if there is one.
    pub found: Option<Vec<u32>>,
    /// All items ordered by text, if the sort needs it.
    pub order: Option<Vec<u32>>,
}

/// Everything an export shows, within sight.
pub async fn export_rows(pool: &PgPool, caller: &Caller, cycle: CycleId, query: &GridQuery) -> Result<ExportRows> {
    caller.require(Permission::View)?;
    let mut tx = moment(pool).await?;
    let view = super::cycles::view_at(&mut tx, caller, cycle).await?;
    let sight = Sight::of(&caller.actor);
    let columns = reading::columns(&mut tx, caller.company, cycle, &sight, None).await?;
    let texts = reading::texts(&mut tx, caller.company, cycle, &sight, None).await?;
    let found = found(&mut tx, caller, cycle, query).await?;
    let order = if query.sort.key.is_text() {
        let seqs = reading::order(&mut tx, caller.company, cycle, &sight, query.sort.key).await?;
        Some(seqs.into_iter().map(i32::cast_unsigned).collect())
    } else {
        None
    };
    Ok(ExportRows { view, columns, texts, found, order })
}
