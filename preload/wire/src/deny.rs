//! What is never read: files that hold secrets by their place or name. In comes the path, absolute and without links, out
//! comes the rule that withholds what the file holds. The rule's name goes into the log in the place of the content; nothing
//! of it is stored, not even a hash, since that of a short secret is guessed.
//!
//! Asked within a hook, so it allocates nothing and looks at each byte of a path a few times at most. A name counts without
//! what editors, packagers and rotation put around it: `.id_rsa.swp`, `server.key.bak`, `shadow-`, `.env~` are what they
//! are copies of. Where a name leaves it open, as `server.pem` does, it is withheld; what is told to be public by its name
//! (`fullchain.pem`, `host_key.pub`) or its place (`/etc/ssl/certs`, the keyrings of apt) is not.

mod bare;
mod table;

use table::{rules, words};

/// The rule that withholds what a file at this absolute path holds.
pub fn rule(path: &[u8]) -> Option<&'static str> {
    if PUBLIC_TREES.any(|tree| path.starts_with(tree)) {
        return None;
    }
    if let found @ Some(_) = TREES.find(|tree| fits(path, tree)) {
        return found;
    }
    let (directory, whole) = split(path);
    let name = bare::name(whole);
    if ends(name, b".pub") {
        return None;
    }
    within(directory, name)
        .or_else(|| named(directory, name))
        .or_else(|| named(directory, whole).filter(|_| name != whole))
}

/// Whether what a file holds is told by size and hash alone, even if it looks like text: a database.
pub fn never_carried(path: &[u8]) -> bool {
    let name = bare::name(split(path).1);
    DATABASES.any(|end| ends(name, end))
}

/// What the directories say.
fn within(directory: &[u8], name: &[u8]) -> Option<&'static str> {
    let mut parts = directory.split(|b| *b == b'/').filter(|part| !part.is_empty());
    let found = parts
        .find_map(|part| DIRECTORIES.find(|word| is(part, word)))
        .or_else(|| slashes(directory).find_map(|rest| PLACES.find(|place| fits(rest, place))))
        .or_else(|| pair(directory, name));
    match found {
        // a word for other things as well, among what packages bring
        Some(LOOSE) if is_packaged(directory) => None,
        Some("ssh") => ssh(directory, name),
        Some("kubernetes") if ends(name, b".crt") => None,
        Some("kerberos") if ends(name, b".conf") || ends(name, b".acl") => None,
        found => found,
    }
}

/// What directory and name say together.
fn pair(directory: &[u8], name: &[u8]) -> Option<&'static str> {
    PAIRS.find(|pair| {
        let (place, word) = split(pair);
        let named = word.strip_prefix(b"*").map_or_else(|| is(name, word), |end| ends(name, end));
        named && directory.ends_with(place)
    })
}

/// What is in a directory `.ssh`: all but what is known to be no key.
fn ssh(directory: &[u8], name: &[u8]) -> Option<&'static str> {
    let settings = contains(directory, b"/config.d/") || ends(name, b".conf");
    (!settings && !NO_KEYS.any(|known| is(name, known))).then_some("private key")
}

