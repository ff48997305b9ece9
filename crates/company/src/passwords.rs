//! Passwords: argon2id with the crate's recommended parameters, off the async threads because hashing takes its time on
//! purpose.

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use cutline_platform::{Error, Result};
use rand::Rng;
use sha2::{Digest, Sha256};
use std::num::NonZero;
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// A PHC string of a password.
pub async fn hash(password: String) -> Result<String> {
    let work = move || Ok(Argon2::default().hash_password(password.as_bytes(), &salt()?)?.to_string());
    blocking(work).await
}

/// A fresh random salt of the recommended length.
fn salt() -> std::result::Result<SaltString, argon2::password_hash::Error> {
    SaltString::encode_b64(&rand::rng().random::<[u8; 16]>())
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::result::Result<T, argon2::password_hash::Error> + Send + 'static,
) -> Result<T> {
    // Each takes 19 MiB and a core for a while; more at once than cores would only make all of them slower.
    static AT_ONCE: LazyLock<Semaphore> =
        LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(2, NonZero::get)));
    let _turn = AT_ONCE.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(work).await?.map_err(|error| Error::internal(error.to_string()))
}

/// Tells a password from others while this process runs, and is worth nothing to whoever reads it.
pub fn blinded(password: &str) -> String {
    static SECRET: LazyLock<[u8; 32]> = LazyLock::new(|| rand::rng().random());
    if password.is_empty() {
        return String::new();
    }
    let known = Sha256::new().chain_update(*SECRET).chain_update(password).finalize();
    known.iter().map(u8::to_string).collect::<Vec<_>>().join(".")
}

/// Whether a password is the one hashed. Without a hash the same work is done, so that the time taken doesn't tell
/// whether an account exists.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool> {
    blocking(move || match hash {
        Some(hash) => {
            let hash = PasswordHash::new(&hash)?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        }
        None => Argon2::default().hash_password(password.as_bytes(), &salt()?).map(|_| false),
    })
    .await
}

/// A password to print once: 20 letters and digits that can't be mistaken for each other (about 115 bits).
pub fn generate() -> String {
    const LETTERS: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut random = rand::rng();
    (0..20).map(|_| char::from(LETTERS[random.random_range(0..LETTERS.len())])).collect()
}
