//! `cutline load`: what is refused and how it is said, and that a load does all or nothing. What a file may look like is in
//! `load_file`, large ones are in `load_at_size`.
//! Each test has a database of its own.

use clap::{FromArgMatches, Subcommand};
use cutline_domain::base::ids::CompanyId;
use cutline_intake::command::{self as load_command, LoadArgs, LoadWhat, Outcome};
use cutline_intake::error::LoadError;
use cutline_intake::file::{self, MeasureColumns};
use cutline_intake::service::{ContactLoad, LoadReport, MeasureLoad, load_contacts, load_measures};
use sqlx::PgPool;
use std::error::Error;
use std::path::Path;

type Done = Result<(), Box<dyn Error>>;

const CONTACTS: &str = "\
external_id,name,region,specialty,kind,owner,tags
H1,Ada Lovelace,NC,Cardiology,person,Rep@Example.org,\"vip, north;vip\"
H2,\"St. Mary's \\ \"\"East\"\"\tWing\",CA,,institution,manager@example.org,
H3,,CA,Cardiology,,,
";

/// A company with two regions, a specialty, and one account of each role (`rep@example.org` and so on).
pub async fn company(pool: &PgPool, name: &str) -> sqlx::Result<CompanyId> {
    let company = CompanyId::new();
    sqlx::query("insert into company (company_id, name) values ($1, $2)")
        .bind(company.0)
        .bind(name)
        .execute(pool)
        .await?;
    for sql in [
        "insert into region select $1, gen_random_uuid(), null, code, code || ' as a name' from unnest('{NC,CA}'::text[]) code",
        "insert into specialty values ($1, gen_random_uuid(), 'Cardiology')",
        "insert into account select gen_random_uuid(), who || '@example.org', who, 'x' from unnest('{admin,manager,rep,analyst}'::text[]) who
         where $1::uuid is not null on conflict do nothing",
        "insert into membership select $1, account_id, case name when 'manager' then 'regional_manager' else name end from account",
    ] {
        sqlx::query(sql).bind(company.0).execute(pool).await?;
    }
    Ok(company)
}

/// Everything a load may write but the audit trail, to the last timestamp.
pub async fn everything(pool: &PgPool) -> sqlx::Result<String> {
    sqlx::query_scalar(
        "select coalesce(string_agg(row, E'\\n' order by row), '') from (
            select 'contact ' || c::text from contact c union all select 'measure ' || m::text from measure m
            union all select 'value ' || v::text from contact_measure v union all select 'region ' || r::text from region r
            union all select 'specialty ' || s::text from specialty s
         ) as t (row)",
    )
    .fetch_one(pool)
    .await
}

/// One line a contact: id, name, region, specialty, kind, owner, tags.
pub async fn contacts(pool: &PgPool, company: CompanyId) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        "select concat_ws('|', external_id, c.name, r.code, coalesce(s.name, '-'), kind, coalesce(a.email, '-'), tags::text)
         from contact c join region r using (company_id, region_id) left join specialty s using (company_id, specialty_id)
         left join account a on a.account_id = c.owner_id where c.company_id = $1 order by external_id",
    )
    .bind(company.0)
    .fetch_all(pool)
    .await
}

/// One line a value: contact, measure, hundredths.
pub async fn values(pool: &PgPool) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        "select concat_ws(' ', external_id, m.name, value) from contact_measure
         join contact c using (company_id, contact_id) join measure m using (company_id, measure_id) order by 1",
    )
    .fetch_all(pool)
    .await
}

pub async fn audits(pool: &PgPool) -> sqlx::Result<Vec<(String, Option<serde_json::Value>, serde_json::Value)>> {
    sqlx::query_as("select command, before, after from audit_record order by audit_id").fetch_all(pool).await
}

pub fn counts(report: &LoadReport) -> [u64; 4] {
    [report.added, report.changed, report.unchanged, report.removed]
}

pub fn refused<T>(result: Result<T, LoadError>) -> Vec<String> {
    match result {
        Err(LoadError::BadLines { bad, .. }) => bad
            .lines()
            .map(|line| {
                line.map_or_else(|error| error.to_string(), |line| format!("line {}: {}", line.number, line.reason))
            })
            .collect(),
        Err(other) => vec![other.to_string()],
        Ok(_) => Vec::new(),
    }
}

