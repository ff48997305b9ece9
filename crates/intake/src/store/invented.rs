//! Contacts and measures that the database makes up by itself, at any size. What looks like chance is a hash of the
//! contact's number, so that the same size gives the same company every time.

use crate::invented::Population;
use cutline_domain::base::ids::CompanyId;
use sqlx::{PgConnection, Result};
use uuid::Uuid;

/// Creates specialties.
pub async fn specialties(conn: &mut PgConnection, company: CompanyId, names: &[String]) -> Result<()> {
    let ids: Vec<Uuid> = names.iter().map(|_| Uuid::now_v7()).collect();
    let insert = sqlx::query!(
        "insert into specialty (company_id, specialty_id, name)
         select $1, new.id, new.name from unnest($2::uuid[], $3::text[]) as new (id, name)",
        company.0,
        &ids,
        names
    );
    insert.execute(conn).await.map(drop)
}

/// Persons under `HCP-0000001` and so on, spread unevenly over the regions without others below them. A person is one of the
/// population's items when its share of them comes round; items have the specialties of `specialties`, in falling
/// numbers, the others the rest. Reps own those of neighbouring regions. Ids are of version 7 and rise with the number.
pub async fn persons(conn: &mut PgConnection, company: CompanyId, people: &Population) -> Result<u64> {
    let insert = sqlx::query!(
        "with place as (
             select array_agg(region_id order by region_id) as ids from region r
             where company_id = $1 and not exists (
                 select from region below where below.company_id = r.company_id and below.parent_id = r.region_id)
         ), rep as (
             select array_agg(account_id order by account_id) as ids from membership where company_id = $1 and role = 'rep'
         ), field as (
             select (select array_agg(specialty_id order by array_position($6::text[], name)) from specialty
                     where company_id = $1 and name = any($6)) as chosen,
                    (select array_agg(specialty_id order by array_position($7::text[], name)) from specialty
                     where company_id = $1 and name = any($7)) as other
         ), person as (
             select n, n * $3::bigint / $2::bigint > (n - 1) * $3::bigint / $2::bigint as is_item,
                    (hashint8extended(n, 1) & 1048575) / 1048576::float8 as a, (hashint8extended(n, 2) & 1048575) / 1048576::float8 as b,
                    (hashint8extended(n, 3) & 1048575) / 1048576::float8 as c, (hashint8extended(n, 4) & 1048575) / 1048576::float8 as d
             from generate_series(1, $2::bigint) n
         )
         insert into contact (company_id, contact_id, kind, external_id, name, region_id, specialty_id, owner_id)
         select $1,
                encode(int8send((($8::bigint + (n >> 12)) << 16) | 28672 | (n & 4095))
                       || int8send((hashint8extended(n, 5) & 4611686018427387903) | (1::bigint << 63)), 'hex')::uuid,
                'person', 'HCP-' || lpad(n::text, 7, '0'),
                ($4::text[])[1 + (a * cardinality($4::text[]))::int % cardinality($4::text[])] || ' '
                    || ($5::text[])[1 + (b * cardinality($5::text[]))::int % cardinality($5::text[])],
                place.ids[1 + floor(c * sqrt(c) * cardinality(place.ids))::int],
                case when is_item then chosen[1 + floor(d * d * cardinality(chosen))::int]
                     else other[1 + floor(d * d * cardinality(other))::int] end,
                rep.ids[1 + (c * sqrt(c) * cardinality(rep.ids) + b)::int % cardinality(rep.ids)]
         from person cross join place cross join rep cross join field
         order by n",
        company.0,
        i64::from(people.persons),
        i64::from(people.items),
        &people.first_names,
        &people.last_names,
        &people.specialties,
        &people.other_specialties,
        people.at.0,
    );
    Ok(insert.execute(conn).await?.rows_affected())
}

/// Gives every person a value of a measure: long-tailed about `middle`, the size of a practice, and for later half years
/// drifted from the first.
pub async fn measure(
    conn: &mut PgConnection,
    company: CompanyId,
    name: &str,
    middle: f64,
    half_year: u32,
) -> Result<u64> {
    let id = Uuid::now_v7();
    sqlx::query!(
        "insert into measure (company_id, measure_id, name) values ($1, $2, $3) on conflict (company_id, name) do nothing",
        company.0,
        id,
        name
    )
    .execute(&mut *conn)
    .await?;
    // The sum of four even chances less two is close to normal; its deviation is the root of a third.
    let write = sqlx::query!(
        "with person as (
             select contact_id, substr(external_id, 5)::bigint as n from contact
             where company_id = $1 and external_id like 'HCP-%'
         ), drawn as (
             select contact_id,
                    (select sum((hashint8extended(n, 10 + k) & 1048575) / 1048576::float8) - 2 from generate_series(1, 4) k)::float8
                        * 1.732 as size,
                    (select sum((hashint8extended(n, 100 * $4::int + k) & 1048575) / 1048576::float8) - 2
                     from generate_series(1, 4) k)::float8 * 1.732 as drift
             from person
         )
         insert into contact_measure (company_id, measure_id, contact_id, value)
         select $1, m.measure_id, contact_id,
                100 * greatest(1, round($3::float8 * exp(0.92 * size + 0.28 * least($4::int, 1) * drift)))::bigint
         from drawn join measure m on m.company_id = $1 and m.name = $2
         order by contact_id
         on conflict (company_id, measure_id, contact_id) do update set value = excluded.value, updated_at = now()",
        company.0,
        name,
        middle,
        half_year.cast_signed()
    );
    Ok(write.execute(conn).await?.rows_affected())
}
