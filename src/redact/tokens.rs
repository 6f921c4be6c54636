//! Secrets that are told by their form alone, wherever they stand: tokens with a known beginning, password hashes, secrets
//! within URLs, headers and SQL. In comes a content, out come places. Each pattern begins with a fixed text or holds one that
//! is looked for first, so that a content without it costs one pass of a substring search; none can take more than linear
//! time (crate regex).

use super::{Hit, values};
use regex::bytes::Regex;
use std::sync::LazyLock;

/// A pattern: its first group is the secret, or all of it where it has none.
type Row = (&'static str, &'static str);

const ROWS: &[Row] = &[
    ("aws", r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b"),
    ("github", r"\bgh[opsur]_[A-Za-z0-9]{30,255}"),
    ("github", r"\bgithub_pat_[A-Za-z0-9_]{30,255}"),
    ("gitlab", r"\bgl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct|wt)-[A-Za-z0-9_=.-]{16,300}"),
    ("gitlab", r"\bGR1348941[A-Za-z0-9_-]{20}"),
    ("slack", r"\bxox[abcdeoprs]-[A-Za-z0-9.-]{10,500}|\bxapp-[0-9]-[A-Za-z0-9-]{10,500}"),
    ("slack", r"hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9+/_-]{20,100})"),
    ("stripe", r"\b(?:[rs]k|ak)_(?:live|test|prod)_[A-Za-z0-9]{10,250}|\bwhsec_[A-Za-z0-9+/=]{16,100}"),
    ("jwt", r"\bey[A-Za-z0-9_-]{12,}\.ey[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+){0,2}"),
    ("google", r"\bAIza[A-Za-z0-9_-]{35}"),
    ("google", r"\bya29\.[A-Za-z0-9_.-]{20,}|\bGOCSPX-[A-Za-z0-9_-]{20,40}|\b1//0[A-Za-z0-9_-]{30,}"),
    ("azure", r"(?i:accountkey|sharedaccesskey|sharedsecretvalue)=([A-Za-z0-9+/]{20,}={0,2})"),
    ("azure", r"[?&;]sig=([A-Za-z0-9%/+]{30,}={0,2})"),
    ("azure", r"\b[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}"),
    ("npm", r"\bnpm_[A-Za-z0-9]{30,50}"),
    ("pypi", r"\bpypi-[A-Za-z0-9_-]{40,}"),
    ("telegram", r"\b[0-9]{8,10}:AA[A-Za-z0-9_-]{33}"),
    ("rubygems", r"\brubygems_[0-9a-f]{40,60}"),
    ("crates", r"\bcio[A-Za-z0-9]{32}\b"),
    ("nuget", r"\boy2[a-z0-9]{43}\b"),
    ("docker", r"\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,60}"),
    ("twilio", r"\bSK[0-9a-f]{32}\b"),
    ("sendgrid", r"\bSG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}"),
    ("mailgun", r"\bkey-[0-9a-f]{32}\b"),
    ("mailchimp", r"\b[0-9a-f]{32}-us[0-9]{1,2}\b"),
    ("brevo", r"\bxkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}"),
    ("digitalocean", r"\bdo[opr]_v1_[a-f0-9]{64}"),
    ("shopify", r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
    ("atlassian", r"\bATATT3[A-Za-z0-9_=-]{60,}|\bATBB[A-Za-z0-9]{24,40}|\bATCTT3[A-Za-z0-9_=-]{60,}"),
    ("heroku", r"\bHRKU-[A-Za-z0-9_-]{20,70}"),
    ("vault", r"\bhv[bsr]\.[A-Za-z0-9_-]{20,300}|\bs\.[A-Za-z0-9]{24}\b"),
    ("terraform", r"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{50,80}"),
    ("openai", r"\bsk-(?:proj-|svcacct-|admin-|ant-|or-)?[A-Za-z0-9_-]{20,250}"),
    ("huggingface", r"\bhf_[A-Za-z0-9]{30,50}\b|\bapi_org_[A-Za-z0-9]{30,50}\b"),
    ("databricks", r"\bdapi[0-9a-f]{32}(?:-[0-9])?\b"),
    ("grafana", r"\bglsa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8}|\bglc_[A-Za-z0-9+/]{30,400}={0,2}"),
    ("new relic", r"\bNRAK-[A-Z0-9]{27}|\bNRII-[A-Za-z0-9_-]{32}|\bNRJS-[a-f0-9]{19}"),
    ("sentry", r"\bsntry[su]_[A-Za-z0-9+/=_-]{40,300}"),
    ("doppler", r"\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._-]{30,80}"),
    ("linear", r"\blin_(?:api|oauth)_[A-Za-z0-9]{30,64}"),
    ("notion", r"\bntn_[A-Za-z0-9]{40,60}|\bsecret_[A-Za-z0-9]{43}\b"),
    ("postman", r"\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}"),
    ("square", r"\bsq0(?:atp|csp|idp)-[A-Za-z0-9_-]{22,43}|\bEAAA[A-Za-z0-9_-]{60}"),
    ("facebook", r"\bEAA[MC][A-Za-z0-9]{80,250}"),
    ("age", r"\bAGE-SECRET-KEY-1[A-Z0-9]{58}"),
    ("discord", r"\b[MNO][A-Za-z0-9]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}"),
    ("discord", r"discord(?:app)?\.com/api/webhooks/[0-9]{10,22}/([A-Za-z0-9_-]{40,90})"),
    ("teams", r"webhook\.office\.com/webhookb2/([A-Za-z0-9@/-]{60,200})"),
    ("pulumi", r"\bpul-[0-9a-f]{40}"),
    ("fly", r"\bfo1_[A-Za-z0-9_-]{43}|\bFlyV1 (fm[0-9]+_[A-Za-z0-9+/=,_-]{50,})"),
    ("planetscale", r"\bpscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{30,70}"),
    ("tailscale", r"\btskey-[a-z]+-[A-Za-z0-9]+-?[A-Za-z0-9]*"),
    ("netlify", r"\bnfp_[A-Za-z0-9]{36,40}"),
    ("alibaba", r"\bLTAI[A-Za-z0-9]{16,20}\b"),
    ("tencent", r"\bAKID[A-Za-z0-9]{32}\b"),
    (
        "yandex",
        r"\bAQVN[A-Za-z0-9_-]{35,38}|\bt1\.[A-Z0-9a-z_-]+={0,2}\.[A-Z0-9a-z_-]{86}={0,2}|\bYC[A-Za-z0-9_-]{38}\b",
    ),
    ("artifactory", r"\bAKC[a-z][A-Za-z0-9]{60,75}\b|\bcmVmd[A-Za-z0-9]{59}\b"),
    ("sourcegraph", r"\bsgp_(?:[A-Fa-f0-9]{16}_|local_)?[a-fA-F0-9]{40}"),
    (
        "1password",
        r"\bops_eyJ[A-Za-z0-9+/=_-]{100,}|\bA3-[A-Z0-9]{6}-(?:[A-Z0-9]{5,11}-){3}[A-Z0-9]{5}(?:-[A-Z0-9]{5})?",
    ),
    ("cloudflare", r"\bv1\.0-[0-9a-f]{24}-[0-9a-f]{146}"),
    ("dynatrace", r"\bdt0[a-z][0-9]{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}"),
    ("firebase", r"\bAAAA[A-Za-z0-9_-]{7}:[A-Za-z0-9_-]{140}"),
    ("pagerduty", r"\bu\+[A-Za-z0-9_+-]{18}\b|\bpdus\+_[A-Za-z0-9+_-]{20,}"),
    ("readme", r"\brdme_[a-z0-9]{70}"),
    ("airtable", r"\bpat[A-Za-z0-9]{14}\.[a-f0-9]{64}"),
    ("figma", r"\bfig[dou]r?_[A-Za-z0-9_-]{40}"),
    ("kubernetes", r"\bK10[a-f0-9]{40,64}::[a-z:]*[A-Za-z0-9]{16,}"),
    ("otp", r#"otpauth://[a-z]+/[^\s"'<>]{1,300}?[?&]secret=([A-Za-z2-7]{8,128})"#),
    // whoever has these can log in, or find the password at leisure
    ("password-hash", r"\$(?:1|apr1|md5)\$[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{22}"),
    ("password-hash", r"\$2[abxy]?\$[0-9]{2}\$[./A-Za-z0-9]{53}"),
    ("password-hash", r"\$[56]\$(?:rounds=[0-9]+\$)?[^$\s:]{0,16}\$[./A-Za-z0-9]{43,86}"),
    ("password-hash", r"\$(?:y|gy|7|sha1|sm3)\$[./A-Za-z0-9$]{20,400}"),
    ("password-hash", r"\$argon2(?:id|i|d)\$[A-Za-z0-9+/=,$.-]{20,400}"),
    ("password-hash", r"\$(?:pbkdf2|scrypt|bcrypt|8)[a-z0-9-]*\$[A-Za-z0-9+/=,$.-]{20,400}"),
    ("password-hash", r"\$[PHS]\$[./A-Za-z0-9]{31,60}"),
    ("password-hash", r"\bpbkdf2[_:a-z0-9]*[$:][0-9]+[$:][A-Za-z0-9+/=]{4,}[$:][A-Za-z0-9+/=]{20,}"),
    ("password-hash", r"\bscrypt:[0-9:]+\$[A-Za-z0-9+/=]+\$[0-9a-f]{64,}"),
    (
        "password-hash",
        r"\{(?:SS?HA|SHA|SSHA256|SHA256|SSHA384|SSHA512|SHA512|SMD5|MD5|CRYPT|NTLM|BLF-CRYPT|SHA256-CRYPT|SHA512-CRYPT|MD5-CRYPT|DES-CRYPT|CRAM-MD5|DIGEST-MD5|PBKDF2[A-Z0-9-]*|ARGON2[ID]*|SCRAM-SHA-[0-9]+)(?:\.[a-z0-9]+)?\}([A-Za-z0-9+/=.$,:*-]{10,400})",
    ),
    ("password-hash", r"\bSCRAM-SHA-(?:1|256|512)\$[0-9]+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+"),
    ("password-hash", r"\bmd5[0-9a-f]{32}\b"),
    ("password-hash", r"\*[0-9A-F]{40}\b"),
    ("password-hash", r"\$A\$005\$[^\s']{20,63}"),
    ("password-hash", r"\bgrub\.pbkdf2\.sha512\.[0-9]+\.[0-9A-Fa-f]+\.[0-9A-Fa-f]+"),
    ("url", r#"\b[A-Za-z][A-Za-z0-9+.-]{1,30}://[^\s/:@"'<>`]{0,200}:([^\s/"'<>`]{1,500})@"#),
    ("url", r#"\bhttps?://([A-Za-z0-9_-]{20,255})(?::x-oauth-basic)?@"#),
    (
        "header",
        r#"(?i:authorization)\\?["']?\s{0,8}[:=,]?\s{0,8}\\?["']?(?i:basic|bearer|token|digest|negotiate|apikey|bot|key|splunk|genie-?key|sso-key)\s{1,8}([^\s"'\\,;]{4,8000})"#,
    ),
    ("header", r"\b(?i:bearer)\s{1,4}([A-Za-z0-9._~+/-]{16,8000}={0,2})"),
    ("header", r#"(?i:\b(?:set-)?cookie)["']?:\s{0,8}([^\r\n"']{8,8000})"#),
    (
        "sql",
        r"(?i:\bidentified)\s+(?i:with\s+\S{1,40}\s+)?(?i:by|as)\s+(?i:password\s+)?'((?:[^'\\\n]|\\.|''){1,300})'",
    ),
    ("sql", r"(?i:\bpassword)\s{0,8}\(?\s{0,8}'((?:[^'\\\n]|\\.|''){1,300})'"),
    ("netrc", r"\blogin\s+\S{1,200}\s+(?:account\s+\S{1,200}\s+)?password\s+(\S{1,300})"),
    (
        "setting",
        r"\b(?:mysql|pgsql|oracle|ibase)_servers\s{0,8}=\s{0,8}[^/\s]{1,100}/[^/\s]{0,100}/[^/\s]{0,100}/(\S{1,200})",
    ),
    ("setting", r#"\bcreateUser\s+(?:-e\s+\S+\s+)?\S{1,100}\s+(?:MD5|SHA\S{0,6})\s+"?([^"\s]{1,200})"#),
    (
        "setting",
        r#"\bcreateUser\s+(?:-e\s+\S+\s+)?\S{1,100}\s+(?:MD5|SHA\S{0,6})\s+\S{1,200}\s+(?:DES|AES\S{0,6})\s+"?([^"\s]{1,200})"#,
    ),
    ("setting", r":om(?:mysql|pgsql):[^,\s]{1,100},[^,\s]{1,100},[^,\s]{1,100},([^\s;]{1,200})"),
    ("setting", r"\bstats\s+auth\s+[^:\s]{1,100}:(\S{1,200})"),
    ("setting", r"\blogin=[^:\s*]{1,100}:(\S{1,200})"),
    ("setting", r"(?m:^)\s*user\s+\S{1,100}\s(?:[^\n]{0,200}\s)?[>#](\S{1,300})"),
    ("cisco", r"(?i:\b(?:password|secret|key-string|key|md5)) [0-9] (\S{4,300})"),
    ("cisco", r"\bsnmp-server community (\S{1,100})"),
];

static PATTERNS: LazyLock<Vec<(&'static str, Regex)>> = LazyLock::new(|| {
    let built = |(rule, form): &Row| Regex::new(&format!("(?-u){form}")).ok().map(|form| (*rule, form));
    ROWS.iter().filter_map(built).collect()
});

pub(super) fn find(content: &[u8], hits: &mut Vec<Hit>) {
    for (rule, form) in PATTERNS.iter() {
        for found in form.captures_iter(content) {
            let Some(secret) = found.get(1).or_else(|| found.get(0)) else { continue };
            let loose = matches!(*rule, "url" | "header" | "sql" | "netrc" | "cisco" | "setting");
            if !loose || !values::is_harmless(secret.as_bytes()) {
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
        assert_eq!(PATTERNS.len(), ROWS.len());
    }
}
