//! The demo company, made through the same loads and commands that users have, so that its audit trail is real. Always
//! the same data: the random numbers are seeded.

mod data;
pub mod large;
mod names;

use cutline_company::model::{PersonForm, RegionForm};
use cutline_company::service as admin;
use cutline_company::service::FirstAdmin;
use cutline_domain::base::ids::{ClassId, CycleId, DefinitionId, IdempotencyKey};
use cutline_domain::base::kind::Kind;
use cutline_domain::borders::fit::{Distinct, Method, fit};
use cutline_domain::planner::approval::ItemCommand;
use cutline_domain::planner::snapshot::Columns;
use cutline_domain::{Class, ClassScheme, ClassSpec, Percent, Role};
use cutline_intake::error::LoadError;
use cutline_intake::service::{self as load, ContactLoad, MeasureLoad};
use cutline_planner::model::{Decide, DefinitionForm, SaveBorders};
use cutline_planner::service as planner;
use cutline_platform::session::Caller;
use cutline_platform::{Error, Result};
use cutline_wire::Seen;
use sqlx::PgPool;
use std::fmt;

/// Name of the demo company.
pub const COMPANY: &str = "Northwind Demo";
/// Password of every demo user. They exist in demo data only.
const PASSWORD: &str = "cutline-demo";

/// Who can sign in to the demo, as printed.
#[derive(Clone, Copy, Debug)]
pub struct Logins;

impl fmt::Display for Logins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Demo logins, all with the password {PASSWORD}:")?;
        writeln!(f, "  admin@demo.example     Admin")?;
        for (_, region, local) in data::MANAGERS {
            writeln!(f, "  {:<22} Regional manager, {region}", format!("{local}@demo.example"))?;
        }
        writeln!(f, "  rep1@demo.example      Rep (to rep12)")?;
        write!(f, "  analyst@demo.example   Analyst")
    }
}

