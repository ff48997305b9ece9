//! E-mail addresses, by the rules of RFC 5321 and what accounts need of them.

use cutline_domain::base::text::{self, most};
use email_address::{EmailAddress, Options};

/// An address as it is kept: in lower case. Otherwise what is wrong with it, as a sentence.
pub fn checked(text: &str) -> Result<String, String> {
    let text = text::needed(text, most::EMAIL).map_err(|error| format!("The e-mail address {error}."))?;
    // A domain of a network has a dot; names in quotes and before the address are for letters, not for accounts.
    let rules = Options::default().with_required_tld().without_domain_literal().without_display_text();
    let plain = !text.contains('"');
    match EmailAddress::parse_with_options(&text, rules) {
        Ok(_) if plain => Ok(text.to_lowercase()),
        _ => Err("This is not an e-mail address.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_mail_can_go_to_are_kept_in_lower_case() {
        for (text, kept) in [
            (" Ada@Example.com ", "ada@example.com"),
            ("o'neil+cutline@mail.example.co.uk", "o'neil+cutline@mail.example.co.uk"),
            ("zoë@exämple.de", "zoë@exämple.de"),
        ] {
            assert_eq!(checked(text).as_deref(), Ok(kept));
        }
    }

    #[test]
    fn everything_else_is_refused() {
        let long = format!("{}@example.com", "a".repeat(6000));
        for text in [
            "",
            " ",
            "ada",
            "ada@",
            "@example.com",
            "ada@localhost",
            "a b@c.d",
            "a@b.c\r\nBcc: x@y.z",
            "<script>@x.y",
            "ada@b..c",
            ".ada@b.c",
            "ada@[127.0.0.1]",
            "Ada <ada@b.c>",
            "\"a b\"@c.d",
            "ada\0@b.c",
            "a@b@c.d",
            "ada@-b.c",
            &long,
        ] {
            assert!(checked(text).is_err(), "{text}");
        }
    }
}
