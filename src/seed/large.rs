//! A company of any size, for measuring: persons and measures are made up by the database, everything after that goes through
//! the commands that users have. One round is behind it, so that its items have a class and moves can be seen.

use super::{PASSWORD, SeedError, approving, borders, collecting, four_classes, person};
use crate::seed::{data, names};
use cutline_company::model::{PersonForm, RegionForm};
use cutline_company::service::{self as admin, FirstAdmin};
use cutline_domain::Role;
use cutline_domain::base::format::{counted, grouped};
use cutline_domain::base::ids::{CycleId, IdempotencyKey, RegionId};
use cutline_domain::base::kind::Kind;
use cutline_domain::planner::grid::{GridQuery, approvable};
use cutline_domain::planner::shown::Shown;
use cutline_intake::invented::{self, Population};
use cutline_planner::model::{ApproveAll, DefinitionForm};
use cutline_planner::service as planner;
use cutline_platform::session::Caller;
use cutline_platform::{Result, clock};
use cutline_wire::Seen;
use sqlx::PgPool;
use std::fmt;

/// Name of the company.
pub const COMPANY: &str = "Northwind at size";
/// What its items are scored by, and the middle of it.
const MEASURE: (&str, f64) = ("claims", 290.0);
/// Places below each manager's region.
const PLACES: u32 = 4;

/// How large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Persons.
    pub persons: u32,
    /// Those of them that are items of the open cycle.
    pub items: u32,
    /// Regional managers.
    pub rms: u32,
}

/// What was made, as printed.
#[derive(Clone, Debug)]
pub struct Made {
    size: Size,
    /// The cycle that is open.
    pub cycle: CycleId,
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Size { persons, items, rms } = self.size;
        writeln!(f, "Made {COMPANY}: {} in {}.", counted(persons, "person"), counted(rms * (PLACES + 1), "region"))?;
        writeln!(
            f,
            "Cardiolin for Primary care: 2026 H1 transferred, 2026 H2 Drafting with {}.",
            counted(items, "item")
        )?;
        writeln!(f, "Logins, all with the password {PASSWORD}:")?;
        writeln!(f, "  admin@demo.example     Admin")?;
        writeln!(f, "  rm1@demo.example       Regional manager (to rm{})", grouped(rms))?;
        writeln!(f, "  rep1@demo.example      Rep (to rep{})", data::REPS)?;
        write!(f, "  analyst@demo.example   Analyst")
    }
}

/// Makes a company of a size in an empty database.
pub async fn seed(pool: &PgPool, size: Size) -> std::result::Result<Made, SeedError> {
    if admin::is_founded(pool).await? {
        return Err(SeedError::NotEmpty);
    }
    let (email, name) = ("admin@demo.example".to_owned(), "Anna Nilsen".to_owned());
    let first = FirstAdmin { email, name, password: PASSWORD.to_owned() };
    let (company, account) = admin::found_company(pool, COMPANY, first).await?;
    let boss = Caller::acting(pool, account, Some(company)).await?;
    let managers = people(pool, &boss, size.rms).await?;
    let (first_names, last_names) = names::all();
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let population = Population {
        persons: size.persons,
        items: size.items,
        first_names,
        last_names,
        specialties: owned(&data::PRIMARY_CARE),
        other_specialties: owned(&data::SPECIALISTS),
        at: clock::now(&mut *pool.acquire().await.map_err(cutline_platform::Error::from)?).await?,
    };
    invented::people(pool, company, Some(account), &population).await?;
    invented::measure(pool, company, Some(account), MEASURE, 0).await?;
    let form = definition();
    let definition = planner::save_definition(pool, &boss, form.clone(), IdempotencyKey::new()).await?;
    let cycle = approving(pool, &boss, definition, &form, "2026 H1").await?;
    for manager in &managers {
        approve_all(pool, manager, cycle).await?;
    }
    let revision = planner::view(pool, &boss, cycle).await?.revision;
    planner::transfer(pool, &boss, cycle, true, Seen::at(revision)).await?;
    invented::measure(pool, company, Some(account), MEASURE, 1).await?;
    let cycle = collecting(pool, &boss, definition, "2026 H2").await?;
    planner::start_borders(pool, &boss, cycle, Seen::at(0)).await?;
    planner::save_draft(pool, &boss, borders(pool, &boss, cycle, &form).await?).await?;
    Ok(Made { size, cycle })
}

/// What its contacts are planned for.
pub fn definition() -> DefinitionForm {
    DefinitionForm {
        id: None,
        version: 0,
        product: "Cardiolin".to_owned(),
        kind: Kind::Person,
        specialties_label: "Primary care".to_owned(),
        specialties: data::PRIMARY_CARE.iter().map(|name| (*name).to_owned()).collect(),
        measure: MEASURE.0.to_owned(),
        classes: four_classes(),
    }
}

/// Regions with places below, a manager for each, reps and an analyst. Gives the managers.
async fn people(pool: &PgPool, boss: &Caller, rms: u32) -> Result<Vec<Caller>> {
    let mut managers = Vec::new();
    for nr in 1..=rms {
        let above = region(pool, boss, None, &format!("R{nr}"), &format!("Region {nr}")).await?;
        for place in 1..=PLACES {
            region(pool, boss, Some(above), &format!("R{nr}.{place}"), &format!("Place {nr}.{place}")).await?;
        }
        let name = names::full(&mut data::random(2000 + u64::from(nr)));
        let form = PersonForm { regions: vec![above], ..person(&name, &format!("rm{nr}"), Role::RegionalManager) };
        let id = admin::invent_person(pool, boss, form).await?;
        managers.push(Caller::acting(pool, id, Some(boss.company)).await?);
    }
    for nr in 1..=data::REPS {
        let name = names::full(&mut data::random(1000 + nr as u64));
        admin::invent_person(pool, boss, person(&name, &format!("rep{nr}"), Role::Rep)).await?;
    }
    admin::invent_person(pool, boss, person("Ines Laurent", "analyst", Role::Analyst)).await?;
    Ok(managers)
}

async fn region(pool: &PgPool, boss: &Caller, parent: Option<RegionId>, code: &str, name: &str) -> Result<RegionId> {
    let form = RegionForm { id: None, version: 1, parent, code: code.to_owned(), name: name.to_owned() };
    admin::save_region(pool, boss, form, IdempotencyKey::new()).await
}

/// "Approve all" of everything a manager sees.
pub async fn approve_all(pool: &PgPool, manager: &Caller, cycle: CycleId) -> Result<()> {
    let columns = planner::snapshot(pool, manager, cycle).await?;
    let all: Vec<u32> = (0..columns.len() as u32).collect();
    let offered = approvable(&columns, &all);
    if offered.is_empty() {
        return Ok(());
    }
    let (seen, shown) = (Seen::at(columns.revision), Shown::of(GridQuery::default(), &offered));
    planner::approve_all(pool, manager, ApproveAll { cycle, seen, shown }).await.map(drop)
}
