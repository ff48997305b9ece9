//! What must hold at any moment, by plain SQL: each counts what breaks it.

use crate::report::Report;
use eyre::Result;
use sqlx::PgPool;

/// What must hold, and what counts the breaches.
const INVARIANTS: [(&str, &str); 12] = [
    (
        "every company has an admin",
        "select count(*) from company c where not exists (
             select from membership m where m.company_id = c.company_id and m.role = 'admin')",
    ),
    (
        "no region is below itself",
        "with recursive reached as (
             select company_id, region_id from region where parent_id is null
             union select r.company_id, r.region_id from region r
             join reached p on p.company_id = r.company_id and p.region_id = r.parent_id)
         select (select count(*) from region) - (select count(*) from reached)",
    ),
    (
        "items: none lost, none doubled",
        "select count(*) from cycle c where (c.next_seq, c.next_seq - 1) <> (
             select count(*)::integer, coalesce(max(i.seq), -1) from item i
             where i.company_id = c.company_id and i.cycle_id = c.cycle_id)",
    ),
    (
        "items: none newer than its cycle",
        "select count(*) from item i join cycle c using (company_id, cycle_id) where i.revision > c.revision",
    ),
    (
        "items: proposed only under frozen borders",
        "select count(*) from item i join cycle c using (company_id, cycle_id)
         where (c.state in ('collecting', 'drafting') and (i.proposed_class is not null or i.status <> 'in_progress'))
            or (c.state in ('approving', 'transferred') and (i.score is null) <> (i.proposed_class is null))",
    ),
    (
        "items: classes are of their cycle",
        "select count(*) from item i where coalesce(i.override_class, i.proposed_class) is not null and not exists (
             select from cycle_class k where k.company_id = i.company_id and k.cycle_id = i.cycle_id
                and k.position = coalesce(i.override_class, i.proposed_class))",
    ),
    (
        "audit: one record for every revision",
        "select count(*) from cycle c where (c.revision, c.revision, 1::bigint) <> (
             select count(*), coalesce(max(r.revision), 0), coalesce(min(r.revision), 0) from audit_record r
             where r.company_id = c.company_id and r.subject_id = c.cycle_id)",
    ),
    (
        "manifest: one for every transferred cycle",
        "select count(*) from cycle c full join transfer_manifest m using (company_id, cycle_id)
         where (c.state = 'transferred') is distinct from (m.cycle_id is not null)",
    ),
    (
        "manifest: its sums are the items",
        "select count(*) from transfer_manifest m where (
             (select coalesce(sum(n::int), 0) from jsonb_array_elements_text(m.manifest -> 'transferred') n),
             (m.manifest ->> 'rejected')::int, (m.manifest ->> 'carried_over')::int
         ) <> (
             select count(*) filter (where status = 'accepted'), count(*) filter (where status = 'rejected')::int,
                    count(*) filter (where status = 'in_progress')::int
             from item i where i.company_id = m.company_id and i.cycle_id = m.cycle_id)",
    ),
    (
        "manifest: each class is its items",
        "select count(*) from transfer_manifest m
         cross join lateral jsonb_array_elements_text(m.manifest -> 'transferred') with ordinality n(items, nr)
         where n.items::bigint <> (
             select count(*) from item i where i.company_id = m.company_id and i.cycle_id = m.cycle_id
                and i.status = 'accepted' and coalesce(i.override_class, i.proposed_class) = n.nr - 1)",
    ),
    (
        "official classes: those of the last Transfer",
        "select count(*) from (
             select distinct on (company_id, definition_id) * from cycle where state = 'transferred'
             order by company_id, definition_id, transferred_at desc) c
         join item i using (company_id, cycle_id)
         join cycle_class k on k.company_id = i.company_id and k.cycle_id = i.cycle_id
              and k.position = coalesce(i.override_class, i.proposed_class)
         left join general_classification g on g.company_id = c.company_id and g.definition_id = c.definition_id
              and g.contact_id = i.contact_id
         where i.status = 'accepted' and (g.class_label, g.cycle_id) is distinct from (k.label, c.cycle_id)",
    ),
    (
        "official classes: history is what was transferred",
        "select count(*) from cycle c where c.state = 'transferred' and (
             select count(*) from general_classification_history h
             where h.company_id = c.company_id and h.cycle_id = c.cycle_id
         ) <> (
             select count(*) from item i
             where i.company_id = c.company_id and i.cycle_id = c.cycle_id and i.status = 'accepted')",
    ),
];

/// Looks whether all of it holds.
pub async fn look(pool: &PgPool, report: &mut Report) -> Result<()> {
    for (name, sql) in INVARIANTS {
        let broken: i64 = sqlx::query_scalar(sql).fetch_one(pool).await?;
        report.hold(name, broken == 0, || format!("{broken} times not"));
    }
    Ok(())
}