fn args(words: &[&str]) -> Result<LoadArgs, clap::Error> {
    let command = LoadWhat::augment_subcommands(clap::Command::new("load"));
    let matches = command.try_get_matches_from([&["load"], words].concat())?;
    Ok(LoadArgs { what: LoadWhat::from_arg_matches(&matches)? })
}

/// Runs a command; gives how it ended, what it reported without the time, and the lines it listed.
async fn command(pool: &PgPool, words: &[&str]) -> Result<(Outcome, String, String), Box<dyn Error>> {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let outcome = load_command::run(pool, args(words)?, &mut out, &mut err).await?;
    let report = String::from_utf8(out)?.rsplit_once(". ").map(|(report, _)| report.to_owned()).unwrap_or_default();
    Ok((outcome, report, String::from_utf8(err)?))
}

#[sqlx::test(migrations = "./migrations")]
async fn contacts_are_loaded_as_the_file_has_them(pool: PgPool) -> Done {
    let acme = company(&pool, "Acme").await?;
    let report = load_contacts(&pool, acme, None, CONTACTS.as_bytes(), &ContactLoad::default()).await?;
    assert_eq!((report.read, counts(&report)), (3, [3, 0, 0, 0]));
    let wanted = [
        "H1|Ada Lovelace|NC|Cardiology|person|rep@example.org|{north,vip}",
        "H2|St. Mary's \\ \"East\" Wing|CA|-|institution|manager@example.org|{}",
        "H3|H3|CA|Cardiology|person|-|{}",
    ];
    assert_eq!(contacts(&pool, acme).await?, wanted);
    let audit = audits(&pool).await?;
    assert_eq!((audit.len(), audit[0].0.as_str(), &audit[0].1), (1, "load contacts", &None));
    assert_eq!((&audit[0].2["added"], &audit[0].2["rejected"]), (&3.into(), &0.into()));
    Ok(())
}

#[sqlx::test(migrations = "./migrations")]
async fn the_same_file_again_changes_nothing(pool: PgPool) -> Done {
    let acme = company(&pool, "Acme").await?;
    let measures = "external_id,claims,patients\nH1,10,\nH2,0.5,7\n";
    for wanted in [([3, 0, 0, 0], [3, 0, 0, 0]), ([0, 0, 3, 0], [0, 0, 3, 0]), ([0, 0, 3, 0], [0, 0, 3, 0])] {
        let before = everything(&pool).await?;
        let who = load_contacts(&pool, acme, None, CONTACTS.as_bytes(), &ContactLoad::default()).await?;
        let what = load_measures(&pool, acme, None, measures.as_bytes(), &MeasureLoad::default()).await?;
        assert_eq!((counts(&who), counts(&what)), wanted);
        assert_eq!(everything(&pool).await? == before, who.added == 0);
    }
    Ok(())
}

#[sqlx::test(migrations = "./migrations")]
async fn a_missing_column_keeps_and_an_empty_cell_clears(pool: PgPool) -> Done {
    let acme = company(&pool, "Acme").await?;
    load_contacts(&pool, acme, None, CONTACTS.as_bytes(), &ContactLoad::default()).await?;
    let narrow = "id,region,owner\nH1,CA,\nH2,CA,manager@example.org\nH4,NC,\n";
    let report = load_contacts(&pool, acme, None, narrow.as_bytes(), &ContactLoad::default()).await?;
    assert_eq!(counts(&report), [1, 1, 1, 0]);
    let found = contacts(&pool, acme).await?;
    assert_eq!(found[0], "H1|Ada Lovelace|CA|Cardiology|person|-|{north,vip}");
    assert_eq!(found[1].split('|').nth(4), Some("institution"));
    assert_eq!(found[3], "H4|H4|NC|-|person|-|{}");
    Ok(())
}

