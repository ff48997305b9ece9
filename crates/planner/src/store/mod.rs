//! The planner's SQL, and only here. Set-based: one statement for any number of items.

pub mod cycles;
pub mod decisions;
pub mod definitions;
pub mod history;
pub mod items;
pub mod reading;
pub mod transfer;

use cutline_domain::planner::approval::Override;
use cutline_domain::{Borders, Class, Score};
use cutline_platform::{Error, Result};

/// Stored borders, which were valid when they were written.
pub fn borders(hundredths: &[i64]) -> Result<Borders> {
    Borders::new(hundredths.iter().copied().map(Score::from_hundredths).collect()).map_err(Error::internal)
}

/// A stored class, which was one of a scheme's when it was written.
pub fn class(position: Option<i16>) -> Result<Option<Class>> {
    position
        .map(|position| {
            let class = u8::try_from(position).map(Class).ok().filter(|class| class.index() < Class::MOST);
            class.ok_or_else(|| Error::internal(format!("there is no class {position}")))
        })
        .transpose()
}

/// A stored override or suggestion.
pub fn overridden(position: Option<i16>, reason: Option<String>) -> Result<Option<Override>> {
    Ok(class(position)?.zip(reason).map(|(class, reason)| Override { class, reason }))
}

/// Borders as they are stored.
pub fn hundredths(borders: &Borders) -> Vec<i64> {
    borders.values().iter().map(|border| border.hundredths()).collect()
}
