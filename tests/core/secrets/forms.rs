//! Forms in which secrets stand in the files, on the command lines and in the environments of a system administrator: written
//! as the manuals of the programs have them. In a template `{k}`, `{K}`, `{c}`, `{d}` and `{-}` are the name of a setting as
//! `db_password`, `DB_PASSWORD`, `dbPassword`, `db.password` and `db-password`, and `{v}` is the secret.

use super::{Draw, Planted};

/// What signs a secret may have in a place.
#[derive(Clone, Copy, PartialEq)]
enum Signs {
    /// It ends at a blank, or a sign of the format.
    Word,
    /// It ends with the line.
    Line,
    /// It stands between quotes.
    Quoted,
}
use Signs::{Line, Quoted, Word};

const SECRETS: &[&str] = &[
    "password",
    "db_password",
    "smtp_pass",
    "admin_passwd",
    "client_secret",
    "ldap_bind_password",
    "root_pwd",
    "redis_password",
    "keystore_password",
    "secret",
    "mysql_root_password",
    "app_secret",
    "jwt_secret",
    "session_secret",
    "backup_passphrase",
    "imap_password",
    "proxy_password",
    "passphrase",
    "wifi_psk",
    "shared_secret",
    "user_passwd",
    "postgres_password",
];
const DRAWN: &[&str] = &[
    "api_key",
    "access_token",
    "auth_token",
    "secret_key",
    "private_key",
    "aws_secret_access_key",
    "encryption_key",
    "token",
    "signing_key",
    "app_key",
    "refresh_token",
    "datadog_api_key",
    "bot_token",
    "apikey",
    "master_key",
    "secret_key_base",
    "influx_token",
    "cookie_secret",
    "auth_key",
    "consul_token",
];

