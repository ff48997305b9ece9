//! Requests as a browser makes them, over a connection each. HTTP/1.0: an answer ends where the connection does, so that one
//! that was cut off is told from one that came whole.

use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Longer than any command may take.
const PATIENCE: Duration = Duration::from_mins(2);

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: Vec<u8>,
    cookies: Vec<(String, String)>,
}

impl Answer {
    /// Whether it says that it was done.
    pub fn is_done(&self) -> bool {
        self.status == 200
    }

    /// Whether it is an answer that a person may get: done, refused, busy; not a failure of the program's.
    pub fn is_right(&self) -> bool {
        self.status < 500 || self.status == 503
    }

    /// Its body as text, shortened.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).chars().take(300).collect()
    }

    /// Its body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// Reads what came over a connection.
    pub fn read(raw: &[u8]) -> Result<Self> {
        let cut = || Error::new(ErrorKind::UnexpectedEof, "the answer was cut off");
        let end = raw.windows(4).position(|bytes| bytes == b"\r\n\r\n").ok_or_else(cut)?;
        let head = String::from_utf8_lossy(&raw[..end]);
        let body = raw[end + 4..].to_vec();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(cut)?;
        let headers = head.lines().skip(1).filter_map(|line| line.split_once(": "));
        let mut cookies = Vec::new();
        for (name, value) in headers {
            match name.to_ascii_lowercase().as_str() {
                "content-length" if value.parse() != Ok(body.len()) => return Err(cut()),
                "set-cookie" => {
                    let pair = value.split(';').next().and_then(|pair| pair.split_once('='));
                    cookies.extend(pair.map(|(name, value)| (name.to_owned(), value.to_owned())));
                }
                _ => {}
            }
        }
        Ok(Self { status, body, cookies })
    }
}

/// Somebody's browser, at one server.
#[derive(Clone, Debug)]
pub struct Browser {
    /// The server, or what stands before it.
    pub server: SocketAddr,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// One that has never been here.
    pub fn new(server: SocketAddr) -> Self {
        Self { server, cookies: BTreeMap::new() }
    }

    /// The same browser by way of another address.
    #[must_use]
    pub fn by(&self, server: SocketAddr) -> Self {
        Self { server, ..self.clone() }
    }

    /// Signs in, once the server answers.
    pub async fn sign_in(&mut self, email: &str, password: &str) -> eyre::Result<()> {
        let answer = self.call("sign-in", &serde_json::json!({ "email": email, "password": password })).await?;
        eyre::ensure!(answer.is_done(), "{email} could not sign in: {} {}", answer.status, answer.text());
        self.cookies.extend(answer.cookies);
        Ok(())
    }

    /// Calls a server function.
    pub async fn call(&self, endpoint: &str, arguments: &Value) -> Result<Answer> {
        self.send("POST", &format!("/api/{endpoint}"), &arguments.to_string()).await
    }

    /// Fetches an address.
    pub async fn get(&self, path: &str) -> Result<Answer> {
        self.send("GET", path, "").await
    }

    async fn send(&self, method: &str, path: &str, body: &str) -> Result<Answer> {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let head = format!(
            "{method} {path} HTTP/1.0\r\nhost: {}\r\ncookie: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            self.server,
            cookies.join("; "),
            body.len()
        );
        let asking = async {
            let mut connection = TcpStream::connect(self.server).await?;
            connection.write_all(head.as_bytes()).await?;
            connection.write_all(body.as_bytes()).await?;
            let mut raw = Vec::new();
            connection.read_to_end(&mut raw).await?;
            Answer::read(&raw)
        };
        tokio::time::timeout(PATIENCE, asking).await.map_err(|_| Error::new(ErrorKind::TimedOut, "no answer came"))?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_was_cut_off_is_none() {
        let whole = b"HTTP/1.0 200 OK\r\nset-cookie: a=b; Path=/\r\ncontent-length: 3\r\n\r\nabc";
        let answer = Answer::read(whole).unwrap();
        assert_eq!((answer.status, answer.text().as_str()), (200, "abc"));
        assert_eq!(answer.cookies, [("a".to_owned(), "b".to_owned())]);
        for length in 0..whole.len() {
            assert!(Answer::read(&whole[..length]).is_err(), "{length}");
        }
    }
}
