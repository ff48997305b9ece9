//! A second user of the borders beside the planner: parcels by weight. Five classes on one axis, nothing approved and nothing
//! marked; some have a class from before.

use super::{ClassTable, Desk, FitMenu, Histogram, Moves, Rings, Subject};
use crate::parts::ClassName;
use cutline_domain::base::format::grouped;
use cutline_domain::borders::distribution::Entry;
use cutline_domain::borders::fit::Method;
use cutline_domain::{Borders, Class, Percent, Score};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;

const LABELS: [&str; 5] = ["Letter", "Small", "Medium", "Large", "Freight by road"];
const CODES: [&str; 5] = ["L", "S", "M", "XL", "FBR"];

/// A hundred parcels of 1 to 100 kilograms. What was weighed before was a class lower; every tenth is new.
fn parcels() -> Vec<Entry> {
    let parcel = |kilograms: i64| Entry {
        value: Some(Score::whole(kilograms)),
        current: (kilograms % 10 != 0).then_some(Class((kilograms / 25) as u8)),
        mark: 0,
    };
    let unweighed = Entry { value: None, current: None, mark: 0 };
    (1..=100).map(parcel).chain([unweighed]).collect()
}

fn name((label, code): (&&str, &str)) -> ClassName {
    ClassName { label: (*label).to_owned(), code: code.to_owned() }
}

fn with_desk<T>(borders: [i64; 4], may_edit: bool, test: impl FnOnce(Desk) -> T) -> T {
    Owner::new().with(|| {
        let subject = Subject {
            labels: StoredValue::new(LABELS.iter().zip(CODES).map(name).collect()),
            unit: Signal::stored("kilograms".to_owned()),
            counted: Signal::stored("parcels".to_owned()),
            saved: Signal::stored(None),
            pick: Callback::new(|_| ()),
            prefix: "parcels-",
        };
        let borders = Borders::new(borders.map(Score::whole).to_vec()).unwrap();
        let planned = vec![Percent::from_hundredths(2000).unwrap(); 5];
        let desk = Desk::new(subject, borders, &planned, Signal::stored(may_edit), parcels);
        provide_context(desk);
        test(desk)
    })
}

/// The page as a server sends it, without the marks that hydration needs.
fn html(view: impl IntoView + 'static) -> String {
    view.into_any().to_html().replace("<!>", "")
}

#[test]
fn counts_follow_the_borders() {
    with_desk([20, 40, 60, 80], true, |desk| {
        assert_eq!(desk.tally.read().classes(5), [19, 20, 20, 20, 21], "one on a border belongs to the class above");
        assert_eq!((desk.tally.read().scored(), desk.tally.read().total()), (100, 101));
        desk.move_border(0, Score::whole(30));
        assert_eq!(desk.tally.read().classes(5), [29, 10, 20, 20, 21]);
        desk.move_border(0, Score::whole(1000));
        let borders = desk.borders.get();
        assert!(borders.values().is_sorted_by(|a, b| a < b), "neighbours hold it: {borders:?}");
        assert_eq!(borders.values()[1], Score::whole(40), "and stay where they are");
    });
}

#[test]
fn a_border_that_cannot_be_is_explained_in_its_words() {
    with_desk([20, 40, 60, 80], true, |desk| {
        assert_eq!(desk.border_problem(1, "59.99"), None);
        let below = desk.border_problem(1, "20").unwrap();
        assert!(below.contains("above 20") && below.contains("Small"), "{below}");
        let above = desk.border_problem(1, "60").unwrap();
        assert!(above.contains("below 60") && above.contains("Large"), "{above}");
        assert!(desk.border_problem(1, "heavy").is_some());
    });
}

#[test]
fn a_plan_is_whole_or_says_what_is_missing() {
    with_desk([20, 40, 60, 80], true, |desk| {
        assert_eq!(desk.planned_problem(), None);
        assert_eq!(desk.planned_tenths().unwrap(), [200; 5]);
        desk.planned.write()[0] = "19.5".to_owned();
        assert!(desk.planned_problem().unwrap().contains("Add 0.50"), "{:?}", desk.planned_problem());
        desk.planned.write()[0] = "a fifth".to_owned();
        assert!(desk.planned_problem().is_some() && desk.planned_shares().is_none());
    });
}

#[test]
fn fitting_needs_nothing_but_values_and_shares() {
    with_desk([1, 2, 3, 4], true, |desk| {
        assert_eq!(desk.fit(Method::Plan), None, "no ties, nothing to say");
        assert_eq!(desk.tally.read().classes(5), [20; 5]);
    });
}

#[test]
fn every_part_speaks_of_parcels() {
    with_desk([20, 40, 60, 80], true, |desk| {
        provide_meta_context();
        let histogram = html(view! { <Histogram /> });
        assert_eq!(histogram.matches(r#"role="slider""#).count(), 4, "{histogram}");
        assert!(
            histogram.contains("Distribution of kilograms")
                && histogram.contains("Border between Freight by road and Large")
        );
        let table = html(view! { <ClassTable /> });
        let places: Vec<usize> = LABELS.iter().rev().map(|label| table.find(label).unwrap()).collect();
        assert!(places.is_sorted(), "highest first: {table}");
        assert!(table.contains(&grouped(100u32)) && table.contains("Class Freight by road plan %"), "{table}");
        let moves = html(view! { <Moves title="Weighed before and now" /> });
        assert!(moves.contains("Weighed before and now") && moves.contains("new"), "{moves}");
        let (up, down) = desk.tally.read().up_and_down();
        assert!(up > 0 && moves.contains(&format!("{up} up")) && moves.contains(&format!("{down} down")), "{moves}");
        let rings = html(view! { <Rings /> });
        assert!(rings.contains("parcels") && rings.contains("Freight by road 21.0%"), "{rings}");
        let menu = html(view! { <FitMenu note=RwSignal::new(None) /> });
        assert_eq!(menu.matches(r#"role="menuitem""#).count(), Method::ALL.len(), "{menu}");
        for page in [histogram, table, moves, rings, menu] {
            for id in page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(id.starts_with("parcels-"), "two desks on a page must not share the id {id}");
            }
        }
    });
}

#[test]
fn charts_show_codes_with_the_label_behind_and_the_table_both() {
    with_desk([20, 40, 60, 80], true, |_| {
        provide_meta_context();
        let histogram = html(view! { <Histogram /> });
        assert!(histogram.contains("<b>FBR</b>") && histogram.contains(r#"title="Freight by road""#), "{histogram}");
        let moves = html(view! { <Moves title="Moves" /> });
        let heads = moves.matches(r#"title="Freight by road" aria-label="Freight by road">FBR</th>"#).count();
        assert_eq!(heads, 2, "of its column and of its row: {moves}");
        let rings = html(view! { <Rings /> });
        assert!(rings.contains(">FBR</span>"), "{rings}");
        let table = html(view! { <ClassTable /> });
        for part in [r#"role="img" aria-label="Freight by road""#, ">FBR</span>", ">Freight by road</span>"] {
            assert!(table.contains(part), "{part} in {table}");
        }
    });
}

#[test]
fn who_may_not_edit_can_only_read_the_plan() {
    for (may_edit, readonly) in [(true, 0), (false, 5)] {
        with_desk([20, 40, 60, 80], may_edit, |_| {
            let table = html(view! { <ClassTable /> });
            assert_eq!(table.matches("readonly").count(), readonly, "{table}");
        });
    }
}
