//! Decisions: on items by number, judged one by one by the rules, and on all that a filter shows, in statements over all.

use super::{class, overridden};
use crate::model::Command;
use cutline_domain::base::ids::{AccountId, AuditId, CompanyId, CycleId, RegionId};
use cutline_domain::planner::approval::{Item, Status};
use cutline_domain::{Class, Score};
use cutline_platform::Result;
use cutline_platform::sight::Sight;
use sqlx::PgConnection;

/// An item locked for a decision, with what the decision must know about its contact.
#[derive(Clone, Debug)]
pub struct Locked {
    pub seq: u32,
    pub region: RegionId,
    pub owner: Option<AccountId>,
    pub revision: i64,
    /// Who gave it that revision; nobody when new data did.
    pub changed_by: Option<String>,
    pub item: Item,
}

/// Under which record a change is written.
#[derive(Clone, Copy, Debug)]
pub struct Trail {
    /// Who decided.
    pub by: AccountId,
    /// The command's audit record.
    pub audit: AuditId,
    /// The revision the command gives the cycle.
    pub revision: i64,
}

fn position(class: Option<Class>) -> Option<i16> {
    class.map(|c| i16::from(c.0))
}

/// Locks items, in the order of their numbers so that two commands can't block each other.
pub async fn lock(conn: &mut PgConnection, company: CompanyId, cycle: CycleId, items: &[u32]) -> Result<Vec<Locked>> {
    let seqs: Vec<i32> = items.iter().map(|seq| seq.cast_signed()).collect();
    let rows = sqlx::query!(
        r#"select i.seq, i.score, i.latest_score, i.current_class, i.proposed_class, i.override_class,
                  i.override_reason, i.suggested_class, i.suggested_reason, i.status, i.decision_reason, i.revision,
                  c.region_id, c.owner_id, a.name as "changed_by?"
           from item i
           join contact c on c.company_id = i.company_id and c.contact_id = i.contact_id
           left join audit_record r on r.company_id = i.company_id and r.subject_id = i.cycle_id
                and r.revision = i.revision and r.command <> 'population changed'
           left join account a on a.account_id = r.account_id
           where i.company_id = $1 and i.cycle_id = $2 and i.seq = any($3)
           order by i.seq for update of i"#,
        company.0,
        cycle.0,
        &seqs
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
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
            Ok(Locked {
                seq: row.seq.cast_unsigned(),
                region: row.region_id.into(),
                owner: row.owner_id.map(Into::into),
                revision: row.revision,
                changed_by: row.changed_by,
                item,
            })
        })
        .collect()
}

