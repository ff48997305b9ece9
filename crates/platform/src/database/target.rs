//! What a connection leads to, told without its password.

use sqlx::postgres::PgConnectOptions;

/// What a connection leads to, in words and without the password.
pub fn target_of(options: &PgConnectOptions) -> String {
    let user = options.get_username();
    let database = options.get_database().unwrap_or(user);
    let server = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    format!("database `{database}` on {server} as user `{user}`")
}

/// The URL with the password left out, even if it is too broken to be parsed: whatever stands between the first
/// `:` of the user part and the last `@` goes, and so does all that follows `password=`.
pub fn redact(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return "(not shown, as it may hold a password)".into();
    };
    let (user, rest) = rest.rsplit_once('@').map_or((None, rest), |(user, rest)| (Some(user), rest));
    let rest = match rest.to_ascii_lowercase().find("password=") {
        Some(start) => format!("{}password=***", &rest[..start]),
        None => rest.to_owned(),
    };
    match user.map(|user| user.split_once(':').map_or((user, ""), |(name, _)| (name, ":***"))) {
        Some((name, secret)) => format!("{scheme}://{name}{secret}@{rest}"),
        None => format!("{scheme}://{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redaction_leaves_no_password_however_broken_the_url() {
        for url in [
            "postgres://ada:s3cret@db/plan",
            "postgres://ada:s3cret/x@db:5432/plan",
            "postgres://ada:s3c@s3cret@db/plan",
            "postgres://ada:?s3cret#@db/plan",
            "mysql://ada:s3cret@db/plan?application_name=a@b",
            "postgres://db/plan?user=ada&PASSWORD=s3cret&sslmode=require",
            "host=db user=ada password=s3cret",
        ] {
            let shown = redact(url);
            assert!(!shown.contains("s3c"), "{url} became {shown}");
        }
        assert_eq!(redact("postgres://ada:s3cret@db/plan"), "postgres://ada:***@db/plan");
        assert_eq!(redact("postgres://ada@db/plan"), "postgres://ada@db/plan");
    }

    #[test]
    fn a_target_names_server_database_and_user_only() {
        let options = "postgresql://ada:s3cret@db.example:6543/plan".parse().expect("a right URL");
        assert_eq!(target_of(&options), "database `plan` on db.example:6543 as user `ada`");
    }
}