/// A format, what a value may be in it, and how it looks.
const FORMATS: &[(&str, Signs, &str)] = &[
    ("ini", Line, "[main]\nuser = app\n{k} = {v}\nport = 25\n"),
    ("ini tight", Line, "[main]\n{k}={v}\n"),
    ("ini commented out", Word, "[main]\n#{k} = {v}\n;x=1\n"),
    ("properties", Line, "app.name=x\nspring.{d}={v}\napp.port=1\n"),
    ("yaml", Line, "db:\n  host: x\n  {k}: {v}\n  port: 1\n"),
    ("yaml quoted", Quoted, "db:\n  {k}: \"{v}\"\n"),
    ("yaml single", Quoted, "- name: x\n  {k}: '{v}'\n"),
    ("yaml camel", Line, "spec:\n  {c}: {v}\n"),
    ("yaml block", Line, "spec:\n  {k}: |\n    {v}\n  next: 1\n"),
    ("yaml flow", Quoted, "db: { host: x, {k}: \"{v}\", port: 1 }\n"),
    ("yaml list item", Line, "users:\n  - {k}: {v}\n    name: x\n"),
    ("compose map", Line, "    environment:\n      {K}: {v}\n"),
    ("compose list", Word, "    environment:\n      - {K}={v}\n      - X=1\n"),
    ("kubernetes env", Line, "        env:\n        - name: {K}\n          value: {v}\n"),
    ("kubernetes env quoted", Quoted, "        env:\n        - name: {K}\n          value: \"{v}\"\n"),
    ("json", Quoted, "{\n  \"user\": \"x\",\n  \"{k}\": \"{v}\",\n  \"n\": 1\n}\n"),
    ("json tight", Quoted, "{\"user\":\"x\",\"{c}\":\"{v}\",\"n\":1}"),
    ("json in a string", Quoted, "x: \"{\\\"{k}\\\": \\\"{v}\\\"}\"\n"),
    ("json name and value", Quoted, "[{\"name\": \"{K}\", \"value\": \"{v}\"}]"),
    ("toml", Quoted, "[db]\n{k} = \"{v}\"\n"),
    ("toml literal", Quoted, "[db]\n{k} = '{v}'\n"),
    ("toml kebab", Quoted, "[db]\n{-} = \"{v}\"\n"),
    ("shell", Quoted, "#!/bin/sh\n{K}=\"{v}\"\nexport {K}\n"),
    ("shell bare", Word, "{K}={v}\n"),
    ("shell export", Quoted, "export {K}='{v}'\n"),
    ("shell before a command", Word, "{K}={v} /usr/bin/backup --all\n"),
    ("shell local", Quoted, "  local {k}='{v}'\n"),
    ("csh", Word, "setenv {K} {v}\n"),
    ("fish", Quoted, "set -gx {K} '{v}'\n"),
    ("systemd", Word, "[Service]\nEnvironment={K}={v}\n"),
    ("systemd quoted", Quoted, "[Service]\nEnvironment=\"{K}={v}\"\n"),
    ("dockerfile", Word, "FROM x\nENV {K}={v}\n"),
    ("dockerfile old", Line, "FROM x\nENV {K} {v}\n"),
    ("dockerfile arg", Word, "ARG {K}={v}\n"),
    ("makefile", Word, "{K} := {v}\n"),
    ("crontab", Word, "{K}={v}\n0 3 * * * root /x\n"),
    ("xml element", Quoted, "<config>\n  <{k}>{v}</{k}>\n</config>\n"),
    ("xml camel", Quoted, "<server><{c}>{v}</{c}></server>"),
    ("xml attribute", Quoted, "<Resource name=\"jdbc/x\" username=\"x\" {c}=\"{v}\" url=\"x\"/>"),
    ("xml add", Quoted, "<add key=\"{c}\" value=\"{v}\" />"),
    ("xml hadoop", Quoted, "<property>\n  <name>x.{d}</name>\n  <value>{v}</value>\n</property>"),
    ("php define", Quoted, "define('{K}', '{v}');\n"),
    ("php define wide", Quoted, "define( \"{K}\", \"{v}\" );\n"),
    ("php array", Quoted, "  '{k}' => '{v}',\n"),
    ("php variable", Quoted, "$cfg['Servers'][$i]['{k}'] = '{v}';\n"),
    ("php plain", Quoted, "${c} = \"{v}\";\n"),
    ("python", Quoted, "{K} = \"{v}\"\n"),
    ("python dict", Quoted, "DATABASES = {'default': {'NAME': 'x', '{K}': '{v}'}}\n"),
    ("python call", Quoted, "db.connect(host=\"x\", {k}=\"{v}\")\n"),
    ("ruby", Quoted, "config.{k} = '{v}'\n"),
    ("ruby hash", Quoted, ":{k} => \"{v}\",\n"),
    ("ruby symbol", Quoted, "  {k}: \"{v}\",\n"),
    ("javascript", Quoted, "const {c} = '{v}';\n"),
    ("javascript object", Quoted, "module.exports = { host: 'x', {c}: '{v}' };\n"),
    ("go", Quoted, "{c} := \"{v}\"\n"),
    ("java", Quoted, "private static final String {K} = \"{v}\";\n"),
    ("csharp", Quoted, "string {c} = @\"{v}\";\n"),
    ("lua", Quoted, "{k} = \"{v}\"\n"),
    ("perl", Quoted, "my ${k} = '{v}';\n"),
    ("perl hash", Quoted, "  {k} => '{v}',\n"),
    ("terraform", Quoted, "resource \"x\" \"y\" {\n  {k} = \"{v}\"\n}\n"),
    ("nginx", Quoted, "set ${k} \"{v}\";\n"),
    ("hcl block", Quoted, "provider \"x\" { {k} = \"{v}\" }\n"),
    ("ansible vars", Line, "  vars:\n    ansible_{k}: {v}\n"),
    ("ansible inventory", Word, "web1 ansible_host=x ansible_{k}={v} ansible_port=22\n"),
    ("connection string", Word, "host=db user=x {k}={v} dbname=y\n"),
    ("odbc", Word, "Server=x;Uid=sa;{c}={v};Encrypt=yes\n"),
    ("url query", Word, "https://x.example.org/api?user=x&{k}={v}&n=1\n"),
    ("fstab option", Word, "//nas/x /mnt cifs username=x,{k}={v},uid=0 0 0\n"),
    ("log line", Word, "2026-11-21 10:00:00 INFO login user=x {k}={v} ok\n"),
    ("puppet", Quoted, "  {k} => '{v}',\n  ensure => present,\n"),
    ("nix", Quoted, "services.x.{c} = \"{v}\";\n"),
    ("windows ini", Line, "[x]\r\n{c}={v}\r\nY=1\r\n"),
    ("triple quotes", Quoted, "{k} = \"\"\"{v}\"\"\"\n"),
    ("command option", Word, "ExecStart=/usr/bin/app --{-}={v} --verbose\n"),
    ("command option apart", Word, "ExecStart=/usr/bin/app --{-} {v} --verbose\n"),
    ("java option", Word, "JAVA_OPTS=-Dapp.{d}={v}\n"),
    ("helm set", Word, "helm install x --set auth.{c}={v}\n"),
    ("markdown", Quoted, "The {k} is `{v}`.\n\n    {k}: {v}\n"),
];

