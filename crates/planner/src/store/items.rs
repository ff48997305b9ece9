//! Items: joining, scoring, deciding. Bulk changes are single statements; `width_bucket` classifies exactly as
//! [`Borders::class_of`](cutline_domain::Borders::class_of) does (a value on a border belongs above), which a test proves.

use super::{class, overridden};
use cutline_domain::base::ids::{AccountId, AuditId, CompanyId, CycleId, RegionId};
use cutline_domain::planner::approval::Item;
use cutline_domain::{Borders, Class, Score};
use cutline_platform::Result;
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

/// Adds the contacts of the definition that aren't items yet, and those carried over from the cycle before, as items in
/// progress. Gives how many joined.
#[allow(clippy::too_many_lines, reason = "one statement, whatever it takes")]
pub async fn join_population(
    conn: &mut PgConnection,
    company: CompanyId,
    cycle: CycleId,
    frozen: Option<&Borders>,
    revision: i64,
) -> Result<i64> {
    let frozen = frozen.map(super::hundredths);
    let joined = sqlx::query_scalar!(
        r#"with round as (
               select c.company_id, c.cycle_id, c.definition_id, c.next_seq, d.kind, d.measure_id,
                      (select p.cycle_id from cycle p
                       where p.company_id = c.company_id and p.definition_id = c.definition_id
                         and p.state = 'transferred' order by p.transferred_at desc limit 1) as last_cycle
               from cycle c
               join mt_definition d on d.company_id = c.company_id and d.definition_id = c.definition_id
               where c.company_id = $1 and c.cycle_id = $2
           ), carried as (
               -- A suggestion is of a class, whatever its position is now; of one that is gone nothing is left to suggest.
               select i.company_id, i.contact_id, now_it.position as suggested_class,
                      case when now_it.position is not null then coalesce(i.override_reason, i.suggested_reason) end
                          as suggested_reason
               from round r
               join item i on i.company_id = r.company_id and i.cycle_id = r.last_cycle and i.status = 'in_progress'
               left join cycle_class then_it on then_it.company_id = i.company_id and then_it.cycle_id = i.cycle_id
                    and then_it.position = coalesce(i.override_class, i.suggested_class)
               left join cycle_class now_it on now_it.company_id = r.company_id and now_it.cycle_id = r.cycle_id
                    and now_it.class_id = then_it.class_id
           ), candidate as (
               select c.contact_id, c.external_id
               from round r
               join mt_definition_specialty s on s.company_id = r.company_id and s.definition_id = r.definition_id
               join contact c on c.company_id = r.company_id and c.kind = r.kind and c.specialty_id = s.specialty_id
               join contact_measure m on m.company_id = r.company_id and m.measure_id = r.measure_id
                    and m.contact_id = c.contact_id
               union
               select c.contact_id, c.external_id
               from carried k join contact c on c.company_id = k.company_id and c.contact_id = k.contact_id
           ), joining as (
               select r.company_id, r.cycle_id, r.next_seq + row_number() over (order by c.external_id) - 1 as seq,
                      c.contact_id, m.value as score, k.position as current_class, o.suggested_class, o.suggested_reason
               from round r
               cross join candidate c
               left join contact_measure m on m.company_id = r.company_id and m.measure_id = r.measure_id
                    and m.contact_id = c.contact_id
               left join carried o on o.contact_id = c.contact_id
               left join general_classification g on g.company_id = r.company_id and g.definition_id = r.definition_id
                    and g.contact_id = c.contact_id
               left join cycle_class given on given.company_id = g.company_id and given.cycle_id = g.cycle_id
                    and given.label = g.class_label
               left join cycle_class k on k.company_id = r.company_id and k.cycle_id = r.cycle_id
                    and k.class_id = given.class_id
               where not exists (select 1 from item i where i.company_id = r.company_id and i.cycle_id = r.cycle_id
                                 and i.contact_id = c.contact_id)
           ), added as (
               insert into item (company_id, cycle_id, seq, contact_id, score, latest_score, current_class, proposed_class,
                                 suggested_class, suggested_reason, revision)
               select company_id, cycle_id, seq, contact_id, score, score, current_class,
                      width_bucket(score, $4::bigint[]), suggested_class, suggested_reason, $3
               from joining
               returning 1
           ), counted as (
               select count(*) as n from added
           )
           update cycle c set next_seq = c.next_seq + counted.n
           from counted where c.company_id = $1 and c.cycle_id = $2
           returning counted.n as "n!""#,
        company.0,
        cycle.0,
        revision,
        frozen.as_deref()
    )
    .fetch_one(conn)
    .await?;
    Ok(joined)
}

