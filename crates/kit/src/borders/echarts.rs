//! ECharts, as much of it as one chart needs: made once, updated in place, told of its size, disposed of. The option is
//! built with charming; its own renderer makes a new chart on every call, so it isn't used.

#[cfg(feature = "hydrate")]
mod browser {
    use charming::Chart;
    use leptos::prelude::*;
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

    /// Draws `option` into an element, again whenever what it reads changes.
    pub fn draw(element: NodeRef<leptos::html::Div>, option: impl Fn() -> Chart + Copy + 'static) {
        let chart: StoredValue<Option<Instance>, LocalStorage> = StoredValue::new_local(None);
        Effect::new(move |_| {
            let Some(element) = element.get() else { return };
            if chart.with_value(Option::is_none) {
                let options = js_sys::JSON::parse(r#"{"renderer":"svg"}"#).unwrap_or_default();
                match init(&element, &JsValue::NULL, &options) {
                    Ok(made) => chart.set_value(Some(made)),
                    Err(error) => return leptos::logging::error!("the chart could not be drawn: {error:?}"),
                }
                watch_size(&element, chart);
            }
            let json = serde_json::to_string(&option()).unwrap_or_default();
            if let Ok(option) = js_sys::JSON::parse(&json) {
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

    fn watch_size(element: &web_sys::Element, chart: StoredValue<Option<Instance>, LocalStorage>) {
        let changed = Closure::<dyn Fn()>::new(move || {
            let _ = chart.try_with_value(|chart| {
                if let Some(chart) = chart {
                    chart.resize();
                }
            });
        });
        if let Ok(observer) = web_sys::ResizeObserver::new(changed.as_ref().unchecked_ref()) {
            observer.observe(element);
            let kept = StoredValue::new_local((observer, changed));
            on_cleanup(move || {
                kept.with_value(|(observer, _)| observer.disconnect());
            });
        }
    }
}

#[cfg(feature = "hydrate")]
pub use browser::draw;

/// On the server there is nothing to draw on.
#[cfg(not(feature = "hydrate"))]
pub fn draw(_: leptos::prelude::NodeRef<leptos::html::Div>, _: impl Fn() -> charming::Chart + Copy + 'static) {}
