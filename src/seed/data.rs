//! The demo company's people, places and heavy-tailed measures, as the CSV files a CRM would export.

use super::names;
use cutline_domain::{Borders, Score};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fmt::Write;

/// Regional managers: name, region, local part of the e-mail address.
pub const MANAGERS: [(&str, &str, &str); 3] = [
    ("Rita Moreau", "North", "rm.north"),
    ("Ravi Tanaka", "Central", "rm.central"),
    ("Renata Silva", "South", "rm.south"),
];

/// Places below the regions: region, code, name.
pub const PLACES: [(&str, &str, &str); 15] = [
    ("North", "NW", "North West"),
    ("North", "NE", "North East"),
    ("North", "LK", "Lakes"),
    ("North", "CO", "Coast"),
    ("North", "HI", "Highlands"),
    ("Central", "CA", "Capital"),
    ("Central", "MI", "Midlands"),
    ("Central", "RV", "River Valley"),
    ("Central", "PL", "Plains"),
    ("Central", "EA", "East"),
    ("South", "SW", "South West"),
    ("South", "SE", "South East"),
    ("South", "IS", "Islands"),
    ("South", "VA", "Vineyards"),
    ("South", "DE", "Delta"),
];

/// How many reps there are.
pub const REPS: usize = 12;

/// Specialties by definition.
pub const PRIMARY_CARE: [&str; 3] = ["Family Practice", "Internal Medicine", "Geriatric Medicine"];
/// Specialties by definition.
pub const SPECIALISTS: [&str; 3] = ["Cardiology", "Pulmonology", "Endocrinology"];
/// Specialties by definition.
pub const INSTITUTIONS: [&str; 2] = ["Hospital", "Clinic"];

/// A seeded random number generator.
pub fn random(stream: u64) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(20_260_701);
    random.set_stream(stream);
    random
}

/// A contact of the demo company.
#[derive(Debug)]
pub struct Seeded {
    person: bool,
    id: String,
    name: String,
    specialty: &'static str,
    region: &'static str,
    rep: usize,
    /// Size of the practice; measures follow it.
    size: f64,
}

/// 5,000 persons and 400 institutions.
pub fn contacts() -> Vec<Seeded> {
    let mut random = random(1);
    (0..5400)
        .map(|i| {
            let person = i < 5000;
            let specialty = match (person, random.random_range(0..100)) {
                (true, 0..45) => PRIMARY_CARE[0],
                (true, 45..66) => PRIMARY_CARE[1],
                (true, 66..72) => PRIMARY_CARE[2],
                (true, 72..84) => SPECIALISTS[0],
                (true, 84..93) => SPECIALISTS[1],
                (true, _) => SPECIALISTS[2],
                (false, 0..35) => INSTITUTIONS[0],
                (false, _) => INSTITUTIONS[1],
            };
            let name =
                if person { names::full(&mut random) } else { names::institution(&mut random, specialty, i - 4999) };
            let id = if person { format!("HCP-{:05}", i + 1) } else { format!("HCO-{:04}", i - 4999) };
            let place = random.random_range(0..PLACES.len());
            // Reps look after neighbouring places.
            let rep = 1 + (place * REPS / PLACES.len() + random.random_range(0..2)) % REPS;
            let size = normal(&mut random);
            Seeded { person, id, name, specialty, region: PLACES[place].1, rep, size }
        })
        .collect()
}

/// Roughly normal: the sum of twelve uniform numbers less six.
fn normal(random: &mut ChaCha8Rng) -> f64 {
    (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0
}

/// The contacts as a file.
pub fn contacts_csv(contacts: &[Seeded]) -> String {
    let mut out = String::from("external_id,kind,name,specialty,region,owner\n");
    for c in contacts {
        let kind = if c.person { "person" } else { "institution" };
        let line = format_args!("{},{kind},{},{},{},rep{}@demo.example\n", c.id, c.name, c.specialty, c.region, c.rep)
            .to_string();
        out.push_str(&line);
    }
    out
}

/// The measures as a file; those of a later half year have drifted from the first.
pub fn measures_csv(contacts: &[Seeded], half_year: u64) -> String {
    let mut random = random(10 + half_year);
    let mut out = String::from("external_id,claims,patients,beds\n");
    for c in contacts {
        let drift = 0.28 * half_year as f64 * normal(&mut random);
        let volume = |middle: f64, spread: f64| (middle * (spread * c.size + drift).exp()).round().max(1.0);
        let (claims, patients, beds) = (volume(290.0, 0.92), volume(180.0, 0.75), volume(90.0, 0.8));
        let written =
            if c.person { writeln!(out, "{},{claims},{patients},", c.id) } else { writeln!(out, "{},,,{beds}", c.id) };
        debug_assert!(written.is_ok(), "writing to a string doesn't fail");
    }
    out
}

/// Borders as a person would set them: to two leading digits.
pub fn rounded(borders: &Borders) -> Borders {
    let round = |border: &Score| {
        let units = border.hundredths() / 100;
        let step = 10i64.pow(units.max(1).ilog10().saturating_sub(1));
        Score::whole((units + step / 2) / step * step)
    };
    Borders::new(borders.values().iter().map(round).collect()).unwrap_or_else(|_| borders.clone())
}