/// Takes over measures that changed: items in progress get a new score and proposed class, decided ones keep both and
/// only know the newer score. Gives how many changed.
pub async fn rescore(
    conn: &mut PgConnection,
    company: CompanyId,
    cycle: CycleId,
    frozen: Option<&Borders>,
    revision: i64,
) -> Result<u64> {
    let frozen = frozen.map(super::hundredths);
    let done = sqlx::query!(
        "update item i
         set latest_score = m.value, revision = $3,
             score = case when i.status = 'in_progress' then m.value else i.score end,
             proposed_class = case when i.status = 'in_progress' then width_bucket(m.value, $4::bigint[])
                                   else i.proposed_class end
         from cycle c
         join mt_definition d on d.company_id = c.company_id and d.definition_id = c.definition_id
         join item j on j.company_id = c.company_id and j.cycle_id = c.cycle_id
         left join contact_measure m on m.company_id = d.company_id and m.measure_id = d.measure_id
              and m.contact_id = j.contact_id
         where c.company_id = $1 and c.cycle_id = $2
           and i.company_id = j.company_id and i.cycle_id = j.cycle_id and i.seq = j.seq
           and i.latest_score is distinct from m.value",
        company.0,
        cycle.0,
        revision,
        frozen.as_deref()
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Gives the items of contacts that this transaction changed the revision, unless they have it already. Gives how many.
pub async fn touch_moved(conn: &mut PgConnection, company: CompanyId, cycle: CycleId, revision: i64) -> Result<u64> {
    let done = sqlx::query!(
        "update item i set revision = $3 from contact c
         where i.company_id = $1 and i.cycle_id = $2 and i.revision < $3
           and c.company_id = i.company_id and c.contact_id = i.contact_id and c.updated_at = now()",
        company.0,
        cycle.0,
        revision
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// The items a revision touched, into the audit trail.
pub async fn trail(
    conn: &mut PgConnection,
    company: CompanyId,
    cycle: CycleId,
    audit: AuditId,
    revision: i64,
) -> Result<()> {
    sqlx::query!(
        "insert into audit_item (company_id, audit_id, seq, cycle_id, contact_id, score, latest_score, current_class,
                proposed_class, override_before, override_class, override_reason, suggested_class, suggested_reason,
                status_before, status, decision_reason)
         select company_id, $3, seq, cycle_id, contact_id, score, latest_score, current_class, proposed_class,
                override_class, override_class, override_reason, suggested_class, suggested_reason,
                status, status, decision_reason
         from item where company_id = $1 and cycle_id = $2 and revision = $4",
        company.0,
        cycle.0,
        audit.0,
        revision
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What enabling does to every item: see [`Item::enabled`].
pub async fn enable_all(
    conn: &mut PgConnection,
    company: CompanyId,
    cycle: CycleId,
    frozen: &Borders,
    revision: i64,
) -> Result<()> {
    sqlx::query!(
        "update item set status = 'in_progress', score = latest_score, proposed_class = width_bucket(latest_score, $3::bigint[]),
                decided_by = null, decided_at = null, decision_reason = null, revision = $4
         where company_id = $1 and cycle_id = $2",
        company.0,
        cycle.0,
        &super::hundredths(frozen),
        revision
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What Reset does to every item: see [`Item::reset`]. Gives how many decisions went back to In progress.
pub async fn reset_all(conn: &mut PgConnection, company: CompanyId, cycle: CycleId, revision: i64) -> Result<i64> {
    let decisions = sqlx::query_scalar!(
        r#"select count(*) as "n!" from item
           where company_id = $1 and cycle_id = $2 and (status <> 'in_progress' or override_class is not null)"#,
        company.0,
        cycle.0
    )
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query!(
        "update item set status = 'in_progress', score = latest_score, proposed_class = null, decision_reason = null,
                suggested_class = coalesce(override_class, suggested_class),
                suggested_reason = coalesce(override_reason, suggested_reason),
                override_class = null, override_reason = null, decided_by = null, decided_at = null, revision = $3
         where company_id = $1 and cycle_id = $2",
        company.0,
        cycle.0,
        revision
    )
    .execute(conn)
    .await?;
    Ok(decisions)
}

/// Tells the planner of PostgreSQL about many new items, so that the next query isn't planned for a table without them.
pub async fn analyze(conn: &mut PgConnection) -> Result<()> {
    // Another company's may be under way: then that one does for both.
    sqlx::query("analyze (skip_locked) item").execute(conn).await?;
    Ok(())
}
