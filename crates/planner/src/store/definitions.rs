//! MT definitions and what they can be made of.

use super::cycles::spec;
use crate::model::{Choices, DefinitionForm, SpecialtyChoice};
use cutline_contacts::relation::Relation;
use cutline_domain::base::ids::{ClassId, CompanyId, DefinitionId};
use cutline_domain::{ClassScheme, ClassSpec};
use cutline_platform::sight::Sight;
use cutline_platform::{Error, Result};
use cutline_wire::AppError;
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;

/// Every definition of a company with the number of contacts of its population that are within sight, by product.
pub async fn all(conn: &mut PgConnection, company: CompanyId, sight: &Sight) -> Result<Vec<(DefinitionForm, u32)>> {
    let classes = sqlx::query!(
        "select definition_id, class_id, label, code, colour, planned, calls_per_year from mt_class
         where company_id = $1 order by definition_id, position",
        company.0
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut specs: HashMap<Uuid, Vec<ClassSpec>> = HashMap::new();
    for row in classes {
        let class = spec(row.class_id, (row.label, row.code), row.colour, row.planned, row.calls_per_year)?;
        specs.entry(row.definition_id).or_default().push(class);
    }
    let rows = sqlx::query!(
        r#"select d.definition_id, d.version, p.name as product, d.kind, d.specialties_label, m.name as measure,
                  array(select s.name from mt_definition_specialty x
                        join specialty s on s.company_id = x.company_id and s.specialty_id = x.specialty_id
                        where x.company_id = d.company_id and x.definition_id = d.definition_id order by s.name)
                      as "specialties!",
                  (select count(*) from mt_definition_specialty x
                   join contact c on c.company_id = x.company_id and c.kind = d.kind and c.specialty_id = x.specialty_id
                   join contact_measure v on v.company_id = c.company_id and v.measure_id = d.measure_id
                        and v.contact_id = c.contact_id
                   where x.company_id = d.company_id and x.definition_id = d.definition_id
                     and ($2::uuid[] is null or c.region_id = any($2)) and ($3::uuid is null or c.owner_id = $3))
                      as "population!"
           from mt_definition d
           join product p on p.company_id = d.company_id and p.product_id = d.product_id
           join measure m on m.company_id = d.company_id and m.measure_id = d.measure_id
           where d.company_id = $1 order by p.name, d.specialties_label, d.kind"#,
        company.0,
        sight.regions.as_deref(),
        sight.owner
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let classes = specs.remove(&row.definition_id).unwrap_or_default();
            let form = DefinitionForm {
                id: Some(row.definition_id.into()),
                version: row.version,
                product: row.product,
                kind: row.kind.parse()?,
                specialties_label: row.specialties_label,
                specialties: row.specialties,
                measure: row.measure,
                classes: ClassScheme::new(classes).map_err(Error::internal)?,
            };
            Ok((form, row.population as u32))
        })
        .collect()
}

/// A definition by what it is called.
#[derive(Clone, Debug)]
pub struct Titled {
    /// Which.
    pub id: Uuid,
    /// Its product.
    pub product: String,
    /// What its specialties are called together.
    pub audience: String,
}

/// The official class of each contact for a definition, by the name it has today where it was renamed since.
pub const fn official_class(definition: Uuid) -> Relation {
    Relation {
        sql: "select g.contact_id, coalesce(m.label, g.class_label) as text, null::bigint as number, null::text[] as labels
              from general_classification g
              left join cycle_class k on k.company_id = g.company_id and k.cycle_id = g.cycle_id and k.label = g.class_label
              left join mt_class m on m.company_id = g.company_id and m.definition_id = g.definition_id
                   and m.class_id = k.class_id
              where g.company_id = {company} and g.definition_id = {of}",
        of: Some(definition),
    }
}

/// Every definition with its product and what its specialties are called together, by product.
pub async fn titles(conn: &mut PgConnection, company: CompanyId) -> Result<Vec<Titled>> {
    let rows = sqlx::query!(
        "select d.definition_id, p.name, d.specialties_label from mt_definition d
         join product p on p.company_id = d.company_id and p.product_id = d.product_id
         where d.company_id = $1 order by p.name, d.specialties_label, d.kind",
        company.0
    );
    let rows = rows.fetch_all(conn).await?.into_iter().map(|row| Titled {
        id: row.definition_id,
        product: row.name,
        audience: row.specialties_label,
    });
    Ok(rows.collect())
}

/// Products, specialties and measures a definition can name.
pub async fn choices(conn: &mut PgConnection, company: CompanyId) -> Result<Choices> {
    let products = sqlx::query_scalar!("select name from product where company_id = $1 order by name", company.0)
        .fetch_all(&mut *conn)
        .await?;
    let measures = sqlx::query_scalar!("select name from measure where company_id = $1 order by name", company.0)
        .fetch_all(&mut *conn)
        .await?;
    let specialties = sqlx::query!(
        r#"select s.name, count(*) filter (where c.kind = 'person') as "persons!",
                  count(*) filter (where c.kind = 'institution') as "institutions!"
           from specialty s
           left join contact c on c.company_id = s.company_id and c.specialty_id = s.specialty_id
           where s.company_id = $1 group by s.name order by s.name"#,
        company.0
    )
    .fetch_all(conn)
    .await?;
    let choice = |s: (String, i64, i64)| SpecialtyChoice { name: s.0, persons: s.1 as u32, institutions: s.2 as u32 };
    let specialties = specialties.into_iter().map(|s| choice((s.name, s.persons, s.institutions))).collect();
    Ok(Choices { products, specialties, measures })
}