/// What the name says.
fn named(directory: &[u8], name: &[u8]) -> Option<&'static str> {
    // among what packages bring, such names are those of programs and examples
    let packaged = is_packaged(directory);
    let own = !packaged || name.starts_with(b".");
    if own && let Some(rule) = NAMES.find(|word| is(name, word)) {
        return Some(rule);
    }
    let variables = starts(name, b".env") && matches!(name.get(4), None | Some(b'.' | b'-' | b'_' | b'r'));
    if variables || ends(name, b".env") {
        return (!is_sample(name)).then_some("environment");
    }
    if own && let Some(rule) = STARTS.find(|start| starts(name, start)).filter(|_| !is_sample(name)) {
        return Some(rule);
    }
    if name.starts_with(b".") && HISTORY.any(|end| ends(name, end)) {
        return Some("history");
    }
    if starts(name, b"wpa_supplicant") && ends(name, b".conf") {
        return Some("wireless network");
    }
    if let Some(found) = key_or_certificate(directory, name) {
        return found;
    }
    if let found @ Some(_) = ENDS.find(|end| ends(name, end)) {
        return found.filter(|_| !(ends(name, b".keyring") && is_keyring(directory)));
    }
    if packaged || contains(directory, b"/pam.d/") || contains(directory, b"/pam-configs/") {
        return None;
    }
    let stem = name.split(|b| *b == b'.').next().unwrap_or_default();
    let whole = stem.len() == name.len();
    let data = whole || CONFIGURATION.any(|end| ends(name, end));
    STEMS
        .find(|word| data && is(stem, word))
        .or_else(|| TAILS.find(|tail| whole && ends(name, tail)))
        .filter(|_| !public_words(name))
}

/// Files whose ending is one of keys: `Some(None)` for those that are public by their name or place.
fn key_or_certificate(directory: &[u8], name: &[u8]) -> Option<Option<&'static str>> {
    let withheld = |it: bool| Some(it.then_some("private key"));
    if ends(name, b".key") {
        // DNSSEC (RFC 4034): K<zone>+<algorithm>+<tag>.key is public unless the algorithm is one of TSIG's, 157 and above
        let zone_key = starts(name, b"k") && algorithm(name).is_some_and(|algorithm| algorithm < 157);
        return withheld(!(is_keyring(directory) || zone_key || public_words(name)));
    }
    if ends(name, b".pem") || ends(name, b".der") {
        let public = public_words(name);
        let key = !public && KEY_WORDS.any(|word| contains_any_case(name, word));
        let certificate = CERTIFICATE_WORDS.any(|word| contains_any_case(name, word))
            || AUTHORITIES.any(|start| starts(name, start));
        let place = is_packaged(directory) || PUBLIC_PLACES.any(|place| contains(directory, place));
        return withheld(key || !(public || certificate || place));
    }
    // `host_key`, `api_key`, `deploy-key`: a whole name without ending
    if (ends(name, b"_key") || ends(name, b"-key")) && !is_packaged(directory) {
        return withheld(!public_words(name));
    }
    None
}

/// The number behind the first `+` of `Kexample.org.+013+04711.key`.
fn algorithm(name: &[u8]) -> Option<u32> {
    let mut parts = name.split(|b| *b == b'+');
    let digits = parts.nth(1)?;
    parts.next()?;
    let next = |all: u32, b: &u8| b.is_ascii_digit().then(|| all.saturating_mul(10) + u32::from(b - b'0'));
    digits.iter().try_fold(0, next)
}

/// A place of keys that everybody is to have.
fn is_keyring(directory: &[u8]) -> bool {
    KEYRINGS.any(|place| contains(directory, place))
}

fn public_words(name: &[u8]) -> bool {
    PUBLIC_WORDS.any(|word| contains_any_case(name, word))
}

/// `credentials.example`: what shows how the file is written.
fn is_sample(name: &[u8]) -> bool {
    EXAMPLES.any(|end| ends(name, end))
}

/// What packages bring, the same on all machines.
fn is_packaged(directory: &[u8]) -> bool {
    PACKAGED.any(|tree| directory.starts_with(tree)) && !LOCAL.any(|tree| directory.starts_with(tree))
}

/// The directory with the slash behind it, and the name.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    let at = path.iter().rposition(|b| *b == b'/').map_or(0, |at| at + 1);
    path.split_at_checked(at).unwrap_or((path, &[]))
}

/// Two bytes that differ in more than their case. What follows is asked hundreds of times for one path, so it looks at one
/// byte before it compares all.
fn differ(one: Option<&u8>, other: Option<&u8>) -> bool {
    one.map(u8::to_ascii_lowercase) != other.map(u8::to_ascii_lowercase)
}

