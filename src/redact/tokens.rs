//! Secrets that are told by their form alone, wherever they stand: tokens with a known beginning, password hashes, secrets
//! within URLs, headers and SQL. In comes a content, out come places. Each pattern begins with a fixed text or holds one that
//! is looked for first, so that a content without it costs one pass of a substring search; none can take more than linear
//! time (crate regex).

use super::{Hit, values};
use regex::bytes::{Regex, RegexSet, RegexSetBuilder};
use std::sync::LazyLock;

/// The rule; what a content must hold for the pattern to be tried, in letters of any case; the pattern: its first group is
/// the secret, or all of it where it has none.
type Row = (&'static str, &'static str, &'static str);

const ROWS: &[Row] = &[
    ("trackle", "trk_", r"\btrk_[a-z2-7]{32}\b"),
    ("aws", "AKIA|ASIA|ABIA|ACCA", r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b"),
    ("github", "ghp_|gho_|ghs_|ghu_|ghr_", r"\bgh[opsur]_[A-Za-z0-9]{30,255}"),
    ("github", "github_pat_", r"\bgithub_pat_[A-Za-z0-9_]{30,255}"),
    (
        "gitlab",
        "glpat-|gldt-|glrt-|glcbt-|glptt-|glft-|glimt-|glagent-|gloas-|glsoat-|glffct-|glwt-",
        r"\bgl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct|wt)-[A-Za-z0-9_=.-]{16,300}",
    ),
    ("gitlab", "GR1348941", r"\bGR1348941[A-Za-z0-9_-]{20}"),
    ("slack", "xox|xapp-", r"\bxox[abcdeoprs]-[A-Za-z0-9.-]{10,500}|\bxapp-[0-9]-[A-Za-z0-9-]{10,500}"),
    (
        "slack",
        "hooks.slack.com",
        r"hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9+/_-]{20,100})",
    ),
    (
        "stripe",
        "_live_|_test_|_prod_|whsec_",
        r"\b(?:[rs]k|ak)_(?:live|test|prod)_[A-Za-z0-9]{10,250}|\bwhsec_[A-Za-z0-9+/=]{16,100}",
    ),
    ("jwt", ".ey", r"\bey[A-Za-z0-9_-]{12,}\.ey[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+){0,2}"),
    ("google", "AIza", r"\bAIza[A-Za-z0-9_-]{35}"),
    (
        "google",
        "ya29.|GOCSPX-|1//0",
        r"\bya29\.[A-Za-z0-9_.-]{20,}|\bGOCSPX-[A-Za-z0-9_-]{20,40}|\b1//0[A-Za-z0-9_-]{30,}",
    ),
    (
        "azure",
        "accountkey=|sharedaccesskey=|sharedsecretvalue=",
        r"(?i:accountkey|sharedaccesskey|sharedsecretvalue)=([A-Za-z0-9+/]{20,}={0,2})",
    ),
    ("azure", "sig=", r"[?&;]sig=([A-Za-z0-9%/+]{30,}={0,2})"),
    ("azure", "Q~", r"\b[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}"),
    ("npm", "npm_", r"\bnpm_[A-Za-z0-9]{30,50}"),
    ("pypi", "pypi-", r"\bpypi-[A-Za-z0-9_-]{40,}"),
    ("telegram", ":AA", r"\b[0-9]{8,10}:AA[A-Za-z0-9_-]{33}"),
    ("rubygems", "rubygems_", r"\brubygems_[0-9a-f]{40,60}"),
    ("crates", "cio", r"\bcio[A-Za-z0-9]{32}\b"),
    ("nuget", "oy2", r"\boy2[a-z0-9]{43}\b"),
    ("docker", "dckr_", r"\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,60}"),
    ("twilio", "SK", r"\bSK[0-9a-f]{32}\b"),
    ("sendgrid", "SG.", r"\bSG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}"),
    ("mailgun", "key-", r"\bkey-[0-9a-f]{32}\b"),
    ("mailchimp", "-us", r"\b[0-9a-f]{32}-us[0-9]{1,2}\b"),
    ("brevo", "xkeysib-", r"\bxkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}"),
    ("digitalocean", "_v1_", r"\bdo[opr]_v1_[a-f0-9]{64}"),
    (
        "shopify",
        "shpat_|shpca_|shppa_|shpss_|shpat|shpca|shppa|shpss",
        r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}",
    ),
    (
        "atlassian",
        "ATATT3|ATBB|ATCTT3",
        r"\bATATT3[A-Za-z0-9_=-]{60,}|\bATBB[A-Za-z0-9]{24,40}|\bATCTT3[A-Za-z0-9_=-]{60,}",
    ),
    ("heroku", "HRKU-", r"\bHRKU-[A-Za-z0-9_-]{20,70}"),
    ("vault", "hvb.|hvs.|hvr.|s.", r"\bhv[bsr]\.[A-Za-z0-9_-]{20,300}|\bs\.[A-Za-z0-9]{24}\b"),
    ("terraform", ".atlasv1.", r"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{50,80}"),
    ("openai", "sk-", r"\bsk-(?:proj-|svcacct-|admin-|ant-|or-)?[A-Za-z0-9_-]{20,250}"),
    ("huggingface", "hf_|api_org_", r"\bhf_[A-Za-z0-9]{30,50}\b|\bapi_org_[A-Za-z0-9]{30,50}\b"),
    ("databricks", "dapi", r"\bdapi[0-9a-f]{32}(?:-[0-9])?\b"),
    ("grafana", "glsa_|glc_", r"\bglsa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8}|\bglc_[A-Za-z0-9+/]{30,400}={0,2}"),
    ("new relic", "NRAK-|NRII-|NRJS-", r"\bNRAK-[A-Z0-9]{27}|\bNRII-[A-Za-z0-9_-]{32}|\bNRJS-[a-f0-9]{19}"),
    ("sentry", "sntrys_|sntryu_", r"\bsntry[su]_[A-Za-z0-9+/=_-]{40,300}"),
    ("doppler", "dp.", r"\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._-]{30,80}"),
    ("linear", "lin_", r"\blin_(?:api|oauth)_[A-Za-z0-9]{30,64}"),
    ("notion", "ntn_|secret_", r"\bntn_[A-Za-z0-9]{40,60}|\bsecret_[A-Za-z0-9]{43}\b"),
    ("postman", "PMAK-", r"\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}"),
    ("square", "sq0|EAAA", r"\bsq0(?:atp|csp|idp)-[A-Za-z0-9_-]{22,43}|\bEAAA[A-Za-z0-9_-]{60}"),
    ("facebook", "EAAM|EAAC", r"\bEAA[MC][A-Za-z0-9]{80,250}"),
    ("age", "AGE-SECRET-KEY-1", r"\bAGE-SECRET-KEY-1[A-Z0-9]{58}"),
    ("discord", "", r"\b[MNO][A-Za-z0-9]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}"),
    ("discord", "/api/webhooks/", r"discord(?:app)?\.com/api/webhooks/[0-9]{10,22}/([A-Za-z0-9_-]{40,90})"),
    ("teams", "webhook.office.com", r"webhook\.office\.com/webhookb2/([A-Za-z0-9@/-]{60,200})"),
    ("pulumi", "pul-", r"\bpul-[0-9a-f]{40}"),
    ("fly", "fo1_|FlyV1", r"\bfo1_[A-Za-z0-9_-]{43}|\bFlyV1 (fm[0-9]+_[A-Za-z0-9+/=,_-]{50,})"),
    ("planetscale", "pscale_", r"\bpscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{30,70}"),
    ("tailscale", "tskey-", r"\btskey-[a-z]+-[A-Za-z0-9]+-?[A-Za-z0-9]*"),
    ("netlify", "nfp_", r"\bnfp_[A-Za-z0-9]{36,40}"),
    ("alibaba", "LTAI", r"\bLTAI[A-Za-z0-9]{16,20}\b"),
    ("tencent", "AKID", r"\bAKID[A-Za-z0-9]{32}\b"),
    (
        "yandex",
        "AQVN|t1.|YC",
        r"\bAQVN[A-Za-z0-9_-]{35,38}|\bt1\.[A-Z0-9a-z_-]+={0,2}\.[A-Z0-9a-z_-]{86}={0,2}|\bYC[A-Za-z0-9_-]{38}\b",
    ),
    ("artifactory", "AKC|cmVmd", r"\bAKC[a-z][A-Za-z0-9]{60,75}\b|\bcmVmd[A-Za-z0-9]{59}\b"),
    ("sourcegraph", "sgp_", r"\bsgp_(?:[A-Fa-f0-9]{16}_|local_)?[a-fA-F0-9]{40}"),
    (
        "1password",
        "ops_eyJ|A3-",
        r"\bops_eyJ[A-Za-z0-9+/=_-]{100,}|\bA3-[A-Z0-9]{6}-(?:[A-Z0-9]{5,11}-){3}[A-Z0-9]{5}(?:-[A-Z0-9]{5})?",
    ),
    ("cloudflare", "v1.0-", r"\bv1\.0-[0-9a-f]{24}-[0-9a-f]{146}"),
    ("dynatrace", "dt0", r"\bdt0[a-z][0-9]{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}"),
    ("firebase", "AAAA", r"\bAAAA[A-Za-z0-9_-]{7}:[A-Za-z0-9_-]{140}"),
    ("pagerduty", "u+|pdus+", r"\bu\+[A-Za-z0-9_+-]{18}\b|\bpdus\+_[A-Za-z0-9+_-]{20,}"),
    ("readme", "rdme_", r"\brdme_[a-z0-9]{70}"),
    ("airtable", "pat", r"\bpat[A-Za-z0-9]{14}\.[a-f0-9]{64}"),
    ("figma", "figd_|figo_|figu_|figdr_|figor_|figur_", r"\bfig[dou]r?_[A-Za-z0-9_-]{40}"),
    ("kubernetes", "K10", r"\bK10[a-f0-9]{40,64}::[a-z:]*[A-Za-z0-9]{16,}"),
    ("otp", "otpauth:", r#"otpauth://[a-z]+/[^\s"'<>]{1,300}?[?&]secret=([A-Za-z2-7]{8,128})"#),
    // whoever has these can log in, or find the password at leisure
    ("password-hash", "$1$|$apr1$|$md5$", r"\$(?:1|apr1|md5)\$[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{22}"),
    ("password-hash", "$2", r"\$2[abxy]?\$[0-9]{2}\$[./A-Za-z0-9]{53}"),
    ("password-hash", "$5$|$6$", r"\$[56]\$(?:rounds=[0-9]+\$)?[^$\s:]{0,16}\$[./A-Za-z0-9]{43,86}"),
    ("password-hash", "$y$|$gy$|$7$|$sha1$|$sm3$", r"\$(?:y|gy|7|sha1|sm3)\$[./A-Za-z0-9$]{20,400}"),
    ("password-hash", "$argon2", r"\$argon2(?:id|i|d)\$[A-Za-z0-9+/=,$.-]{20,400}"),
    (
        "password-hash",
        "$pbkdf2|$scrypt|$bcrypt|$8",
        r"\$(?:pbkdf2|scrypt|bcrypt|8)[a-z0-9-]*\$[A-Za-z0-9+/=,$.-]{20,400}",
    ),
    ("password-hash", "$P$|$H$|$S$", r"\$[PHS]\$[./A-Za-z0-9]{31,60}"),
    (
        "password-hash",
        "pbkdf2",
        r"\bpbkdf2[_:a-z0-9]*[$:][0-9]+[$:][A-Za-z0-9+/=]{4,}[$:][A-Za-z0-9+/=]{20,}",
    ),
    ("password-hash", "scrypt:", r"\bscrypt:[0-9:]+\$[A-Za-z0-9+/=]+\$[0-9a-f]{64,}"),
    (
        "password-hash",
        "{S|{M|{C|{N|{B|{D|{P|{A",
        r"\{(?:SS?HA|SHA|SSHA256|SHA256|SSHA384|SSHA512|SHA512|SMD5|MD5|CRYPT|NTLM|BLF-CRYPT|SHA256-CRYPT|SHA512-CRYPT|MD5-CRYPT|DES-CRYPT|CRAM-MD5|DIGEST-MD5|PBKDF2[A-Z0-9-]*|ARGON2[ID]*|SCRAM-SHA-[0-9]+)(?:\.[a-z0-9]+)?\}([A-Za-z0-9+/=.$,:*-]{10,400})",
    ),
    (
        "password-hash",
        "SCRAM-SHA-",
        r"\bSCRAM-SHA-(?:1|256|512)\$[0-9]+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+",
    ),
    ("password-hash", "md5", r"\bmd5[0-9a-f]{32}\b"),
    ("password-hash", "*", r"\*[0-9A-F]{40}\b"),
    ("password-hash", "$A$005$", r"\$A\$005\$[^\s']{20,63}"),
    ("password-hash", "grub.pbkdf2.", r"\bgrub\.pbkdf2\.sha512\.[0-9]+\.[0-9A-Fa-f]+\.[0-9A-Fa-f]+"),
    ("url", "://", r#"\b[A-Za-z][A-Za-z0-9+.-]{1,30}://[^\s/:@"'<>`]{0,200}:([^\s/"'<>`]{1,500})@"#),
    ("url", "://", r#"\bhttps?://([A-Za-z0-9_-]{20,255})(?::x-oauth-basic)?@"#),
    (
        "header",
        "authorization",
        r#"(?i:authorization)\\?["']?\s{0,8}[:=,]?\s{0,8}\\?["']?(?i:basic|bearer|token|digest|negotiate|apikey|bot|key|splunk|genie-?key|sso-key)\s{1,8}([^\s"'\\,;]{4,8000})"#,
    ),
    ("header", "bearer", r"\b(?i:bearer)\s{1,4}([A-Za-z0-9._~+/-]{16,8000}={0,2})"),
    ("header", "cookie", r#"(?i:\b(?:set-)?cookie)["']?:\s{0,8}([^\r\n"']{8,8000})"#),
    (
        "sql",
        "identified",
        r"(?i:\bidentified)\s+(?i:with\s+\S{1,40}\s+)?(?i:by|as)\s+(?i:password\s+)?['\x22]((?:[^'\x22\\\n]|\\.|''){1,300})['\x22]",
    ),
    ("sql", "password", r"(?i:\bpassword)\s{0,8}=?\s{0,8}\(?\s{0,8}N?'((?:[^'\\\n]|\\.|''){1,300})'"),
    ("netrc", "login", r"\blogin\s+\S{1,200}\s+(?:account\s+\S{1,200}\s+)?password\s+(\S{3,300})"),
    (
        "setting",
        "_servers",
        r"\b(?:mysql|pgsql|oracle|ibase)_servers\s{0,8}=\s{0,8}[^/\s]{1,100}/[^/\s]{0,100}/[^/\s]{0,100}/(\S{1,200})",
    ),
    (
        "setting",
        "createUser",
        r#"\bcreateUser\s+(?:-e\s+\S+\s+)?\S{1,100}\s+(?:MD5|SHA\S{0,6})\s+"?([^"\s]{1,200})"#,
    ),
    (
        "setting",
        "createUser",
        r#"\bcreateUser\s+(?:-e\s+\S+\s+)?\S{1,100}\s+(?:MD5|SHA\S{0,6})\s+\S{1,200}\s+(?:DES|AES\S{0,6})\s+"?([^"\s]{1,200})"#,
    ),
    ("setting", "com2sec", r"\bcom2sec6?\s+(?:-Cn\s+\S+\s+)?\S{1,100}\s+\S{1,100}\s+(\S{1,200})"),
    ("setting", "auth-pass", r"\bauth-pass\s+[A-Za-z0-9._-]{1,100}\s+(\S{1,200})"),
    ("setting", "static:", r"\bstatic:\{?[^:\s{}]{1,100}:([^\s{}]{1,200})"),
    ("setting", "user", r"\buser(?:name)?=[^%,\s<>{}$]{1,100}%([^,\s]{1,200})"),
    ("setting", "user", r#"\b(?:proxy-)?user\s{0,4}=\s{0,4}"[^":\n]{1,100}:([^"\n]{1,200})""#),
    ("setting", "PSK|XAUTH|EAP|NTLM|PIN", r#"\b(?:PSK|XAUTH|EAP|NTLM|PIN)\s{1,8}["']([^"'\n]{1,200})["']"#),
    (
        "code",
        "BasicAuth|HTTPDigestAuth|basic_auth|auth|login",
        r#"\b(?:HTTPBasicAuth|HTTPDigestAuth|BasicAuth|basicAuth|basic_auth|auth|login)\s{0,4}=?\s{0,4}\(\s{0,4}["'][^"'\n]{0,200}["']\s{0,4},\s{0,4}["']([^"'\n]{1,200})["']"#,
    ),
    (
        "code",
        "mysql|PDO|oci_connect|imap_open|ldap_bind|ftp_login",
        r#"\b(?:mysqli?|mysqli?_connect|PDO|oci_connect|imap_open|ldap_bind|ftp_login)\s{0,4}\(\s{0,4}[^,()\n]{1,200},\s{0,4}[^,()\n]{1,200},\s{0,4}["']([^"'\n]{1,200})["']"#,
    ),
    (
        "code",
        "ConvertTo-SecureString",
        r#"\bConvertTo-SecureString\s+(?:-String\s+)?["']([^"'$\n]{1,200})["']"#,
    ),
    ("expect", "assword", r#"assword[^\n]{0,80}\n?[^\n]{0,80}\bsend\s+(?:--\s+)?"([^"\\\n]{1,200})\\[rn]"#),
    (
        "said",
        "password|passwort|kennwort|passphrase|pin|secret|token",
        r"(?i:\b(?:password|passwort|kennwort|passphrase|pin|secret|token)) (?:is|was|ist|lautet|war):? [\x22'`]?([^\s\x22'`]{4,100})",
    ),
    ("setting", ":om", r":om(?:mysql|pgsql):[^,\s]{1,100},[^,\s]{1,100},[^,\s]{1,100},([^\s;]{1,200})"),
    ("setting", "stats", r"\bstats\s+auth\s+[^:\s]{1,100}:(\S{1,200})"),
    ("setting", "login=", r"\blogin=[^:\s*]{1,100}:(\S{1,200})"),
    ("setting", "user", r"(?m:^)\s*user\s+\S{1,100}\s(?:[^\n]{0,200}\s)?[>#](\S{1,300})"),
    (
        "cisco",
        "password|secret|key-string|key|md5",
        r"(?i:\b(?:password|secret|key-string|key|md5)) [0-9] (\S{4,300})",
    ),
    ("cisco", "snmp-server", r"\bsnmp-server community (\S{1,100})"),
];

/// What is looked for first, of all rows at once; and the rows.
struct Patterns {
    needles: RegexSet,
    rows: Vec<(&'static str, Regex)>,
}

static PATTERNS: LazyLock<Option<Patterns>> = LazyLock::new(|| {
    let literal = |needle: &str| format!("(?i-u:{})", regex::escape(needle));
    let any = |(_, needles, _): &Row| needles.split('|').map(literal).collect::<Vec<_>>().join("|");
    let needles = RegexSetBuilder::new(ROWS.iter().map(any)).unicode(false).dfa_size_limit(64 << 20).build();
    let row = |(rule, _, form): &Row| Some((*rule, Regex::new(&format!("(?-u){form}")).ok()?));
    Some(Patterns { needles: needles.ok()?, rows: ROWS.iter().map(row).collect::<Option<_>>()? })
});

pub(super) fn find(content: &[u8], hits: &mut Vec<Hit>) {
    let Some(patterns) = PATTERNS.as_ref() else { return };
    let rows = patterns.needles.matches(content).into_iter().filter_map(|row| patterns.rows.get(row));
    for (rule, form) in rows {
        for found in form.captures_iter(content) {
            let Some(secret) = found.get(1).or_else(|| found.get(0)) else { continue };
            let value = secret.as_bytes();
            let counts = match *rule {
                "url" | "header" | "sql" | "netrc" | "cisco" | "setting" => !values::is_harmless(value),
                "code" | "expect" => !values::is_harmless(value) && !values::is_name_of_one(value),
                "said" => values::is_mixed(value),
                _ => true,
            };
            if counts {
                hits.push(Hit { range: secret.range(), rule });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_one() {
        assert!(PATTERNS.is_some());
    }
}
