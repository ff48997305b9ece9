//! What the server tests share: a company with regions, people and contacts, cycles taken to any state, and reading what
//! the database holds. `http` drives the whole application through its router.

pub mod accounts;
pub mod http;
pub mod place;

/// What a person would see of a result.
pub trait Shown<T> {
    fn shown(self) -> Result<T, AppError>;
}

impl<T> Shown<T> for cutline_platform::Result<T> {
    fn shown(self) -> Result<T, AppError> {
        self.map_err(cutline_platform::Error::shown)
    }
}

/// Whether a rule refused, by its code.
pub fn is_refused(error: &AppError, code: &str) -> bool {
    matches!(error, AppError::Refused { code: by, .. } if by == code)
}

/// What is said of a refusal beside a field.
pub fn beside<T: std::fmt::Debug>(result: cutline_platform::Result<T>, field: &str) -> String {
    let error = result.shown().unwrap_err();
    error.beside(field).unwrap_or_else(|| panic!("not beside {field}: {error:?}"))
}

/// What is said of a conflict.
pub fn conflict<T: std::fmt::Debug>(result: cutline_platform::Result<T>) -> String {
    match result.shown() {
        Err(AppError::Conflict { message, .. }) => message,
        other => panic!("no conflict: {other:?}"),
    }
}

use cutline_company::model::{PersonForm, RegionForm};
use cutline_company::service::{self as admin, FirstAdmin};
use cutline_domain::base::ids::{AccountId, ClassId, CompanyId, CycleId, DefinitionId, IdempotencyKey, RegionId};
use cutline_domain::base::kind::Kind;
use cutline_domain::planner::approval::CycleState;
use cutline_domain::planner::approval::{Item, ItemCommand, Override};
use cutline_domain::{Borders, Class, ClassScheme, ClassSpec, Percent, Role, Score};
use cutline_intake::service::{ContactLoad, MeasureLoad, load_contacts, load_measures};
use cutline_planner::model::{Decide, DefinitionForm, Manifest, Outcome, SaveBorders};
use cutline_planner::service;
use cutline_platform::session::Caller;
use cutline_wire::AppError;
use cutline_wire::Seen;
use sqlx::PgPool;
use std::collections::BTreeMap;
use std::fmt::Write;
use uuid::Uuid;

/// Everybody's password.
pub const PASSWORD: &str = "correct horse";

/// A company with the regions North (City below it) and South, somebody of every role, and one definition: Cardiolin for
/// persons of two specialties, scored by claims, in the classes C 50 %, B 30 %, A 20 %.
pub struct World {
    pub pool: PgPool,
    pub company: CompanyId,
    /// What its e-mail addresses end with: `north@acme.example`.
    pub domain: String,
    pub admin: Caller,
    /// Regional manager of North and so of City.
    pub north: Caller,
    /// Regional manager of City only.
    pub city: Caller,
    /// Regional manager of South.
    pub south: Caller,
    pub rep: Caller,
    pub analyst: Caller,
    /// Regions by code: NORTH, CITY, SOUTH.
    pub regions: BTreeMap<&'static str, RegionId>,
    pub definition: DefinitionId,
}

/// The company most tests need.
pub async fn world(pool: &PgPool) -> World {
    company(pool, "Acme", "acme.example").await
}

/// A company of its own.
pub async fn company(pool: &PgPool, name: &str, domain: &str) -> World {
    // Boxed, so that a test's own future stays small.
    Box::pin(founded(pool, name, domain)).await
}

