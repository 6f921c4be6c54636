//! Dovecot's configuration: a flat file of users, Maildirs, every listener on a port or socket of ours.

use super::DOMAIN;
use std::path::Path;

/// `dovecot.conf` for IMAP, IMAPS and LMTP on these ports.
pub fn conf(dir: &Path, [imap, imaps, lmtp]: [u16; 3]) -> String {
    format!(
        "hostname = mail.{DOMAIN}
base_dir = {at}/run
state_dir = {at}/run
log_path = {at}/log/dovecot.log
listen = 127.0.0.1
protocols = imap lmtp
ssl = yes
ssl_cert = <{at}/tls/server.pem
ssl_key = <{at}/tls/server.key
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_username_format = %Ln
recipient_delimiter = +
first_valid_uid = 1
mail_location = maildir:~
mail_max_userip_connections = 100
passdb {{
  driver = passwd-file
  args = username_format=%Ln {at}/etc/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%Ln {at}/etc/users
}}
namespace inbox {{
  inbox = yes
}}
protocol lmtp {{
  postmaster_address = postmaster@{DOMAIN}
  # the address as it was written to, subaddress included
  lmtp_hdr_delivery_address = final
  lmtp_save_to_detail_mailbox = no
}}
# containers do not always allow chroot
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
  unix_listener {at}/postfix/queue/private/lmtp-dovecot {{
    mode = 0600
    user = postfix
  }}
}}
{auth}",
        at = dir.display(),
        auth = auth(dir)
    )
}

/// Where Postfix asks whether a login is right.
fn auth(dir: &Path) -> String {
    format!(
        "service auth {{
  unix_listener {at}/postfix/queue/private/auth {{
    mode = 0600
    user = postfix
  }}
}}
",
        at = dir.display()
    )
}
