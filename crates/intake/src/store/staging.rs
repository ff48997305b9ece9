//! The temporary tables of a load: every line of the file, streamed into one by COPY, and what is wrong with some of them.
//! The tables are gone when the transaction ends.

use crate::file::{ContactRow, Line, MeasureRow};
use cutline_domain::Score;
use cutline_domain::base::ids::{CompanyId, ContactId};
use cutline_domain::base::kind::Kind;
use futures_util::Stream;
use sqlx::{FromRow, PgConnection, Result};
use std::fmt::{Display, Write};
use tokio::sync::mpsc::Receiver;

/// Sent to the server in pieces of about this many bytes.
const PIECE: usize = 256 * 1024;

/// What is staged.
#[derive(Clone, Copy, Debug)]
pub enum Staged {
    /// In `load_contact`, a row for each line. Each brings the id it gets if it is new.
    Contacts,
    /// In `load_measure`, a row for each line.
    Measures,
}

impl Staged {
    const fn create(self) -> &'static str {
        match self {
            Self::Contacts => {
                "create temporary table load_contact (
                    line bigint not null, faults text, external_id text, contact_id uuid, name text, kind text,
                    region text, specialty text, owner text, tags text[]
                 ) on commit drop"
            }
            Self::Measures => {
                "create temporary table load_measure (line bigint not null, faults text, external_id text, amounts bigint[])
                 on commit drop"
            }
        }
    }

    const fn copy(self) -> &'static str {
        match self {
            Self::Contacts => "copy load_contact from stdin",
            Self::Measures => "copy load_measure from stdin",
        }
    }

    const fn analyze(self) -> &'static str {
        match self {
            Self::Contacts => "analyze load_contact",
            Self::Measures => "analyze load_measure",
        }
    }

    const fn leave_out(self) -> &'static str {
        match self {
            Self::Contacts => "delete from load_contact l using load_bad b where l.line = b.line",
            Self::Measures => "delete from load_measure l using load_bad b where l.line = b.line",
        }
    }
}

/// A line that can't be loaded, and what is wrong with it: what it says itself, or else what the company or the rest of the
/// file says.
#[derive(Clone, Debug, FromRow)]
pub struct Bad {
    pub line: i64,
    pub external_id: Option<String>,
    /// What is wrong with its cells, in words.
    pub faults: Option<String>,
    /// The line that has the same id before.
    pub first_line: Option<i64>,
    /// A contact that the company doesn't have.
    pub contact: Option<String>,
    /// An owner, as whom the company has nobody.
    pub owner: Option<String>,
    /// A region that the company doesn't have.
    pub region: Option<String>,
    /// A specialty that the company doesn't have.
    pub specialty: Option<String>,
}

/// What the company has, as it was when the file is judged: whatever is renamed while the file is loaded, a line goes where it was
/// found to go.
const KNOWN: &str = "
    create temporary table load_region (code text primary key, region_id uuid not null) on commit drop;
    create temporary table load_specialty (name text primary key, specialty_id uuid not null) on commit drop;
    create temporary table load_owner (email text primary key, account_id uuid not null) on commit drop";

/// Fills each of [`KNOWN`].
const FILL_KNOWN: [&str; 3] = [
    "insert into load_region select code, region_id from region where company_id = $1",
    "insert into load_specialty select name, specialty_id from specialty where company_id = $1",
    "insert into load_owner select a.email, m.account_id from membership m join account a on a.account_id = m.account_id
     where m.company_id = $1 and m.role in ('rep', 'regional_manager')",
];

