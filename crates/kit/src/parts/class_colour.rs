//! Class colours: as custom properties of a page about one scheme, so that chips, bars, rings and themes agree without any
//! of them knowing colours; or as an element's own, where several schemes share a page.

use cutline_domain::base::colour::{Theme, fill, hex, ink};
use cutline_domain::{ClassScheme, ClassSpec};
use leptos::prelude::*;

/// The inline style that gives an element the fill and ink of class `position` (0 the lowest) of `classes`: its `own`
/// colour, else its place on the ramp. The browser picks light or dark.
pub fn class_style(position: usize, classes: usize, own: Option<&str>) -> String {
    let fill = |theme| fill(theme, own, position, classes);
    let (light, dark) = (fill(Theme::Light), fill(Theme::Dark));
    let either = |light, dark| format!("light-dark({},{})", hex(light), hex(dark));
    format!("--c:{};--c-ink:{}", either(light, dark), either(ink(light), ink(dark)))
}

fn properties(scheme: &ClassScheme, theme: Theme) -> String {
    let class = |(i, spec): (usize, &ClassSpec)| {
        let fill = fill(theme, spec.colour.as_deref(), i, scheme.len());
        format!("--class-{i}:{};--class-ink-{i}:{};", hex(fill), hex(ink(fill)))
    };
    scheme.classes().iter().enumerate().map(class).collect()
}

/// Sets the colours of a scheme's classes for everything on the page, in light and dark.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_own_colour_is_the_same_in_both_themes() {
        assert_eq!(
            class_style(0, 2, Some("#ffffff")),
            "--c:light-dark(#ffffff,#ffffff);--c-ink:light-dark(#181b21,#181b21)"
        );
        assert!(class_style(3, 4, None).starts_with("--c:light-dark(#2f55a4,#7f9cf5);"));
        assert_eq!(class_style(3, 4, Some("blue")), class_style(3, 4, None));
    }
}