#[sqlx::test(migrations = "./migrations")]
async fn every_bad_line_of_contacts_is_listed_and_nothing_loaded(pool: PgPool) -> Done {
    let (acme, other) = (company(&pool, "Acme").await?, company(&pool, "Other").await?);
    sqlx::query("insert into region values ($1, gen_random_uuid(), null, 'TX', 'x')")
        .bind(other.0)
        .execute(&pool)
        .await?;
    let before = everything(&pool).await?;
    let mut file =
        b"external_id,name,region,specialty,kind,owner\nH1,good,NC,,,\nH2,\"two\nlines\",CA,,,\nH3,NC\n".to_vec();
    file.extend_from_slice(
        b"H4,M\xfcller,NC,,,\n,nobody,NC,,,\nH1,again,NC,,,\n\nH5,x,TX,Palmistry,,\nH6,x,,,robot,\n",
    );
    file.extend_from_slice(b"H7,x,NC,,,nobody@example.org\nH8,x,NC,,,analyst@example.org\nH9,x,NC,,,,extra\n");
    let result = load_contacts(&pool, acme, None, file.as_slice(), &ContactLoad::default()).await;
    assert!(result.as_ref().is_err_and(|error| error.to_string() == "Nothing was loaded: 9 of 11 lines are bad."));
    let wanted = [
        "line 5: 2 fields where the header has 6",
        "line 6: column name is not UTF-8 text",
        "line 7: column external_id is empty",
        "line 8: “H1” in column external_id is already on line 2",
        "line 10: there is no region with the code “TX”; --create-missing creates it; \
         there is no specialty “Palmistry”; --create-missing creates it",
        "line 11: “robot” in column kind is none of person, institution and group; column region is empty",
        "line 12: “nobody@example.org” is not the e-mail address of a rep or regional manager of this company",
        "line 13: “analyst@example.org” is not the e-mail address of a rep or regional manager of this company",
        "line 14: 7 fields where the header has 6",
    ];
    assert_eq!(refused(result), wanted);
    assert_eq!(everything(&pool).await?, before);
    assert!(audits(&pool).await?.is_empty());
    Ok(())
}

#[sqlx::test(migrations = "./migrations")]
async fn every_bad_line_of_measures_is_listed_and_nothing_loaded(pool: PgPool) -> Done {
    let acme = company(&pool, "Acme").await?;
    load_contacts(&pool, acme, None, CONTACTS.as_bytes(), &ContactLoad::default()).await?;
    let before = everything(&pool).await?;
    let file = "id\tclaims\tunits\nH1\t10\t1\nH9\t10\t1\nH2\t12,34\tmany\nH1\t1\t1\nH3\t1.234\t99999999999999\n";
    let result = load_measures(&pool, acme, None, file.as_bytes(), &MeasureLoad::default()).await;
    let wanted = [
        "line 3: there is no contact “H9”",
        "line 4: “12,34” in column claims is not a number; “many” in column units is not a number",
        "line 5: “H1” in column id is already on line 2",
        "line 6: “1.234” in column claims has more than two decimals; “99999999999999” in column units is too large",
    ];
    assert_eq!(refused(result), wanted);
    assert_eq!(everything(&pool).await?, before);
    Ok(())
}

#[sqlx::test(migrations = "./migrations")]
async fn missing_regions_and_specialties_are_created_when_asked(pool: PgPool) -> Done {
    let (acme, other) = (company(&pool, "Acme").await?, company(&pool, "Other").await?);
    let file = "id,region,specialty\nA,TX,Oncology\nB,TX,Cardiology\nC,NC,Oncology\n";
    let options = ContactLoad { create_missing: true, ..ContactLoad::default() };
    let report = load_contacts(&pool, acme, None, file.as_bytes(), &options).await?;
    assert_eq!((report.new_regions, report.new_specialties), (1, 1));
    let top: Vec<(String, String)> =
        sqlx::query_as("select code, name from region where company_id = $1 and parent_id is null and code = 'TX'")
            .bind(acme.0)
            .fetch_all(&pool)
            .await?;
    assert_eq!(top, [("TX".to_owned(), "TX".to_owned())]);
    assert_eq!(contacts(&pool, acme).await?[0], "A|A|TX|Oncology|person|-|{}");
    assert!(contacts(&pool, other).await?.is_empty());
    let again = load_contacts(&pool, acme, None, file.as_bytes(), &options).await?;
    assert_eq!((counts(&again), again.new_regions, again.new_specialties), ([0, 0, 3, 0], 0, 0));
    Ok(())
}

