//! ECharts, as much of it as one chart needs: made once, updated in place, told of its size, disposed of. The option is
//! built of charming's types; its own renderer makes a new chart on every call, so it isn't used.

#[cfg(feature = "hydrate")]
mod browser {
    use crate::browser::watch_size;
    use leptos::prelude::*;
    use serde::Serialize;
    use std::time::Duration;
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen]
    extern "C" {
        type Instance;
        #[wasm_bindgen(catch, js_namespace = echarts, js_name = init)]
        fn init(element: &web_sys::Element, theme: &JsValue, options: &JsValue) -> Result<Instance, JsValue>;
        #[wasm_bindgen(method, js_name = setOption)]
        fn set_option(this: &Instance, option: &JsValue, not_merge: bool, lazy: bool);
        #[wasm_bindgen(method)]
        fn resize(this: &Instance);
        #[wasm_bindgen(method)]
        fn dispose(this: &Instance);
        type Canvas;
        #[wasm_bindgen(method, js_name = getZr)]
        fn canvas(this: &Instance) -> Canvas;
        #[wasm_bindgen(method)]
        fn flush(this: &Canvas);
    }

    /// How often, and how many times, is looked whether the chart script has come.
    const LOOK_EVERY: Duration = Duration::from_millis(30);
    const LOOK_AT_MOST: u32 = 400;

    /// Becomes true once the chart script is there; the page goes on meanwhile.
    fn script() -> Signal<bool> {
        let here = RwSignal::new(false);
        Effect::new(move |_| look(here, LOOK_AT_MOST));
        here.into()
    }

    fn look(here: RwSignal<bool>, left: u32) {
        let found = js_sys::Reflect::get(&js_sys::global(), &"echarts".into()).is_ok_and(|echarts| echarts.is_object());
        if found {
            // The page may have been left meanwhile.
            let _ = here.try_set(true);
        } else if left > 0 {
            set_timeout(move || look(here, left - 1), LOOK_EVERY);
        } else {
            leptos::logging::error!("the chart script did not come");
        }
    }

    /// Draws `option` into an element, again whenever what it reads changes.
    pub fn draw<T: Serialize>(element: NodeRef<leptos::html::Div>, option: impl Fn() -> T + Copy + 'static) {
        let chart: StoredValue<Option<Instance>, LocalStorage> = StoredValue::new_local(None);
        let here = script();
        watch_size(element, move || {
            let _ = chart.try_with_value(|chart| {
                if let Some(chart) = chart {
                    chart.resize();
                }
            });
        });
        Effect::new(move |_| {
            let Some(element) = element.get().filter(|_| here.get()) else { return };
            if chart.with_value(Option::is_none) {
                let options = js_sys::JSON::parse(r#"{"renderer":"svg"}"#).unwrap_or_default();
                match init(&element, &JsValue::NULL, &options) {
                    Ok(made) => chart.set_value(Some(made)),
                    Err(error) => return leptos::logging::error!("the chart could not be drawn: {error:?}"),
                }
            }
            let json = serde_json::to_string(&option()).map_err(|error| error.to_string());
            let option = json.and_then(|json| js_sys::JSON::parse(&json).map_err(|error| format!("{error:?}")));
            if let Err(error) = &option {
                leptos::logging::error!("the chart could not be drawn: {error}");
            }
            if let Ok(option) = option {
                chart.with_value(|chart| {
                    if let Some(chart) = chart {
                        chart.set_option(&option, false, false);
                        // Without it the ring would follow one frame behind the border.
                        chart.canvas().flush();
                    }
                });
            }
        });
        on_cleanup(move || {
            if let Some(Some(chart)) = chart.try_update_value(Option::take) {
                chart.dispose();
            }
        });
    }
}

#[cfg(feature = "hydrate")]
pub use browser::draw;

/// On the server there is nothing to draw on.
#[cfg(not(feature = "hydrate"))]
pub fn draw<T: serde::Serialize>(_: leptos::prelude::NodeRef<leptos::html::Div>, _: impl Fn() -> T + Copy + 'static) {}
