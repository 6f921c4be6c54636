//! What a value looks like: in come the bytes of one, out comes whether it can be a secret at all, and whether it is one that
//! nobody could have thought of. Entropy is Shannon's, in bits a byte, over the bytes of the value itself.

use super::words::{Words, words};
use regex::bytes::Regex;
use std::sync::LazyLock;

/// Bits a byte above which a value of sixteen bytes or more is thought to be drawn (the usual bar of secret scanners).
const DRAWN: f64 = 3.5;

/// Words that say what kind of secret is wanted, or that there is none.
static WORDS: Words = words(
    "* - ! ? x none null nil undefined true false yes no y n on off enabled disabled required requisite optional \
     sufficient include substack default prompt ask auto never always unset files compat systemd sss ldap nis db winbind \
     md5 sha256 sha512 yescrypt crypt scram-sha-256 plain login peer trust ident bcrypt string str text varchar integer \
     int object bytes char hidden any all empty self this todo tbd n/a function const let var return if not is in the a \
     an and or for to of",
);

/// Words of sentences, and of descriptions of secrets.
static FILLERS: Words = words(
    "the a an is in of to for see not by your with from be will at on must should can and or needed required stored \
     password passphrase secret token key credentials same this that if as was are has der die das siehe mit von",
);

static HARMLESS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let forms = [
        r"\$\{[^}]*\}?",
        r"\$[A-Za-z_][A-Za-z0-9_]*",
        r"\$\(.*\)",
        r"`[^`]*`",
        r"%\{[^}]*\}",
        r"%\([A-Za-z0-9_]+\)s",
        r"%[A-Za-z0-9_]+%",
        r"\{\{.*\}\}",
        r"\{[A-Za-z0-9_.]*\}",
        r"\{%.*%\}",
        r"<[^<>]*>?",
        r"%[A-Za-z]",
        r"[A-Za-z0-9_+-]+\.(?:so|conf|cfg|ini|ya?ml|json|txt|sh|py|pl|pem|crt|key|service|socket|md|html|log|sql|xml)",
        r"[0-9]+/(?:tcp|udp|sctp|dccp)",
        r"@[A-Za-z0-9_]+@",
        r"#\{[^}]*\}",
        r"__[A-Z0-9_]+__",
        r"[*.xX_=#-]+",
        r"\[[a-z =_0-9.-]*\]?",
        r"(?:hash|lmdb|btree|texthash|regexp|pcre|cdb|mysql|ldap|pgsql|proxy|file|env|arn|ssm|vault|keyring|exec|kms|inet|unix):[A-Za-z0-9_./:${}-]*",
        r"!(?:vault|Ref|Sub|GetAtt|ImportValue|secret|env_var)\b.*",
        r"https?://[^@\s]*",
        r"ssh-[a-z0-9]+ .*|ecdsa-sha2-[a-z0-9]+ .*",
    ];
    Regex::new(&format!("(?-u)^(?:{})$", forms.join("|"))).ok()
});

