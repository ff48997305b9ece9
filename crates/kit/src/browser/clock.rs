//! Times as the viewer reads them: in their own time zone. The server doesn't know it, so the first render says UTC, the same
//! on both sides, and the page corrects it once it lives.

use cutline_wire::Moment;

/// A moment in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// `22 Nov 2026`.
    pub day: String,
    /// `22 Nov 2026, 14:05`, with ` UTC` where it isn't the viewer's own time.
    pub exact: String,
    /// For machines: `2026-11-22T14:05:00.000Z`.
    pub iso: String,
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The parts of a moment in some time zone; the month counts from 0.
struct Parts {
    year: i64,
    month: usize,
    day: u32,
    hour: u32,
    minute: u32,
}

impl Parts {
    fn day(&self) -> String {
        format!("{} {} {}", self.day, MONTHS[self.month % 12], self.year)
    }

    fn exact(&self) -> String {
        format!("{}, {:02}:{:02}", self.day(), self.hour, self.minute)
    }
}

/// A moment in UTC. Days to date after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2013).
fn utc(at: Moment) -> Parts {
    let (days, millis) = (at.0.div_euclid(86_400_000), at.0.rem_euclid(86_400_000));
    let z = days + 719_468;
    let (era, doe) = (z.div_euclid(146_097), z.rem_euclid(146_097));
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 2 } else { mp - 10 };
    Parts {
        year: yoe + era * 400 + i64::from(month < 2),
        month: month as usize,
        day: (doy - (153 * mp + 2) / 5 + 1) as u32,
        hour: (millis / 3_600_000) as u32,
        minute: (millis / 60_000 % 60) as u32,
    }
}

/// A moment in the viewer's time zone.
#[cfg(feature = "hydrate")]
fn local(at: Moment) -> Parts {
    let date = js_sys::Date::new(&(at.0 as f64).into());
    Parts {
        year: i64::from(date.get_full_year()),
        month: date.get_month() as usize,
        day: date.get_date(),
        hour: date.get_hours(),
        minute: date.get_minutes(),
    }
}

/// How long ago a moment was, `now`, while that says more than its day: `5 min ago`, for a week.
pub fn ago(at: Moment, now: Moment) -> Option<String> {
    const MINUTE: i64 = 60_000;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    let millis = now.0 - at.0;
    match millis {
        // Clocks of devices and servers differ a little.
        _ if millis < -MINUTE => None,
        _ if millis < MINUTE => Some("just now".to_owned()),
        _ if millis < HOUR => Some(format!("{} min ago", millis / MINUTE)),
        _ if millis < DAY => Some(format!("{} h ago", millis / HOUR)),
        _ if millis < 2 * DAY => Some("yesterday".to_owned()),
        _ if millis < 7 * DAY => Some(format!("{} days ago", millis / DAY)),
        _ => None,
    }
}

/// The time on this device, to the minute, which changes while the page lives; not for the first render.
#[cfg(feature = "hydrate")]
pub fn now() -> Moment {
    use leptos::prelude::*;
    use std::time::Duration;
    thread_local! {
        static MINUTES: ArcRwSignal<f64> = {
            let minutes = ArcRwSignal::new(js_sys::Date::now());
            let ticking = minutes.clone();
            set_interval(move || ticking.set(js_sys::Date::now()), Duration::from_mins(1));
            minutes
        };
    }
    // What happened since the last minute began didn't happen in the future.
    let begun = MINUTES.with(ArcRwSignal::get);
    Moment(begun.max(js_sys::Date::now()) as i64)
}

/// The server's clock says nothing about the viewer's.
#[cfg(not(feature = "hydrate"))]
pub fn now() -> Moment {
    Moment(0)
}

/// A moment in words. `here`: in the viewer's own time, which only a living page knows.
pub fn written(at: Moment, here: bool) -> Written {
    let universal = utc(at);
    let iso = format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        universal.year,
        universal.month + 1,
        universal.day,
        universal.hour,
        universal.minute,
        at.0.rem_euclid(60_000) / 1000,
        at.0.rem_euclid(1000)
    );
    #[cfg(feature = "hydrate")]
    if here {
        let local = local(at);
        return Written { day: local.day(), exact: local.exact(), iso };
    }
    let _ = here;
    Written { day: universal.day(), exact: format!("{} UTC", universal.exact()), iso }
}

/// Year and month of today on this device; not for the first render, which must be the same on both sides.
#[cfg(feature = "hydrate")]
pub fn this_month() -> Option<(u32, u32)> {
    let now = js_sys::Date::new_0();
    Some((now.get_full_year(), now.get_month() + 1))
}

/// The server's clock says nothing about the user's day.
#[cfg(not(feature = "hydrate"))]
pub fn this_month() -> Option<(u32, u32)> {
    None
}

/// Whether numbers are written with a decimal comma in the browser's language.
#[cfg(feature = "hydrate")]
pub fn decimal_comma() -> bool {
    let language = leptos::prelude::window().navigator().language().unwrap_or_default();
    js_sys::Number::from(1.5).to_locale_string(&language).includes(",", 0)
}

/// The server reads numbers as they are sent.
#[cfg(not(feature = "hydrate"))]
pub fn decimal_comma() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_recent_is_told_by_how_long_ago_it_was() {
        let now = Moment(1_795_352_701_001);
        for (seconds, told) in [
            (-3600, None),
            (-59, Some("just now")),
            (59, Some("just now")),
            (60, Some("1 min ago")),
            (3599, Some("59 min ago")),
            (3600, Some("1 h ago")),
            (86_399, Some("23 h ago")),
            (86_400, Some("yesterday")),
            (172_800, Some("2 days ago")),
            (604_799, Some("6 days ago")),
            (604_800, None),
        ] {
            assert_eq!(ago(Moment(now.0 - seconds * 1000), now).as_deref(), told, "{seconds} s");
        }
    }

    #[test]
    fn moments_are_written_as_calendars_have_them() {
        for (millis, exact, iso) in [
            (0, "1 Jan 1970, 00:00 UTC", "1970-01-01T00:00:00.000Z"),
            (951_868_799_999, "29 Feb 2000, 23:59 UTC", "2000-02-29T23:59:59.999Z"),
            (1_795_352_701_001, "22 Nov 2026, 13:05 UTC", "2026-11-22T13:05:01.001Z"),
            (-1, "31 Dec 1969, 23:59 UTC", "1969-12-31T23:59:59.999Z"),
            (4_107_542_400_000, "1 Mar 2100, 00:00 UTC", "2100-03-01T00:00:00.000Z"),
        ] {
            let written = written(Moment(millis), false);
            assert_eq!((written.exact.as_str(), written.iso.as_str()), (exact, iso));
            assert!(exact.starts_with(&written.day));
        }
    }
}
