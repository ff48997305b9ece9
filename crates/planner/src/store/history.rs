//! What happened to a contact, and a cycle's audit records as the domain replays them.

use super::{borders, class, overridden};
use crate::model::{Command, HistoryEntry};
use cutline_domain::Score;
use cutline_domain::base::ids::{CompanyId, ContactId, CycleId};
use cutline_domain::planner::approval::Item;
use cutline_domain::planner::replay::Event;
use cutline_platform::clock::moment;
use cutline_platform::sight::Sight;
use cutline_platform::{Error, Result};
use cutline_wire::AppError;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Which contact an item is about, and the newest score known.
#[derive(Debug)]
pub struct About {
    pub contact: ContactId,
    pub latest_score: Option<Score>,
}

/// What one item is about, if it is within sight.
pub async fn about(
    conn: &mut PgConnection,
    company: CompanyId,
    cycle: CycleId,
    sight: &Sight,
    seq: u32,
) -> Result<About> {
    let row = sqlx::query!(
        r#"select c.contact_id, i.latest_score
           from item i
           join contact c on c.company_id = i.company_id and c.contact_id = i.contact_id
           where i.company_id = $1 and i.cycle_id = $2 and i.seq = $3
             and ($4::uuid[] is null or c.region_id = any($4)) and ($5::uuid is null or c.owner_id = $5)"#,
        company.0,
        cycle.0,
        seq.cast_signed(),
        sight.regions.as_deref(),
        sight.owner
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or_else(|| AppError::not_found("This item"))?;
    Ok(About { contact: row.contact_id.into(), latest_score: row.latest_score.map(Score::from_hundredths) })
}

/// What happened to a contact in all its cycles, newest first.
pub async fn of_contact(conn: &mut PgConnection, company: CompanyId, contact: ContactId) -> Result<Vec<HistoryEntry>> {
    let rows = sqlx::query!(
        r#"select r.at as "at!", a.name as "by?", p.name as "product!", c.name as "cycle!", r.command as "command!",
                  null as "before?",
                  case when r.command = 'accept' then final.label when r.command = 'override' then over.label end as label,
                  case when r.command = 'override' then t.override_reason else t.decision_reason end as reason
           from audit_item t
           join audit_record r on r.company_id = t.company_id and r.audit_id = t.audit_id
           join cycle c on c.company_id = t.company_id and c.cycle_id = t.cycle_id
           join mt_definition d on d.company_id = c.company_id and d.definition_id = c.definition_id
           join product p on p.company_id = d.company_id and p.product_id = d.product_id
           left join account a on a.account_id = r.account_id
           left join cycle_class over on over.company_id = t.company_id and over.cycle_id = t.cycle_id
                and over.position = t.override_class
           left join cycle_class final on final.company_id = t.company_id and final.cycle_id = t.cycle_id
                and final.position = coalesce(t.override_class, t.proposed_class)
           where t.company_id = $1 and t.contact_id = $2
           union all
           select r.at, a.name, p.name, c.name, r.command, null, null, null
           from cycle c
           join item i on i.company_id = c.company_id and i.cycle_id = c.cycle_id and i.contact_id = $2
           join audit_record r on r.company_id = i.company_id and r.subject_id = i.cycle_id and r.command = any($3)
           join mt_definition d on d.company_id = c.company_id and d.definition_id = c.definition_id
           join product p on p.company_id = d.company_id and p.product_id = d.product_id
           left join account a on a.account_id = r.account_id
           where c.company_id = $1
           union all
           select h.at, a.name, p.name, c.name, $4, h.class_before, h.class_label, null
           from mt_definition d
           join general_classification_history h on h.company_id = d.company_id and h.definition_id = d.definition_id
                and h.contact_id = $2
           join cycle c on c.company_id = h.company_id and c.cycle_id = h.cycle_id
           join product p on p.company_id = d.company_id and p.product_id = d.product_id
           left join transfer_manifest t on t.company_id = h.company_id and t.cycle_id = h.cycle_id
           left join account a on a.account_id = t.transferred_by
           where d.company_id = $1
           order by 1 desc limit 200"#,
        company.0,
        contact.0,
        &[Command::Reset, Command::Enable].map(|command| <&str>::from(command).to_owned()),
        <&str>::from(Command::Transfer)
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let command = row.command.parse().map_err(Error::internal)?;
            let at = moment(row.at);
            let (by, product, cycle) = (row.by, row.product, row.cycle);
            Ok(HistoryEntry { at, by, product, cycle, command, from: row.before, to: row.label, reason: row.reason })
        })
        .collect()
}

/// A cycle's audit records as events, oldest first: what [`cutline_domain::planner::replay::replay`] rebuilds the cycle from.
pub async fn events(conn: &mut PgConnection, company: CompanyId, cycle: CycleId) -> Result<Vec<Event>> {
    let touched = sqlx::query!(
        "select audit_id, seq, score, latest_score, current_class, proposed_class, override_class, override_reason,
                suggested_class, suggested_reason, status, decision_reason
         from audit_item where company_id = $1 and cycle_id = $2",
        company.0,
        cycle.0
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut items: BTreeMap<Uuid, BTreeMap<u32, Item>> = BTreeMap::new();
    for row in touched {
        let item = Item {
            score: row.score.map(Score::from_hundredths),
            latest_score: row.latest_score.map(Score::from_hundredths),
            current: class(row.current_class)?,
            proposed: class(row.proposed_class)?,
            overridden: overridden(row.override_class, row.override_reason)?,
            suggested: overridden(row.suggested_class, row.suggested_reason)?,
            status: row.status.parse()?,
            decision_reason: row.decision_reason,
        };
        items.entry(row.audit_id).or_default().insert(row.seq.cast_unsigned(), item);
    }
    let records = sqlx::query!(
        r#"select audit_id, command, after from audit_record
           where company_id = $1 and subject_id = $2 order by revision, audit_id"#,
        company.0,
        cycle.0
    )
    .fetch_all(conn)
    .await?;
    let mut events = Vec::with_capacity(records.len());
    for record in records {
        let touched = items.remove(&record.audit_id).unwrap_or_default();
        let saved = || -> Result<_> {
            let after = record.after.as_ref().and_then(|after| after.get("borders")).cloned();
            let after = after.ok_or_else(|| Error::internal("an audit record of borders holds none"))?;
            borders(&serde_json::from_value::<Vec<i64>>(after)?)
        };
        events.push(match record.command.parse().map_err(Error::internal)? {
            Command::OpenCycle => Event::Opened(touched),
            Command::PopulationChanged => Event::Joined(touched),
            Command::StartBorders => Event::BordersStarted,
            Command::SaveDraft => Event::DraftSaved(saved()?),
            Command::Enable => Event::Enabled(saved()?),
            Command::Reset => Event::Reset,
            Command::Transfer => Event::Transferred,
            Command::Accept | Command::Reject | Command::Override | Command::Withdraw => Event::Decided(touched),
            Command::SaveDefinition => return Err(Error::internal("a definition's record names a cycle")),
        });
    }
    Ok(events)
}