#[sqlx::test(migrations = "./migrations")]
async fn rejects_can_be_mended_and_loaded(pool: PgPool) -> Done {
    let (acme, folder) = (company(&pool, "Acme").await?, tempfile::tempdir()?);
    let rejects = folder.path().join("rejects.csv");
    let options = ContactLoad { create_missing: true, rejects: Some(rejects.clone()), ..ContactLoad::default() };
    let file = "id;region;owner\nA;NC;\nB;Elsewhere;nobody@example.org\nC;NC\nD;NC;;x\n";
    let report = load_contacts(&pool, acme, None, file.as_bytes(), &options).await?;
    assert_eq!((report.read, report.rejected.len(), counts(&report)), (4, 3, [1, 0, 0, 0]));
    // A region that only a rejected line names is not created.
    assert_eq!(report.new_regions, 0);
    let wanted = "id;region;owner;reason
B;Elsewhere;nobody@example.org;“nobody@example.org” is not the e-mail address of a rep or regional manager of this company
C;NC;;2 fields where the header has 3
D;NC;;4 fields where the header has 3;x
";
    let written = std::fs::read_to_string(&rejects)?;
    assert_eq!(written, wanted);
    let mended = written.replace("nobody@", "rep@").replace(";x\n", "\n");
    let report = load_contacts(&pool, acme, None, mended.as_bytes(), &options).await?;
    assert_eq!((counts(&report), report.new_regions), ([3, 0, 0, 0], 1));
    assert_eq!(std::fs::read_to_string(&rejects)?, "id;region;owner;reason\n");
    Ok(())
}

#[sqlx::test(migrations = "./migrations")]
async fn measures_are_wide_and_an_empty_cell_removes(pool: PgPool) -> Done {
    let acme = company(&pool, "Acme").await?;
    load_contacts(&pool, acme, None, CONTACTS.as_bytes(), &ContactLoad::default()).await?;
    let first = "external_id,region,claims,pat_count\nH1,NC,\"1,234.5\",7\nH2,CA,-3.25, \nH3,CA,,\n";
    let report = load_measures(&pool, acme, None, first.as_bytes(), &MeasureLoad::default()).await?;
    assert_eq!(
        (report.measures.join(" "), counts(&report), report.new_measures),
        ("claims pat_count".into(), [3, 0, 0, 0], 2)
    );
    let columns = MeasureColumns { id: None, measures: vec!["claims".into(), "patients=pat_count".into()] };
    let options = MeasureLoad { columns, rejects: None };
    let second = "external_id,pat_count,claims,note\nH1,8,,x\nH2,,-3.25,x\nH3,1,5,x\n";
    let report = load_measures(&pool, acme, None, second.as_bytes(), &options).await?;
    assert_eq!((counts(&report), report.new_measures), ([3, 0, 1, 1], 1));
    let wanted = ["H1 pat_count 700", "H1 patients 800", "H2 claims -325", "H3 claims 500", "H3 patients 100"];
    assert_eq!(values(&pool).await?, wanted);
    Ok(())
}

#[sqlx::test(migrations = "./migrations")]
async fn two_loads_at_once_take_turns(pool: PgPool) -> Done {
    let acme = company(&pool, "Acme").await?;
    // Enough for several pieces of COPY.
    let mut lines: Vec<String> =
        (0..10_000).map(|i| format!("H{i},A contact with quite a long name\\{i},NC")).collect();
    let there = format!("id,name,region\n{}", lines.join("\n"));
    lines.reverse();
    let back = format!("id,name,region\n{}", lines.join("\n"));
    let options = ContactLoad::default();
    let (one, two) = tokio::join!(
        load_contacts(&pool, acme, None, there.as_bytes(), &options),
        load_contacts(&pool, acme, None, back.as_bytes(), &options),
    );
    let (one, two) = (one?, two?);
    assert_eq!([one.added + two.added, one.unchanged + two.unchanged, one.changed + two.changed], [10_000, 10_000, 0]);
    Ok(())
}