fn is(name: &[u8], word: &[u8]) -> bool {
    name.len() == word.len() && !differ(name.first(), word.first()) && name.eq_ignore_ascii_case(word)
}

fn starts(name: &[u8], start: &[u8]) -> bool {
    !differ(name.first(), start.first()) && name.get(..start.len()).is_some_and(|front| is(front, start))
}

fn ends(name: &[u8], end: &[u8]) -> bool {
    !differ(name.last(), end.last())
        && name.len().checked_sub(end.len()).and_then(|at| name.get(at..)).is_some_and(|back| is(back, end))
}

/// Whether a directory holds these parts, the slashes around them included.
fn contains(directory: &[u8], place: &[u8]) -> bool {
    slashes(directory).any(|rest| fits(rest, place))
}

/// What is left of a directory from each of its slashes on.
fn slashes(directory: &[u8]) -> impl Iterator<Item = &[u8]> {
    let at = directory.iter().enumerate().filter(|(_, b)| **b == b'/').map(|(at, _)| at);
    at.filter_map(|at| directory.get(at..))
}

fn fits(rest: &[u8], place: &[u8]) -> bool {
    rest.get(1) == place.get(1) && rest.starts_with(place)
}

fn contains_any_case(name: &[u8], word: &[u8]) -> bool {
    name.windows(word.len()).any(|part| is(part, word))
}

const LOOSE: &str = "secrets";

