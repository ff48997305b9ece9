//! Class colours where several definitions share a page, so that each element carries its own.

use cutline_domain::colour::{Theme, hex, ink, parse, ramp};

/// The inline style that gives an element the fill and ink of class `position` (0 the lowest) of `classes`: its `own`
/// colour, else its place on the ramp. The browser picks light or dark.
pub fn class_style(position: usize, classes: usize, own: Option<&str>) -> String {
    let fill = |theme| own.and_then(parse).unwrap_or_else(|| ramp(theme, position, classes));
    let (light, dark) = (fill(Theme::Light), fill(Theme::Dark));
    let either = |light, dark| format!("light-dark({},{})", hex(light), hex(dark));
    format!("--c:{};--c-ink:{}", either(light, dark), either(ink(light), ink(dark)))
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
