//! Where the embedded Postgres keeps its files and whom they belong to: the data folder, the folder of the
//! socket, the unprivileged account when we are root, and the address made of them.

use std::fmt::Write;
use std::fs::{self, DirBuilder};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, lchown};
use std::path::{Path, PathBuf};
use std::{env, io};

use nix::unistd::{User, geteuid};

use super::SOCKET;
use super::error::{EmbeddedError, at};

/// The shortest `sun_path` of the systems we run on (macOS; Linux has 107), without the closing zero.
const LONGEST_SOCKET_PATH: usize = 103;

/// Whom to run Postgres as: `None`, that is ourselves, unless we are root.
pub(super) fn unprivileged_account() -> Result<Option<User>, EmbeddedError> {
    if !geteuid().is_root() {
        return Ok(None);
    }
    let named = |name| User::from_name(name).ok().flatten().filter(|user| !user.uid.is_root());
    named("postgres").or_else(|| named("nobody")).map(Some).ok_or(EmbeddedError::NoAccount)
}

/// The data folder: the setting, or the system's place if we are root, or the user's.
pub(super) fn root(setting: Option<&Path>, account: Option<&User>) -> Result<PathBuf, EmbeddedError> {
    match setting {
        Some(folder) => std::path::absolute(folder).map_err(at(folder)),
        None if account.is_some() => Ok(PathBuf::from("/var/lib/cutline")),
        None => {
            let xdg = env::var_os("XDG_DATA_HOME").map(PathBuf::from);
            user_root(xdg, env::home_dir()).ok_or(EmbeddedError::NoHome)
        }
    }
}

/// The XDG base directory specification says to ignore a relative `XDG_DATA_HOME`.
fn user_root(xdg_data_home: Option<PathBuf>, home: Option<PathBuf>) -> Option<PathBuf> {
    let home = home.filter(|home| home.is_absolute());
    let data = xdg_data_home.filter(|xdg| xdg.is_absolute()).or(home.map(|home| home.join(".local/share")));
    data.map(|data| data.join("cutline"))
}

/// Makes the data folder and gives it to the account; an existing one must be the account's, or empty.
pub(super) fn own(root: &Path, account: Option<&User>) -> Result<(), EmbeddedError> {
    if let Some(parent) = root.parent() {
        fs::create_dir_all(parent).map_err(at(parent))?;
    }
    make_private(root).map_err(at(root))?;
    let Some(user) = account else { return Ok(()) };
    if fs::metadata(root).map_err(at(root))?.uid() == user.uid.as_raw() {
        return Ok(());
    }
    if fs::read_dir(root).map_err(at(root))?.next().is_some() {
        return Err(EmbeddedError::ForeignFolder { root: root.to_owned(), user: user.name.clone() });
    }
    give(root, user)
}

/// Makes the private folder of the socket. Trust is given to whoever reaches the socket, so the folder is the lock.
pub(super) fn socket_dir(root: &Path, account: Option<&User>) -> Result<PathBuf, EmbeddedError> {
    let owner = account.map_or(geteuid(), |user| user.uid);
    let runtime = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|_| account.is_none());
    let dir = socket_path(root, runtime, owner.as_raw());
    make_private(&dir).map_err(at(&dir))?;
    let made = fs::symlink_metadata(&dir).map_err(at(&dir))?;
    let is_private = made.is_dir() && made.mode() & 0o777 == 0o700;
    match account {
        _ if is_private && made.uid() == owner.as_raw() => {}
        // Just made, or made by a start that was killed before it could give it away.
        Some(user) if is_private && made.uid() == geteuid().as_raw() => give(&dir, user)?,
        _ => return Err(EmbeddedError::OpenSocketFolder { dir }),
    }
    Ok(dir)
}

/// In the data folder, unless the system can't have a socket there or the path would need quoting in a shell and
/// in the server's settings.
fn socket_path(root: &Path, runtime: Option<PathBuf>, owner: u32) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    root.hash(&mut hasher);
    let name = format!("cutline-{owner}-{:016x}", hasher.finish());
    let choices = [Some(root.join("socket")), runtime.map(|runtime| runtime.join(&name))];
    let mut usable = choices.into_iter().flatten().filter(|dir| can_hold_socket(dir));
    usable.next().unwrap_or_else(|| Path::new("/tmp").join(&name))
}

fn can_hold_socket(dir: &Path) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    let fits = |dir: &str| dir.len() + 1 + SOCKET.len() <= LONGEST_SOCKET_PATH;
    dir.is_absolute() && dir.to_str().is_some_and(|dir| dir.chars().all(plain) && fits(dir))
}

