//! The HTML document around every page.

use super::App;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_SECURITY_POLICY;
use cutline_kit::browser::{META, asset, assets};
use cutline_platform::http;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::MetaTags;

/// Sets the theme chosen on this device before anything is painted.
const THEME_SCRIPT: &str =
    "try{const t=localStorage.getItem('cutline.theme');if(t)document.documentElement.dataset.theme=t}catch{}";

/// Keeps clicks on buttons made before the module has taken over, and does them then: a page that looks ready must act.
/// Buttons that open popovers work by themselves.
const EARLY_CLICKS_SCRIPT: &str = "{const kept=[],keep=e=>{const b=e.target.closest('button:not([popovertarget])');\
    if(b){kept.push(b);e.preventDefault();e.stopPropagation()}};addEventListener('click',keep,true);\
    addEventListener('cutline:hydrated',()=>setTimeout(()=>{removeEventListener('click',keep,true);\
    document.documentElement.dataset.hydrated='';kept.forEach(b=>b.isConnected&&b.click())},30),{once:true})}";

/// Says that the page stopped, when the module did: it told so itself, or trapped. It can't be the module that shows it.
const STOPPED_SCRIPT: &str = "{const say=()=>{document.getElementById('stopped').hidden=false};\
    addEventListener('cutline:stopped',say);const trap=e=>(e.error||e.reason)instanceof WebAssembly.RuntimeError&&say();\
    addEventListener('error',trap);addEventListener('unhandledrejection',trap)}";

/// What is shown when the page stopped: after a defect of ours, or when a part of it could not be fetched, because the
/// network is gone or the server has a newer version. A link to nowhere loads the page again,
/// past the router, which is part of what stopped.
#[component]
fn Stopped() -> impl IntoView {
    view! {
        <div class="newer newer--bad" id="stopped" role="alert" hidden>
            <p>
                <b>"This page stopped."</b>
                " A part of it could not be loaded, or something went wrong on our side. What was saved is safe."
            </p>
            <a class="button button--primary" href="" rel="external">
                "Reload"
            </a>
        </div>
    }
}

/// The document.
pub fn document(options: LeptosOptions) -> impl IntoView {
    let nonce = use_nonce();
    if let (Some(nonce), Some(response)) = (&nonce, use_context::<ResponseOptions>())
        && let Ok(policy) = HeaderValue::from_str(&http::content_security_policy(Some(nonce)))
    {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
    let files = serde_json::to_string(assets()).unwrap_or_else(|_| unreachable!("names of files are plain data"));
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name=META content=files />
                <link rel="icon" href="/favicon.svg" />
                <link
                    rel="preload"
                    href=asset("fonts/inter-latin-wght-normal.woff2")
                    r#as="font"
                    r#type="font/woff2"
                    crossorigin="anonymous"
                />
                <script nonce=nonce.clone()>{THEME_SCRIPT}</script>
                <script nonce=nonce.clone()>{EARLY_CLICKS_SCRIPT}</script>
                <script nonce=nonce>{STOPPED_SCRIPT}</script>
                <AutoReload options=options.clone() />
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <App />
                <Stopped />
            </body>
        </html>
    }
}
