//! Paths both ways: what holds secrets by its place or name, and what people must be able to see the changes of.

use super::*;
use std::string::String;
use std::vec::Vec;

const WITHHELD: &str = "
/etc/shadow /etc/shadow- /etc/shadow+ /etc/shadow~ /etc/shadow.lock /etc/shadow.edit /etc/shadow.bak /etc/.shadow.swp
/etc/gshadow /etc/gshadow- /etc/shadow.dpkg-old /var/backups/shadow.bak /var/backups/gshadow.bak.1.gz /srv/chroot/etc/shadow
/var/lib/docker/overlay2/abc/diff/etc/shadow /mnt/etc/gshadow- /etc/security/opasswd /etc/security/opasswd.old
/etc/master.passwd /etc/sudoers /etc/sudoers.d/ops /etc/sudoers.tmp
/etc/ssh/ssh_host_rsa_key /etc/ssh/ssh_host_ed25519_key /etc/ssh/ssh_host_ecdsa_key.bak /etc/ssh/.ssh_host_rsa_key.swp
/etc/ssh/user_ca /etc/ssh/ca /root/.ssh/id_rsa /root/.ssh/id_ed25519 /home/ann/.ssh/id_ecdsa_sk /home/ann/.ssh/github
/home/ann/.ssh/id_rsa.old /home/ann/.ssh/id_rsa~ /home/ann/.ssh/id_rsa.20261121 /home/ann/.ssh/work.pem
/home/ann/.ssh/.id_rsa.Ab3dE9 /home/ann/.ssh/environment /home/ann/.ssh/identity /backup/id_rsa /backup/id_ed25519_deploy
/tmp/#id_rsa# /etc/ssl/private/server.key /etc/ssl/private/ssl-cert-snakeoil.key /etc/ssl/private/chain.crt
/etc/pki/tls/private/localhost.key /etc/pki/CA/private/cakey.pem /etc/nginx/ssl/example.com.key
/etc/nginx/ssl/example.com.key.bak /etc/haproxy/certs/site.pem /etc/haproxy/site.pem /etc/dovecot/private/dovecot.pem
/etc/ssl/judithdh.pem /etc/ssl/scrtown.pem /etc/ssl/server.pem /etc/stunnel/stunnel.pem /etc/ssl/certs/example-key.pem /etc/ssl/certs/example.key
/etc/letsencrypt/live/x.org/privkey.pem /etc/letsencrypt/archive/x.org/privkey12.pem /etc/letsencrypt/keys/0001_key-certbot.pem
/etc/letsencrypt/accounts/acme/directory/1/private_key.json /root/.acme.sh/x.org/x.org.key /etc/mysql/server-key.pem
/home/ann/aws/us-east.pem /home/ann/america-east.pem /etc/chef/client.pem /etc/salt/pki/minion/minion.pem
/etc/puppetlabs/puppet/ssl/private_keys/web1.pem /etc/apache2/server.key.2026-11-21 /etc/apache2/.server.key.swp
/etc/openvpn/server/ta.key /etc/openvpn/client.ovpn /etc/bind/rndc.key /etc/bind/Kddns.+157+04711.key
/etc/bind/Kexample.org.+013+04711.private /etc/ipsec.secrets /etc/ipsec.d/private/host.pem /etc/swanctl/private/key.der
/etc/strongswan.d/vpn.secrets /etc/wireguard/privatekey /etc/wireguard/wg0.key /etc/wireguard/peer.psk
/var/lib/tor/onion/hs_ed25519_secret_key /opt/app/keystore.p12 /opt/app/cert.pfx /opt/tomcat/conf/server.jks
/opt/app/release.keystore /root/passwords.kdbx /root/old.kdb /etc/krb5.keytab /etc/krb5kdc/stash /tmp/krb5cc_1000
/var/lib/krb5kdc/principal /etc/munge/munge.key /etc/corosync/authkey /etc/ceph/ceph.client.admin.keyring
/home/ann/putty.ppk /home/ann/AuthKey_ABC.p8 /root/.gnupg/pubring.kbx /root/.gnupg/private-keys-v1.d/ABC.key
/root/secring.gpg /root/private.asc /home/ann/.password-store/mail/help.gpg /home/ann/.local/share/keyrings/login.keyring
/home/ann/.local/share/kwalletd/kdewallet.kwl /home/ann/.mozilla/firefox/x.default/cookies.sqlite
/home/ann/.mozilla/firefox/x.default/logins.json /home/ann/.config/google-chrome/Default/Cookies
/home/ann/.config/chromium/Default/Preferences /home/ann/.thunderbird/x/prefs.js
/root/.aws/credentials /root/.aws/credentials.bak /root/.aws/sso/cache/a.json /root/.config/gcloud/credentials.db
/root/.config/gcloud/application_default_credentials.json /root/.azure/accessTokens.json /root/.kube/config
/root/.kube/config.old /etc/kubernetes/admin.conf /etc/kubernetes/kubelet.conf /etc/kubernetes/pki/ca.key
/etc/kubernetes/pki/etcd/server.key /etc/rancher/k3s/k3s.yaml /var/lib/rancher/k3s/server/token
/var/lib/rancher/k3s/server/node-token /root/prod.kubeconfig /root/.docker/config.json /run/containers/0/auth.json
/root/.config/containers/auth.json /var/lib/kubelet/config.json /root/.netrc /root/.netrc.swp /root/.authinfo.gpg
/root/.pgpass /root/.pgpass~ /root/.my.cnf /root/.mylogin.cnf /etc/mysql/debian.cnf /root/.git-credentials /root/.s3cfg
/root/.npmrc /root/.pypirc /root/.cargo/credentials /root/.cargo/credentials.toml /root/.gem/credentials
/root/.m2/settings.xml /root/.gradle/gradle.properties /root/.composer/auth.json /root/.terraform.d/credentials.tfrc.json
/srv/infra/prod.tfvars /srv/infra/terraform.tfstate /srv/infra/terraform.tfstate.backup /root/.vault-token
/srv/ansible/.vault_pass /etc/nginx/.htpasswd /etc/apache2/htpasswd /usr/share/nginx/html/.htpasswd
/etc/postfix/sasl_passwd /etc/postfix/sasl_passwd.db /etc/postfix/sasl_passwd~ /etc/exim4/passwd.client /etc/sasldb2
/etc/ppp/chap-secrets /etc/ppp/pap-secrets /etc/samba/smbpasswd /var/lib/samba/private/secrets.tdb /etc/smbcredentials/nas.credentials
/root/.smbcredentials /etc/dovecot/users /etc/dovecot/passwd /etc/cups/passwd.md5 /etc/pgbouncer/userlist.txt
/etc/apt/auth.conf /etc/apt/auth.conf.d/proxy.conf /srv/app/.env /srv/app/.env.local /srv/app/.env.production
/srv/app/.env~ /srv/app/.env.bak /srv/app/.envrc /srv/app/docker.env /srv/app/config/secrets.yml
/srv/app/config/credentials.json /srv/app/config/master.key /srv/app/secret.txt /srv/app/password.txt /srv/app/passwords.csv
/srv/app/client_secret_123.json /srv/compose/secrets/db_password /srv/compose/db_password /srv/compose/api-token
/run/secrets/db /var/run/secrets/kubernetes.io/serviceaccount/token /run/credentials/x.service/key /etc/credstore/tls
/var/lib/private/app/state /var/lib/jenkins/secrets/master.key /var/lib/jenkins/credentials.xml
/var/lib/mysql/app/users.ibd /var/lib/postgresql/15/main/pg_authid /var/lib/pgsql/data/base/1 /var/lib/redis/dump.rdb
/var/log/auth.log /var/log/auth.log.1 /var/log/secure /var/log/btmp /var/mail/root /var/spool/mail/ann
/home/ann/Maildir/new/1 /home/ann/mbox /var/spool/postfix/deferred/A/A1 /var/spool/exim4/input/x-D
/var/spool/cron/atjobs/a0001 /root/.bash_history /root/.mysql_history /root/.zsh_history /root/.python_history
/home/ann/.local/share/fish/fish_history /root/.viminfo /root/.viminfo.tmp /proc/1/environ /proc/self/mem /sys/kernel/x
/dev/sda /etc/NetworkManager/system-connections/Home.nmconnection /etc/wpa_supplicant/wpa_supplicant.conf
/etc/wpa_supplicant/wpa_supplicant-wlan0.conf /var/lib/iwd/Home.psk /var/lib/bluetooth/AA/info /etc/cryptsetup-keys.d/root.key
/boot/crypto_keyfile.bin /root/wallet.dat /root/.Xauthority /var/crash/app.crash /var/lib/systemd/coredump/core.x
/etc/libnss-ldap.secret /root/.erlang.cookie /root/.config/rclone/rclone.conf /root/.config/gh/hosts.yml
/etc/shadow.12345.2026-11-21@10:00:00~ /root/.fetchmailrc /root/.msmtprc /srv/app/id_rsa.b64 /etc/ssl/PRIVATE.KEY
";

