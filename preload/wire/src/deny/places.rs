//! The places of secrets: whole trees, directories wherever they are, and names within them.

use super::table::words;

words! {
    /// What paths begin with.
    TREES FRONT
        [Kernel "/proc/ /sys/ /dev/"]
        [Services "/run/secrets /var/run/secrets /run/credentials/ /run/agenix /etc/credstore /usr/lib/credstore \
            /var/lib/private/ /var/lib/systemd/credential.secret"]
        [Sudoers "/etc/sudoers.d/"]
        [Database "/var/lib/mysql /var/lib/postgresql/ /var/lib/pgsql/ /var/lib/mongodb/ /var/lib/mongo/ /var/lib/ldap/ \
            /var/lib/openldap /var/lib/redis/ /var/lib/trackle/"]
        [Logins "/var/log/auth.log /var/log/secure /var/log/btmp /var/log/faillog /var/log/tallylog /var/log/sudo-io/"]
        [Mail "/var/mail/ /var/spool/mail/ /var/spool/postfix/ /var/spool/exim /var/spool/mqueue \
            /var/spool/clientmqueue /var/vmail/ /var/lib/mailman"]
        [Print "/var/spool/cups/ /var/spool/lpd/"]
        [Environment "/var/spool/at/ /var/spool/cron/atjobs/ /var/spool/atjobs/"]
        [Core "/var/lib/systemd/coredump/ /var/crash/"]
        [Credentials "/var/lib/samba/private/ /var/lib/sss/ /var/lib/snmp/ /var/lib/net-snmp/ \
            /etc/chef/encrypted_data_bag_secret"]
        [Key "/var/lib/bluetooth/ /var/lib/acme/ /etc/letsencrypt/keys/ /etc/letsencrypt/accounts/"]
        [Wireless "/var/lib/iwd/ /var/lib/connman/ /etc/NetworkManager/system-connections/ \
            /run/NetworkManager/system-connections/"]
        [Disk "/etc/cryptsetup-keys.d/ /etc/luks"]
        [Gnupg "/etc/pacman.d/gnupg/private-keys-v1.d/"]
        [Memory "/swapfile /swap.img"]
        [Open "/proc/sys/ /dev/shm/"]
        [Packaged "/usr/ /lib/ /bin/ /sbin/ /var/lib/dpkg/ /nix/store/ /snap/"]
        [Local "/usr/local/ /usr/etc/ /usr/home/"];
    /// Directories, one or several below one another, wherever they are.
    PLACES FRONT
        [Ssh "/.ssh/"]
        [Gnupg "/.gnupg/ /private-keys-v1.d/"]
        [Passwords "/.password-store/ /.config/op/ /.config/Bitwarden /.config/keepassxc/ /.local/share/keyrings/ \
            /.local/share/kwalletd/ /share/apps/kwallet/"]
        [Services "/.secrets/"]
        [Key "/private_keys/ /private-keys/ /ssl/private/ /tls/private/ /pki/private/ /CA/private/ /certs/private/ \
            /pki/tls/private/ /ipsec.d/private/ /swanctl/private/ /swanctl/rsa/ /swanctl/ecdsa/ /swanctl/pkcs8/ \
            /swanctl/pkcs12/ /dovecot/private/"]
        [Browser "/.mozilla/ /.config/google-chrome /.config/chromium /.config/BraveSoftware/ /.config/vivaldi/ \
            /.config/microsoft-edge /.config/opera /.config/Slack/"]
        [Mail "/.thunderbird/ /Maildir/"]
        [Credentials "/.azure/ /etc/apt/auth.conf.d/ /.subversion/auth/ /.aws/sso/ /.aws/cli/ /.config/gcloud/"]
        [Wallet "/.electrum/ /.bitcoin/ /.ethereum/ /.monero/"]
        [Kerberos "/krb5kdc/"]
        [Loose "/secrets/"]
        [Kubernetes "/etc/kubernetes/pki/ /rancher/k3s/server/cred/ /rancher/k3s/server/tls/ /var/lib/kubelet/pki/"]
        [Certificates "/ssl/certs/ /tls/certs/ /ca-certificates/ /ca-trust/ /cacerts/ /certifi/"]
        [Keyring "/etc/apt/ /keyrings/ /trusted.gpg.d/ /rpm-gpg/"]
        [Settings "/pam.d/ /pam-configs/"]
        [KeySettings "/config.d/"];
    /// A name, behind the end of its directory.
    PAIRS FRONT
        [Credentials "/.docker/config.json /containers/auth.json /containers/0/auth.json /kubelet/config.json \
            /.composer/auth.json /composer/auth.json /.m2/settings.xml /.gradle/gradle.properties \
            /.config/gh/hosts.yml /.config/glab-cli/config.yml /.config/doctl/config.yaml /.config/hub \
            /.snowsql/config /.purple/accounts.xml /.weechat/sec.conf /weechat/sec.conf /etc/apt/auth.conf \
            /dovecot/users /dovecot/passwd /etc/samba/credentials"]
        [Kubernetes "/.kube/config"]
        [Key "/etc/ssh/ca"];
    /// The end of a directory in which names with some endings are withheld.
    KINDS BACK
        [Kubernetes "/etc/kubernetes/"]
        [Key "/etc/ssh/"];
    /// Those below `/etc/ssh`: keys of authorities.
    SIGNING BACK [Listed "_ca -ca"];
}