/// Settings of programs that have a form of their own.
const PROGRAMS: &[(&str, Signs, &str)] = &[
    ("redis", Word, "bind 127.0.0.1\nrequirepass {v}\nmasterauth {v}\n"),
    ("redis user", Word, "user default on >{v} ~* +@all\n"),
    ("snmpd", Word, "rocommunity {v} 10.0.0.0/8\nsyslocation x\n"),
    ("snmpd user", Word, "createUser monitor SHA \"{v}\" AES\n"),
    ("slapd", Word, "rootdn \"cn=admin\"\nrootpw {v}\n"),
    ("nslcd", Word, "binddn cn=x\nbindpw {v}\n"),
    ("sssd", Line, "ldap_default_authtok_type = password\nldap_default_authtok = {v}\n"),
    ("ldif", Word, "dn: cn=x\nuserPassword: {v}\n"),
    ("ldif base64", Word, "dn: cn=x\nuserPassword:: {v}\n"),
    ("named key", Quoted, "key \"ddns\" {\n  algorithm hmac-sha256;\n  secret \"{v}\";\n};\n"),
    ("wpa_supplicant", Quoted, "network={\n  ssid=\"Home\"\n  psk=\"{v}\"\n}\n"),
    ("hostapd", Line, "ssid=Home\nwpa_passphrase={v}\n"),
    ("netplan", Quoted, "      access-points:\n        Home:\n          password: \"{v}\"\n"),
    ("interfaces", Line, "iface wlan0 inet dhcp\n  wpa-psk {v}\n"),
    ("wireguard", Word, "[Interface]\nPrivateKey = {b}\nAddress = 10.0.0.1/24\n"),
    ("wireguard peer", Word, "[Peer]\nPublicKey = x\nPresharedKey = {b}\n"),
    ("freeradius", Word, "client x {\n  ipaddr = 10.0.0.1\n  secret = {v}\n}\n"),
    ("freeradius user", Quoted, "bob Cleartext-Password := \"{v}\"\n"),
    ("dovecot sql", Word, "connect = host=localhost dbname=mail user=mail password={v}\n"),
    ("dovecot passdb", Word, "  args = password={v} x=y\n"),
    ("postfix mysql", Line, "user = mail\npassword = {v}\nhosts = 127.0.0.1\n"),
    ("exim", Word, "  hide mysql_servers = localhost/db/user/{v}\n"),
    ("msmtp", Word, "account x\nuser y\npassword {v}\n"),
    ("fetchmail", Quoted, "poll x proto imap user \"y\" password \"{v}\" ssl\n"),
    ("mutt", Quoted, "set imap_pass=\"{v}\"\n"),
    ("ddclient", Word, "login=x\npassword='{v}'\nx.dyndns.org\n"),
    ("zabbix", Line, "DBUser=zabbix\nDBPassword={v}\n"),
    ("nagios", Word, "$USER3$=x\ndefine service{ check_command check_x!-p {v} }\n"),
    ("grafana", Line, "[database]\npassword = \"\"\"{v}\"\"\"\n"),
    ("icinga", Quoted, "object ApiUser \"root\" {\n  password = \"{v}\"\n}\n"),
    ("gitlab", Quoted, "gitlab_rails['smtp_password'] = \"{v}\"\n"),
    ("wordpress", Quoted, "define( 'DB_PASSWORD', '{v}' );\n"),
    ("wordpress salt", Quoted, "define('AUTH_KEY',         '{b}');\n"),
    ("drupal", Quoted, "  'username' => 'x',\n  'password' => '{v}',\n"),
    ("nextcloud", Quoted, "  'dbpassword' => '{v}',\n  'secret' => '{v}',\n"),
    ("phpmyadmin", Quoted, "$cfg['blowfish_secret'] = '{v}';\n"),
    ("tomcat", Quoted, "<user username=\"admin\" password=\"{v}\" roles=\"manager-gui\"/>\n"),
    ("jboss", Quoted, "<security><user-name>sa</user-name><password>{v}</password></security>\n"),
    ("maven", Quoted, "<server><id>x</id><username>y</username><password>{v}</password></server>\n"),
    ("hibernate", Quoted, "<property name=\"hibernate.connection.password\">{v}</property>\n"),
    ("iscsi", Line, "node.session.auth.password = {v}\n"),
    ("ceph", Word, "[client.admin]\n\tkey = {b}\n"),
    ("munin", Word, "env.password {v}\n"),
    ("bacula", Quoted, "Director {\n  Name = x\n  Password = \"{v}\"\n}\n"),
    ("ipsec", Quoted, "10.0.0.1 10.0.0.2 : PSK \"{v}\"\n"),
    ("xl2tpd", Quoted, "password \"{v}\"\n"),
    ("vsftpd mysql pam", Word, "auth required pam_mysql.so user=x passwd={v} host=y\n"),
    ("asterisk", Word, "[1001]\ntype=friend\nsecret={v}\nhost=dynamic\n"),
    ("asterisk manager", Word, "[admin]\nsecret = {v}\npermit=127.0.0.1\n"),
    ("rabbitmq", Word, "default_user = x\ndefault_pass = {v}\n"),
    ("mosquitto bridge", Word, "remote_username x\nremote_password {v}\n"),
    ("elastic", Quoted, "output.elasticsearch:\n  username: \"x\"\n  password: \"{v}\"\n"),
    ("logstash", Quoted, "output { elasticsearch { user => \"x\" password => \"{v}\" } }\n"),
    ("rsyslog", Word, "*.* :ommysql:127.0.0.1,Syslog,x,{v}\n*.* action(type=\"ommysql\" pwd=\"{v}\")\n"),
    ("prometheus", Line, "    basic_auth:\n      username: x\n      password: {v}\n"),
    ("alertmanager", Quoted, "  smtp_auth_password: '{v}'\n"),
    ("traefik", Quoted, "[acme.dnsChallenge]\n  apiToken = \"{b}\"\n"),
    ("haproxy", Word, "userlist x\n  user admin insecure-password {v}\n"),
    ("haproxy stats", Word, "  stats auth admin:{v}\n"),
    ("squid", Word, "cache_peer x parent 3128 0 login=user:{v}\n"),
    ("svn", Word, "[users]\nx = y\n[auth]\npassword = {v}\n"),
    ("cisco", Word, "username admin privilege 15 password 0 {v}\nenable secret 0 {v}\n"),
    ("cisco snmp", Word, "snmp-server community {v} RO\n"),
    ("bgp", Word, "neighbor 10.0.0.1 password {v}\n"),
    ("keepalived", Word, "  authentication {\n    auth_type PASS\n    auth_pass {v}\n  }\n"),
    ("corosync", Word, "  secauth: on\n  password: {v}\n"),
    ("drbd", Quoted, "net {\n  cram-hmac-alg sha1;\n  shared-secret \"{v}\";\n}\n"),
    ("grub", Line, "set superusers=\"root\"\npassword root {v}\n"),
    ("lilo", Word, "password={v}\nrestricted\n"),
    ("kickstart", Word, "rootpw --plaintext {v}\n"),
    ("preseed", Line, "d-i passwd/root-password password {v}\n"),
    ("cloud-init", Line, "chpasswd:\n  list: |\n    root:{v}\npassword: {v}\n"),
    ("autounattend", Quoted, "<AdministratorPassword><Value>{v}</Value></AdministratorPassword>\n"),
    ("vagrant", Quoted, "config.ssh.password = \"{v}\"\n"),
    ("sql user", Quoted, "CREATE USER 'x'@'%' IDENTIFIED BY '{v}';\n"),
    ("sql alter", Quoted, "ALTER ROLE x WITH LOGIN PASSWORD '{v}';\n"),
    ("sql set", Quoted, "SET PASSWORD FOR 'x'@'y' = PASSWORD('{v}');\n"),
    ("netrc", Word, "machine x.example.org login y password {v}\n"),
    ("curl script", Word, "curl -s -u admin:{v} https://x.example.org/api\n"),
    ("mysql script", Word, "mysqldump -u root -p{v} --all-databases > /b.sql\n"),
    ("sshpass script", Quoted, "sshpass -p '{v}' rsync -a x y:\n"),
    ("ldap script", Quoted, "ldapsearch -x -D cn=x -w '{v}' -b dc=y\n"),
    ("chpasswd script", Word, "echo \"root:{v}\" | chpasswd\n"),
    ("rsyncd", Word, "backup:{v}\n# secrets file\npassword = {v}\n"),
    ("borg", Quoted, "encryption_passphrase: \"{v}\"\n"),
    ("restic", Line, "RESTIC_PASSWORD={v}\n"),
    ("duplicity", Word, "PASSPHRASE={v}\n"),
    ("vpnc", Line, "IPSec gateway x\nIPSec secret {v}\nXauth password {v}\n"),
    ("openconnect", Line, "user = x\npassword = {v}\n"),
    ("samba", Line, "   ldap admin dn = cn=x\n   machine password = {v}\n"),
    ("icecast", Quoted, "<source-password>{v}</source-password><admin-password>{v}</admin-password>\n"),
    ("jenkins", Quoted, "<apiToken>{b}</apiToken>\n"),
    ("consul", Quoted, "{\"encrypt\": \"{b}\", \"acl_token\": \"{b}\"}\n"),
    ("vault", Quoted, "seal \"transit\" {\n  token = \"{b}\"\n}\n"),
    ("unbound", Quoted, "tsig-key:\n    name: x\n    secret: \"{b}\"\n"),
    ("powerdns", Line, "gmysql-password={v}\napi-key={b}\n"),
    (
        "kubernetes secret",
        Word,
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\ndata:\n  username: {v}\n  x.conf: {v}\n",
    ),
    (
        "kubernetes secret text",
        Line,
        "kind: Secret\nstringData:\n  config.yaml: |\n    a: {v}\n    b: 1\ntype: Opaque\n",
    ),
    (
        "kubernetes secret json",
        Quoted,
        "{\"kind\": \"Secret\", \"data\": {\"a\": \"{v}\", \"b\": \"eA==\"}}\n",
    ),
    ("dockercfg", Quoted, "{\"auths\": {\"x\": {\"auth\": \"{b}\"}}}\n"),
    ("pip", Word, "[global]\nindex-url = https://user:{v}@pypi.example.org/simple\n"),
    ("apt", Word, "deb https://user:{v}@apt.example.org stable main\n"),
    ("proxy", Word, "Acquire::http::Proxy \"http://user:{v}@proxy:3128/\";\n"),
    ("git remote", Word, "[remote \"origin\"]\n\turl = https://user:{v}@git.example.org/x.git\n"),
    ("npm", Word, "//registry.example.org/:_authToken={b}\n"),
    ("composer", Quoted, "\"http-basic\": {\"x\": {\"username\": \"y\", \"password\": \"{v}\"}}\n"),
    ("gradle", Word, "signing.keyPassword={v}\nmavenPassword={v}\n"),
    ("gpg agent", Word, "passphrase {v}\n"),
    ("mysql client", Quoted, "[client]\nuser=x\npassword=\"{v}\"\n"),
    ("pg service", Line, "[x]\nhost=y\npassword={v}\n"),
    ("freetds", Word, "UID=sa\nPWD={v}\n"),
    ("bind9 rndc", Quoted, "  secret \"{b}\";\n"),
    ("ntp", Word, "1 M {v}\n# key file\ncrypto pw {v}\n"),
    ("ups", Word, "MONITOR x@localhost 1 upsmon {v} master\n[upsmon]\n  password = {v}\n"),
    ("ipmi", Word, "ipmitool -I lanplus -H x -U ADMIN -P {v} power status\n"),
    ("multi-line token", Quoted, "token: >-\n  {b}\n"),
];