#[sqlx::test(migrations = "./migrations")]
async fn the_command_reports_and_explains(pool: PgPool) -> Done {
    company(&pool, "Acme").await?;
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (good, bad, rejects) = (at("good.csv"), at("bad.csv"), at("rejects.csv"));
    std::fs::write(&good, "\u{feff}npi;state;field;label\r\nA;TX;Oncology;First\r\nB;NC;Cardiology;Second\r\n")?;
    std::fs::write(&bad, "id,claims,state\nA,1,TX\nB,2,NC\n")?;
    let renamed = ["--id-column=npi", "--region-column=state", "--specialty-column=field", "--name-column=label"];
    let words = [&["contacts", &good, "--create-missing", "--kind=institution"], &renamed[..]].concat();
    let (outcome, report, _) = command(&pool, &words).await?;
    assert_eq!(outcome, Outcome::Loaded);
    assert_eq!(report, "2 contacts read: 2 added, 0 changed, 0 unchanged. New: 1 region, 1 specialty");
    let (outcome, _, listed) = command(&pool, &["measures", &bad]).await?;
    assert_eq!(outcome, Outcome::Refused);
    let wanted = "line 2: “TX” in column state is not a number\nline 3: “NC” in column state is not a number\n\
        Nothing was loaded: 2 of 2 lines are bad.\n\
        Every column that isn't a contact's own was taken for a measure; see --measures.\n";
    assert_eq!(listed, wanted);
    let (_, report, _) = command(&pool, &["measures", &bad, "--measures", "claims"]).await?;
    assert_eq!(report, "2 contacts read, claims: 2 values added, 0 changed, 0 removed, 0 unchanged. New: 1 measure");
    let (outcome, report, listed) = command(&pool, &["measures", &bad, "--rejects", &rejects]).await?;
    assert_eq!((outcome, listed.lines().count()), (Outcome::Loaded, 2));
    assert!(report.ends_with(&format!("2 bad lines left out, see {rejects}")), "{report}");
    company(&pool, "Beta").await?;
    for (words, message) in [
        (vec!["contacts", &good], "Say which company to load into with --company: Acme, Beta."),
        (vec!["contacts", &good, "--company=Gamma"], "There is no company “Gamma”. There are: Acme, Beta."),
        (
            vec!["contacts", &good, "--company=Acme"],
            "There is no column “external_id”. The file has: npi, state, field, label. Say which column to use with --id-column.",
        ),
        (vec!["measures", &bad, "--company=Acme", "--rejects", &bad], "it is the file to load. Nothing was loaded."),
        (vec!["measures", "nowhere.csv", "--company=Acme"], "nowhere.csv can't be read"),
    ] {
        let error = command(&pool, &words).await.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains(message), "{error}");
    }
    assert!(Path::new(&bad).metadata()?.len() > 0);
    Ok(())
}

#[sqlx::test(migrations = "./migrations")]
async fn letters_with_marks_are_the_same_however_they_are_written(pool: PgPool) -> Done {
    let acme = company(&pool, "Acme").await?;
    sqlx::query("insert into region select company_id, gen_random_uuid(), null, 'ZÜRI', 'Zürich' from company")
        .execute(&pool)
        .await?;
    let file = "id,name,region,specialty,tags\nÉ1,Zoë,ZÜRI,Cardiology,é\n";
    let apart =
        file.replace('É', "E\u{301}").replace('ë', "e\u{308}").replace('Ü', "U\u{308}").replace('é', "e\u{301}");
    assert_ne!(file, apart);
    let options = ContactLoad::default();
    assert_eq!(counts(&load_contacts(&pool, acme, None, apart.as_bytes(), &options).await?), [1, 0, 0, 0]);
    assert_eq!(contacts(&pool, acme).await?, ["É1|Zoë|ZÜRI|Cardiology|person|-|{é}"]);
    assert_eq!(counts(&load_contacts(&pool, acme, None, file.as_bytes(), &options).await?), [0, 0, 1, 0]);
    let twice = format!("{file}{}", apart.lines().nth(1).unwrap_or_default());
    let bad = refused(load_contacts(&pool, acme, None, twice.as_bytes(), &options).await);
    assert!(bad.len() == 1 && bad[0].contains("É1"), "one contact on two lines: {bad:?}");
    // The column's name is the measure's.
    for (name, counted) in [("cafe\u{301}s", [1, 0, 0, 0]), ("cafés", [0, 0, 1, 0])] {
        let file = format!("id,{name}\nÉ1,5\n");
        let report = load_measures(&pool, acme, None, file.as_bytes(), &MeasureLoad::default()).await?;
        assert_eq!(counts(&report), counted, "{name:?}");
    }
    let chosen = MeasureColumns { measures: vec!["thés=the\u{301}s".to_owned()], ..MeasureColumns::default() };
    let loaded = file::measures("id,thés\nÉ1,5\n".as_bytes(), &chosen)?;
    assert_eq!((loaded.measures.clone(), loaded.count()), (vec!["thés".to_owned()], 1));
    assert_eq!(values(&pool).await?, ["É1 cafés 500"]);
    Ok(())
}
