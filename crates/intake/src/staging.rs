//! A file on its way into the database: one thread reads and cleans its lines while the pieces it has finished are copied.

use crate::error::LoadError;
use crate::file::{ContactRow, FileError, Line, MeasureRow, Table};
use crate::store::staging::{self, CopyText, Staged};
use cutline_platform::{Error, telemetry};
use sqlx::PgConnection;
use tokio::sync::mpsc;

/// Pieces that are finished and not sent yet.
const WAITING: usize = 4;

/// Stages every line of a file of contacts, the bad ones too. Gives how many there are.
pub async fn contacts(conn: &mut PgConnection, table: Table<ContactRow>) -> Result<u64, LoadError> {
    stage(conn, Staged::Contacts, table, staging::contact).await
}

/// Stages every line of a file of measures, the bad ones too. Gives how many there are.
pub async fn measures(conn: &mut PgConnection, table: Table<MeasureRow>) -> Result<u64, LoadError> {
    stage(conn, Staged::Measures, table, staging::measures).await
}

async fn stage<Row: 'static>(
    conn: &mut PgConnection,
    what: Staged,
    table: Table<Row>,
    write: fn(&mut CopyText, &Line<Row>),
) -> Result<u64, LoadError> {
    staging::create(conn, what).await?;
    let (to, pieces) = mpsc::channel(WAITING);
    let reading = telemetry::blocking(move || pour(table, &to, write));
    let (read, copied) = tokio::join!(reading, staging::copy(conn, what, pieces));
    copied?;
    Ok(read.map_err(Error::from)??)
}

/// Sends the lines of a file. Gives how many there are.
fn pour<Row>(
    table: Table<Row>,
    to: &mpsc::Sender<Vec<u8>>,
    write: fn(&mut CopyText, &Line<Row>),
) -> Result<u64, FileError> {
    let (mut read, mut text) = (0, CopyText::default());
    for line in table {
        write(&mut text, &line?);
        read += 1;
        // Nobody receives when the copying failed, which says why.
        if text.is_a_piece() && to.blocking_send(text.taken()).is_err() {
            return Ok(read);
        }
    }
    let _ = to.blocking_send(text.taken());
    Ok(read)
}