rules! {
    const TREES = [
        (b"/proc/", "kernel"),
        (b"/sys/", "kernel"),
        (b"/dev/", "kernel"),
        (b"/run/secrets", "secrets of services"),
        (b"/var/run/secrets", "secrets of services"),
        (b"/run/credentials/", "secrets of services"),
        (b"/run/agenix", "secrets of services"),
        (b"/etc/credstore", "secrets of services"),
        (b"/usr/lib/credstore", "secrets of services"),
        (b"/var/lib/private/", "secrets of services"),
        (b"/var/lib/systemd/credential.secret", "secrets of services"),
        (b"/etc/sudoers.d/", "sudoers"),
        (b"/var/lib/mysql", "database"),
        (b"/var/lib/postgresql/", "database"),
        (b"/var/lib/pgsql/", "database"),
        (b"/var/lib/mongodb/", "database"),
        (b"/var/lib/mongo/", "database"),
        (b"/var/lib/ldap/", "database"),
        (b"/var/lib/openldap", "database"),
        (b"/var/lib/redis/", "database"),
        (b"/var/lib/trackle/", "database"),
        (b"/var/log/auth.log", "log of logins"),
        (b"/var/log/secure", "log of logins"),
        (b"/var/log/btmp", "log of logins"),
        (b"/var/log/faillog", "log of logins"),
        (b"/var/log/tallylog", "log of logins"),
        (b"/var/log/sudo-io/", "log of logins"),
        (b"/var/mail/", "mail"),
        (b"/var/spool/mail/", "mail"),
        (b"/var/spool/postfix/", "mail"),
        (b"/var/spool/exim", "mail"),
        (b"/var/spool/mqueue", "mail"),
        (b"/var/spool/clientmqueue", "mail"),
        (b"/var/vmail/", "mail"),
        (b"/var/lib/mailman", "mail"),
        (b"/var/spool/cups/", "print jobs"),
        (b"/var/spool/lpd/", "print jobs"),
        (b"/var/spool/at/", "environment"),
        (b"/var/spool/cron/atjobs/", "environment"),
        (b"/var/spool/atjobs/", "environment"),
        (b"/var/lib/systemd/coredump/", "core dump"),
        (b"/var/crash/", "core dump"),
        (b"/var/lib/samba/private/", "credentials"),
        (b"/var/lib/sss/", "credentials"),
        (b"/var/lib/bluetooth/", "private key"),
        (b"/var/lib/iwd/", "wireless network"),
        (b"/var/lib/connman/", "wireless network"),
        (b"/var/lib/snmp/", "credentials"),
        (b"/var/lib/net-snmp/", "credentials"),
        (b"/var/lib/acme/", "private key"),
        (b"/etc/NetworkManager/system-connections/", "wireless network"),
        (b"/run/NetworkManager/system-connections/", "wireless network"),
        (b"/etc/letsencrypt/keys/", "private key"),
        (b"/etc/letsencrypt/accounts/", "private key"),
        (b"/etc/cryptsetup-keys.d/", "key of a disk"),
        (b"/etc/luks", "key of a disk"),
        (b"/etc/pacman.d/gnupg/private-keys-v1.d/", "gnupg"),
        (b"/etc/chef/encrypted_data_bag_secret", "credentials"),
        (b"/swapfile", "memory"),
        (b"/swap.img", "memory"),
    ];
    /// Directories, wherever they are.
    const DIRECTORIES = [
        (b".ssh", "ssh"),
        (b".gnupg", "gnupg"),
        (b"private-keys-v1.d", "gnupg"),
        (b".password-store", "password store"),
        (b".secrets", "secrets of services"),
        (b"private_keys", "private key"),
        (b"private-keys", "private key"),
        (b".mozilla", "browser profile"),
        (b".thunderbird", "mail"),
        (b"Maildir", "mail"),
        (b".azure", "credentials"),
        (b".electrum", "wallet"),
        (b".bitcoin", "wallet"),
        (b".ethereum", "wallet"),
        (b".monero", "wallet"),
        (b"krb5kdc", "kerberos"),
        (b"secrets", LOOSE),
    ];
    /// Several directories, one below the other.
    const PLACES = [
        (b"/ssl/private/", "private key"),
        (b"/tls/private/", "private key"),
        (b"/pki/private/", "private key"),
        (b"/CA/private/", "private key"),
        (b"/ca/private/", "private key"),
        (b"/certs/private/", "private key"),
        (b"/pki/tls/private/", "private key"),
        (b"/ipsec.d/private/", "private key"),
        (b"/swanctl/private/", "private key"),
        (b"/swanctl/rsa/", "private key"),
        (b"/swanctl/ecdsa/", "private key"),
        (b"/swanctl/pkcs8/", "private key"),
        (b"/swanctl/pkcs12/", "private key"),
        (b"/dovecot/private/", "private key"),
        (b"/etc/apt/auth.conf.d/", "credentials"),
        (b"/.subversion/auth/", "credentials"),
        (b"/.aws/sso/", "credentials"),
        (b"/.aws/cli/", "credentials"),
        (b"/.config/gcloud/", "credentials"),
        (b"/.config/op/", "password store"),
        (b"/.config/Bitwarden", "password store"),
        (b"/.config/keepassxc/", "password store"),
        (b"/.local/share/keyrings/", "password store"),
        (b"/.local/share/kwalletd/", "password store"),
        (b"/share/apps/kwallet/", "password store"),
        (b"/.config/google-chrome", "browser profile"),
        (b"/.config/chromium", "browser profile"),
        (b"/.config/BraveSoftware/", "browser profile"),
        (b"/.config/vivaldi/", "browser profile"),
        (b"/.config/microsoft-edge", "browser profile"),
        (b"/.config/opera", "browser profile"),
        (b"/.config/Slack/", "browser profile"),
        (b"/etc/kubernetes/pki/", "kubernetes"),
        (b"/rancher/k3s/server/cred/", "kubernetes"),
        (b"/rancher/k3s/server/tls/", "kubernetes"),
        (b"/var/lib/kubelet/pki/", "kubernetes"),
    ];
    /// A name, or with `*` the end of one, behind the end of its directory.
    const PAIRS = [
        (b"/.docker/config.json", "credentials"),
        (b"/.kube/config", "kubernetes"),
        (b"/containers/auth.json", "credentials"),
        (b"/containers/0/auth.json", "credentials"),
        (b"/kubelet/config.json", "credentials"),
        (b"/.composer/auth.json", "credentials"),
        (b"/composer/auth.json", "credentials"),
        (b"/.m2/settings.xml", "credentials"),
        (b"/.gradle/gradle.properties", "credentials"),
        (b"/.config/gh/hosts.yml", "credentials"),
        (b"/.config/glab-cli/config.yml", "credentials"),
        (b"/.config/doctl/config.yaml", "credentials"),
        (b"/.config/hub", "credentials"),
        (b"/.snowsql/config", "credentials"),
        (b"/.purple/accounts.xml", "credentials"),
        (b"/.weechat/sec.conf", "credentials"),
        (b"/weechat/sec.conf", "credentials"),
        (b"/etc/kubernetes/*.conf", "kubernetes"),
        (b"/etc/apt/auth.conf", "credentials"),
        (b"/dovecot/users", "credentials"),
        (b"/dovecot/passwd", "credentials"),
        (b"/etc/ssh/ca", "private key"),
        (b"/etc/ssh/*_ca", "private key"),
        (b"/etc/ssh/*-ca", "private key"),
        (b"/etc/ceph/*.keyring", "credentials"),
        (b"/etc/samba/credentials", "credentials"),
    ];
    /// Whole names.
    const NAMES = [
        (b"shadow", "shadow"),
        (b"gshadow", "shadow"),
        (b"nshadow", "shadow"),
        (b"master.passwd", "shadow"),
        (b"spwd.db", "shadow"),
        (b"opasswd", "shadow"),
        (b"sudoers", "sudoers"),
        (b".netrc", "credentials"),
        (b"_netrc", "credentials"),
        (b".authinfo", "credentials"),
        (b".pgpass", "credentials"),
        (b"pgpass.conf", "credentials"),
        (b".my.cnf", "credentials"),
        (b".mylogin.cnf", "credentials"),
        (b"debian.cnf", "credentials"),
        (b".git-credentials", "credentials"),
        (b".s3cfg", "credentials"),
        (b".boto", "credentials"),
        (b".passwd-s3fs", "credentials"),
        (b"passwd-s3fs", "credentials"),
        (b".npmrc", "credentials"),
        (b".pypirc", "credentials"),
        (b".dockercfg", "credentials"),
        (b".vault-token", "credentials"),
        (b".vault_pass", "credentials"),
        (b".vault-pass", "credentials"),
        (b".vault_password", "credentials"),
        (b"vault_pass", "credentials"),
        (b"vault-pass", "credentials"),
        (b".htpasswd", "credentials"),
        (b"htpasswd", "credentials"),
        (b".htdigest", "credentials"),
        (b".fetchmailrc", "credentials"),
        (b".mbsyncrc", "credentials"),
        (b".msmtprc", "credentials"),
        (b".getmailrc", "credentials"),
        (b".offlineimaprc", "credentials"),
        (b".smbcredentials", "credentials"),
        (b".smbcreds", "credentials"),
        (b".cifscreds", "credentials"),
        (b".credentials", "credentials"),
        (b".terraformrc", "credentials"),
        (b".databrickscfg", "credentials"),
        (b".rediscli_auth", "credentials"),
        (b"rclone.conf", "credentials"),
        (b"credentials.tfrc.json", "credentials"),
        (b"settings-security.xml", "credentials"),
        (b"accessTokens.json", "credentials"),
        (b"application_default_credentials.json", "credentials"),
        (b"application-default-credentials.json", "credentials"),
        (b"gitlab-secrets.json", "credentials"),
        (b"chap-secrets", "credentials"),
        (b"pap-secrets", "credentials"),
        (b"srp-secrets", "credentials"),
        (b"sasldb2", "credentials"),
        (b"passwd.client", "credentials"),
        (b"smbpasswd", "credentials"),
        (b"secrets.tdb", "credentials"),
        (b"passdb.tdb", "credentials"),
        (b"secrets.ldb", "credentials"),
        (b"userlist.txt", "credentials"),
        (b"passwd.md5", "credentials"),
        (b"passwd.cdb", "credentials"),
        (b".erlang.cookie", "credentials"),
        (b"authkey", "private key"),
        (b"munge.key", "private key"),
        (b"privatekey", "private key"),
        (b"presharedkey", "private key"),
        (b"secring.gpg", "private key"),
        (b"crypto_keyfile.bin", "key of a disk"),
        (b"keyfile", "key of a disk"),
        (b"wallet.dat", "wallet"),
        (b"mbox", "mail"),
        (b"private.asc", "private key"),
        (b"private.gpg", "private key"),
        (b"random-seed", "memory"),
        (b"node-token", "kubernetes"),
        (b"k3s.yaml", "kubernetes"),
        (b"kubeconfig", "kubernetes"),
        (b".Xauthority", "credentials"),
        (b".ICEauthority", "credentials"),
        (b".viminfo", "history"),
        (b"fish_history", "history"),
        (b".histfile", "history"),
        (b".zhistory", "history"),
        (b".lesshst", "history"),
        (b"logins.json", "browser profile"),
        (b"key3.db", "browser profile"),
        (b"key4.db", "browser profile"),
        (b"signons.sqlite", "browser profile"),
    ];
    /// Beginnings of names.
    const STARTS = [
        (b"id_rsa", "private key"),
        (b"id_dsa", "private key"),
        (b"id_ecdsa", "private key"),
        (b"id_ed25519", "private key"),
        (b"id_xmss", "private key"),
        (b"privkey", "private key"),
        (b"private_key", "private key"),
        (b"private-key", "private key"),
        (b"krb5cc_", "kerberos"),
        (b"sasl_passwd", "credentials"),
        (b"sasl-passwd", "credentials"),
        (b"relay_passwd", "credentials"),
        (b"client_secret", "credentials"),
        (b"service-account-key", "credentials"),
        (b"service_account_key", "credentials"),
        (b"vault-password", "credentials"),
        (b"vault_password", "credentials"),
        (b"msal_token_cache", "credentials"),
        (b".password", "credentials"),
        (b".passwd", "credentials"),
    ];
    /// Ends of names.
    const ENDS = [
        (b".p12", "key store"),
        (b".pfx", "key store"),
        (b".jks", "key store"),
        (b".jceks", "key store"),
        (b".bks", "key store"),
        (b".bcfks", "key store"),
        (b".keystore", "key store"),
        (b".kdbx", "password store"),
        (b".kdb", "password store"),
        (b".1pux", "password store"),
        (b".psafe3", "password store"),
        (b".agilekeychain", "password store"),
        (b".opvault", "password store"),
        (b".keytab", "kerberos"),
        (b".ppk", "private key"),
        (b".p8", "private key"),
        (b".pk8", "private key"),
        (b".pvk", "private key"),
        (b".priv", "private key"),
        (b".private", "private key"),
        (b".agekey", "private key"),
        (b".snk", "private key"),
        (b".keyring", "private key"),
        (b".keyfile", "key of a disk"),
        (b".ovpn", "virtual network"),
        (b".psk", "wireless network"),
        (b".nmconnection", "wireless network"),
        (b".kubeconfig", "kubernetes"),
        (b".tfstate", "credentials"),
        (b".tfvars", "credentials"),
        (b".tfvars.json", "credentials"),
        (b".secret", "credentials"),
        (b".secrets", "credentials"),
        (b".credentials", "credentials"),
        (b".htpasswd", "credentials"),
        (b".passwd", "credentials"),
        (b".token", "credentials"),
    ];
    /// Names without their ending, of files that hold settings or nothing else.
    const STEMS = [
        (b"secret", "credentials"),
        (b"secrets", "credentials"),
        (b"credential", "credentials"),
        (b"credentials", "credentials"),
        (b"creds", "credentials"),
        (b"password", "credentials"),
        (b"passwords", "credentials"),
        (b"token", "credentials"),
        (b"tokens", "credentials"),
        (b"access_token", "credentials"),
        (b"access_tokens", "credentials"),
        (b"auth_token", "credentials"),
        (b"apikey", "credentials"),
        (b"api_key", "credentials"),
        (b"api-key", "credentials"),
        (b"psk", "credentials"),
    ];
    /// Ends of whole names without an ending: `db_password`.
    const TAILS = [
        (b"_password", "credentials"),
        (b"-password", "credentials"),
        (b"_passwd", "credentials"),
        (b"_secret", "credentials"),
        (b"-secret", "credentials"),
        (b"_secrets", "credentials"),
        (b"_token", "credentials"),
        (b"-token", "credentials"),
        (b"_credentials", "credentials"),
        (b"-credentials", "credentials"),
        (b"_psk", "credentials"),
    ];
}

