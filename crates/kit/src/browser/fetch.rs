//! Fetching what isn't JSON.

use cutline_wire::AppError;

/// Fetches bytes. Refusals come back as the error the server sent.
#[cfg(feature = "hydrate")]
pub async fn fetch_bytes(url: &str) -> Result<Vec<u8>, AppError> {
    #[derive(serde::Deserialize)]
    struct Problem {
        error: AppError,
    }
    let response = gloo_net::http::Request::get(url).send().await.map_err(|_| AppError::Unreachable)?;
    if response.ok() {
        return response.binary().await.map_err(|_| AppError::Unreachable);
    }
    Err(response.json::<Problem>().await.map_or(AppError::Unreachable, |problem| problem.error))
}

/// Only pages in a browser fetch.
#[cfg(not(feature = "hydrate"))]
pub async fn fetch_bytes(_: &str) -> Result<Vec<u8>, AppError> {
    Err(AppError::Unreachable)
}

/// A text, such as a version.
pub async fn fetch_text(url: &str) -> Result<String, AppError> {
    String::from_utf8(fetch_bytes(url).await?).map_err(|_| AppError::Unreachable)
}

/// A list of numbers, each sent as four bytes, little-endian.
pub async fn fetch_numbers(url: &str) -> Result<Vec<u32>, AppError> {
    let bytes = fetch_bytes(url).await?;
    Ok(bytes.as_chunks::<4>().0.iter().map(|chunk| u32::from_le_bytes(*chunk)).collect())
}