/// Whether a definition has an open cycle.
pub async fn is_in_use(conn: &mut PgConnection, company: CompanyId, id: DefinitionId) -> Result<bool> {
    let open = sqlx::query_scalar!(
        r#"select exists(select 1 from cycle where company_id = $1 and definition_id = $2 and state <> 'transferred') as "e!""#,
        company.0,
        id.0
    );
    Ok(open.fetch_one(conn).await?)
}

/// Every class that a definition has or had in a cycle, with its label, newest first.
pub async fn known_classes(
    conn: &mut PgConnection,
    company: CompanyId,
    id: DefinitionId,
) -> Result<Vec<(ClassId, String)>> {
    let rows = sqlx::query!(
        r#"select class_id as "class_id!", label as "label!"
           from (select class_id, label, position, 'infinity'::timestamptz as at from mt_class
                 where company_id = $1 and definition_id = $2
                 union all
                 select k.class_id, k.label, k.position, c.opened_at from cycle c
                 join cycle_class k on k.company_id = c.company_id and k.cycle_id = c.cycle_id
                 where c.company_id = $1 and c.definition_id = $2) as known
           order by at desc, position"#,
        company.0,
        id.0
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.class_id.into(), row.label)).collect())
}

/// Locks a definition and gives its version.
pub async fn lock(conn: &mut PgConnection, company: CompanyId, id: DefinitionId) -> Result<i32> {
    sqlx::query_scalar!(
        "select version from mt_definition where company_id = $1 and definition_id = $2 for update",
        company.0,
        id.0
    )
    .fetch_optional(conn)
    .await?
    .ok_or_else(|| AppError::not_found("This definition").into())
}

/// Writes a definition, new or changed. The product is created when new. `Err(constraint)` names the rule broken.
pub async fn save(
    conn: &mut PgConnection,
    company: CompanyId,
    id: DefinitionId,
    form: &DefinitionForm,
) -> sqlx::Result<()> {
    let product = sqlx::query_scalar!(
        "with known as (select product_id from product where company_id = $1 and name = $3),
              added as (insert into product (company_id, product_id, name) select $1, $2, $3
                        where not exists (select 1 from known) returning product_id)
         select product_id as \"id!\" from known union all select product_id from added",
        company.0,
        Uuid::now_v7(),
        form.product
    )
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query!("delete from mt_definition_specialty where company_id = $1 and definition_id = $2", company.0, id.0)
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        "insert into mt_definition (company_id, definition_id, product_id, kind, specialties_label, measure_id)
         select $1, $2, $3, $4, $5, m.measure_id from measure m where m.company_id = $1 and m.name = $6
         on conflict (company_id, definition_id) do update
         set product_id = $3, kind = $4, specialties_label = $5, measure_id = excluded.measure_id,
             version = mt_definition.version + 1",
        company.0,
        id.0,
        product,
        form.kind.as_str(),
        form.specialties_label,
        form.measure
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into mt_definition_specialty (company_id, definition_id, specialty_id, product_id, kind)
         select $1, $2, s.specialty_id, $3, $4 from specialty s where s.company_id = $1 and s.name = any($5)",
        company.0,
        id.0,
        product,
        form.kind.as_str(),
        &form.specialties
    )
    .execute(&mut *conn)
    .await?;
    save_classes(conn, company, id, form.classes.classes()).await
}

async fn save_classes(
    conn: &mut PgConnection,
    company: CompanyId,
    id: DefinitionId,
    classes: &[ClassSpec],
) -> sqlx::Result<()> {
    sqlx::query!("delete from mt_class where company_id = $1 and definition_id = $2", company.0, id.0)
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        "insert into mt_class (company_id, definition_id, position, class_id, label, code, colour, planned, calls_per_year)
         select $1, $2, (k.nr - 1)::smallint, k.class_id, k.label, k.code, k.colour, k.planned, k.calls
         from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::int[], $8::int[])
              with ordinality as k (class_id, label, code, colour, planned, calls, nr)",
        company.0,
        id.0,
        &classes.iter().map(|class| class.id.0).collect::<Vec<_>>(),
        &classes.iter().map(|class| class.label.clone()).collect::<Vec<_>>(),
        &classes.iter().map(|class| class.code.clone()).collect::<Vec<_>>(),
        &classes.iter().map(|class| class.colour.as_deref().map(str::to_ascii_lowercase)).collect::<Vec<_>>() as &[Option<String>],
        &classes.iter().map(|class| class.planned.hundredths().cast_signed()).collect::<Vec<_>>(),
        &classes.iter().map(|class| class.calls_per_year.map(u32::cast_signed)).collect::<Vec<_>>() as &[Option<i32>]
    )
    .execute(conn)
    .await?;
    Ok(())
}
