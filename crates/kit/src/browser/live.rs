//! A stream of the server's, for as long as a page part is there.

#[cfg(feature = "hydrate")]
mod open {
    use leptos::prelude::*;
    use std::rc::Rc;
    use std::time::Duration;
    use wasm_bindgen::JsCast;
    use wasm_bindgen::closure::Closure;
    use web_sys::{EventSource, MessageEvent};

    /// When a stream that was refused is asked for again. One that broke off the browser makes again by itself, sooner.
    const RETRY: Duration = Duration::from_secs(30);

    type Heard = Rc<dyn Fn(Option<String>)>;
    type Kept = StoredValue<Option<(EventSource, Closure<dyn Fn(MessageEvent)>, Closure<dyn Fn()>)>, LocalStorage>;

    pub fn listen(url: String, heard: Heard) {
        let kept: Kept = StoredValue::new_local(None);
        on_cleanup(move || {
            if let Some((source, ..)) = kept.try_update_value(Option::take).flatten() {
                source.close();
            }
            kept.dispose();
        });
        open(url, heard, kept);
    }

    fn open(url: String, heard: Heard, kept: Kept) {
        let Ok(source) = EventSource::new(&url) else { return };
        let told = heard.clone();
        let message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| told(event.data().as_string()));
        let asked = source.clone();
        let error = Closure::<dyn Fn()>::new(move || {
            heard(None);
            if asked.ready_state() == EventSource::CLOSED {
                let (url, heard) = (url.clone(), heard.clone());
                let again = move || {
                    if !kept.is_disposed() {
                        open(url, heard, kept);
                    }
                };
                set_timeout(again, RETRY);
            }
        });
        source.set_onmessage(Some(message.as_ref().unchecked_ref()));
        source.set_onerror(Some(error.as_ref().unchecked_ref()));
        kept.set_value(Some((source, message, error)));
    }
}

/// Listens to a stream until the page part goes. `heard` gets each text that comes, and `None` while none can come.
#[cfg(feature = "hydrate")]
pub fn listen(url: String, heard: impl Fn(Option<String>) + 'static) {
    open::listen(url, std::rc::Rc::new(heard));
}

/// Nothing is streamed to the server.
#[cfg(not(feature = "hydrate"))]
pub fn listen(_: String, _: impl Fn(Option<String>) + 'static) {}