/// A password as people make them.
pub fn password(draw: &mut Draw) -> String {
    let word = draw.one(&[
        "Sommer",
        "Winter",
        "hunter",
        "Admin",
        "root",
        "dragon",
        "Passw0rd",
        "letmein",
        "qwertz",
        "Company",
        "S3cr3t",
        "monkey",
        "Berlin",
        "welcome",
        "master",
        "tiger",
        "Changeme",
        "geheim",
        "Frühling",
        "football",
        "P@ss",
        "summer",
    ]);
    let number = draw.of("0123456789", 4);
    match draw.below(7) {
        0 => format!("{word}{number}"),
        1 => format!("{word}{number}!"),
        2 => format!("{word}-{number}-x"),
        3 => format!("{number}{word}"),
        4 => format!("{word}_{number}$"),
        5 => format!("{word}{}{number}", draw.one(&["#", "@", "%", "&", "+", "*", "?", "."])),
        _ => format!("{word}{number}"),
    }
}

/// A secret that fits a place.
fn value(draw: &mut Draw, signs: Signs, is_drawn: bool) -> String {
    if is_drawn {
        let length = draw.one(&[20, 24, 32, 40, 44, 64]);
        return match draw.below(5) {
            0 => draw.hex(length.max(32)),
            1 => format!("{}=", draw.base64(length - 1)),
            2 => draw.url64(length),
            3 => {
                let part: Vec<String> = [8, 4, 4, 4, 12].iter().map(|n| draw.hex(*n)).collect();
                part.join("-")
            }
            _ => draw.alnum(length),
        };
    }
    let mut made = match draw.below(6) {
        0 => draw.alnum(12),
        1 => draw.alnum(8),
        2 if signs != Word => {
            format!("correct {} battery {}", draw.alnum(5), draw.one(&["staple", "horse", "river"]))
        }
        _ => password(draw),
    };
    if signs == Word {
        made = made.replace(['#', '&', '$', '?', '%', ' ', '@', ';', ','], "x");
    }
    made
}

