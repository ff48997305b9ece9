//! The snapshot as it is sent. Encoding and compressing 200,000 items takes longer than reading them, so all who may see the same
//! share one answer: whoever comes first makes it, everybody else waits for it, without a connection, or finds it made.

use super::moment;
use crate::store::reading::{self, Stamp};
use axum::body::Bytes;
use cutline_domain::Permission;
use cutline_domain::base::ids::{CompanyId, CycleId};
use cutline_platform::session::Caller;
use cutline_platform::sight::Sight;
use cutline_platform::{Result, pressure, telemetry};
use flate2::Compression;
use flate2::write::GzEncoder;
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};
use sqlx::PgPool;
use std::io::{self, Write};
use std::sync::LazyLock;

/// Bytes of answers that are kept; those not asked for make room for others.
const KEPT: u64 = 128 << 20;
/// How many answers that may be; only a guess, to begin with.
const EXPECTED: usize = 64;
/// Fast: a second of waiting for a smaller answer would be longer than what it saves.
const EFFORT: Compression = Compression::new(4);

/// A snapshot as it is sent.
#[derive(Clone, Debug)]
pub struct Packed {
    /// As it is.
    pub plain: Bytes,
    /// Compressed, for whoever takes that.
    pub gzip: Bytes,
}

/// Whose snapshot of which state.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    company: CompanyId,
    cycle: CycleId,
    sight: Sight,
    stamp: Stamp,
}

#[derive(Clone)]
struct Bulk;

impl Weighter<Key, Packed> for Bulk {
    fn weight(&self, _: &Key, packed: &Packed) -> u64 {
        // An answer weighs something even when it is empty.
        (packed.plain.len() + packed.gzip.len() + 256) as u64
    }
}

static MADE: LazyLock<Cache<Key, Packed, Bulk>> = LazyLock::new(|| {
    // In one piece: a part of it might be too small for a large cycle.
    let options = OptionsBuilder::new().shards(1).estimated_items_capacity(EXPECTED).weight_capacity(KEPT).build();
    let options = options.unwrap_or_else(|_| unreachable!("all that is needed is set"));
    Cache::with_options(options, Bulk, DefaultHashBuilder::default(), DefaultLifecycle::default())
});

/// That somebody may open a cycle: it is there, and theirs to look at.
pub async fn may_open(pool: &PgPool, caller: &Caller, cycle: CycleId) -> Result<()> {
    caller.require(Permission::View)?;
    reading::must_exist(&mut *pool.acquire().await?, caller.company, cycle).await
}

/// All items within sight, as they are sent.
pub async fn packed_snapshot(pool: &PgPool, caller: &Caller, cycle: CycleId) -> Result<Packed> {
    caller.require(Permission::View)?;
    let stamp = reading::stamp(&mut *pool.acquire().await?, caller.company, cycle).await?;
    let key = Key { company: caller.company, cycle, sight: Sight::of(&caller.actor), stamp };
    // Whoever made it may have given up or failed; then the next one who waits does it.
    MADE.get_or_insert_async(&key, make(pool, &key)).await
}

async fn make(pool: &PgPool, key: &Key) -> Result<Packed> {
    let _turn = pressure::report().await?;
    let columns = reading::columns(&mut *moment(pool).await?, key.company, key.cycle, &key.sight, None).await?;
    let pack = move || {
        let plain = columns.encode();
        Ok::<_, io::Error>(Packed { gzip: gzip(&plain)?.into(), plain: plain.into() })
    };
    Ok(telemetry::blocking(pack).await??)
}

fn gzip(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), EFFORT);
    encoder.write_all(plain)?;
    encoder.finish()
}