/// Why there is no demo company.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// There is a company already.
    #[error(
        "There is a company in this database already. The demo company is made in an empty database only; point \
             DATABASE_URL or CUTLINE_DATA_DIR elsewhere to have one."
    )]
    NotEmpty,
    /// A command refused.
    #[error(transparent)]
    App(#[from] Error),
    /// A load refused.
    #[error(transparent)]
    Load(#[from] LoadError),
}

/// Whether the database holds the demo company.
pub async fn is_demo(pool: &PgPool) -> Result<bool> {
    Ok(admin::company_named(pool, COMPANY).await?.is_some())
}

/// Makes the demo company in an empty database.
pub async fn seed(pool: &PgPool) -> std::result::Result<Logins, SeedError> {
    if admin::is_founded(pool).await? {
        return Err(SeedError::NotEmpty);
    }
    let (email, name) = ("admin@demo.example".to_owned(), "Anna Nilsen".to_owned());
    let first = FirstAdmin { email, name, password: PASSWORD.to_owned() };
    let (company, account) = admin::found_company(pool, COMPANY, first).await?;
    let boss = Caller::acting(pool, account, Some(company)).await?;
    let managers = people(pool, &boss).await?;
    let seeded = data::contacts();
    let contacts = ContactLoad { create_missing: true, ..ContactLoad::default() };
    let by = Some(account);
    load::load_contacts(pool, company, by, data::contacts_csv(&seeded).as_bytes(), &contacts).await?;
    let measures = MeasureLoad::default();
    load::load_measures(pool, company, by, data::measures_csv(&seeded, 0).as_bytes(), &measures).await?;
    let mut definitions = Vec::new();
    for form in definition_forms() {
        definitions.push((planner::save_definition(pool, &boss, form.clone(), IdempotencyKey::new()).await?, form));
    }
    // Last half year: everything went through to the general classification.
    for (id, form) in &definitions {
        let cycle = approving(pool, &boss, *id, form, "2026 H1").await?;
        for manager in &managers {
            decide_all(pool, manager, cycle).await?;
        }
        let revision = planner::view(pool, &boss, cycle).await?.revision;
        planner::transfer(pool, &boss, cycle, true, Seen::at(revision)).await?;
    }
    // This half year: new measures; one definition is being drawn, one being approved, one rests.
    load::load_measures(pool, company, by, data::measures_csv(&seeded, 1).as_bytes(), &measures).await?;
    let (drafting, form) = &definitions[0];
    let cycle = collecting(pool, &boss, *drafting, "2026 H2").await?;
    planner::start_borders(pool, &boss, cycle, Seen::at(0)).await?;
    planner::save_draft(pool, &boss, borders(pool, &boss, cycle, form).await?).await?;
    let (approval, form) = &definitions[1];
    let cycle = approving(pool, &boss, *approval, form, "2026 H2").await?;
    for manager in &managers[..2] {
        decide_some(pool, manager, cycle).await?;
    }
    Ok(Logins)
}

/// Regions, managers, reps and an analyst. Gives the managers.
async fn people(pool: &PgPool, boss: &Caller) -> Result<Vec<Caller>> {
    let mut managers = Vec::new();
    for (name, region, local) in data::MANAGERS {
        let form = RegionForm { id: None, version: 1, parent: None, code: region.to_owned(), name: region.to_owned() };
        let above = admin::save_region(pool, boss, form, IdempotencyKey::new()).await?;
        for (_, code, name) in data::PLACES.iter().filter(|place| place.0 == region) {
            let form = RegionForm {
                id: None,
                version: 1,
                parent: Some(above),
                code: (*code).to_owned(),
                name: (*name).to_owned(),
            };
            admin::save_region(pool, boss, form, IdempotencyKey::new()).await?;
        }
        let form = person(name, local, Role::RegionalManager);
        let id = admin::invent_person(pool, boss, PersonForm { regions: vec![above], ..form }).await?;
        managers.push(Caller::acting(pool, id, Some(boss.company)).await?);
    }
    for nr in 1..=data::REPS {
        let name = names::full(&mut data::random(1000 + nr as u64));
        admin::invent_person(pool, boss, person(&name, &format!("rep{nr}"), Role::Rep)).await?;
    }
    admin::invent_person(pool, boss, person("Ines Laurent", "analyst", Role::Analyst)).await?;
    Ok(managers)
}

fn person(name: &str, local: &str, role: Role) -> PersonForm {
    PersonForm {
        id: None,
        version: 1,
        name: name.to_owned(),
        email: format!("{local}@demo.example"),
        role,
        regions: Vec::new(),
        password: PASSWORD.to_owned(),
    }
}

fn definition_forms() -> [DefinitionForm; 3] {
    let form = |product: &str, kind: Kind, label: &str, specialties: &[&str], measure: &str| DefinitionForm {
        id: None,
        version: 0,
        product: product.to_owned(),
        kind,
        specialties_label: label.to_owned(),
        specialties: specialties.iter().map(|s| (*s).to_owned()).collect(),
        measure: measure.to_owned(),
        classes: four_classes(),
    };
    [
        form("Cardiolin", Kind::Person, "Primary care", &data::PRIMARY_CARE, "claims"),
        form("Respira", Kind::Person, "Specialists", &data::SPECIALISTS, "patients"),
        form("Cardiolin", Kind::Institution, "Hospitals", &data::INSTITUTIONS, "beds"),
    ]
}

fn four_classes() -> ClassScheme {
    let class = |(label, planned, calls): (&str, u32, u32)| ClassSpec {
        id: ClassId::new(),
        label: label.to_owned(),
        code: String::new(),
        colour: None,
        planned: Percent::from_hundredths(planned).unwrap_or_else(|| unreachable!("these shares are of a whole")),
        calls_per_year: Some(calls),
    };
    let classes = [("D", 3500, 0), ("C", 3500, 4), ("B", 2000, 8), ("A", 1000, 12)].map(class);
    ClassScheme::new(classes.to_vec()).unwrap_or_else(|_| unreachable!("these four classes are valid"))
}

async fn collecting(pool: &PgPool, boss: &Caller, id: DefinitionId, name: &str) -> Result<CycleId> {
    Ok(planner::open_cycle(pool, boss, id, name, IdempotencyKey::new()).await?.cycle)
}

/// A cycle taken to Approving under borders fitted to plan and rounded, as a person would set them.
async fn approving(
    pool: &PgPool,
    boss: &Caller,
    id: DefinitionId,
    form: &DefinitionForm,
    name: &str,
) -> Result<CycleId> {
    let cycle = collecting(pool, boss, id, name).await?;
    planner::start_borders(pool, boss, cycle, Seen::at(0)).await?;
    planner::enable(pool, boss, borders(pool, boss, cycle, form).await?).await?;
    Ok(cycle)
}

async fn borders(pool: &PgPool, boss: &Caller, cycle: CycleId, form: &DefinitionForm) -> Result<SaveBorders> {
    let columns = planner::snapshot(pool, boss, cycle).await?;
    let scores = Distinct::new((0..columns.len()).filter_map(|i| columns.score(i)));
    let planned = form.classes.planned();
    let fitted = fit(Method::Plan, &scores, &planned).map_err(Error::internal)?;
    let seen_draft = planner::view(pool, boss, cycle).await?.draft.map(|draft| draft.version);
    Ok(SaveBorders {
        cycle,
        seen: Seen::at(columns.revision),
        seen_draft,
        borders: data::rounded(&fitted.borders),
        planned,
    })
}

async fn decide(
    pool: &PgPool,
    manager: &Caller,
    cycle: CycleId,
    columns: &Columns,
    items: Vec<u32>,
    command: ItemCommand,
) -> Result<()> {
    if !items.is_empty() {
        planner::decide(pool, manager, Decide { cycle, seen: Seen::at(columns.revision), items, command }).await?;
    }
    Ok(())
}

async fn decide_all(pool: &PgPool, manager: &Caller, cycle: CycleId) -> Result<()> {
    let columns = planner::snapshot(pool, manager, cycle).await?;
    decide(pool, manager, cycle, &columns, columns.seqs.clone(), ItemCommand::Accept).await
}

/// A manager half-way: some rejected, some overridden, two thirds accepted.
async fn decide_some(pool: &PgPool, manager: &Caller, cycle: CycleId) -> Result<()> {
    let columns = planner::snapshot(pool, manager, cycle).await?;
    let every = |step: usize, offset: usize| columns.seqs.iter().copied().skip(offset).step_by(step).collect();
    let reason = "Retires this year".to_owned();
    decide(pool, manager, cycle, &columns, every(41, 7), ItemCommand::Reject { reason }).await?;
    let reason = "Opinion leader, field knowledge".to_owned();
    let top = ItemCommand::Override { class: Class(3), reason };
    let columns = planner::snapshot(pool, manager, cycle).await?;
    decide(pool, manager, cycle, &columns, columns.seqs.iter().copied().skip(3).step_by(67).collect(), top).await?;
    let columns = planner::snapshot(pool, manager, cycle).await?;
    let most = columns.seqs.iter().copied().enumerate().filter(|(i, _)| i % 3 != 1).map(|(_, seq)| seq).collect();
    decide(pool, manager, cycle, &columns, most, ItemCommand::Accept).await
}