fn named(template: &str, name: &str, value: &str) -> String {
    let words: Vec<&str> = name.split('_').collect();
    let mut camel = words[0].to_owned();
    for word in &words[1..] {
        camel.push_str(&word[..1].to_uppercase());
        camel.push_str(&word[1..]);
    }
    template
        .replace("{k}", name)
        .replace("{K}", &name.to_uppercase())
        .replace("{c}", &camel)
        .replace("{d}", &words.join("."))
        .replace("{-}", &words.join("-"))
        .replace("{v}", value)
}

/// Names that tell nothing.
const SILENT: &[&str] =
    &["value", "app_value", "upstream", "setting_one", "config", "service_account", "relay", "backup_store"];

/// In each format a drawn secret under a name that tells nothing.
pub fn silent(draw: &mut Draw) -> Vec<Planted> {
    let formats = FORMATS.iter().filter(|(format, _, _)| !format.contains("option") && *format != "helm set");
    formats
        .map(|(format, _, template)| {
            let length = draw.one(&[40, 48, 64]);
            let secret = draw.base64(length);
            let text = named(template, draw.one(SILENT), &secret);
            Planted { kind: (*format).to_owned(), text, secret }
        })
        .collect()
}

/// One of each form, once with a secret that somebody thought of and once with one that was drawn.
pub fn assigned(draw: &mut Draw) -> Vec<(bool, Planted)> {
    let mut all = Vec::new();
    for (format, signs, template) in FORMATS {
        for is_drawn in [false, true] {
            let name = draw.one(if is_drawn { DRAWN } else { SECRETS });
            let secret = value(draw, *signs, is_drawn);
            let text = named(template, name, &secret);
            all.push((is_drawn, Planted { kind: (*format).to_owned(), text, secret }));
        }
    }
    for (program, signs, template) in PROGRAMS {
        let is_drawn = template.contains("{b}");
        let secret = if is_drawn { format!("{}=", draw.base64(43)) } else { value(draw, *signs, false) };
        let text = template.replace("{v}", &secret).replace("{b}", &secret);
        all.push((is_drawn, Planted { kind: (*program).to_owned(), text, secret }));
    }
    all
}