async fn founded(pool: &PgPool, name: &str, domain: &str) -> World {
    let boss = format!("admin@{domain}");
    let (company, account) = admin::found_company(
        pool,
        name,
        FirstAdmin { email: boss, name: "Ada Admin".into(), password: PASSWORD.into() },
    )
    .await
    .unwrap();
    let admin = acting(pool, company, account).await;
    let mut regions = BTreeMap::new();
    for (code, name, parent) in [("NORTH", "North", None), ("CITY", "City", Some("NORTH")), ("SOUTH", "South", None)] {
        let parent = parent.map(|code| regions[code]);
        let form = RegionForm { id: None, version: 1, parent, code: code.into(), name: name.into() };
        regions.insert(code, admin::save_region(pool, &admin, form, IdempotencyKey::new()).await.unwrap());
    }
    for (table, name) in
        [("specialty", "Cardiology"), ("specialty", "Geriatrics"), ("specialty", "Dermatology"), ("measure", "claims")]
    {
        let sql = format!("insert into {table} values ($1, gen_random_uuid(), $2)");
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(company.0).bind(name).execute(pool).await.unwrap();
    }
    let mut people = Vec::new();
    for (name, local, role, region) in [
        ("Nora North", "north", Role::RegionalManager, Some("NORTH")),
        ("Cid City", "city", Role::RegionalManager, Some("CITY")),
        ("Sam South", "south", Role::RegionalManager, Some("SOUTH")),
        ("Rex Rep", "rep", Role::Rep, None),
        ("Ann Analyst", "analyst", Role::Analyst, None),
    ] {
        let regions = region.map(|code| regions[code]).into_iter().collect();
        let form = PersonForm {
            id: None,
            version: 1,
            name: name.into(),
            email: format!("{local}@{domain}"),
            role,
            regions,
            password: PASSWORD.into(),
        };
        let id = admin::invent_person(pool, &admin, form).await.unwrap();
        people.push(acting(pool, company, id).await);
    }
    let [north, city, south, rep, analyst] = people.try_into().unwrap();
    let definition = service::save_definition(pool, &admin, form("Cardiolin", three_classes()), IdempotencyKey::new())
        .await
        .unwrap();
    World {
        pool: pool.clone(),
        company,
        domain: domain.into(),
        admin,
        north,
        city,
        south,
        rep,
        analyst,
        regions,
        definition,
    }
}

/// An account with the rights it has now.
pub async fn acting(pool: &PgPool, company: CompanyId, account: AccountId) -> Caller {
    Caller::acting(pool, account, Some(company)).await.unwrap()
}

/// The class that is called so, the same wherever it is.
pub fn class_id(label: &str) -> ClassId {
    ClassId(Uuid::from_u128(label.bytes().fold(0, |number, byte| number << 8 | u128::from(byte))))
}

pub fn classes(classes: &[(&str, u32)]) -> ClassScheme {
    let spec = |(label, planned): &(&str, u32)| ClassSpec {
        id: class_id(label),
        label: (*label).into(),
        code: String::new(),
        colour: None,
        planned: Percent::from_hundredths(*planned).unwrap(),
        calls_per_year: None,
    };
    ClassScheme::new(classes.iter().map(spec).collect()).unwrap()
}

pub fn three_classes() -> ClassScheme {
    classes(&[("C", 5000), ("B", 3000), ("A", 2000)])
}

/// A definition for persons of Cardiology and Geriatrics by claims.
pub fn form(product: &str, classes: ClassScheme) -> DefinitionForm {
    DefinitionForm {
        id: None,
        version: 0,
        product: product.into(),
        kind: Kind::Person,
        specialties_label: "Primary care".into(),
        specialties: vec!["Cardiology".into(), "Geriatrics".into()],
        measure: "claims".into(),
        classes,
    }
}

/// Borders in whole units.
pub fn whole(values: &[i64]) -> Borders {
    Borders::new(values.iter().copied().map(Score::whole).collect()).unwrap()
}

pub fn accept() -> ItemCommand {
    ItemCommand::Accept
}

pub fn reject(reason: &str) -> ItemCommand {
    ItemCommand::Reject { reason: reason.into() }
}

pub fn override_to(class: u8, reason: &str) -> ItemCommand {
    ItemCommand::Override { class: Class(class), reason: reason.into() }
}