const SEEN: &str = "
/etc/passwd /etc/passwd- /etc/group /etc/group- /etc/fstab /etc/hosts /etc/hostname /etc/crypttab /etc/nsswitch.conf
/etc/login.defs /etc/pam.d/common-password /etc/pam.d/passwd /etc/pam.d/password-auth /etc/pam.d/sudo /etc/security/pwquality.conf
/etc/security/limits.conf /etc/sudo.conf /etc/sudo_logsrvd.conf /etc/default/useradd /etc/shells /etc/subuid
/etc/ssh/sshd_config /etc/ssh/ssh_config /etc/ssh/sshd_config.d/10-x.conf /etc/ssh/moduli /etc/ssh/ssh_host_rsa_key.pub
/etc/ssh/ssh_host_ed25519_key.pub /etc/ssh/ssh_known_hosts /etc/ssh/user_ca.pub /root/.ssh/authorized_keys
/root/.ssh/authorized_keys.bak /root/.ssh/known_hosts /root/.ssh/known_hosts.old /root/.ssh/config /root/.ssh/config.d/work
/root/.ssh/id_rsa.pub /root/.ssh/id_ed25519.pub /root/.ssh/id_rsa-cert.pub /root/.ssh/rc /home/ann/id_rsa.pub
/etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ISRG_Root_X1.pem /etc/ssl/certs/ssl-cert-snakeoil.pem
/etc/ssl/certs/example.org.pem /etc/ssl/openssl.cnf /etc/ssl/ca-bundle.pem /etc/letsencrypt/live/x.org/fullchain.pem
/etc/letsencrypt/live/x.org/cert.pem /etc/letsencrypt/live/x.org/chain.pem /etc/letsencrypt/archive/x.org/cert12.pem
/etc/letsencrypt/renewal/x.org.conf /etc/letsencrypt/options-ssl-nginx.conf /etc/letsencrypt/cli.ini /etc/ssl/dhparams.pem
/etc/ssl/dh.pem /etc/ssl/site-dh.pem /srv/tls/crl.pem /srv/tls/server.csr.pem /etc/nginx/dhparam.pem /etc/nginx/ssl/example.com.crt /etc/nginx/ssl/ca.pem /etc/mysql/ca-cert.pem /etc/mysql/server-cert.pem
/etc/pki/tls/certs/localhost.crt /etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem /etc/pki/rpm-gpg/RPM-GPG-KEY-x
/usr/share/ca-certificates/mozilla/x.crt /usr/local/share/ca-certificates/own.crt /etc/apt/keyrings/docker.gpg
/etc/apt/keyrings/x.key /etc/apt/keyrings/x.asc /etc/apt/trusted.gpg.d/x.gpg /etc/apt/repo.key /etc/apt/sources.list
/etc/apt/sources.list.d/x.list /etc/apt/apt.conf.d/50unattended-upgrades /etc/apt/preferences /usr/share/keyrings/x.gpg
/usr/share/keyrings/debian-archive-keyring.gpg /root/Release.key /root/debian-archive.key /srv/app/jwt_public.pem
/srv/app/public.key /srv/app/pubkey.pem /etc/bind/Kexample.org.+013+04711.key /etc/bind/named.conf /etc/bind/db.example
/etc/kubernetes/pki/ca.crt /etc/kubernetes/pki/sa.pub /etc/kubernetes/manifests/etcd.yaml /etc/krb5.conf
/etc/krb5kdc/kdc.conf /etc/krb5kdc/kadm5.acl /etc/aliases /etc/aliases.db /etc/postfix/main.cf /etc/postfix/master.cf
/etc/postfix/transport /etc/postfix/virtual /etc/exim4/exim4.conf.template /etc/dovecot/dovecot.conf
/etc/dovecot/conf.d/10-auth.conf /etc/dovecot/conf.d/auth-passwdfile.conf.ext /etc/samba/smb.conf /etc/mysql/my.cnf
/etc/mysql/mariadb.conf.d/50-server.cnf /etc/postgresql/15/main/pg_hba.conf /etc/postgresql/15/main/postgresql.conf
/etc/redis/redis.conf /etc/nginx/nginx.conf /etc/nginx/sites-available/default /etc/apache2/apache2.conf
/etc/apache2/sites-enabled/000-default.conf /etc/haproxy/haproxy.cfg /etc/wireguard/wg0.conf /etc/netplan/01-net.yaml
/etc/network/interfaces /etc/NetworkManager/NetworkManager.conf /etc/NetworkManager/conf.d/x.conf /etc/resolv.conf
/etc/systemd/system/app.service /etc/systemd/resolved.conf /lib/systemd/system/wpa_supplicant.service /usr/sbin/wpa_supplicant
/usr/bin/passwd /usr/bin/htpasswd /usr/bin/smbpasswd /usr/bin/ssh-keygen /usr/bin/secret-tool /usr/lib/libsecret-1.so.0
/usr/lib/python3/dist-packages/secrets.py /usr/lib/python3.11/secrets.py /usr/lib/python3/dist-packages/x/token.py
/usr/share/doc/sudo/examples/sudoers /usr/share/doc/passwd/README /usr/lib/python3/dist-packages/certifi/cacert.pem
/usr/lib/python3/dist-packages/x/secrets/__init__.py /usr/include/linux/keyctl.h /usr/share/zsh/functions/history
/etc/crontab /etc/cron.d/backup /var/spool/cron/crontabs/root /etc/logrotate.d/apt /etc/rsyslog.conf /etc/profile
/root/.bashrc /root/.profile /root/.vimrc /root/.gitconfig /root/.curlrc /root/.config/htop/htoprc /root/.aws/config
/srv/app/.env.example /srv/app/.env.sample /srv/app/.env.dist /srv/app/config/database.yml.example /srv/app/config/app.yml
/srv/app/docker-compose.yml /srv/app/Dockerfile /srv/app/keyboard.json /srv/app/tokenizer.json /srv/app/change_history
/srv/app/key.c /srv/app/monkey.txt /srv/app/src/secret.rs /srv/app/password_reset.html /srv/app/id_card.txt /srv/www/index.html
/var/log/syslog /var/log/apt/history.log /var/log/dpkg.log /var/log/nginx/access.log /var/log/messages /var/lib/dpkg/status
/var/lib/dpkg/info/passwd.list /srv/db/app.sqlite /srv/db/app.sqlite3 /srv/db/app.db /home/ann/notes.sqlite /proc/sys/net/ipv4/ip_forward
/dev/shm/work /boot/grub/grub.cfg /etc/default/grub /etc/default/keyboard /etc/environment /etc/modules /etc/sysctl.conf
/etc/ufw/user.rules /etc/iptables/rules.v4 /etc/motd /etc/issue /etc/timezone /etc/machine-id /etc/ld.so.conf /etc/cups/cupsd.conf
/etc/ppp/options /etc/snmp/snmpd.conf /etc/ldap/ldap.conf /etc/nslcd.conf /etc/sssd/sssd.conf /etc/grafana/grafana.ini
/etc/shadow-maint/useradd-pre.d/x /usr/share/themes/x/shadow.png /srv/www/css/shadow.css /home/ann/Documents/keys.odt
";

