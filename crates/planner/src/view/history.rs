//! What happened to a contact, told in sentences.

use crate::model::{Command, HistoryEntry};
use cutline_kit::parts::{Icon, When};
use leptos::prelude::*;

/// What happened: `Accepted as A`.
fn sentence(entry: &HistoryEntry) -> String {
    let to = entry.to.as_deref();
    match entry.command {
        Command::OpenCycle => "Joined the cycle".to_owned(),
        Command::PopulationChanged => "Joined or got a new score".to_owned(),
        Command::Accept => to.map_or_else(|| "Accepted".to_owned(), |class| format!("Accepted as {class}")),
        Command::Reject => "Rejected".to_owned(),
        Command::Override => format!("Overridden to {}", to.unwrap_or("?")),
        Command::Withdraw => "Acceptance withdrawn".to_owned(),
        Command::Enable => "Enabled for approval".to_owned(),
        Command::Reset => "Cycle reset to Drafting".to_owned(),
        Command::Transfer => {
            format!("Official class {} → {}", entry.from.as_deref().unwrap_or("none"), to.unwrap_or("?"))
        }
        Command::StartBorders => "Borders started".to_owned(),
        Command::SaveDraft => "Borders saved".to_owned(),
        Command::SaveDefinition => "Microtarget changed".to_owned(),
    }
}

/// Icon and class of an entry.
const fn look(command: Command) -> (&'static str, &'static str) {
    match command {
        Command::Accept | Command::Transfer => ("check-circle", "accepted"),
        Command::Reject => ("cross-circle", "rejected"),
        Command::OpenCycle | Command::PopulationChanged => ("plus", "joined"),
        Command::Override
        | Command::Withdraw
        | Command::Enable
        | Command::Reset
        | Command::StartBorders
        | Command::SaveDraft
        | Command::SaveDefinition => ("clock", "progress"),
    }
}

/// A line of the timeline.
#[component]
pub fn Entry(entry: HistoryEntry) -> impl IntoView {
    let (icon, class) = look(entry.command);
    let sentence = sentence(&entry);
    let by = entry.by.unwrap_or_else(|| "Cutline".to_owned());
    let place = format!(" · {} · {}", entry.product, entry.cycle);
    view! {
        <li class=format!("timeline__item timeline__item--{class}")>
            <Icon name=icon />
            <div>
                {sentence} <div class="timeline__when">{by} " · " <When at=entry.at /> {place}</div>
                {entry.reason.map(|reason| view! { <p class="timeline__quote">{reason}</p> })}
            </div>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutline_wire::Moment;

    fn told(command: Command, from: Option<&str>, to: Option<&str>) -> String {
        sentence(&HistoryEntry {
            at: Moment(0),
            by: None,
            product: "Cardiolin".into(),
            cycle: "2026 H1".into(),
            command,
            from: from.map(Into::into),
            to: to.map(Into::into),
            reason: None,
        })
    }

    #[test]
    fn history_reads_as_sentences() {
        assert_eq!(told(Command::Accept, None, Some("A")), "Accepted as A");
        assert_eq!(told(Command::Override, None, Some("B")), "Overridden to B");
        assert_eq!(told(Command::Transfer, None, Some("A")), "Official class none → A");
        assert_eq!(told(Command::Transfer, Some("B"), Some("A")), "Official class B → A");
        assert_eq!(told(Command::OpenCycle, None, None), "Joined the cycle");
    }
}
