//! Made-up names. Any likeness to somebody real is chance.

use rand::Rng;
use rand::seq::IndexedRandom;

const FIRST: [&str; 60] = [
    "Adela", "Adrian", "Agnes", "Alma", "Amir", "Anton", "Astrid", "Beata", "Boris", "Carla", "Cedric", "Dalia",
    "Daria", "Dmitri", "Edda", "Elif", "Elio", "Emil", "Erika", "Farid", "Fiona", "Gita", "Greta", "Hana", "Henrik",
    "Ida", "Igor", "Ilse", "Ivana", "Jana", "Jonas", "Karim", "Katya", "Lars", "Leila", "Lina", "Luca", "Marta",
    "Matteo", "Milos", "Nadia", "Nils", "Noor", "Olga", "Omar", "Petra", "Rafael", "Rosa", "Samira", "Selma", "Stefan",
    "Tamara", "Tereza", "Tomas", "Umar", "Vera", "Wim", "Yara", "Yusuf", "Zora",
];

const LAST: [&str; 64] = [
    "Albrecht",
    "Almeida",
    "Andersen",
    "Aydin",
    "Bauer",
    "Bianchi",
    "Bjork",
    "Brandt",
    "Castell",
    "Cermak",
    "Costa",
    "Dahl",
    "Demir",
    "Dvorak",
    "Eriksen",
    "Fontaine",
    "Fischer",
    "Garai",
    "Gruber",
    "Haddad",
    "Halonen",
    "Hansen",
    "Hoxha",
    "Horvath",
    "Iliev",
    "Jansen",
    "Jovanov",
    "Kaplan",
    "Keller",
    "Kovacs",
    "Kowal",
    "Kral",
    "Lang",
    "Laurent",
    "Lindqvist",
    "Marin",
    "Marku",
    "Meyer",
    "Moreau",
    "Nagy",
    "Nilsen",
    "Novak",
    "Okafor",
    "Olsen",
    "Orsini",
    "Petrov",
    "Popescu",
    "Rossi",
    "Sandoval",
    "Santos",
    "Schmidt",
    "Silva",
    "Sokolov",
    "Steiner",
    "Szabo",
    "Tanaka",
    "Toth",
    "Ulrich",
    "Varga",
    "Vasquez",
    "Vogel",
    "Weiss",
    "Yilmaz",
    "Zeman",
];

const PLACE: [&str; 24] = [
    "Alder",
    "Birchwood",
    "Cedar Hill",
    "Clearwater",
    "Elmfield",
    "Fairview",
    "Glenbrook",
    "Harbour",
    "Highland",
    "Lakeside",
    "Maple Grove",
    "Meadow",
    "Northgate",
    "Oakridge",
    "Parkside",
    "Pinecrest",
    "Riverside",
    "Rosewood",
    "Southfield",
    "Springdale",
    "Stonebridge",
    "Summit",
    "Valley",
    "Westbrook",
];

/// All first names, and all last names.
pub fn all() -> (Vec<String>, Vec<String>) {
    (FIRST.map(str::to_owned).to_vec(), LAST.map(str::to_owned).to_vec())
}

/// First and last name.
pub fn full(random: &mut impl Rng) -> String {
    format!("{} {}", pick(&FIRST, random), pick(&LAST, random))
}

/// A place with what stands there: `Lakeside Hospital 12`.
pub fn institution(random: &mut impl Rng, what: &str, nr: usize) -> String {
    format!("{} {what} {nr}", pick(&PLACE, random))
}

/// One of several.
pub fn pick<'a>(from: &[&'a str], random: &mut impl Rng) -> &'a str {
    from.choose(random).copied().unwrap_or_default()
}
