//! What the name of a setting says about its value: in comes a name as it stands in a file (`db.password`, `dbPassword`,
//! `DB_PASSWORD`, `--db-password`), out comes whether its value is a secret whatever it looks like, a secret if it looks like
//! one, or none. A name is judged by its words, and most of all by its last one: `password_file` names a file.

use super::words::{Words, words};

/// What a name promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// Its value is secret.
    Secret(&'static str),
    /// Its value is secret if nobody could have thought of it.
    Random(&'static str),
}

/// The longest name that is looked at, in bytes and in words.
const LONGEST: usize = 120;
const WORDS: usize = 16;

/// Words that make their name one of a secret.
const SECRET: &[(&str, &str)] = &[
    ("password", "password"),
    ("passwords", "password"),
    ("passwd", "password"),
    ("passwort", "password"),
    ("pass", "password"),
    ("pwd", "password"),
    ("pw", "password"),
    ("passphrase", "password"),
    ("passcode", "password"),
    ("kennwort", "password"),
    ("authtok", "password"),
    ("psk", "password"),
    ("secret", "secret"),
    ("secrets", "secret"),
    ("mnemonic", "secret"),
    ("rocommunity", "community"),
    ("rwcommunity", "community"),
    ("community", "community"),
    ("secretkey", "secret"),
    ("presharedkey", "secret"),
];
/// Ends of words that do.
const SECRET_ENDS: &[(&str, &str)] = &[
    ("password", "password"),
    ("passwd", "password"),
    ("passphrase", "password"),
    ("passwort", "password"),
    ("secret", "secret"),
    ("community", "community"),
];
/// Words before `key` that make it one that people think of.
static SHARED: Words = words("shared wep wpa wireless");
/// Ends of short words that do, such as `bindpw`, `dbpass`, `requirepass`, `wpapsk`.
const SHORT_ENDS: &[&str] = &["pass", "pwd", "pw", "psk"];
const SHORT: usize = 12;
static NO_SECRET: Words = words("bypass compass trespass surpass encompass overpass proxypass multipass");
/// What a web server passes requests to: `ProxyPass`, `fastcgi_pass`.
static GATEWAYS: Words = words("proxy fastcgi uwsgi scgi grpc memcached http");
/// Words, and ends of words, that make their name one of a secret if the value looks so.
const RANDOM: &[(&str, &str)] = &[
    ("token", "token"),
    ("tokens", "token"),
    ("bearer", "token"),
    ("auth", "token"),
    ("authorization", "token"),
    ("session", "cookie"),
    ("sessionid", "cookie"),
    ("cookie", "cookie"),
    ("credential", "credentials"),
    ("credentials", "credentials"),
    ("creds", "credentials"),
    ("encrypt", "key"),
    ("key", "key"),
    ("keys", "key"),
    ("salt", "key"),
    ("salts", "key"),
    ("seed", "key"),
    ("hmac", "key"),
    ("webhook", "token"),
    ("sig", "token"),
    ("signature", "token"),
    ("otp", "token"),
    ("totp", "token"),
    ("pin", "password"),
];
const RANDOM_ENDS: &[(&str, &str)] = &[("token", "token"), ("key", "key"), ("cookie", "cookie")];
/// Words after which a name is about a secret and is none.
static ABOUT: Words = words(
    "addr address age alg algo algorithm algorithms allowed agent attempts attr attrs attribute attributes authentication \
     backend bits cache chars change changed check class cmd command complexity config count date days delay dir \
     directory disable disabled driver duration enable enabled encoding encoder encryption endpoint engine error exp \
     expire expired expires expiration expiry failure field file filename files filter fingerprint folder format \
     generator handler handlers helper headers header hashers hasher hint history host icon id ids index input interval \
     issuer label len length level lifetime limit link location lockout login manager map maps max maximum mech mechanism \
     mechanisms message method methods min minimum minutes mode module mount name namespace names option options page \
     path paths pattern placeholder plugin policy port program prompt prompts protocol provider quality query ref refs \
     regex reqd required requirements reset restrictions retries retry reuse role rotation rules scheme schemes scope \
     seconds server service services size socket source status store strategy strength table template text timeout \
     timestamp title ttl type types uri url usage user username validity validators validator value values version warn \
     warning words",
);
/// First words of such names.
static DOING: Words = words(
    "update reset change show hide ask use require requires enable disable allow permit forget validate verify check is \
     has no with generate create send sync force need can should expire rotate max min null empty pam remember skip \
     prompt without",
);
/// Words that make a key one for everybody.
static PUBLIC: Words = words(
    "public pub publickey pubkey pubkeys primary foreign unique sort partition authorized authorizedkeys known hostkeys \
     trusted signed signingkey gpgkey dnskey domainkey hot hotkey cache cachekey translation shortcut registry hkey \
     monkey turkey donkey whiskey keyboard",
);

/// Judges a name.
pub(super) fn weight(name: &[u8]) -> Option<Weight> {
    let name = name.get(..LONGEST.min(name.len())).unwrap_or_default();
    let words = parts(name);
    let last = words.last()?;
    let gateway = words.iter().rev().nth(1).filter(|_| last == "pass");
    if gateway.is_some_and(|word| GATEWAYS.has(word)) {
        return None;
    }
    let about = ABOUT.has(last);
    let named = |table: &[(&str, &'static str)], word: &str| {
        table.iter().find(|(w, _)| *w == word).map(|(_, rule)| *rule)
    };
    let ended = |table: &[(&str, &'static str)], word: &str| {
        table.iter().find(|(w, _)| word.ends_with(w)).map(|(_, rule)| *rule)
    };
    let short = |word: &str| {
        (word.len() <= SHORT && SHORT_ENDS.iter().any(|end| word.ends_with(end))).then_some("password")
    };
    let secret = words
        .iter()
        .filter(|word| !NO_SECRET.has(word))
        .find_map(|word| named(SECRET, word).or_else(|| ended(SECRET_ENDS, word)).or_else(|| short(word)));
    let shared = words.iter().rev().nth(1).is_some_and(|word| last == "key" && SHARED.has(word));
    match secret.or_else(|| shared.then_some("key")) {
        Some(_) if about => None,
        Some(rule) => Some(Weight::Secret(rule)),
        None if about || words.iter().any(|word| PUBLIC.has(word)) => None,
        None => words
            .iter()
            .rev()
            .find_map(|word| named(RANDOM, word).or_else(|| ended(RANDOM_ENDS, word)))
            .map(Weight::Random),
    }
}

/// Whether a name tells what is done with a secret, so that a plain word behind it is none: `update_password: on_create`.
pub(super) fn is_about_doing(name: &[u8]) -> bool {
    parts(name.get(..LONGEST.min(name.len())).unwrap_or_default())
        .first()
        .is_some_and(|first| DOING.has(first))
}

/// The words of a name in small letters, without digits behind them.
fn parts(name: &[u8]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut before = b' ';
    for (n, byte) in name.iter().copied().enumerate() {
        let small_next = name.get(n + 1).is_some_and(u8::is_ascii_lowercase);
        let hump = byte.is_ascii_uppercase()
            && (before.is_ascii_lowercase()
                || before.is_ascii_digit()
                || (before.is_ascii_uppercase() && small_next));
        if (hump || !byte.is_ascii_alphanumeric()) && !word.is_empty() && words.len() < WORDS {
            words.push(std::mem::take(&mut word));
        }
        if byte.is_ascii_alphanumeric() {
            word.push(char::from(byte.to_ascii_lowercase()));
        }
        before = byte;
    }
    words.push(word);
    for word in &mut words {
        let letters = word.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        word.truncate(letters);
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_told_from_names_about_them() {
        for name in "
            password Password PASSWORD db_password dbPassword DB_PASSWORD MYSQL_ROOT_PASSWORD
            spring.datasource.password --password userPassword password2 bindpw rootpw olcRootPW requirepass
            masterauth_pass rpcpassword wpa_passphrase psk client_secret clientSecret secret SECRET_KEY_BASE
            aws_secret_access_key PGPASSWORD ldap_default_authtok smtp_pass rocommunity ansible_become_pass
            proxyPassword IMAPPass POP3PASS secretKey dbpwd Pwd password_hash LDAPBindPasswd storePassword
            rabbitmq_default_pass $dbPass
        "
        .split_ascii_whitespace()
        {
            assert!(matches!(weight(name.as_bytes()), Some(Weight::Secret(_))), "{name}");
        }
        for name in "
            token api_key apiKey X-Api-Key apikey access_token accessKey PrivateKey authkey _authToken
            session_cookie credentials PresharedKey AUTH_KEY NONCE_SALT authToken
        "
        .split_ascii_whitespace()
        {
            assert!(matches!(weight(name.as_bytes()), Some(Weight::Random(_))), "{name}");
        }
        for name in "
            password_file passwordFile smtp_sasl_password_maps PASS_MAX_DAYS PASS_MIN_LEN PasswordAuthentication
            secretName token_endpoint pwdMinLength password_query ProxyPass bypass compass public_key
            primary_key keyboard pubkey key_id passthrough tokenizer author hotkey tls_key_file
            ssl_certificate_key_path monkey secretary  auth_type password_encryption keyserver session_timeout
            authorized_keys cookie_lifetime
        "
        .split_ascii_whitespace()
        {
            assert_eq!(weight(name.as_bytes()), None, "{name}");
        }
    }
}
