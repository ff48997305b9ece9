//! `cutline load` of files larger than what it holds of them: nothing is missed between their ends, whatever goes wrong in
//! them, and memory doesn't grow with them. Each test has a database of its own.

use crate::load::{audits, company, contacts, counts, everything, refused, values};
use cutline_intake::input::Input;
use cutline_intake::service::{ContactLoad, MeasureLoad, load_contact_file, load_contacts, load_measures};
use sqlx::{ConnectOptions, PgPool};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

/// Of a few megabytes with the names below: many buffers, and more pieces than may wait to be copied.
const MANY: usize = 40_000;

/// Contacts `H2`, `H3` and so on, each called by the line it is on.
fn file() -> Vec<String> {
    let name = "A contact with a name that fills its line ".repeat(3);
    let mut lines = vec!["id,name,region".to_owned()];
    lines.extend((2..=MANY).map(|line| format!("H{line},{name}{line},NC")));
    lines
}

#[sqlx::test(migrations = "./migrations")]
async fn bad_lines_at_both_ends_of_a_large_file_are_listed_and_nothing_is_loaded(pool: PgPool) {
    let acme = company(&pool, "Acme").await.unwrap();
    let before = everything(&pool).await.unwrap();
    let mut lines = file();
    lines[1] = "H2,first,Nowhere".to_owned();
    lines[20_000] = "H3,the same as almost at the beginning,NC".to_owned();
    lines[MANY - 1] = "H7,the same again".to_owned();
    lines.push("H2,the same as a line that is bad itself,NC".to_owned());
    lines.push("H20000,\u{7},Nowhere".to_owned());
    let text = lines.join("\n");
    let wanted = [
        "line 2: there is no region with the code “Nowhere”; --create-missing creates it".to_owned(),
        "line 20001: “H3” in column id is already on line 3".to_owned(),
        format!("line {MANY}: 2 fields where the header has 3"),
        format!("line {}: “H2” in column id is already on line 2", MANY + 1),
        format!(
            "line {}: “H20000” in column id is already on line 20000; “ ” in column name has a character that can't be shown",
            MANY + 2
        ),
    ];
    let result = load_contacts(&pool, acme, None, text.as_bytes(), &ContactLoad::default()).await;
    let told = "Nothing was loaded: 5 of 40,001 lines are bad.";
    assert!(result.as_ref().is_err_and(|error| error.to_string() == told), "{result:?}");
    assert_eq!(refused(result), wanted);
    assert_eq!(everything(&pool).await.unwrap(), before);
    assert!(audits(&pool).await.unwrap().is_empty());
    // Left out, they are in the rejects, and all others are loaded.
    let folder = tempfile::tempdir().unwrap();
    let rejects = folder.path().join("rejects.csv");
    let options = ContactLoad { rejects: Some(rejects.clone()), ..ContactLoad::default() };
    let report = load_contacts(&pool, acme, None, text.as_bytes(), &options).await.unwrap();
    let good = MANY as u64 + 1 - 5;
    assert_eq!((report.read, counts(&report), report.rejected.len()), (MANY as u64 + 1, [good, 0, 0, 0], 5));
    let written = fs::read_to_string(&rejects).unwrap();
    let written: Vec<&str> = written.lines().map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(written, ["id", "H2", "H3", "H7", "H2", "H20000"]);
}