/// What code writes in the place of a value: a call, an index, a member of what holds settings.
static CODE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?x-u)^(?:
        [A-Za-z_][A-Za-z_.0-9]*(?:->|::)[A-Za-z_].*
        |[A-Za-z_$][A-Za-z_.]*\((?:|["'a-z_].*)\)?
        |[A-Za-z_$@][A-Za-z_.]*\[["'a-z_].*
        |\(?[A-Za-z_,\ ]*\)?\s=>.*
        |\[["'][A-Za-z_./,\ "']*\]?
        |(?:function|async|await|new|lambda|not|fn)\b.*
        |\$?(?:os|self|this|config|conf|cfg|settings|env|environ|args|params|options|opts|request|req|process|data|form|input
            |local|var|vars|module|each|ctx|props|state|user|secrets|inputs)\.[A-Za-z_.]+
        )$"#,
    )
    .ok()
});

/// Whether a value says something else than a secret: nothing, a word of a grammar, a reference to where the secret is.
pub(super) fn is_harmless(value: &[u8]) -> bool {
    let small = value.to_ascii_lowercase();
    !value.iter().any(|b| b.is_ascii_alphanumeric() || *b >= 0x80)
        || std::str::from_utf8(&small).is_ok_and(|small| WORDS.has(small))
        || (value.len() <= 4 && value.iter().all(u8::is_ascii_digit))
        || HARMLESS.as_ref().is_some_and(|form| form.is_match(value))
        || is_path(value)
}

/// Whether it is a piece of a program.
pub(super) fn is_code(value: &[u8]) -> bool {
    CODE.as_ref().is_some_and(|form| form.is_match(value))
}

/// Whether it is a sentence: words, with one that only sentences have, or with a word that says what is meant. In a comment,
/// any words.
pub(super) fn is_prose(value: &[u8], comment: bool) -> bool {
    let words = || value.split(|b| b" \t,.;:()".contains(b)).filter(|word| !word.is_empty());
    let letters = |word: &[u8]| word.iter().all(|b| b.is_ascii_alphabetic() || b"'-".contains(b));
    words().nth(1).is_some()
        && (comment
            || words().all(letters)
                && words().any(|word| {
                    let small = word.to_ascii_lowercase();
                    std::str::from_utf8(&small).is_ok_and(|small| FILLERS.has(small))
                }))
}

/// Whether it is what a program calls a secret: `password`, `userPassword`, `new_secret`.
pub(super) fn is_name_of_one(value: &[u8]) -> bool {
    let small = value.to_ascii_lowercase();
    let word = |word: &&[u8]| small.windows(word.len()).any(|part| part == *word);
    value.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'.' | b'-'))
        && [&b"passw"[..], b"passphrase", b"secret", b"token", b"key", b"pwd", b"pass"].iter().any(word)
}

/// Whether it is one word in small letters.
pub(super) fn is_plain(value: &[u8]) -> bool {
    value.iter().all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'-'))
}

/// Whether it is no word of a language: eight signs or more, letters among others.
pub(super) fn is_mixed(value: &[u8]) -> bool {
    let letters = value.iter().any(u8::is_ascii_alphabetic);
    let digits = value.iter().any(u8::is_ascii_digit);
    let inner = value.iter().position(|b| *b == b'=').is_some_and(|at| at + 3 < value.len());
    let capitals =
        value.iter().skip(1).any(u8::is_ascii_uppercase) && value.iter().any(u8::is_ascii_lowercase);
    letters
        && !inner
        && value.len() >= 6
        && (digits || capitals && value.len() >= 8)
        && !value.ends_with(b":")
}

/// Whether all of it are words of a grammar: `passwd: files systemd`.
pub(super) fn is_grammar(value: &[u8]) -> bool {
    let mut words = value.split(|b| b" \t,[]=|/".contains(b)).filter(|word| !word.is_empty()).peekable();
    words.peek().is_some()
        && words.all(|word| {
            is_harmless(word)
                || matches!(
                    word,
                    b"NOTFOUND" | b"SUCCESS" | b"UNAVAIL" | b"TRYAGAIN" | b"return" | b"continue"
                )
        })
}

/// `/etc/x/y.z`, `~/x`: names that people give.
fn is_path(value: &[u8]) -> bool {
    let path = value.strip_prefix(b"~").unwrap_or(value);
    let Some(path) = path.strip_prefix(b"/").or_else(|| path.strip_prefix(b"./")) else { return false };
    path.iter().all(|b| b.is_ascii_alphanumeric() || b"/._-+@%:".contains(b))
        && path.split(|b| *b == b'/').all(|part| !is_random(part))
}