/// Lines as they are typed; `@` is the secret.
const LINES: &[&str] = &[
    "mysql -u root -p@ app",
    "mysqldump --password=@ app > a.sql",
    "sudo -u postgres PGPASSWORD=@ psql -h db",
    "PGPASSWORD='@' pg_dump x",
    "sshpass -p @ ssh root@x",
    "sshpass -p'@' scp a x:",
    "docker login -u me -p @ r.example.org",
    "docker run -e MYSQL_ROOT_PASSWORD=@ mysql",
    "echo @ | docker login -u me --password-stdin",
    "curl -u admin:@ https://x/api",
    "curl --user 'admin:@' https://x",
    "curl -H 'Authorization: Bearer @' https://x",
    "curl https://admin:@@x.example.org/",
    "curl -d 'user=x&password=@' https://x",
    "curl -X POST -d '{\"password\": \"@\"}' https://x",
    "wget --user=x --password=@ https://x",
    "wget --http-password=@ https://x",
    "git clone https://me:@@git.example.org/x.git",
    "ldapsearch -x -D cn=admin -w @ -b dc=x",
    "ldappasswd -s @ -D cn=x -w @",
    "redis-cli -a @ info",
    "redis-cli -h x AUTH @",
    "redis-cli CONFIG SET requirepass @",
    "mongo -u admin -p @ admin",
    "mongodump --password @ --db x",
    "openssl rsa -in k -passin pass:@ -out l",
    "openssl enc -aes-256-cbc -k @ -in x",
    "openssl passwd -6 @",
    "openssl pkcs12 -export -passout pass:@ -in c",
    "htpasswd -b /etc/x.htpasswd bob @",
    "htpasswd -nb bob @",
    "useradd -p @ bob",
    "usermod -p '@' bob",
    "echo 'bob:@' | chpasswd",
    "echo bob:@ | sudo chpasswd",
    "chpasswd <<< 'bob:@'",
    "echo @ | passwd --stdin bob",
    "echo @ | sudo -S systemctl restart x",
    "zip -P @ a.zip b",
    "unzip -P @ a.zip",
    "7z a -p@ a.7z b",
    "smbclient //x/y -U bob%@",
    "mount -t cifs //x/y /z -o user=bob,password=@",
    "net rpc join -U admin%@",
    "snmpwalk -v 2c -c @ x",
    "snmpget -v3 -u x -A @ -X @ h",
    "ipmitool -H x -U ADMIN -P @ power on",
    "ssh-keygen -t rsa -N '@' -f k",
    "gpg --batch --passphrase @ -d x.gpg",
    "vault login @",
    "vault kv put secret/x password=@",
    "vault write auth/x/login role_id=1 secret_id=@",
    "kubectl create secret generic x --from-literal=pw=@",
    "kubectl config set-credentials x --token=@",
    "kubeadm join x:6443 --token @",
    "helm install x --set auth.password=@",
    "az login -u x -p @",
    "aws configure set aws_secret_access_key @",
    "gcloud x --access-token=@",
    "heroku config:set SECRET_KEY=@",
    "npm config set //x/:_authToken @",
    "nmcli dev wifi connect Home password @",
    "wpa_passphrase Home @",
    "swaks --to x --auth-user y --auth-password @",
    "swaks -t x -ap @",
    "testsaslauthd -u x -p @",
    "doveadm auth test bob @",
    "doveadm pw -s SHA512-CRYPT -p @",
    "rabbitmqctl add_user bob @",
    "rabbitmqctl change_password bob @",
    "mosquitto_pub -h x -u y -P @ -t z -m 1",
    "mysql -e \"CREATE USER 'x'@'y' IDENTIFIED BY '@'\"",
    "mysql -e \"SET PASSWORD FOR x = PASSWORD('@')\"",
    "psql -c \"ALTER USER x PASSWORD '@'\"",
    "psql postgresql://me:@@db/x",
    "sqlcmd -S x -U sa -P @",
    "sqlplus system/@@xe",
    "keytool -list -keystore k -storepass @",
    "nsupdate -y hmac-sha256:key:@",
    "dig -y hmac-sha256:key:@ axfr x",
    "xfreerdp /u:bob /p:@ /v:x",
    "rdesktop -u bob -p @ x",
    "export AWS_SECRET_ACCESS_KEY=@",
    "export DB_PASSWORD=\"@\"",
    "set -gx API_TOKEN @",
    "setenv DB_PASS @",
    "bash -c 'mysql -p@ -e \"select 1\"'",
    "ssh web1 \"mysql -u root -p@ app\"",
    "ssh web1 'echo @ | sudo -S id'",
    "su - postgres -c \"psql -c \\\"ALTER USER x PASSWORD '@'\\\"\"",
    "sudo docker exec -it db mysql -uroot -p@",
    "kubectl exec -it x -- mysql -uroot -p@",
    "ansible all -m ping -e ansible_password=@",
    "ansible-vault encrypt_string @ --name x",
    "restic -r x init --password-command 'echo @'",
    "RESTIC_PASSWORD=@ restic backup /",
    "BORG_PASSPHRASE='@' borg create x",
    "rclone config create x s3 secret_access_key @",
    "s3cmd --secret_key=@ ls",
    "mc alias set x https://y key @",
    "tailscale up --authkey=@",
    "influx -username x -password @",
    "lftp -u bob,@ ftp://x",
    "ncftpput -u bob -p @ x / f",
    "x=@; DB_PASS=@ ./run",
    "printf '%s' @ | cryptsetup luksOpen /dev/sdb x -",
    "echo -n @ | gpg --passphrase-fd 0 -d x",
    "vncpasswd <<< @",
    "java -Djavax.net.ssl.keyStorePassword=@ -jar x.jar",
    "./deploy.sh --db-password @ --env prod",
    "./deploy.sh --token=@",
    "terraform apply -var db_password=@",
    "terraform apply -var 'db_password=@'",
    "make DB_PASSWORD=@ install",
    "git config --global http.extraHeader 'Authorization: Basic @'",
    "gh auth login --with-token <<< @",
    "fly secrets set API_KEY=@",
    "wrangler x --api-token @",
    "mailx -S smtp-auth-password=@ x",
];

