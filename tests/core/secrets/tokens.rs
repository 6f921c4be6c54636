//! Tokens that are told by their form, and the places they are found in.

use super::{Draw, Planted};

/// What tells a kind of token, and how one is made.
type Kind = (&'static str, fn(&mut Draw) -> String);

const KINDS: &[Kind] = &[
    ("aws key id", |d| format!("AKIA{}", d.of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16))),
    ("github classic", |d| format!("ghp_{}", d.alnum(36))),
    ("github server", |d| format!("ghs_{}", d.alnum(36))),
    ("github fine-grained", |d| format!("github_pat_{}_{}", d.alnum(22), d.alnum(59))),
    ("gitlab personal", |d| format!("glpat-{}", d.url64(20))),
    ("gitlab runner", |d| format!("glrt-{}", d.url64(20))),
    ("slack bot", |d| format!("xoxb-{}-{}-{}", d.of("0123456789", 12), d.of("0123456789", 12), d.alnum(24))),
    ("slack user", |d| format!("xoxp-{}-{}-{}", d.of("0123456789", 11), d.of("0123456789", 12), d.hex(32))),
    ("stripe", |d| format!("sk_live_{}", d.alnum(24))),
    ("stripe restricted", |d| format!("rk_test_{}", d.alnum(24))),
    ("jwt", |d| format!("eyJhbGciOiJIUzI1NiJ9.eyJ{}.{}", d.url64(40), d.url64(43))),
    ("google api", |d| format!("AIza{}", d.url64(35))),
    ("google oauth", |d| format!("ya29.a0{}", d.url64(60))),
    ("google client secret", |d| format!("GOCSPX-{}", d.url64(28))),
    ("azure storage", |d| format!("AccountKey={}==", d.base64(86))),
    ("azure client", |d| format!("{}8Q~{}", d.alnum(3), d.alnum(34))),
    ("npm", |d| format!("npm_{}", d.alnum(36))),
    ("pypi", |d| format!("pypi-AgEIcHlwaS5vcmc{}", d.url64(80))),
    ("telegram", |d| format!("{}:AA{}", d.of("123456789", 10), d.url64(33))),
    ("rubygems", |d| format!("rubygems_{}", d.hex(48))),
    ("docker hub", |d| format!("dckr_pat_{}", d.url64(27))),
    ("sendgrid", |d| format!("SG.{}.{}", d.url64(22), d.url64(43))),
    ("mailgun", |d| format!("key-{}", d.hex(32))),
    ("mailchimp", |d| format!("{}-us12", d.hex(32))),
    ("digitalocean", |d| format!("dop_v1_{}", d.hex(64))),
    ("shopify", |d| format!("shpat_{}", d.hex(32))),
    ("atlassian", |d| format!("ATATT3xFfGF0{}={}", d.url64(170), d.of("0123456789ABCDEF", 8))),
    ("vault", |d| format!("hvs.{}", d.url64(90))),
    ("terraform cloud", |d| format!("{}.atlasv1.{}", d.alnum(14), d.url64(67))),
    ("openai", |d| format!("sk-proj-{}", d.url64(74))),
    ("anthropic", |d| format!("sk-ant-api03-{}AA", d.url64(93))),
    ("hugging face", |d| format!("hf_{}", d.alnum(34))),
    ("databricks", |d| format!("dapi{}", d.hex(32))),
    ("grafana", |d| format!("glsa_{}_{}", d.alnum(32), d.hex(8))),
    ("new relic", |d| format!("NRAK-{}", d.of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 27))),
    ("age", |d| format!("AGE-SECRET-KEY-1{}", d.of("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58))),
    ("discord", |d| format!("M{}.{}.{}", d.alnum(23), d.alnum(6), d.url64(38))),
    ("tailscale", |d| format!("tskey-auth-{}CNTRL-{}", d.alnum(11), d.alnum(32))),
    ("sha512-crypt", |d| {
        format!("$6${}${}", d.alnum(16), d.of("./ABCDEFGHIJKLMNOPabcdefghijklmnop0123456789", 86))
    }),
    ("yescrypt", |d| {
        format!("$y$j9T${}${}", d.alnum(22), d.of("./ABCDEFGHIJKLMNOPabcdefghijklmnop0123456789", 43))
    }),
    ("bcrypt", |d| format!("$2y$10${}", d.of("./ABCDEFGHIJKLMNOPabcdefghijklmnop0123456789", 53))),
    ("apr1", |d| format!("$apr1${}${}", d.alnum(8), d.alnum(22))),
    ("argon2", |d| format!("$argon2id$v=19$m=65536,t=3,p=4${}${}", d.base64(22), d.base64(43))),
    ("ssha", |d| format!("{{SSHA}}{}", d.base64(32))),
    ("scram", |d| format!("SCRAM-SHA-256$4096:{}==${}=:{}=", d.base64(22), d.base64(43), d.base64(43))),
    ("django", |d| format!("pbkdf2_sha256$600000${}${}=", d.alnum(22), d.base64(43))),
    ("mysql native", |d| format!("*{}", d.of("0123456789ABCDEF", 40))),
    ("postgres md5", |d| format!("md5{}", d.hex(32))),
    ("grub", |d| {
        format!(
            "grub.pbkdf2.sha512.10000.{}.{}",
            d.of("0123456789ABCDEF", 128),
            d.of("0123456789ABCDEF", 128)
        )
    }),
    ("trackle", |d| format!("trk_{}", d.of("abcdefghijklmnopqrstuvwxyz234567", 32))),
];

/// Where one may stand: `@` is the token.
const PLACES: &[&str] = &[
    "@",
    "  @\n",
    "# old one: @",
    "use @ for the upload",
    "value='@'",
    "\"x\": \"@\",",
    "curl https://api.example.org -H 'X: @'",
    "<a>@</a>",
    "- @",
    "Nov 21 10:00:00 web1 app[12]: got @ from client",
    "x=@; y=1",
    "(@)",
    "key,@,2026",
    "| ops | @ |",
    "x:@:1",
];

/// One of every kind, each somewhere; private keys and tokens within URLs besides.
pub fn all(draw: &mut Draw) -> Vec<Planted> {
    let mut all = Vec::new();
    for (kind, make) in KINDS {
        let secret = make(draw);
        let text = draw.one(PLACES).replace('@', &secret);
        all.push(Planted { kind: (*kind).to_owned(), text, secret });
    }
    for kind in [
        "RSA PRIVATE KEY",
        "EC PRIVATE KEY",
        "PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
        "DSA PRIVATE KEY",
        "PGP PRIVATE KEY BLOCK",
        "OpenVPN Static key V1",
    ] {
        let lines: Vec<String> = (0..6).map(|_| draw.base64(64)).collect();
        let secret = lines[draw.below(6)].clone();
        let (end, indent) = (draw.one(&["\n", "\r\n", "\\n"]), draw.one(&["", "    ", "\t"]));
        let lines = lines.join(&format!("{end}{indent}"));
        let text = format!(
            "x: |\n{indent}-----BEGIN {kind}-----{end}{indent}{lines}{end}{indent}-----END {kind}-----\ny: 1\n"
        );
        all.push(Planted { kind: kind.to_owned(), text, secret });
    }
    let user = draw.one(&["app", "root", "deploy", "j.doe", ""]);
    for scheme in
        ["postgres", "mysql", "redis", "amqp", "https", "mongodb+srv", "ldap", "ftp", "smtp", "rtsp"]
    {
        let secret =
            super::forms::password(draw).replace(['/', ' ', '"', '\'', '#', '@', '<', '>', '`'], "x");
        let text =
            draw.one(PLACES).replace('@', &format!("{scheme}://{user}:{secret}@db.example.org:5432/x"));
        all.push(Planted { kind: format!("url {scheme}"), text, secret });
    }
    let secret = draw.alnum(24);
    all.push(Planted {
        kind: "slack hook".into(),
        text: format!(
            "url: https://hooks.slack.com/services/T0{}/B0{}/{secret}",
            draw.alnum(7),
            draw.alnum(8)
        ),
        secret,
    });
    let secret = draw.alnum(40);
    for (kind, text) in [
        ("bearer", format!("Authorization: Bearer {secret}")),
        ("basic", format!("proxy_set_header Authorization \"Basic {secret}\";")),
        ("header in code", format!("headers = {{'Authorization': 'token {secret}'}}")),
        ("cookie", format!("Cookie: session={secret}; path=/")),
    ] {
        all.push(Planted { kind: kind.into(), text, secret: secret.clone() });
    }
    all
}