fn paths(table: &str) -> Vec<String> {
    table.split_ascii_whitespace().map(String::from).collect()
}

#[test]
fn secrets_by_place_or_name_are_withheld() {
    let passed: Vec<_> = paths(WITHHELD).into_iter().filter(|path| rule(path.as_bytes()).is_none()).collect();
    assert!(passed.is_empty(), "{passed:#?}");
}

#[test]
fn ordinary_files_are_seen() {
    let held = paths(SEEN).into_iter().filter_map(|path| rule(path.as_bytes()).map(|rule| (path, rule)));
    let held: Vec<_> = held.collect();
    assert!(held.is_empty(), "{held:#?}");
}

#[test]
fn any_bytes_are_a_path() {
    for path in [
        &b""[..],
        b"/",
        b"//",
        b".",
        b"..",
        b"/.",
        b"~",
        b"/~",
        b"/-",
        b"/#",
        b"/##",
        b"/.#",
        b"/\xff",
        b"/K+",
        b"/k++.key",
    ] {
        let _ = (rule(path), never_carried(path));
    }
    let long = [b'.'; 5000];
    assert_eq!(rule(&long), None);
    for end in 0..12 {
        let _ = rule(b"/etc/shadow~".get(..end).unwrap());
    }
}

#[test]
fn a_copy_of_a_secret_is_one() {
    for name in ["id_rsa", "shadow", "server.key", ".netrc", ".env", "keystore.p12", "privkey.pem"] {
        for copy in [
            "NAME~",
            "NAME.bak",
            "NAME.orig",
            ".NAME.swp",
            "#NAME#",
            ".#NAME",
            "NAME.1",
            "NAME.dpkg-old",
            "NAME.2026-11-21",
            "NAME.old.gz",
            ".NAME.Xy12Zw",
            "NAME.save",
            "NAME.tmp",
        ] {
            let path = String::from("/srv/") + &copy.replace("NAME", name);
            assert!(rule(path.as_bytes()).is_some(), "{path}");
        }
    }
}