/// Lines with a secret each.
pub fn lines(draw: &mut Draw) -> Vec<Planted> {
    let mut all = Vec::new();
    for line in LINES {
        let secret = if draw.below(2) == 0 { draw.alnum(32) } else { value(draw, Word, false) };
        let token = ["token", "Token", "TOKEN", "Basic", "Bearer"].iter().any(|word| line.contains(word));
        let secret = if token || line.contains("_KEY") || line.contains("_key") || line.contains("authkey") {
            format!("{}x9", draw.alnum(30))
        } else {
            secret
        };
        // a host follows a sign of its own
        let text =
            line.replace("'x'@'y'", "'x'\u{1}'y'").replace("@@", "@\u{1}").replace("root@x", "root\u{1}x");
        let text = text.replace('@', &secret).replace('\u{1}', "@");
        all.push(Planted { kind: (*line).to_owned(), text, secret });
    }
    all
}

/// Arguments as a program gets them: the same lines without a shell, where none is needed to read them.
pub fn arguments(draw: &mut Draw) -> Vec<(Planted, Vec<String>)> {
    let plain = |line: &&Planted| {
        !line.text.contains(['|', ';', '<', '>', '"', '\''])
            && !line.text.contains("export ")
            && !line.text.contains("setenv ")
    };
    let lines = lines(draw);
    let mut all: Vec<_> = lines
        .iter()
        .filter(plain)
        .map(|line| {
            let words: Vec<String> = line.text.split(' ').map(str::to_owned).collect();
            (Planted { kind: line.kind.clone(), text: line.text.clone(), secret: line.secret.clone() }, words)
        })
        .collect();
    let secret = draw.alnum(14);
    for words in [
        vec!["bash", "-c", "mysql -u root -p@ app"],
        vec!["sh", "-c", "echo '@' | chpasswd"],
        vec!["curl", "-H", "Authorization: Bearer @", "https://x"],
        vec!["curl", "-d", "{\"password\": \"@\"}", "https://x"],
        vec!["mysql", "-e", "SET PASSWORD FOR x = PASSWORD('@')"],
        vec!["ssh", "x", "sshpass", "-p", "@", "id"],
    ] {
        let words: Vec<String> = words.iter().map(|word| word.replace('@', &secret)).collect();
        all.push((Planted { kind: words[0].clone(), text: words.join(" "), secret: secret.clone() }, words));
    }
    all
}

