//! Postfix's configuration: our domain goes to Dovecot, its list to mlmmj if there is one, everything else is refused,
//! retries come soon.

use super::{DOMAIN, mlmmj};
use std::path::Path;

/// `main.cf`.
pub fn main_cf(dir: &Path) -> String {
    let at = dir.display();
    format!(
        "compatibility_level = 3.6
queue_directory = {at}/postfix/queue
data_directory = {at}/postfix/data
daemon_directory = /usr/lib/postfix/sbin
maillog_file = {at}/log/postfix.log
maillog_file_prefixes = {at}/log
multi_instance_name = postfix-trackle
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = mail.{DOMAIN}
mydomain = {DOMAIN}
myorigin = {DOMAIN}
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
recipient_delimiter = +
virtual_mailbox_domains = {DOMAIN}
virtual_mailbox_maps = texthash:{at}/postfix/etc/mailboxes
virtual_transport = lmtp:unix:private/lmtp-dovecot
transport_maps = texthash:{at}/postfix/etc/transport
mlmmj_destination_recipient_limit = 1
# with several recipients in one transaction Dovecot writes no Delivered-To
lmtp_destination_recipient_limit = 1
default_transport = error:5.7.1 nothing leaves this machine
relay_transport = error:5.7.1 nothing leaves this machine
smtp_dns_support_level = disabled
smtp_host_lookup = native
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_recipient_restrictions = reject_unlisted_recipient
# what a server that checks DMARC says of our own people
smtpd_sender_restrictions = check_sender_access texthash:{at}/postfix/etc/vouched
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = 0
smtpd_tls_security_level = may
smtpd_tls_cert_file = {at}/tls/server.pem
smtpd_tls_key_file = {at}/tls/server.key
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
message_size_limit = 52428800
mailbox_size_limit = 0
virtual_mailbox_limit = 0
minimal_backoff_time = 2s
maximal_backoff_time = 10s
queue_run_delay = 2s
"
    )
}

/// `master.cf` for SMTP, submission and submission under TLS on these ports; a mailing list may live in `list`.
pub fn master_cf([smtp, submission, smtps]: [u16; 3], list: &Path) -> String {
    let mut text = format!(
        "127.0.0.1:{smtp} inet n - n - - smtpd
  -o local_header_rewrite_clients=
127.0.0.1:{submission} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
127.0.0.1:{smtps} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
postlog unix-dgram n - n - 1 postlogd
mlmmj unix - n n - - pipe
  flags=ORu user={user} argv=/usr/bin/mlmmj-receive -F -L {list}
",
        user = mlmmj::RUNS_AS,
        list = list.display()
    );
    for (name, private, wakeup, most, program) in [
        ("pickup", "n", "60", "1", "pickup"),
        ("cleanup", "n", "-", "0", "cleanup"),
        ("qmgr", "n", "300", "1", "qmgr"),
        ("tlsmgr", "-", "1000?", "1", "tlsmgr"),
        ("rewrite", "-", "-", "-", "trivial-rewrite"),
        ("bounce", "-", "-", "0", "bounce"),
        ("defer", "-", "-", "0", "bounce"),
        ("trace", "-", "-", "0", "bounce"),
        ("verify", "-", "-", "1", "verify"),
        ("flush", "n", "1000?", "0", "flush"),
        ("proxymap", "-", "-", "-", "proxymap"),
        ("smtp", "-", "-", "-", "smtp"),
        ("relay", "-", "-", "-", "smtp"),
        ("showq", "n", "-", "-", "showq"),
        ("error", "-", "-", "-", "error"),
        ("retry", "-", "-", "-", "error"),
        ("discard", "-", "-", "-", "discard"),
        ("lmtp", "-", "-", "-", "lmtp"),
        ("anvil", "-", "-", "1", "anvil"),
        ("scache", "-", "-", "1", "scache"),
    ] {
        text.push_str(&format!("{name} unix {private} - n {wakeup} {most} {program}\n"));
    }
    text
}