pub fn withdraw() -> ItemCommand {
    ItemCommand::Withdraw
}

/// An item as its row has it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ItemRow {
    pub external_id: String,
    pub seq: i32,
    pub score: Option<i64>,
    pub latest_score: Option<i64>,
    pub current_class: Option<i16>,
    pub proposed_class: Option<i16>,
    pub override_class: Option<i16>,
    pub override_reason: Option<String>,
    pub suggested_class: Option<i16>,
    pub suggested_reason: Option<String>,
    pub status: String,
    pub decision_reason: Option<String>,
    pub decided_by: Option<Uuid>,
    pub revision: i64,
}

impl ItemRow {
    /// The row as the domain has it.
    pub fn item(&self) -> Item {
        let class = |position: Option<i16>| position.map(|p| Class(u8::try_from(p).unwrap()));
        let overridden = |position, reason: &Option<String>| {
            class(position).zip(reason.clone()).map(|(class, reason)| Override { class, reason })
        };
        Item {
            score: self.score.map(Score::from_hundredths),
            latest_score: self.latest_score.map(Score::from_hundredths),
            current: class(self.current_class),
            proposed: class(self.proposed_class),
            overridden: overridden(self.override_class, &self.override_reason),
            suggested: overridden(self.suggested_class, &self.suggested_reason),
            status: self.status.parse().unwrap(),
            decision_reason: self.decision_reason.clone(),
        }
    }

    /// Status and the classes current, proposed, override; `-` for none.
    pub fn brief(&self) -> String {
        let class = |class: Option<i16>| class.map_or("-".into(), |c| c.to_string());
        let [current, proposed, overridden] = [self.current_class, self.proposed_class, self.override_class].map(class);
        format!("{} {current}{proposed}{overridden}", self.status)
    }
}

impl World {
    /// Loads contacts of Cardiology: id, code of the region, the owner's local part or nothing, score or nothing.
    pub async fn load(&self, contacts: &[(&str, &str, &str, &str)]) {
        let mut lines = String::from("id,name,region,specialty,kind,owner\n");
        let mut scores = String::from("id,claims\n");
        for (id, region, owner, score) in contacts {
            let owner = if owner.is_empty() { String::new() } else { format!("{owner}@{}", self.domain) };
            writeln!(lines, "{id},Dr {id},{region},Cardiology,person,{owner}").unwrap();
            if !score.is_empty() {
                writeln!(scores, "{id},{score}").unwrap();
            }
        }
        self.load_contacts(&lines).await;
        self.load_measures(&scores).await;
    }

    pub async fn load_contacts(&self, csv: &str) {
        let options = ContactLoad::default();
        Box::pin(load_contacts(&self.pool, self.company, None, csv.as_bytes(), &options)).await.unwrap();
    }

    pub async fn load_measures(&self, csv: &str) {
        let options = MeasureLoad::default();
        Box::pin(load_measures(&self.pool, self.company, None, csv.as_bytes(), &options)).await.unwrap();
    }

    /// A new score, or with an empty text none any more.
    pub async fn rescore(&self, id: &str, score: &str) {
        self.load_measures(&format!("id,claims\n{id},{score}\n")).await;
    }

    pub async fn revision(&self, cycle: CycleId) -> u64 {
        service::view(&self.pool, &self.admin, cycle).await.unwrap().revision
    }

    pub async fn state(&self, cycle: CycleId) -> CycleState {
        service::view(&self.pool, &self.admin, cycle).await.unwrap().state
    }

    /// A new command on the cycle as it is.
    pub async fn seen(&self, cycle: CycleId) -> Seen {
        Seen::at(self.revision(cycle).await)
    }

    pub async fn open(&self, name: &str) -> CycleId {
        self.open_for(self.definition, name).await
    }