words! {
    /// What lies in a directory of keys and is none.
    const NO_KEYS = [
        b"authorized_keys", b"authorized_keys2", b"known_hosts", b"known_hosts2", b"config", b"rc",
        b"allowed_signers",
    ];
    /// Trees of what packages bring.
    const PACKAGED = [
        b"/usr/", b"/lib/", b"/bin/", b"/sbin/", b"/var/lib/dpkg/", b"/nix/store/", b"/snap/"
    ];
    /// Trees within them of what the host's own people bring.
    const LOCAL = [b"/usr/local/", b"/usr/etc/", b"/usr/home/"];
    /// What is open below trees that are not.
    const PUBLIC_TREES = [b"/proc/sys/", b"/dev/shm/"];
    const CONFIGURATION = [
        b".yml",
        b".yaml",
        b".json",
        b".toml",
        b".ini",
        b".txt",
        b".conf",
        b".cfg",
        b".properties",
        b".xml",
        b".csv",
        b".env",
        b".cnf",
        b".inc",
        b".php",
        b".local",
    ];
    const EXAMPLES = [
        b".example",
        b".sample",
        b".template",
        b".tmpl",
        b".dist",
        b".defaults",
        b".default",
        b".schema",
        b".j2",
        b".erb",
    ];
    const DATABASES = [
        b".sqlite",
        b".sqlite3",
        b".sqlite2",
        b".db",
        b".db3",
        b".sqlite-wal",
        b".sqlite-shm",
        b".sqlite-journal",
        b".db-wal",
        b".db-shm",
        b".db-journal",
        b".mdb",
        b".tdb",
        b".ldb",
        b".kch",
    ];
    /// Places of certificates, below whatever root.
    const PUBLIC_PLACES = [
        b"/ssl/certs/", b"/tls/certs/", b"/ca-certificates/", b"/ca-trust/", b"/cacerts/", b"/certifi/"
    ];
    /// Places of public keys.
    const KEYRINGS = [b"/etc/apt/", b"/keyrings/", b"/trusted.gpg.d/", b"/rpm-gpg/"];
    const CERTIFICATE_WORDS = [
        b"cert", b"chain", b"crt", b"crl", b"csr", b"bundle", b"rootca", b"root-ca", b"root_ca", b"-ca.",
        b"_ca.", b"dhparam", b"dh1024", b"dh2048", b"dh4096", b"dh.pem", b"ffdhe", b"ocsp", b"isrg", b"trust",
        b"anchor", b"req.pem",
    ];
    const AUTHORITIES = [b"ca.", b"ca-", b"ca_", b"cacert"];
    const KEY_WORDS = [b"key", b"priv", b"secret", b"combined"];
    const PUBLIC_WORDS = [
        b"public", b"pubkey", b"pub_", b"pub-", b".pub", b"_pub", b"-pub", b"archive", b"release"
    ];
    const HISTORY = [b"_history", b"-history", b".history"];
}

#[cfg(test)]
mod tests;
