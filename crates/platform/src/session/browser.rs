//! What the caller's browser says of itself: where it is, that it was here before, what it is called.

use crate::state::AppState;
use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use ipnet::IpNet;
use leptos::prelude::use_context;
use std::net::{IpAddr, SocketAddr};
use tower_sessions::cookie::time::Duration;
use tower_sessions::cookie::{Cookie, SameSite};

/// The network address of the caller, for throttling: the one that connects, or where that is a proxy we trust, the one it
/// names.
pub async fn peer_address() -> String {
    let trusted = AppState::get().proxies;
    let Ok(parts) = leptos_axum::extract::<Parts>().await else { return "unknown".to_owned() };
    let Some(ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() else {
        return "unknown".to_owned();
    };
    let named = parts.headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let named: Vec<&str> = named.flat_map(|value| value.split(',')).map(str::trim).collect();
    caller_address(peer.ip(), &named, &trusted).to_string()
}

/// Who called, when `peer` connects: the last address named that no trusted proxy has. What stands before it anybody may have
/// written.
fn caller_address(peer: IpAddr, named: &[&str], trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    let mut caller = peer.to_canonical();
    for text in named.iter().rev() {
        if !is_trusted(&caller) {
            break;
        }
        match text.parse::<IpAddr>() {
            Ok(address) => caller = address.to_canonical(),
            Err(_) => break,
        }
    }
    caller
}

/// The cookie by which a browser is known to have been used to sign in before.
const DEVICE: &str = "cutline_device";

/// What the caller's browser keeps to be known by.
pub async fn device() -> Option<String> {
    let parts = leptos_axum::extract::<Parts>().await.ok()?;
    let cookies = parts.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(Cookie::split_parse).filter_map(std::result::Result::ok);
    let kept = pairs.find(|cookie| cookie.name() == DEVICE)?.value().to_owned();
    Some(kept).filter(|kept| kept.len() <= 64)
}

/// Has the caller's browser keep it.
pub fn keep_device(device: &str) {
    let (state, Some(options)) = (AppState::get(), use_context::<leptos_axum::ResponseOptions>()) else { return };
    let cookie = Cookie::build((DEVICE, device.to_owned()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(state.secure)
        .max_age(Duration::days(365));
    if let Ok(value) = HeaderValue::from_str(&cookie.build().to_string()) {
        options.append_header(header::SET_COOKIE, value);
    }
}

/// Browsers by what they write into their user agent. Most name those they descend from as well, so the first counts.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// What they run on, likewise.
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
];

/// What the caller's browser is called: `Firefox on Windows`. Nothing of what it says gets further than these words.
pub async fn name() -> Option<String> {
    let parts = leptos_axum::extract::<Parts>().await.ok()?;
    called(parts.headers.get(header::USER_AGENT)?.to_str().ok()?)
}

fn called(agent: &str) -> Option<String> {
    let first = |names: &[(&str, &'static str)]| names.iter().find(|name| agent.contains(name.0)).map(|name| name.1);
    match (first(&BROWSERS), first(&SYSTEMS)) {
        (Some(browser), Some(system)) => Some(format!("{browser} on {system}")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_say_who_called() {
        let ip = |text: &str| text.parse::<IpAddr>().expect("an address");
        let trusted: Vec<IpNet> =
            ["10.0.0.0/8", "fd00::/8"].iter().map(|net| net.parse().expect("a network")).collect();
        let caller = |peer: &str, named: &[&str]| caller_address(ip(peer), named, &trusted).to_string();
        assert_eq!(caller("203.0.113.7", &["198.51.100.1"]), "203.0.113.7", "anybody can write the header");
        assert_eq!(caller("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(caller("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(caller("10.0.0.1", &["6.6.6.6", "198.51.100.1", "10.2.0.9"]), "198.51.100.1", "the last untrusted");
        assert_eq!(caller("10.0.0.1", &["6.6.6.6", "nonsense"]), "10.0.0.1");
        assert_eq!(caller("::ffff:10.0.0.1", &["fd00::5", "2001:db8::1"]), "2001:db8::1");
    }

    #[test]
    fn browsers_are_called_what_people_call_them() {
        for (agent, name) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", Some("Firefox on Linux")),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 \
                 Safari/537.36 Edg/142.0.0.0",
                Some("Edge on Windows"),
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 \
                 Safari/537.36",
                Some("Chrome on macOS"),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/26.0 Mobile/15E148 Safari/604.1",
                Some("Safari on iPhone"),
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile \
                 Safari/537.36",
                Some("Chrome on Android"),
            ),
            ("Linux", Some("Linux")),
            ("curl/8.5.0", None),
            ("<script>alert(1)</script>", None),
        ] {
            assert_eq!(called(agent).as_deref(), name, "{agent}");
        }
    }
}
