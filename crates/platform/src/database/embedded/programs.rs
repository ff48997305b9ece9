//! The Postgres programs: where they are, which version, and how they are run (as whom, with what environment).
//! What they are run for lives in the parent module.

use std::cmp::Reverse;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{env, fs};

use nix::unistd::User;

use super::error::{EmbeddedError, OLDEST_MAJOR};

const NEEDED: [&str; 3] = ["initdb", "pg_ctl", "postgres"];

/// Where packagers put the programs: a folder, how the names of the versions in it begin, a folder in each.
const USUAL: [(&str, &str, &str); 9] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr/lib", "postgresql", "bin"),
    ("/usr/lib64", "postgresql", "bin"),
    ("/usr/libexec", "postgresql", ""),
    ("/usr", "pgsql-", "bin"),
    ("/usr/local", "pgsql", "bin"),
    ("/usr/local/opt", "postgresql", "bin"),
    ("/opt/homebrew/opt", "postgresql", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
];

/// A folder with all the programs needed, and their major version.
#[derive(Debug)]
pub(super) struct Programs {
    pub(super) bin: PathBuf,
    pub(super) major: u32,
}

impl Programs {
    /// The programs in `setting` if given. Otherwise the first of: `pg_config --bindir`, the usual folders (newest
    /// version first), `PATH`; but before all others those that can read a cluster made by version `made_by`.
    pub(super) fn find(
        setting: Option<&Path>,
        made_by: Option<u32>,
        account: Option<&User>,
    ) -> Result<Self, EmbeddedError> {
        if let Some(bin) = setting {
            let bin = std::path::absolute(bin).unwrap_or_else(|_| bin.to_owned());
            if let Some(missing) = missing_from(&bin) {
                return Err(EmbeddedError::WrongFolder { bin, missing });
            }
            return Self::in_folder(bin, account)?.new_enough();
        }
        let folders = candidates();
        let complete = folders.iter().filter(|bin| missing_from(bin).is_none());
        let mut found: Vec<Self> = complete.filter_map(|bin| Self::in_folder(bin.clone(), account).ok()).collect();
        found.sort_by_key(|programs| (made_by != Some(programs.major), programs.major < OLDEST_MAJOR));
        let Some(best) = found.into_iter().next() else {
            let mut searched: Vec<String> = folders.iter().map(|bin| bin.display().to_string()).collect();
            searched.extend(USUAL.iter().map(|(parent, prefix, _)| format!("{parent}/{prefix}*")));
            return Err(EmbeddedError::NoPrograms { searched: searched.join(", ") });
        };
        best.new_enough()
    }

    fn in_folder(bin: PathBuf, account: Option<&User>) -> Result<Self, EmbeddedError> {
        let mut programs = Self { bin, major: 0 };
        let output = programs.command("postgres", account, Path::new("/")).arg("--version").output();
        let program = programs.bin.join("postgres");
        let output = output.map_err(|source| EmbeddedError::CannotRun { program, source })?;
        programs.major = major_version(&String::from_utf8_lossy(&output.stdout)).unwrap_or(0);
        Ok(programs)
    }

    fn new_enough(self) -> Result<Self, EmbeddedError> {
        if self.major < OLDEST_MAJOR {
            return Err(EmbeddedError::TooOld { bin: self.bin, major: self.major });
        }
        Ok(self)
    }

    /// One of the programs, to be run in `folder` as `account` (as ourselves if absent).
    pub(super) fn command(&self, program: &str, account: Option<&User>, folder: &Path) -> Command {
        let mut command = Command::new(self.bin.join(program));
        // PGDATA, PGPORT and their like are meant for other servers; the messages are looked at by us.
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
            command.env_remove(name);
        }
        command.current_dir(folder).env("LC_ALL", "C").stdin(Stdio::null());
        // Ctrl-C goes to the whole group of a terminal. We stop what we started ourselves, in order.
        command.process_group(0);
        if let Some(user) = account {
            command.uid(user.uid.as_raw()).gid(user.gid.as_raw()).env("HOME", folder);
        }
        command
    }
}

/// The end of what a program printed, on one line.
pub(super) fn text_of(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines[lines.len().saturating_sub(4)..].join(" ")
}

fn missing_from(bin: &Path) -> Option<&'static str> {
    NEEDED.into_iter().find(|program| !bin.join(program).is_file())
}

fn candidates() -> Vec<PathBuf> {
    let asked = Command::new("pg_config").arg("--bindir").stdin(Stdio::null()).output();
    let asked = asked.ok().filter(|output| output.status.success());
    let asked = asked.map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    let mut usual: Vec<(u32, PathBuf)> = USUAL.iter().flat_map(|usual| versions_in(*usual)).collect();
    usual.sort_by_key(|(version, _)| Reverse(*version));
    let path = env::var_os("PATH").unwrap_or_default();
    let on_path = env::split_paths(&path).filter(|folder| folder.is_absolute());
    asked.into_iter().chain(usual.into_iter().map(|(_, bin)| bin)).chain(on_path).collect()
}

fn versions_in((parent, prefix, inner): (&str, &str, &str)) -> Vec<(u32, PathBuf)> {
    let folders = fs::read_dir(parent).into_iter().flatten().flatten();
    let version = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().ok()?;
        let number = name.strip_prefix(prefix)?.trim_start_matches(['-', '@']);
        Some((leading_number(number).unwrap_or(0), entry.path().join(inner)))
    };
    folders.filter_map(version).collect()
}

/// The major version in `postgres (PostgreSQL) 17.2 (Debian 17.2-1)`, `… 18beta1` or `… 19devel`.
fn major_version(printed: &str) -> Option<u32> {
    leading_number(printed.split_once("(PostgreSQL) ")?.1)
}

fn leading_number(text: &str) -> Option<u32> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn major_version_is_read_from_every_form() {
        assert_eq!(major_version("postgres (PostgreSQL) 15.6 (Debian 15.6-0+deb12u1)\n"), Some(15));
        assert_eq!(major_version("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major_version("postgres (PostgreSQL) 19devel"), Some(19));
        assert_eq!(major_version("postgres (PostgreSQL) 9.6.24"), Some(9));
        assert_eq!(major_version("BusyBox v1.36"), None);
    }

    #[test]
    fn a_folder_without_the_programs_names_the_missing_one() {
        let error = Programs::find(Some(Path::new("/nowhere/bin")), None, None).expect_err("no programs there");
        let message = error.to_string();
        assert!(message.contains("CUTLINE_PG_BIN is set to /nowhere/bin") && message.contains("`initdb`"), "{message}");
        assert!(!message.contains('\n'), "one paragraph: {message}");
    }
}
