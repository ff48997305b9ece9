//! The command line: serve (default), migrate, seed, load, db. Failures print one paragraph that says what to do.

use crate::seed::large::Size;
use crate::site::Site;
use crate::stopping::Stopping;
use crate::{seed, server};
use clap::{Args, Parser, Subcommand};
use cutline_company::service::FirstAdmin;
use cutline_company::{passwords, service as company};
use cutline_domain::base::format::grouped;
use cutline_intake::command::{self as load_command, LoadArgs};
use cutline_platform::AppState;
use cutline_platform::database::embedded::EmbeddedSettings;
use cutline_platform::database::{Database, DatabaseSettings, Probe};
use cutline_platform::live::Live;
use cutline_platform::telemetry;
use ipnet::IpNet;
use leptos::config::LeptosOptions;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Cutline plans which class every person, institution and client belongs to: openly, and with approval.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What every command needs.
#[derive(Debug, Args)]
struct Settings {
    /// PostgreSQL to use, 15 or newer. Without it Cutline runs its own, private one.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    database_url: Option<String>,
    /// Folder of PostgreSQL's programs (initdb, postgres), when they are not found by themselves.
    #[arg(long, env = "CUTLINE_PG_BIN", global = true)]
    pg_bin: Option<PathBuf>,
    /// Where the private PostgreSQL keeps its data.
    #[arg(long, env = "CUTLINE_DATA_DIR", global = true)]
    data_dir: Option<PathBuf>,
    /// What is logged, in the syntax of `RUST_LOG`.
    #[arg(
        long,
        env = "CUTLINE_LOG",
        default_value = telemetry::USUAL,
        global = true
    )]
    log: String,
    /// Logs as JSON, one object a line.
    #[arg(long, env = "CUTLINE_LOG_JSON", global = true)]
    log_json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the planner (what happens without a command)
    Serve(ServeArgs),
    /// Bring the database to this program's version
    Migrate,
    /// Make the demo company: 5,000 persons, 400 institutions, three definitions in different states; or one of any size
    Seed(SeedArgs),
    /// Load contacts or measures from a CSV file
    Load(Box<LoadArgs>),
    /// About the database
    Db {
        #[command(subcommand)]
        what: DbCommand,
    },
}

#[derive(Debug, Subcommand)]
enum DbCommand {
    /// Print the URL of the database in use, for psql and other programs
    Url,
}

/// Persons of a company whose size is asked for by its managers alone.
const MANY: u32 = 200_000;

/// How large a company to make; without any of these, the demo company.
#[derive(Debug, Args)]
struct SeedArgs {
    /// Persons [default: as many as items]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    persons: Option<u32>,
    /// Items of the open cycle, at most as many as persons [default: all persons]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    items: Option<u32>,
    /// Regional managers, each with a region and four places below it [default: 10]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    rms: Option<u32>,
}

impl SeedArgs {
    /// What is asked for; nothing when no size is.
    fn size(&self) -> Option<Size> {
        self.persons.or(self.items).or(self.rms)?;
        let persons = self.persons.or(self.items).unwrap_or(MANY);
        let items = self.items.unwrap_or(persons);
        Some(Size { persons, items, rms: self.rms.unwrap_or(10) })
    }
}

/// How to serve.
#[derive(Debug, Default, Args)]
struct ServeArgs {
    /// Address to listen on [default: 127.0.0.1:3000]
    #[arg(long, env = "CUTLINE_ADDR")]
    addr: Option<SocketAddr>,
    /// On the first start, make the demo company instead of an empty one
    #[arg(long, env = "CUTLINE_DEMO")]
    demo: bool,
    /// Session cookies over HTTPS only; for servers behind a TLS proxy
    #[arg(long, env = "CUTLINE_SECURE_COOKIES")]
    secure_cookies: bool,
    /// Networks of proxies in front, such as 10.0.0.0/8, whose X-Forwarded-For is believed
    #[arg(long = "trusted-proxy", env = "CUTLINE_TRUSTED_PROXIES", value_delimiter = ',')]
    trusted_proxies: Vec<IpNet>,
    /// E-mail address of the first admin, on the first start
    #[arg(long, env = "CUTLINE_ADMIN_EMAIL", default_value = "admin@example.com")]
    admin_email: String,
    /// Password of the first admin, on the first start; generated and printed when absent
    #[arg(long, env = "CUTLINE_ADMIN_PASSWORD", hide_env_values = true)]
    admin_password: Option<String>,
    /// Name of the first company, on the first start
    #[arg(long, env = "CUTLINE_COMPANY", default_value = "My company")]
    company: String,
    /// Folder of the site's files, instead of those in the program; for working on the site
    #[arg(long, env = "LEPTOS_SITE_ROOT")]
    site_root: Option<PathBuf>,
}

/// Runs the program.
pub async fn run() -> ExitCode {
    let cli = Cli::parse();
    telemetry::start(&cli.settings.log, cli.settings.log_json);
    let database = match connect(&cli.settings).await {
        Ok(database) => database,
        Err(error) => return failed(&error),
    };
    let result = match cli.command {
        Some(Command::Load(args)) => load(&database, *args).await,
        Some(Command::Migrate) => Ok(say("The database is up to date.")),
        Some(Command::Seed(args)) => make(&database, &args).await,
        Some(Command::Db { what: DbCommand::Url }) => {
            Ok(say(database.embedded_url().or(cli.settings.database_url.as_deref()).unwrap_or_default()))
        }
        Some(Command::Serve(args)) => return serve(database, args).await,
        // Flags of `serve` come from the environment and defaults then.
        None => return serve(database, Cli::serve_defaults()).await,
    };
    let closed = database.close().await;
    match (result, closed) {
        (Err(report), _) => failed(&report),
        (Ok(code), Ok(())) => code,
        (Ok(_), Err(error)) => failed(&error),
    }
}

