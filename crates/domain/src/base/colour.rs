//! The class ramp: ordered, colour-blind-safe, lightness rising with class; interpolated in `OKLab` for 1 to 9 classes.
//! Source of the `OKLab` transform: Björn Ottosson, "A perceptual color space for image processing" (2020).

/// Light or dark surroundings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark ink on white.
    Light,
    /// Light ink on near-black.
    Dark,
}

/// The four anchors of the ramp, low to high, from look.md.
const ANCHORS: [[&str; 4]; 2] =
    [["#ddd6b8", "#9ccbb0", "#4a9fb5", "#2f55a4"], ["#6b6650", "#4f8a6b", "#3f9db8", "#7f9cf5"]];

/// Red, green, blue, each 0 to 255.
pub type Rgb = [u8; 3];

/// Reads `#rrggbb`.
pub fn parse(text: &str) -> Option<Rgb> {
    let hex = text.strip_prefix('#').filter(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()))?;
    let channel = |i: usize| u8::from_str_radix(&hex[i..i + 2], 16).ok();
    Some([channel(0)?, channel(2)?, channel(4)?])
}

/// Writes `#rrggbb`.
pub fn hex([r, g, b]: Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// The colour of class `position` (0 the lowest) of `classes`.
pub fn ramp(theme: Theme, position: usize, classes: usize) -> Rgb {
    let anchors = ANCHORS[theme as usize].map(|text| parse(text).unwrap_or_default());
    if classes < 2 {
        return anchors[3];
    }
    let at = position.min(classes - 1) as f64 / (classes - 1) as f64 * 3.0;
    let left = (at.floor() as usize).min(2);
    let share = at - left as f64;
    let (a, b) = (oklab(anchors[left]), oklab(anchors[left + 1]));
    from_oklab([0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * share))
}

/// The colour of a class: its `own` if it has one that reads, else its place on the ramp.
pub fn fill(theme: Theme, own: Option<&str>, position: usize, classes: usize) -> Rgb {
    own.and_then(parse).unwrap_or_else(|| ramp(theme, position, classes))
}

/// The ink a label needs on a background: white or the ink of the page, whichever contrasts more; black where neither
/// reaches 4.5 (on any colour either black or white does).
pub fn ink(background: Rgb) -> Rgb {
    let (page, white) = ([0x18, 0x1b, 0x21], [0xff; 3]);
    let better = if contrast(background, white) >= contrast(background, page) { white } else { page };
    if contrast(background, better) >= 4.5 { better } else { [0; 3] }
}

/// WCAG 2.2 contrast ratio, 1 to 21.
pub fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(rgb: Rgb) -> f64 {
    let [r, g, b] = rgb.map(linear);
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn linear(channel: u8) -> f64 {
    let c = f64::from(channel) / 255.0;
    if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
}

fn channel(linear: f64) -> u8 {
    let c = if linear <= 0.003_130_8 { linear * 12.92 } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
    (c.clamp(0.0, 1.0) * 255.0).round() as u8
}

#[allow(clippy::many_single_char_names, reason = "the names of the source")]
fn oklab(rgb: Rgb) -> [f64; 3] {
    let [r, g, b] = rgb.map(linear);
    let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
    let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
    let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
    [
        0.210_454_255_3 * l + 0.793_617_785 * m - 0.004_072_046_8 * s,
        1.977_998_495_1 * l - 2.428_592_205 * m + 0.450_593_709_9 * s,
        0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766 * s,
    ]
}

#[allow(clippy::many_single_char_names, reason = "the names of the source")]
fn from_oklab([lightness, a, b]: [f64; 3]) -> Rgb {
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548 * b).powi(3);
    [
        channel(4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s),
        channel(-1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s),
        channel(-0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701 * s),
    ]
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "the ends of the scale are meant exactly")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn four_classes_are_the_anchors() {
        for (theme, anchors) in [(Theme::Light, ANCHORS[0]), (Theme::Dark, ANCHORS[1])] {
            assert_eq!([0, 1, 2, 3].map(|i| hex(ramp(theme, i, 4))), anchors.map(String::from));
        }
    }

    #[test]
    fn labels_can_be_read_on_every_class() {
        for theme in [Theme::Light, Theme::Dark] {
            for classes in 1..=9 {
                for position in 0..classes {
                    let background = ramp(theme, position, classes);
                    assert!(contrast(background, ink(background)) >= 4.5, "{theme:?} {position}/{classes}");
                }
            }
        }
    }

    fn close(a: f64, b: f64, by: f64) -> bool {
        (a - b).abs() < by
    }

    fn rgb(text: &str) -> Rgb {
        parse(text).unwrap()
    }

    /// The two neighbouring anchors mixed, as the ramp is described.
    fn mixed(low: &str, high: &str, share: f64) -> Rgb {
        let (low, high) = (oklab(rgb(low)), oklab(rgb(high)));
        from_oklab([0, 1, 2].map(|i| low[i] * (1.0 - share) + high[i] * share))
    }

    #[test]
    fn classes_between_anchors_mix_the_two_beside_them() {
        for (theme, [lowest, low, high, highest]) in [(Theme::Light, ANCHORS[0]), (Theme::Dark, ANCHORS[1])] {
            let seven = [
                rgb(lowest),
                mixed(lowest, low, 0.5),
                rgb(low),
                mixed(low, high, 0.5),
                rgb(high),
                mixed(high, highest, 0.5),
                rgb(highest),
            ];
            assert_eq!([0, 1, 2, 3, 4, 5, 6].map(|position| ramp(theme, position, 7)), seven);
            assert_eq!(ramp(theme, 1, 5), mixed(lowest, low, 0.75), "three quarters of the way to the second anchor");
        }
    }

    #[test]
    fn the_ramp_ends_at_its_outer_anchors_whatever_the_number_of_classes() {
        for (theme, anchors) in [(Theme::Light, ANCHORS[0]), (Theme::Dark, ANCHORS[1])] {
            for classes in 2..=9 {
                assert_eq!(ramp(theme, 0, classes), rgb(anchors[0]), "{classes}");
                assert_eq!(ramp(theme, classes - 1, classes), rgb(anchors[3]), "{classes}");
                assert_eq!(ramp(theme, classes + 3, classes), rgb(anchors[3]), "beyond the highest is the highest");
            }
            assert_eq!(ramp(theme, 0, 1), rgb(anchors[3]), "a single class is the highest");
            assert_eq!(ramp(theme, 0, 0), rgb(anchors[3]));
        }
    }

    #[test]
    fn a_class_has_its_own_colour_if_that_reads() {
        assert_eq!(fill(Theme::Dark, Some("#2f55a4"), 0, 4), [0x2f, 0x55, 0xa4]);
        for own in [None, Some("blue")] {
            assert_eq!(fill(Theme::Dark, own, 1, 4), ramp(Theme::Dark, 1, 4));
        }
    }

    #[test]
    fn ink_is_what_contrasts_more_and_black_where_neither_does_enough() {
        let page = [0x18, 0x1b, 0x21];
        let inks = ["#000000", "#ffffff", "#767676", "#777777", "#ddd6b8"].map(|background| ink(rgb(background)));
        assert_eq!(inks, [[0xff; 3], page, [0xff; 3], [0; 3], page]);
    }

    /// Ratios that WCAG's tools show for these pairs; the last lies on the straight part of the curve.
    #[test]
    fn contrast_is_that_of_wcag() {
        for (a, b, ratio) in [
            ("#000000", "#ffffff", 21.0),
            ("#ffffff", "#ffffff", 1.0),
            ("#777777", "#ffffff", 4.478),
            ("#ff0000", "#ffffff", 3.998),
            ("#00ff00", "#ffffff", 1.372),
            ("#0000ff", "#ffffff", 8.592),
            ("#0a0a0a", "#000000", 1.061),
        ] {
            assert!(close(contrast(rgb(a), rgb(b)), ratio, 0.0006), "{a} on {b}: {}", contrast(rgb(a), rgb(b)));
            assert!(close(contrast(rgb(b), rgb(a)), ratio, 0.0006), "{b} on {a}");
        }
    }

    /// White and the primaries in `OKLab`, as published with the transform.
    #[test]
    fn oklab_is_that_of_its_source() {
        for (text, expected) in [
            ("#ffffff", [1.0, 0.0, 0.0]),
            ("#ff0000", [0.627_955, 0.224_863, 0.125_846]),
            ("#00ff00", [0.866_440, -0.233_888, 0.179_498]),
            ("#0000ff", [0.452_014, -0.032_457, -0.311_528]),
            ("#000000", [0.0; 3]),
        ] {
            let found = oklab(rgb(text));
            assert!((0..3).all(|i| close(found[i], expected[i], 2e-6)), "{text}: {found:?}");
        }
    }

    proptest! {
        #[test]
        fn every_colour_comes_back_from_oklab(colour: Rgb) {
            prop_assert_eq!(from_oklab(oklab(colour)), colour);
        }

        #[test]
        fn every_colour_reads_back(colour: Rgb) {
            prop_assert_eq!(parse(&hex(colour)), Some(colour));
        }
    }

    #[test]
    fn every_shade_comes_back_from_its_light() {
        assert!((0..=255).all(|shade| channel(linear(shade)) == shade));
        assert_eq!((linear(0), linear(255), channel(-0.5), channel(1.5)), (0.0, 1.0, 0, 255));
    }

    #[test]
    fn reads_only_hex_colours() {
        assert_eq!(parse("#2f55a4"), Some([0x2f, 0x55, 0xa4]));
        assert!(["2f55a4", "#2f55a", "#2f55ag", "#é5a4a", "#+f+5+a"].iter().all(|text| parse(text).is_none()));
    }
}