#[sqlx::test(migrations = "./migrations")]
async fn changed_new_and_unchanged_lines_of_a_large_file_are_told_apart(pool: PgPool) {
    let acme = company(&pool, "Acme").await.unwrap();
    let mut lines = file();
    lines.pop();
    load_contacts(&pool, acme, None, lines.join("\n").as_bytes(), &ContactLoad::default()).await.unwrap();
    lines[1] = "H2,first,CA".to_owned();
    lines.push("H0,last,CA".to_owned());
    let report = load_contacts(&pool, acme, None, lines.join("\n").as_bytes(), &ContactLoad::default()).await.unwrap();
    assert_eq!(counts(&report), [1, 1, MANY as u64 - 3, 0]);
    let found = contacts(&pool, acme).await.unwrap();
    assert_eq!(found.len(), MANY - 1);
    assert!(found.contains(&"H2|first|CA|-|person|-|{}".to_owned()), "{:?}", &found[..3]);
    // Who saw it where it was learns that it is gone.
    let moved: Vec<String> = sqlx::query_scalar(
        "select external_id || ' from ' || code from contact_move m join contact using (company_id, contact_id)
         join region r on r.company_id = m.company_id and r.region_id = m.region_id",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(moved, ["H2 from NC"]);
    let measures = |last: &str| {
        let lines: Vec<String> = (2..MANY).map(|line| format!("H{line},{line},")).collect();
        format!("id,claims,patients\n{}\nH0,{last}", lines.join("\n"))
    };
    let options = MeasureLoad::default();
    for (last, wanted) in [
        ("1,2", [MANY as u64, 0, 0, 0]),
        ("1,2", [0, 0, MANY as u64, 0]),
        ("1.5,", [0, 1, MANY as u64 - 2, 1]),
        (",7", [1, 0, MANY as u64 - 2, 1]),
    ] {
        let report = load_measures(&pool, acme, None, measures(last).as_bytes(), &options).await.unwrap();
        assert_eq!(counts(&report), wanted, "{last}");
    }
    let found = values(&pool).await.unwrap();
    assert_eq!((found.len(), &*found[0], &*found[1]), (MANY - 1, "H0 patients 700", "H10 claims 1000"));
}

#[sqlx::test(migrations = "./migrations")]
async fn a_file_that_somebody_writes_to_is_refused(pool: PgPool) {
    let acme = company(&pool, "Acme").await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("contacts.csv");
    fs::write(&place, "id,region\nA,NC\n").unwrap();
    let input = Input::open(&place).unwrap();
    OpenOptions::new().append(true).open(&place).unwrap().write_all(b"B,NC\n").unwrap();
    let result = load_contact_file(&pool, acme, None, &input, &ContactLoad::default()).await;
    let told = "The file can't be read: it changed while it was read. Nothing was loaded.";
    assert_eq!(refused(result), [told]);
    assert!(contacts(&pool, acme).await.unwrap().is_empty());
}

/// Runs the program with a file at its standard input. Gives the most memory that it was seen to use, in KB, and its end.
fn run(pool: &PgPool, words: &[&str], piped: &[u8]) -> (u64, Output) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cutline"));
    command.env("DATABASE_URL", pool.connect_options().to_url_lossy().as_str()).arg("load").args(words);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program");
    let status = format!("/proc/{}/status", child.id());
    child.stdin.take().unwrap().write_all(piped).unwrap();
    // It is watched from beside: what it says has to be taken off it meanwhile.
    let watched = std::thread::spawn(move || {
        let mut most = 0;
        while let Ok(status) = fs::read_to_string(&status) {
            let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            // An ended program that nobody waited for yet has a status, and no memory.
            let Some(peak) = peak.and_then(|peak| peak.trim().strip_suffix(" kB")) else { break };
            most = most.max(peak.parse().unwrap());
            std::thread::sleep(Duration::from_millis(10));
        }
        most
    });
    let ended = child.wait_with_output().unwrap();
    (watched.join().unwrap(), ended)
}

#[sqlx::test(migrations = "./migrations")]
async fn a_file_of_100_mb_is_not_held_in_memory(pool: PgPool) {
    company(&pool, "Acme").await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let rejects = folder.path().join("rejects.csv").to_string_lossy().into_owned();
    let lines = |note: &str| {
        let lines = (0..2000).map(|n| format!("H{n},NC,{note}\n"));
        format!("id,region,note\n{}H0,NC,twice\n", lines.collect::<String>()).into_bytes()
    };
    let (small, _) = run(&pool, &["contacts", "-", "--rejects", &rejects], &lines("x"));
    let large = lines(&"x".repeat(50_000));
    let (most, ended) = run(&pool, &["contacts", "-", "--rejects", &rejects], &large);
    let (out, err) = (String::from_utf8(ended.stdout).unwrap(), String::from_utf8(ended.stderr).unwrap());
    assert!(
        out.starts_with("2,001 contacts read: 0 added, 0 changed, 2,000 unchanged. 1 bad line left out"),
        "{out}{err}"
    );
    assert!(large.len() > 100_000_000 && small > 0 && most < small + 20_000, "{small} KB, then {most} KB");
    // What was piped can't be read twice, and its rejects are right all the same.
    let wanted = "id,region,note,reason\nH0,NC,twice,“H0” in column id is already on line 2\n";
    assert_eq!(fs::read_to_string(&rejects).unwrap(), wanted);
}

#[sqlx::test(migrations = "./migrations")]
async fn many_lines_are_not_held_in_memory_either(pool: PgPool) {
    company(&pool, "Acme").await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let rejects = folder.path().join("rejects.csv").to_string_lossy().into_owned();
    let lines = |many: u32, owner: &str| {
        let lines = (0..many).map(|n| format!("H{n},NC,{owner},kind of work number {n}\n"));
        format!("id,region,owner,specialty\n{}", lines.collect::<String>()).into_bytes()
    };
    // As small as a load gets, then every line bad, then every line new with a specialty of its own.
    let (small, _) = run(&pool, &["contacts", "-", "--rejects", &rejects], &lines(1, "nobody@acme.example"));
    let all_bad = lines(300_000, "nobody@acme.example");
    for (file, words, said) in [
        (all_bad, &["contacts", "-", "--rejects", &rejects][..], "300,000 bad lines left out"),
        (lines(300_000, ""), &["contacts", "-", "--create-missing"][..], "300,000 added"),
    ] {
        let (most, ended) = run(&pool, words, &file);
        let (out, err) = (String::from_utf8(ended.stdout).unwrap(), String::from_utf8(ended.stderr).unwrap());
        assert!(out.contains(said), "{out}{err}");
        assert!(small > 0 && most < small + 20_000, "{small} KB, then {most} KB: {said}");
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn nothing_is_drawn_where_no_terminal_looks_on(pool: PgPool) {
    company(&pool, "Acme").await.unwrap();
    let (_, ended) = run(&pool, &["contacts", "-"], file().join("\n").as_bytes());
    assert_eq!(String::from_utf8(ended.stderr).unwrap(), "");
    assert!(ended.status.success() && ended.stdout.starts_with(b"39,999 contacts read"));
}
