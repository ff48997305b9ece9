//! Class colours as custom properties, so that chips, bars, rings and themes agree without any of them knowing colours.

use cutline_domain::ClassScheme;
use cutline_domain::colour::{Theme, hex, ink, parse, ramp};
use leptos::prelude::*;

fn properties(scheme: &ClassScheme, theme: Theme) -> String {
    let class = |(i, spec): (usize, &cutline_domain::ClassSpec)| {
        let own = spec.colour.as_deref().and_then(parse);
        let fill = own.unwrap_or_else(|| ramp(theme, i, scheme.len()));
        format!("--class-{i}:{};--class-ink-{i}:{};", hex(fill), hex(ink(fill)))
    };
    scheme.classes().iter().enumerate().map(class).collect()
}

/// Sets the colours of a definition's classes for everything on the page, in light and dark.
#[component]
pub fn RampStyle(
    /// The classes.
    scheme: ClassScheme,
) -> impl IntoView {
    let (light, dark) = (properties(&scheme, Theme::Light), properties(&scheme, Theme::Dark));
    let css = format!(
        ":root{{{light}}}@media (prefers-color-scheme:dark){{:root:not([data-theme=\"light\"]){{{dark}}}}}\
         :root[data-theme=\"dark\"]{{{dark}}}"
    );
    view! { <style inner_html=css></style> }
}
