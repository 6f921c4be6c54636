//! Names that tie their value to them in a way of their own, and what may stand before a name.

/// Directives whose value follows a blank and is secret, whatever it is.
pub(super) const DIRECTIVES: &[&[u8]] = &[
    b"requirepass",
    b"masterauth",
    b"rocommunity",
    b"rwcommunity",
    b"rocommunity6",
    b"rwcommunity6",
    b"bindpw",
    b"rootpw",
    b"rootpwmoddn",
    b"rootbindpw",
    b"AuthUserPass",
    b"ss_password",
];

/// Those whose value is the whole line.
pub(super) const WHOLE: &[&[u8]] = &[b"wpa_passphrase", b"wpa-passphrase", b"wpa-psk", b"wpa_psk", b"psk"];
/// What stands around a value within an element.
pub(super) const INNER: &[&[u8]] = &[b"<Value>", b"<value>", b"<string>", b"<PlainText>"];

/// What may stand before a name that is the first of its line.
pub(super) fn is_before_name(word: &[u8]) -> bool {
    word.iter().all(|b| b"#;/*-<\"'$@{[(,+!%".contains(b))
        || matches!(
            word,
            b"export"
                | b"set"
                | b"setenv"
                | b"ENV"
                | b"ARG"
                | b"declare"
                | b"local"
                | b"readonly"
                | b"const"
                | b"let"
                | b"var"
                | b"final"
                | b"private"
                | b"public"
                | b"static"
                | b"String"
                | b"define"
                | b"val"
                | b"my"
                | b"our"
                | b"-x"
                | b"-gx"
                | b"-Ux"
                | b"-e"
                | b"--env"
                | b"Environment"
                | b"-"
        )
        || word.starts_with(b"Environment=")
        || (word.first() == Some(&b'[') && word.last() == Some(&b']'))
}
