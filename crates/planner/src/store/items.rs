//! Items: joining, scoring, enabling, resetting. Bulk changes are single statements; `width_bucket` classifies exactly as
//! [`Borders::class_of`](cutline_domain::Borders::class_of) does (a value on a border belongs above), which a test proves.

use cutline_domain::Borders;
use cutline_domain::base::ids::{AuditId, CompanyId, CycleId};
use cutline_platform::Result;
use sqlx::PgConnection;

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
    let joined = sqlx::query!(
        "with round as (
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
           ), joining as (
               select r.company_id, r.cycle_id, r.next_seq + row_number() over (order by c.external_id) - 1 as seq,
                      c.contact_id, m.value as score, k.position as current_class, o.suggested_class, o.suggested_reason
               from round r
               join contact c on c.company_id = r.company_id
               left join mt_definition_specialty s on s.company_id = r.company_id and s.definition_id = r.definition_id
                    and s.specialty_id = c.specialty_id and s.kind = c.kind
               left join contact_measure m on m.company_id = r.company_id and m.measure_id = r.measure_id
                    and m.contact_id = c.contact_id
               left join carried o on o.contact_id = c.contact_id
               left join general_classification g on g.company_id = r.company_id and g.definition_id = r.definition_id
                    and g.contact_id = c.contact_id
               left join cycle_class given on given.company_id = g.company_id and given.cycle_id = g.cycle_id
                    and given.label = g.class_label
               left join cycle_class k on k.company_id = r.company_id and k.cycle_id = r.cycle_id
                    and k.class_id = given.class_id
               where (s.specialty_id is not null and m.contact_id is not null or o.contact_id is not null)
                 and not exists (select 1 from item i where i.company_id = r.company_id and i.cycle_id = r.cycle_id
                                 and i.contact_id = c.contact_id)
           )
           insert into item (company_id, cycle_id, seq, contact_id, score, latest_score, current_class, proposed_class,
                             suggested_class, suggested_reason, revision)
           select company_id, cycle_id, seq, contact_id, score, score, current_class,
                  width_bucket(score, $4::bigint[]), suggested_class, suggested_reason, $3
           from joining",
        company.0,
        cycle.0,
        revision,
        frozen.as_deref()
    )
    .execute(&mut *conn)
    .await?
    .rows_affected() as i64;
    sqlx::query!(
        "update cycle set next_seq = next_seq + $3::bigint where company_id = $1 and cycle_id = $2",
        company.0,
        cycle.0,
        joined
    )
    .execute(conn)
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

/// What enabling does to every item: see [`Item::enabled`](cutline_domain::planner::approval::Item::enabled).
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

/// What Reset does to every item: see [`Item::reset`](cutline_domain::planner::approval::Item::reset). Gives how many decisions went back to In progress.
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