fn make_private(dir: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(dir) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn give(dir: &Path, user: &User) -> Result<(), EmbeddedError> {
    lchown(dir, Some(user.uid.as_raw()), Some(user.gid.as_raw())).map_err(at(dir))
}

/// How far a server is, as its `postmaster.pid` says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// It accepts connections at the socket in this folder.
    Ready(PathBuf),
    /// It was told to stop. Until its last connection ends it may go on for those it has; it takes no new one.
    Stopping,
    /// It starts, or there is none.
    Other,
}

/// Lines: pid, data folder, start, port, socket folder, address, shared memory, state (`pidfile.h` of Postgres).
pub(super) fn phase(pid_file: &str) -> Phase {
    let lines: Vec<&str> = pid_file.lines().map(str::trim).collect();
    match lines[..] {
        [_, _, _, _, socket_dir, _, _, "ready", ..] => Phase::Ready(PathBuf::from(socket_dir)),
        [_, _, _, _, _, _, _, "stopping", ..] => Phase::Stopping,
        _ => Phase::Other,
    }
}

/// The address of the database. Port and TLS are spelled out because `PGPORT` and `PGSSLMODE` would fill them in.
pub(super) fn url(socket_dir: &Path) -> String {
    let mut url = String::from("postgres://cutline@localhost:5432/cutline?host=");
    for byte in socket_dir.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            url.push(char::from(*byte));
        } else {
            let _ = write!(url, "%{byte:02X}"); // writing to a string can't fail
        }
    }
    url + "&sslmode=disable"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_folder_follows_xdg_and_ignores_relative_paths() {
        let home = || Some(PathBuf::from("/home/ada"));
        assert_eq!(user_root(Some("/data".into()), home()), Some("/data/cutline".into()));
        assert_eq!(user_root(Some("data".into()), home()), Some("/home/ada/.local/share/cutline".into()));
        assert_eq!(user_root(None, home()), Some("/home/ada/.local/share/cutline".into()));
        assert_eq!(user_root(None, Some("".into())), None);
        assert_eq!(user_root(None, None), None);
    }

    #[test]
    fn the_socket_stays_with_the_data_only_where_it_can() {
        let short = socket_path(Path::new("/var/lib/cutline"), None, 7);
        assert_eq!(short, Path::new("/var/lib/cutline/socket"));

        let long = PathBuf::from(format!("/home/{}", "x".repeat(90)));
        let in_tmp = socket_path(&long, None, 7);
        assert!(in_tmp.starts_with("/tmp") && can_hold_socket(&in_tmp), "{}", in_tmp.display());
        let in_runtime = socket_path(&long, Some("/run/user/7".into()), 7);
        assert!(in_runtime.starts_with("/run/user/7"), "{}", in_runtime.display());
        assert_ne!(in_tmp, socket_path(&long.join("y"), None, 7), "each cluster has its own");

        for odd in ["/home/ada b", "/home/a,b", "/home/$HOME", "/home/ädä"] {
            assert!(socket_path(Path::new(odd), None, 7).starts_with("/tmp"), "{odd}");
        }
    }

    #[test]
    fn the_longest_socket_path_is_allowed_and_one_more_is_not() {
        let room = LONGEST_SOCKET_PATH - SOCKET.len() - 2;
        assert!(can_hold_socket(&PathBuf::from(format!("/{}", "x".repeat(room)))));
        assert!(!can_hold_socket(&PathBuf::from(format!("/{}", "x".repeat(room + 1)))));
    }

    #[test]
    fn the_url_encodes_the_folder() {
        let url = url(Path::new("/data/a b/ü&x"));
        assert_eq!(url, "postgres://cutline@localhost:5432/cutline?host=%2Fdata%2Fa%20b%2F%C3%BC%26x&sslmode=disable");
    }

    #[test]
    fn only_a_server_that_is_ready_has_a_socket() {
        let file = |state: &str| phase(&format!("12\n/data\n17\n5432\n/data/socket\n\n  54 3\n{state}\n"));
        assert_eq!(file("ready   "), Phase::Ready("/data/socket".into()));
        assert_eq!(file("stopping"), Phase::Stopping);
        assert_eq!(file("starting"), Phase::Other);
        assert_eq!(phase("12\n/data\n"), Phase::Other);
        assert_eq!(phase(""), Phase::Other);
    }
}