/// Makes the tables.
pub async fn create(conn: &mut PgConnection, what: Staged) -> Result<()> {
    sqlx::query(what.create()).execute(&mut *conn).await?;
    sqlx::query(
        "create temporary table load_bad (
            line bigint not null, external_id text, faults text, first_line bigint,
            contact text, owner text, region text, specialty text
         ) on commit drop",
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Copies pieces of COPY's text until there are no more.
pub async fn copy(conn: &mut PgConnection, what: Staged, mut pieces: Receiver<Vec<u8>>) -> Result<()> {
    let mut to = conn.copy_in_raw(what.copy()).await?;
    while let Some(piece) = pieces.recv().await {
        to.send(piece).await?;
    }
    to.finish().await?;
    sqlx::query(what.analyze()).execute(conn).await.map(drop)
}

/// Finds the bad lines of `load_contact`; with `create_missing`, regions and specialties needn't be known. Gives how many.
pub async fn find_bad_contacts(conn: &mut PgConnection, company: CompanyId, create_missing: bool) -> Result<u64> {
    sqlx::raw_sql(KNOWN).execute(&mut *conn).await?;
    for fill in FILL_KNOWN {
        sqlx::query(fill).bind(company.0).execute(&mut *conn).await?;
    }
    let found = sqlx::query(
        "insert into load_bad (line, external_id, faults, first_line, owner, region, specialty)
         select * from (
             select l.line, l.external_id, l.faults, twice.first_line,
                    case when twice.first_line is null and o.account_id is null then nullif(l.owner, '') end as owner,
                    case when twice.first_line is null and r.region_id is null and not $1 then l.region end as region,
                    case when twice.first_line is null and s.specialty_id is null and not $1 then nullif(l.specialty, '') end
                        as specialty
             from load_contact l
             left join (
                 select external_id, min(line) as first_line from load_contact
                 where external_id is not null group by external_id having count(*) > 1
             ) twice on twice.external_id = l.external_id and twice.first_line < l.line
             left join load_region r on r.code = l.region
             left join load_specialty s on s.name = l.specialty
             left join load_owner o on o.email = l.owner
         ) as found
         where faults is not null or first_line is not null or owner is not null or region is not null
            or specialty is not null",
    );
    Ok(found.bind(create_missing).execute(conn).await?.rows_affected())
}

/// Finds the bad lines of `load_measure`. Gives how many.
pub async fn find_bad_measures(conn: &mut PgConnection, company: CompanyId) -> Result<u64> {
    let found = sqlx::query(
        "insert into load_bad (line, external_id, faults, first_line, contact)
         select * from (
             select l.line, l.external_id, l.faults, twice.first_line,
                    case when twice.first_line is null and l.faults is null and c.contact_id is null then l.external_id end as contact
             from load_measure l
             left join (
                 select external_id, min(line) as first_line from load_measure
                 where external_id is not null group by external_id having count(*) > 1
             ) twice on twice.external_id = l.external_id and twice.first_line < l.line
             left join contact c on c.company_id = $1 and c.external_id = l.external_id
         ) as found
         where faults is not null or first_line is not null or contact is not null",
    );
    Ok(found.bind(company.0).execute(conn).await?.rows_affected())
}

/// The bad lines, in order.
pub fn bad(conn: &mut PgConnection) -> impl Stream<Item = Result<Bad>> + Unpin {
    sqlx::query_as("select * from load_bad order by line").fetch(conn)
}

/// Takes the bad lines out of what is staged.
pub async fn leave_out(conn: &mut PgConnection, what: Staged) -> Result<()> {
    sqlx::query("analyze load_bad").execute(&mut *conn).await?;
    sqlx::query(what.leave_out()).execute(conn).await.map(drop)
}

/// A line of contacts, as `load_contact` has it.
pub fn contact(out: &mut CopyText, line: &Line<ContactRow>) {
    let row = line.row.as_ref();
    out.plain(line.number).text(faults(line).as_deref()).text(line.id.as_deref()).plain(ContactId::new());
    out.text(row.ok().and_then(|row| row.name.as_deref()));
    out.text(row.ok().and_then(|row| row.kind.map(Kind::as_str)));
    out.text(row.ok().map(|row| row.region.as_str()));
    out.text(row.ok().and_then(|row| row.specialty.as_deref()));
    out.text(row.ok().and_then(|row| row.owner.as_deref()));
    out.text(row.ok().and_then(|row| row.tags.as_deref().map(array)).as_deref()).end_row();
}

/// A line of measures, as `load_measure` has it.
pub fn measures(out: &mut CopyText, line: &Line<MeasureRow>) {
    let value = |value: &Option<Score>| value.map_or("NULL".to_owned(), |value| value.hundredths().to_string());
    let values = |row: &MeasureRow| format!("{{{}}}", row.iter().map(value).collect::<Vec<_>>().join(","));
    out.plain(line.number).text(faults(line).as_deref()).text(line.id.as_deref());
    out.text(line.row.as_ref().ok().map(values).as_deref()).end_row();
}

fn faults<Row>(line: &Line<Row>) -> Option<String> {
    line.row.as_ref().err().map(|faults| faults.join("; "))
}

/// One row after another in COPY's text format.
#[derive(Debug, Default)]
pub struct CopyText(String);

impl CopyText {
    /// Whether it is worth sending.
    pub const fn is_a_piece(&self) -> bool {
        self.0.len() >= PIECE
    }

    /// What is written so far; begins anew.
    pub fn taken(&mut self) -> Vec<u8> {
        std::mem::replace(&mut self.0, String::with_capacity(PIECE + PIECE / 8)).into_bytes()
    }

    /// A value that has nothing to escape.
    fn plain(&mut self, value: impl Display) -> &mut Self {
        // Writing to a string can't fail.
        let _ = write!(self.0, "{value}\t");
        self
    }

    fn text(&mut self, value: Option<&str>) -> &mut Self {
        let Some(value) = value else { return self.plain("\\N") };
        for c in value.chars() {
            match c {
                '\\' => self.0.push_str("\\\\"),
                '\t' => self.0.push_str("\\t"),
                '\n' => self.0.push_str("\\n"),
                '\r' => self.0.push_str("\\r"),
                c => self.0.push(c),
            }
        }
        self.plain("")
    }

    fn end_row(&mut self) {
        self.0.pop();
        self.0.push('\n');
    }
}

/// Texts as the database writes an array.
fn array(texts: &[String]) -> String {
    let quoted: Vec<String> =
        texts.iter().map(|text| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))).collect();
    format!("{{{}}}", quoted.join(","))
}
