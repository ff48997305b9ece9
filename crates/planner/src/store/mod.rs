//! The planner's SQL, and only here. Set-based: one statement for any number of items.

pub mod cycles;
pub mod definitions;
pub mod history;
pub mod items;
pub mod reading;
pub mod transfer;

use crate::platform::error::AppError;
use cutline_domain::access::{Reach, reach};
use cutline_domain::approval::Override;
use cutline_domain::{Actor, Borders, Class, Permission, Score};
use time::OffsetDateTime;
use time::macros::format_description;
use uuid::Uuid;

/// How far somebody sees, as SQL takes it: the contacts of these regions, or of this owner; all when both are `None`.
#[derive(Clone, Debug, Default)]
pub struct Sight {
    /// Regions within sight.
    pub regions: Option<Vec<Uuid>>,
    /// Owner of the contacts within sight.
    pub owner: Option<Uuid>,
}

impl Sight {
    /// What an actor may see.
    pub fn of(actor: &Actor) -> Self {
        match reach(actor.role, Permission::View) {
            Reach::Company => Self::default(),
            Reach::Scope => Self { regions: Some(actor.scope.iter().map(|r| r.0).collect()), owner: None },
            Reach::Own => Self { regions: None, owner: Some(actor.account.0) },
            Reach::Nothing => Self { regions: Some(Vec::new()), owner: None },
        }
    }
}

/// Stored borders, which were valid when they were written.
pub fn borders(hundredths: &[i64]) -> Result<Borders, AppError> {
    Borders::new(hundredths.iter().copied().map(Score::from_hundredths).collect())
        .map_err(|error| AppError::internal(&error))
}

/// A stored class.
pub fn class(position: Option<i16>) -> Option<Class> {
    position.and_then(|p| u8::try_from(p).ok()).map(Class)
}

/// A stored override or suggestion.
pub fn overridden(position: Option<i16>, reason: Option<String>) -> Option<Override> {
    class(position).zip(reason).map(|(class, reason)| Override { class, reason })
}

/// Borders as they are stored.
pub fn hundredths(borders: &Borders) -> Vec<i64> {
    borders.values().iter().map(|border| border.hundredths()).collect()
}

/// A time as it is shown: to the minute, in UTC, so that server and browser agree.
pub fn shown(at: OffsetDateTime) -> String {
    at.to_offset(time::UtcOffset::UTC)
        .format(format_description!("[year]-[month]-[day] [hour]:[minute] UTC"))
        .unwrap_or_default()
}