/// Variables of an environment.
pub fn variables(draw: &mut Draw) -> Vec<(Planted, String, String)> {
    let mut all = Vec::new();
    for name in [
        "AWS_SECRET_ACCESS_KEY",
        "DB_PASSWORD",
        "GITHUB_TOKEN",
        "MYSQL_PWD",
        "VAULT_TOKEN",
        "X",
        "SECRET",
        "SSH_ASKPASS_VALUE",
        "http_proxy",
        "LESSOPEN",
        "PS1",
    ] {
        let secret = draw.alnum(24);
        all.push((
            Planted { kind: "of a name that is not told".into(), text: name.into(), secret: secret.clone() },
            name.into(),
            secret,
        ));
    }
    for (name, value) in [
        ("PATH", "/usr/bin:/opt/x?token=@"),
        ("PWD", "/srv/ghp_@@@"),
        ("EDITOR", "vim -c 'set password=@'"),
        ("TZ", "https://x:@\u{1}y/"),
        ("MAKEFLAGS", "DB_PASSWORD=@"),
        ("GOFLAGS", "-ldflags=-X=main.apiKey=@"),
    ] {
        let secret = format!("{}q7", draw.alnum(22));
        let value = value.replace('@', &secret).replace('\u{1}', "@");
        all.push((
            Planted { kind: format!("within {name}"), text: value.clone(), secret },
            name.into(),
            value,
        ));
    }
    all
}

/// Paths on the deny list, with names that differ from time to time.
pub fn denied(draw: &mut Draw) -> Vec<String> {
    let templates = "
/etc/shadow /etc/shadow- /etc/gshadow /etc/gshadow- /var/backups/shadow.bak /etc/security/opasswd /etc/sudoers.d/@
/etc/ssh/ssh_host_rsa_key /etc/ssh/ssh_host_ed25519_key /etc/ssh/ssh_host_@_key /home/@/.ssh/id_rsa /home/@/.ssh/id_ed25519
/root/.ssh/id_ecdsa /home/@/.ssh/@ /home/@/.ssh/id_rsa.bak /srv/@/id_rsa /etc/ssl/@.pem /etc/nginx/@-key.pem /srv/@/privkey.pem
/etc/ssl/@.key /etc/nginx/ssl/@.org.key /srv/@.p12 /srv/@.pfx /srv/@.jks /home/@/@.kdbx /etc/krb5.keytab /srv/@.keytab
/home/@/.gnupg/secring.gpg /root/.gnupg/private-keys-v1.d/@.key /etc/ssl/private/@ /etc/ssl/private/@.pem
/etc/letsencrypt/live/@/privkey.pem /etc/letsencrypt/archive/@/privkey1.pem /home/@/.aws/credentials /root/.kube/config
/home/@/.kube/config /home/@/.docker/config.json /home/@/.netrc /home/@/.pgpass /home/@/.my.cnf /srv/@/.env /srv/@/.env.local
/srv/@/.env.production /home/@/.git-credentials /proc/1/@ /sys/@ /dev/@ /run/secrets/@ /var/lib/private/@/x
/home/@/@.sqlite /srv/@.sqlite3 /var/lib/mysql/@/x.ibd /var/lib/postgresql/15/main/@ /home/@/.password-store/@.gpg
/home/@/.local/share/keyrings/login.keyring /home/@/.mozilla/firefox/@/logins.json /home/@/.config/google-chrome/Default/@
/home/@/.config/chromium/@ /var/mail/@ /var/spool/mail/@ /var/spool/postfix/active/@ /home/@/Maildir/cur/@ /var/log/auth.log
/var/log/auth.log.1 /var/log/btmp /etc/postfix/sasl_passwd /etc/ppp/chap-secrets /etc/exim4/passwd.client /etc/samba/smbpasswd
/home/@/.bash_history /home/@/.mysql_history /etc/NetworkManager/system-connections/@.nmconnection /etc/ipsec.secrets
/srv/@/secrets.yml /srv/@/credentials.json /srv/@/secrets/@ /srv/@/db_password /etc/rndc.key /etc/bind/@.key
/home/@/.npmrc /home/@/.pypirc /home/@/.cargo/credentials.toml /etc/kubernetes/admin.conf /etc/kubernetes/pki/@.key
/srv/@/terraform.tfstate /srv/@/prod.tfvars /var/lib/samba/private/@.tdb /etc/cryptsetup-keys.d/@.key /srv/@.ovpn /srv/@.ppk";
    templates
        .split_ascii_whitespace()
        .map(|path| {
            let name = draw.of("abcdefghijklmnopqrstuvwxyz", 7);
            path.replace('@', &name)
        })
        .collect()
}
