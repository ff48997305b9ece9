//! The program: reads the command line, hands over to [`cutline::commands`].

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    cutline::commands::run().await
}