/// Whether nobody could have thought of it: sixteen or more letters and digits (or signs of base 64) without the look of
/// words, numbers, names of machines or versions.
pub(super) fn is_random(value: &[u8]) -> bool {
    let value = value.strip_suffix(b"==").or_else(|| value.strip_suffix(b"=")).unwrap_or(value);
    if !(16..=1024).contains(&value.len()) || is_uuid(value) {
        return is_uuid(value);
    }
    if !value.iter().all(|b| b.is_ascii_alphanumeric() || b"+/=_.~-!@#$%^&*:".contains(b)) {
        return false;
    }
    // a part of it is put in later
    if value.windows(2).any(|two| matches!(two, [b'$', b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'{' | b'('])) {
        return false;
    }
    if value.iter().all(u8::is_ascii_hexdigit) {
        return value.len() >= 32 && entropy(value) >= 3.0;
    }
    let parts = value.split(|b| b"-_./:+~".contains(b)).filter(|part| !part.is_empty());
    let ordinary = |part: &[u8]| {
        let letters = part.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        // `NetworkManager` has few capitals, what was drawn has many
        let capitals = part.iter().take(letters).filter(|b| b.is_ascii_uppercase()).count();
        let small = capitals * 4 <= letters.max(4);
        let shouted = part.get(..letters).unwrap_or_default().iter().all(u8::is_ascii_uppercase);
        // a word, a number, a word with a number behind it, a version
        (small || shouted) && part.get(letters..).unwrap_or_default().iter().all(u8::is_ascii_digit)
    };
    let (plain, all) = parts.fold((0, 0), |(plain, all), part| {
        (plain + if ordinary(part) { part.len() } else { 0 }, all + part.len())
    });
    plain * 2 < all && classes(value) >= 2 && entropy(value) >= DRAWN
}

fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(n, b)| match n {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// How many kinds of signs: small letters, capitals, digits.
fn classes(value: &[u8]) -> usize {
    let any = |is: fn(&u8) -> bool| usize::from(value.iter().any(is));
    any(u8::is_ascii_lowercase) + any(u8::is_ascii_uppercase) + any(u8::is_ascii_digit)
}

/// Whether it is told from ordinary words well enough to be sought elsewhere.
pub(super) fn is_distinct(value: &[u8]) -> bool {
    let other = usize::from(value.iter().any(|b| b.is_ascii_punctuation()));
    (8..=200).contains(&value.len())
        && !value.contains(&b'\n')
        && !value.starts_with("«".as_bytes())
        && classes(value) + other >= 2
        && entropy(value) >= 2.5
        && !is_harmless(value)
}

/// Shannon's entropy in bits a byte.
pub(super) fn entropy(value: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    for byte in value {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let all = value.len() as f64;
    counts.iter().filter(|n| **n > 0).map(|n| f64::from(*n) / all).map(|p| -p * p.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_drawn_is_told_from_what_was_thought_of() {
        for value in [
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "0123456789abcdef0123456789abcdef",
            "9f86d081-884c-4d65-9a2f-eaa0c55ad015",
            "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=",
            "X7gkP2mQz9LwR4tYb1Nc",
        ] {
            assert!(is_random(value.as_bytes()), "{value}");
        }
        for value in [
            "kube-apiserver-to-kubelet-signer",
            "debian-security-2024",
            "/etc/ssl/certs/ca-certificates.crt",
            "aaaaaaaaaaaaaaaaaaaaaaaa",
            "mail.internal.example.com",
            "2024-01-01T00:00:00Z",
            "administrator",
            "short1A",
            "libstdc++6-12-dev",
            "org.freedesktop.NetworkManager",
        ] {
            assert!(!is_random(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn references_are_no_secrets() {
        for value in [
            "",
            "none",
            "${DB_PASSWORD}",
            "$DB_PASSWORD",
            "{{ db_password }}",
            "%(password)s",
            "<password>",
            "********",
            "/etc/app/password",
            "hash:/etc/postfix/sasl_passwd",
            "@PASSWORD@",
            "yes",
            "600",
            "!vault |",
            "$(cat /run/x)",
        ] {
            assert!(value.is_empty() || is_harmless(value.as_bytes()), "{value}");
        }
        for value in ["hunter2", "$ecret!", "12345", "changeme", "/x8FsG7kd9QmZ2pLw4Rt/", "correct horse"] {
            assert!(!is_harmless(value.as_bytes()), "{value}");
        }
        for value in
            ["os.environ['X']", "getenv(\"X\")", "config.password", "self.password", "form->password"]
        {
            assert!(is_code(value.as_bytes()), "{value}");
        }
        for value in ["Summer(2024)", "hunter2", "my.pass.word", "a[1]"] {
            assert!(!is_code(value.as_bytes()), "{value}");
        }
    }
}