/// Writes decided items, and what happened to each into the audit trail.
pub async fn save_decided(
    conn: &mut PgConnection,
    company: CompanyId,
    cycle: CycleId,
    Trail { by, audit, revision }: Trail,
    decided: &[(Locked, Item)],
) -> Result<()> {
    let seqs: Vec<i32> = decided.iter().map(|(was, _)| was.seq.cast_signed()).collect();
    let scores: Vec<Option<i64>> = decided.iter().map(|(_, is)| is.score.map(Score::hundredths)).collect();
    let proposed: Vec<Option<i16>> = decided.iter().map(|(_, is)| position(is.proposed)).collect();
    let overrides: Vec<Option<i16>> =
        decided.iter().map(|(_, is)| position(is.overridden.as_ref().map(|o| o.class))).collect();
    let reasons: Vec<Option<String>> =
        decided.iter().map(|(_, is)| is.overridden.as_ref().map(|o| o.reason.clone())).collect();
    let suggested: Vec<bool> = decided.iter().map(|(_, is)| is.suggested.is_some()).collect();
    let statuses: Vec<String> = decided.iter().map(|(_, is)| is.status.as_str().to_owned()).collect();
    let why: Vec<Option<String>> = decided.iter().map(|(_, is)| is.decision_reason.clone()).collect();
    sqlx::query!(
        "with decision as (
             select * from unnest($6::int[], $7::bigint[], $8::smallint[], $9::smallint[], $10::text[], $11::bool[],
                                  $12::text[], $13::text[])
                 as d (seq, score, proposed_class, override_class, override_reason, suggested, status, decision_reason)
         ), trail as (
             insert into audit_item (company_id, audit_id, seq, cycle_id, contact_id, score, latest_score, current_class,
                    proposed_class, override_before, override_class, override_reason, suggested_class, suggested_reason,
                    status_before, status, decision_reason)
             select i.company_id, $4, i.seq, i.cycle_id, i.contact_id, d.score, i.latest_score, i.current_class,
                    d.proposed_class, i.override_class, d.override_class, d.override_reason,
                    case when d.suggested then i.suggested_class end, case when d.suggested then i.suggested_reason end,
                    i.status, d.status, d.decision_reason
             from item i join decision d using (seq) where i.company_id = $1 and i.cycle_id = $2
         )
         update item i
         set score = d.score, proposed_class = d.proposed_class, override_class = d.override_class,
             override_reason = d.override_reason, status = d.status, decision_reason = d.decision_reason,
             suggested_class = case when d.suggested then i.suggested_class end,
             suggested_reason = case when d.suggested then i.suggested_reason end,
             decided_by = $3, decided_at = now(), revision = $5
         from decision d where i.company_id = $1 and i.cycle_id = $2 and i.seq = d.seq",
        company.0,
        cycle.0,
        by.0,
        audit.0,
        revision,
        &seqs,
        &scores as &[Option<i64>],
        &proposed as &[Option<i16>],
        &overrides as &[Option<i16>],
        &reasons as &[Option<String>],
        &suggested,
        &statuses,
        &why as &[Option<String>],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Accepts items that are in progress and have a class: [`decide`](cutline_domain::planner::approval::decide) for all of them
/// at once, into the audit trail as they were left. Gives how many there were.
pub async fn accept(
    conn: &mut PgConnection,
    company: CompanyId,
    cycle: CycleId,
    Trail { by, audit, revision }: Trail,
    items: &[u32],
) -> Result<u64> {
    let seqs: Vec<i32> = items.iter().map(|seq| seq.cast_signed()).collect();
    // Two passes over the rows: one statement that hands them from the update to the trail takes longer.
    sqlx::query!(
        "insert into audit_item (company_id, audit_id, seq, cycle_id, contact_id, score, latest_score, current_class,
                proposed_class, override_before, override_class, override_reason, suggested_class, suggested_reason,
                status_before, status, decision_reason)
         select company_id, $3, seq, cycle_id, contact_id, score, latest_score, current_class,
                proposed_class, override_class, override_class, override_reason, suggested_class, suggested_reason,
                status, $6, decision_reason
         from item
         where company_id = $1 and cycle_id = $2 and seq = any($4)
           and status = $5 and coalesce(override_class, proposed_class) is not null",
        company.0,
        cycle.0,
        audit.0,
        &seqs,
        Status::InProgress.as_str(),
        Status::Accepted.as_str(),
    )
    .execute(&mut *conn)
    .await?;
    let done = sqlx::query!(
        "update item set status = $6, decided_by = $3, decided_at = now(), revision = $7
         where company_id = $1 and cycle_id = $2 and seq = any($4)
           and status = $5 and coalesce(override_class, proposed_class) is not null",
        company.0,
        cycle.0,
        by.0,
        &seqs,
        Status::InProgress.as_str(),
        Status::Accepted.as_str(),
        revision,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Numbers of the items that somebody accepted by the command that gave the cycle a revision, increasing.
pub async fn accepted_at(
    conn: &mut PgConnection,
    company: CompanyId,
    cycle: CycleId,
    by: AccountId,
    revision: i64,
) -> Result<Vec<u32>> {
    let seqs = sqlx::query_scalar!(
        "select t.seq from audit_record r
         join audit_item t on t.company_id = r.company_id and t.audit_id = r.audit_id
         where r.company_id = $1 and r.subject_id = $2 and r.revision = $3 and r.account_id = $4 and r.command = $5
         order by t.seq",
        company.0,
        cycle.0,
        revision,
        by.0,
        <&str>::from(Command::Accept),
    );
    Ok(seqs.fetch_all(conn).await?.into_iter().map(i32::cast_unsigned).collect())
}

/// An item that changed after somebody looked.
#[derive(Debug)]
pub struct Changed {
    pub seq: u32,
    /// Who changed it last; nobody when new data did.
    pub by: Option<String>,
    pub status: Status,
}

/// The items within sight that changed after a revision, increasing.
pub async fn changed_since(
    conn: &mut PgConnection,
    company: CompanyId,
    cycle: CycleId,
    sight: &Sight,
    since: i64,
) -> Result<Vec<Changed>> {
    let rows = sqlx::query!(
        r#"select i.seq, i.status, a.name as "by?"
           from item i
           join contact c on c.company_id = i.company_id and c.contact_id = i.contact_id
           left join audit_record r on r.company_id = i.company_id and r.subject_id = i.cycle_id
                and r.revision = i.revision and r.command <> 'population changed'
           left join account a on a.account_id = r.account_id
           where i.company_id = $1 and i.cycle_id = $2 and i.revision > $5
             and ($3::uuid[] is null or c.region_id = any($3)) and ($4::uuid is null or c.owner_id = $4)
           order by i.seq"#,
        company.0,
        cycle.0,
        sight.regions.as_deref(),
        sight.owner,
        since
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| Ok(Changed { seq: row.seq.cast_unsigned(), by: row.by, status: row.status.parse()? }))
        .collect()
}