    pub async fn open_for(&self, definition: DefinitionId, name: &str) -> CycleId {
        service::open_cycle(&self.pool, &self.admin, definition, name, IdempotencyKey::new()).await.unwrap().cycle
    }

    /// A cycle in Drafting.
    pub async fn drafting(&self, name: &str) -> CycleId {
        let cycle = self.open(name).await;
        service::start_borders(&self.pool, &self.admin, cycle, self.seen(cycle).await).await.unwrap();
        cycle
    }

    /// A cycle in Approving under borders in whole units.
    pub async fn approving(&self, name: &str, borders: &[i64]) -> CycleId {
        let cycle = self.drafting(name).await;
        let request = self.request(cycle, whole(borders)).await;
        Box::pin(service::enable(&self.pool, &self.admin, request)).await.unwrap();
        cycle
    }

    /// What saving or enabling borders asks, as somebody would who has just looked.
    pub async fn request(&self, cycle: CycleId, borders: Borders) -> SaveBorders {
        let view = service::view(&self.pool, &self.admin, cycle).await.unwrap();
        SaveBorders {
            cycle,
            seen: Seen::at(view.revision),
            seen_draft: view.draft.map(|draft| draft.version),
            borders,
            planned: view.scheme.planned(),
        }
    }

    /// A decision on contacts, by somebody who has just looked.
    pub async fn decide(
        &self,
        by: &Caller,
        cycle: CycleId,
        ids: &[&str],
        command: ItemCommand,
    ) -> Result<Outcome, AppError> {
        let items = self.items(cycle).await;
        let items = ids.iter().map(|id| items[*id].seq.unsigned_abs()).collect();
        let seen = self.seen(cycle).await;
        Box::pin(service::decide(&self.pool, by, Decide { cycle, seen, items, command })).await.shown()
    }

    pub async fn transfer(&self, cycle: CycleId, accepted_only: bool) -> Result<Manifest, AppError> {
        let seen = self.seen(cycle).await;
        Box::pin(service::transfer(&self.pool, &self.admin, cycle, accepted_only, seen)).await.shown()
    }

    /// Items by the external id of their contact.
    pub async fn items(&self, cycle: CycleId) -> BTreeMap<String, ItemRow> {
        let rows: Vec<ItemRow> = sqlx::query_as(
            "select c.external_id, i.* from item i join contact c using (company_id, contact_id)
             where i.company_id = $1 and i.cycle_id = $2",
        )
        .bind(self.company.0)
        .bind(cycle.0)
        .fetch_all(&self.pool)
        .await
        .unwrap();
        rows.into_iter().map(|row| (row.external_id.clone(), row)).collect()
    }

    /// [`ItemRow::brief`] of every item, by external id.
    pub async fn briefs(&self, cycle: CycleId) -> Vec<String> {
        self.items(cycle).await.into_iter().map(|(id, row)| format!("{id} {}", row.brief())).collect()
    }

    /// The official classes: `C1 A`, by external id.
    pub async fn official(&self) -> Vec<String> {
        sqlx::query_scalar(
            "select external_id || ' ' || class_label from general_classification join contact using (company_id, contact_id)
             where company_id = $1 order by 1",
        )
        .bind(self.company.0)
        .fetch_all(&self.pool)
        .await
        .unwrap()
    }
}

/// Every row of every table but sessions and failed sign-ins, to the last timestamp. Equal before and after: nothing was
/// done and nothing was recorded.
pub async fn everything(pool: &PgPool) -> BTreeMap<String, Vec<String>> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select tablename::text from pg_tables where schemaname = 'public'
         and tablename not in ('_sqlx_migrations', 'account_session', 'sign_in_attempt', 'known_device')",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let mut all = BTreeMap::new();
    for table in tables {
        let sql = format!("select t::text from {table} t order by 1");
        all.insert(table, sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(pool).await.unwrap());
    }
    assert!(all.contains_key("item") && all.contains_key("audit_record") && all.contains_key("command_receipt"));
    all
}
