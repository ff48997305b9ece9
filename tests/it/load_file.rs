//! What a file of contacts or measures may look like, read without a database.

use cutline_domain::Score;
use cutline_intake::file::{self, ContactColumns, ContactRow, FileError, Line, MeasureColumns};
use std::error::Error;

type Done = Result<(), Box<dyn Error>>;

/// The lines of a file of contacts with the default columns.
fn lines(text: &'static str) -> Result<Vec<Line<ContactRow>>, FileError> {
    file::contacts(text.as_bytes(), &ContactColumns::default(), None)?.collect()
}

#[test]
fn lines_count_as_in_an_editor() -> Done {
    let lines = lines("\u{feff}external_id;region;name\r\n\r\nH1;NC;\"two\r\nlines\"\r\n;NC;x\r\nH2;NC\r\n")?;
    let found: Vec<(u64, bool)> = lines.iter().map(|line| (line.number, line.row.is_ok())).collect();
    assert_eq!(found, [(3, true), (5, false), (6, false)]);
    Ok(())
}

#[test]
fn an_open_quote_swallows_no_line_unseen() -> Done {
    for text in ["id,region\nH1,\"NC\nH2,NC\nH3,NC\n", "id,region\nH1,\"NC\nH2,\"NC\"\n"] {
        let wanted = Err(vec!["a quotation mark opened on this line is not closed on it".to_owned()]);
        assert_eq!(lines(text)?[0], Line { number: 2, id: None, row: wanted }, "{text}");
    }
    Ok(())
}

#[test]
fn files_that_are_no_csv_are_refused_whole() {
    for (data, message) in [
        (&b""[..], "The file is empty."),
        (b"PK\x03\x04\xff\xfe,id", "Save the file as “CSV UTF-8”"),
        (b"id,claims,claims\nA,1,2\n", "more than one column “claims”"),
        (b"id,region\nA,NC\n", "No column of the file holds a measure."),
    ] {
        let error = file::measures(data, &MeasureColumns::default()).err().map(|error| error.to_string());
        assert!(error.as_ref().is_some_and(|error| error.contains(message)), "{error:?}");
    }
}

#[test]
fn measures_are_exact() -> Done {
    let lines: Vec<_> =
        file::measures(&b"id,claims\nA,0.1\n"[..], &MeasureColumns::default())?.collect::<Result<_, _>>()?;
    assert_eq!(lines[0].row, Ok(vec![Some(Score::from_hundredths(10))]));
    Ok(())
}
