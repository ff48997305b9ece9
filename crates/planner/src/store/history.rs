//! What happened to a contact, and a cycle's audit records as the domain replays them.

use super::{Sight, borders, class, overridden, shown};
use crate::planner::model::HistoryEntry;
use crate::platform::error::AppError;
use cutline_domain::Score;
use cutline_domain::approval::Item;
use cutline_domain::audit::Event;
use cutline_domain::ids::{CompanyId, ContactId, CycleId};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A contact's facts.
#[derive(Debug)]
pub struct Facts {
    pub contact: ContactId,
    pub region: String,
    pub owner: Option<String>,
    pub latest_score: Option<Score>,
    pub measures: Vec<(String, Score)>,
}

/// The facts behind one item, if it is within sight.
pub async fn facts(
    conn: &mut PgConnection,
    company: CompanyId,
    cycle: CycleId,
    sight: &Sight,
    seq: u32,
) -> Result<Facts, AppError> {
    let row = sqlx::query!(
        r#"select c.contact_id, r.name as region, a.name as "owner?", i.latest_score
           from item i
           join contact c on c.company_id = i.company_id and c.contact_id = i.contact_id
           join region r on r.company_id = c.company_id and r.region_id = c.region_id
           left join account a on a.account_id = c.owner_id
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
    let measures = sqlx::query!(
        "select m.name, v.value from contact_measure v
         join measure m on m.company_id = v.company_id and m.measure_id = v.measure_id
         where v.company_id = $1 and v.contact_id = $2 order by m.name",
        company.0,
        row.contact_id
    )
    .fetch_all(conn)
    .await?;
    Ok(Facts {
        contact: row.contact_id.into(),
        region: row.region,
        owner: row.owner,
        latest_score: row.latest_score.map(Score::from_hundredths),
        measures: measures.into_iter().map(|m| (m.name, Score::from_hundredths(m.value))).collect(),
    })
}

/// What happened to a contact in all its cycles, newest first.
pub async fn of_contact(
    conn: &mut PgConnection,
    company: CompanyId,
    contact: ContactId,
) -> Result<Vec<HistoryEntry>, AppError> {
    let rows = sqlx::query!(
        r#"select r.at as "at!", coalesce(a.name, '') as "by!", p.name || ' · ' || c.name as "cycle!",
                  case when r.command in ('open cycle', 'population changed') and t.status_before = 'in_progress'
                            and r.command = 'open cycle' then 'Joined the cycle'
                       when r.command = 'population changed' then 'Joined or got a new score'
                       when r.command = 'accept' then 'Accepted' || coalesce(' as ' || final.label, '')
                       when r.command = 'reject' then 'Rejected'
                       when r.command = 'override' then 'Overridden to ' || coalesce(over.label, '?')
                       when r.command = 'withdraw' then 'Acceptance withdrawn'
                       else r.command end as "what!",
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
           select r.at, coalesce(a.name, ''), p.name || ' · ' || c.name,
                  case r.command when 'reset cycle' then 'Cycle reset to Drafting' else 'Enabled for approval' end, null
           from item i
           join audit_record r on r.company_id = i.company_id and r.cycle_id = i.cycle_id
                and r.command in ('reset cycle', 'enable for approval')
           join cycle c on c.company_id = i.company_id and c.cycle_id = i.cycle_id
           join mt_definition d on d.company_id = c.company_id and d.definition_id = c.definition_id
           join product p on p.company_id = d.company_id and p.product_id = d.product_id
           left join account a on a.account_id = r.account_id
           where i.company_id = $1 and i.contact_id = $2
           union all
           select h.at, coalesce(a.name, ''), p.name || ' · ' || c.name,
                  'Official class ' || coalesce(h.class_before, 'none') || ' → ' || h.class_label, null
           from general_classification_history h
           join cycle c on c.company_id = h.company_id and c.cycle_id = h.cycle_id
           join mt_definition d on d.company_id = c.company_id and d.definition_id = c.definition_id
           join product p on p.company_id = d.company_id and p.product_id = d.product_id
           left join transfer_manifest t on t.company_id = h.company_id and t.cycle_id = h.cycle_id
           left join account a on a.account_id = t.transferred_by
           where h.company_id = $1 and h.contact_id = $2
           order by 1 desc limit 200"#,
        company.0,
        contact.0
    )
    .fetch_all(conn)
    .await?;
    let entry = |(at, by, cycle, what, reason)| HistoryEntry { at: shown(at), by, cycle, what, reason };
    Ok(rows.into_iter().map(|row| entry((row.at, row.by, row.cycle, row.what, row.reason))).collect())
}

/// A cycle's audit records as events, oldest first: what [`cutline_domain::audit::replay`] rebuilds the cycle from.
pub async fn events(conn: &mut PgConnection, company: CompanyId, cycle: CycleId) -> Result<Vec<Event>, AppError> {
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
            current: class(row.current_class),
            proposed: class(row.proposed_class),
            overridden: overridden(row.override_class, row.override_reason),
            suggested: overridden(row.suggested_class, row.suggested_reason),
            status: row.status.parse().map_err(|error| AppError::internal(&error))?,
            decision_reason: row.decision_reason,
        };
        items.entry(row.audit_id).or_default().insert(row.seq.cast_unsigned(), item);
    }
    let records = sqlx::query!(
        r#"select audit_id, command, after from audit_record
           where company_id = $1 and cycle_id = $2 order by revision, audit_id"#,
        company.0,
        cycle.0
    )
    .fetch_all(conn)
    .await?;
    let mut events = Vec::with_capacity(records.len());
    for record in records {
        let touched = items.remove(&record.audit_id).unwrap_or_default();
        let saved = || -> Result<_, AppError> {
            let after = record.after.as_ref().and_then(|after| after.get("borders")).cloned().unwrap_or_default();
            borders(&serde_json::from_value::<Vec<i64>>(after)?)
        };
        events.push(match record.command.as_str() {
            "open cycle" => Event::Opened(touched),
            "population changed" => Event::Joined(touched),
            "start borders" => Event::BordersStarted,
            "save draft" => Event::DraftSaved(saved()?),
            "enable for approval" => Event::Enabled(saved()?),
            "reset cycle" => Event::Reset,
            "transfer" => Event::Transferred,
            _ => Event::Decided(touched),
        });
    }
    Ok(events)
}