impl Cli {
    fn serve_defaults() -> ServeArgs {
        match Self::parse_from(["cutline", "serve"]).command {
            Some(Command::Serve(args)) => args,
            _ => ServeArgs::default(),
        }
    }
}

async fn connect(settings: &Settings) -> eyre::Result<Database> {
    let embedded = EmbeddedSettings { pg_bin: settings.pg_bin.clone(), data_dir: settings.data_dir.clone() };
    let settings = DatabaseSettings { url: settings.database_url.clone(), embedded, ..DatabaseSettings::default() };
    let database = Database::connect(&settings).await?;
    if let Err(error) = database.migrate().await {
        // Our own PostgreSQL must not be left running behind a refusal.
        database.close().await?;
        return Err(error.into());
    }
    Ok(database)
}

async fn make(database: &Database, args: &SeedArgs) -> eyre::Result<ExitCode> {
    let Some(size) = args.size() else { return Ok(say(&seed::seed(database.pool()).await?.to_string())) };
    if size.items > size.persons {
        let (items, persons) = (grouped(size.items), grouped(size.persons));
        eyre::bail!("{items} items can't be made of {persons} persons: every item is a person.");
    }
    Ok(say(&seed::large::seed(database.pool(), size).await?.to_string()))
}

async fn load(database: &Database, args: LoadArgs) -> eyre::Result<ExitCode> {
    let (mut out, mut err) = (std::io::stdout(), std::io::stderr());
    Ok(load_command::run(database.pool(), args, &mut out, &mut err).await?.into())
}

async fn serve(mut database: Database, args: ServeArgs) -> ExitCode {
    let stopping = match Stopping::listen(database.keeper()) {
        Ok(stopping) => stopping,
        Err(error) => return failed(&error),
    };
    database.watch();
    let database = Arc::new(database);
    let result = serving(&database, args, stopping).await;
    let closed = match Arc::try_unwrap(database) {
        Ok(database) => database.close().await,
        // A request still holds it; dropping it stops our PostgreSQL all the same.
        Err(_) => Ok(()),
    };
    match (result, closed) {
        (Err(report), _) => failed(&report),
        (Ok(()), Err(error)) => failed(&error),
        (Ok(()), Ok(())) => ExitCode::SUCCESS,
    }
}

async fn serving(database: &Arc<Database>, args: ServeArgs, mut stopping: Stopping) -> eyre::Result<()> {
    let addr = args.addr.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 3000)));
    let listener = TcpListener::bind(addr).await.map_err(|error| {
        eyre::eyre!(
            "Cutline could not listen on {addr}: {error}. Another program may use this port; stop it, or choose another \
             address, for example --addr 127.0.0.1:3300."
        )
    })?;
    tokio::select! {
        made = first_start(database, &args) => made?,
        () = stopping.asked() => return Ok(()),
    }
    let site = match args.site_root {
        Some(folder) => Site::in_folder(folder),
        None => Site::carried()?,
    };
    let leptos = LeptosOptions::builder().output_name("cutline").site_addr(addr).build();
    let live = Live::new(database.door().clone());
    let state = AppState {
        pool: database.pool().clone(),
        door: database.door().clone(),
        probe: Probe::new(database.door()),
        live: live.clone(),
        database: Some(database.clone()),
        proxies: args.trusted_proxies.into(),
        secure: args.secure_cookies,
        leptos,
    };
    let app = server::router(state, Arc::new(site));
    say(&format!("Cutline is ready on http://{}", listener.local_addr()?));
    server::serve(listener, app, live, stopping.asked()).await?;
    Ok(())
}

/// Makes the first company when there is none.
async fn first_start(database: &Database, args: &ServeArgs) -> eyre::Result<()> {
    let pool = database.pool();
    if company::is_founded(pool).await? {
        if args.demo && seed::is_demo(pool).await? {
            say(&seed::Logins.to_string());
        }
        return Ok(());
    }
    if args.demo {
        say("First start: making the demo company, a few seconds.");
        say(&seed::seed(pool).await?.to_string());
        return Ok(());
    }
    let generated = args.admin_password.is_none();
    let password = args.admin_password.clone().unwrap_or_else(passwords::generate);
    let admin = FirstAdmin { email: args.admin_email.clone(), name: "Admin".to_owned(), password: password.clone() };
    company::found_company(pool, &args.company, admin).await?;
    let shown = if generated { password.as_str() } else { "as set in CUTLINE_ADMIN_PASSWORD" };
    say(&format!("First start: sign in as {} with the password {shown}", args.admin_email));
    Ok(())
}

fn say(text: &str) -> ExitCode {
    // Nobody reading is no reason to fail.
    let _ = writeln!(std::io::stdout(), "{text}");
    ExitCode::SUCCESS
}

fn failed(error: &(impl std::fmt::Display + ?Sized)) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "{error}");
    ExitCode::FAILURE
}
