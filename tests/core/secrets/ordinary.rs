//! Files as they are on any machine, with all the words of secrets and without one: what must stay readable.

/// A name, and what the file holds.
pub const FILES: &[(&str, &str)] = &[
    (
        "/etc/nsswitch.conf",
        "passwd:         files systemd\ngroup:          files systemd\nshadow:         files\ngshadow:        files\n\nhosts:          files mdns4_minimal [NOTFOUND=return] dns\nnetworks:       files\nprotocols:      db files\nsudoers:        files\nautomount:      files sss\npasswd: compat ldap [NOTFOUND=return]\n",
    ),
    (
        "/etc/login.defs",
        "# Password aging controls:\n#\n#	PASS_MAX_DAYS	Maximum number of days a password may be used.\nPASS_MAX_DAYS	99999\nPASS_MIN_DAYS	0\nPASS_WARN_AGE	7\nPASS_MIN_LEN 5\nLOGIN_RETRIES		5\nENCRYPT_METHOD YESCRYPT\n# SHA_CRYPT_MIN_ROUNDS 5000\nFAKE_SHELL /bin/fakeshell\nCONSOLE_GROUPS floppy:audio:cdrom\nOBSCURE_CHECKS_ENAB	yes\nSYS_UID_MAX 999\nUMASK 022\n",
    ),
    (
        "/etc/pam.d/common-password",
        "# here are the per-package modules (the \"Primary\" block)\npassword	requisite			pam_pwquality.so retry=3\npassword	[success=2 default=ignore]	pam_unix.so obscure use_authtok try_first_pass yescrypt\npassword	sufficient			pam_sss.so use_authtok\npassword	requisite			pam_deny.so\npassword	required			pam_permit.so\npassword	optional	pam_gnome_keyring.so\n-password   optional    pam_kwallet5.so\nauth	[success=1 default=ignore]	pam_unix.so nullok\nauth	requisite			pam_deny.so\nsession	required	pam_unix.so\nsession optional pam_systemd.so\n@include common-auth\n",
    ),
    (
        "/etc/ssh/sshd_config",
        "#HostKey /etc/ssh/ssh_host_rsa_key\nHostKey /etc/ssh/ssh_host_ed25519_key\n#PermitRootLogin prohibit-password\nPermitRootLogin without-password\nPasswordAuthentication no\n#PermitEmptyPasswords no\nPubkeyAuthentication yes\nAuthorizedKeysFile	.ssh/authorized_keys .ssh/authorized_keys2\nKbdInteractiveAuthentication no\nUsePAM yes\nKexAlgorithms sntrup761x25519-sha512@openssh.com,curve25519-sha256\nHostKeyAlgorithms ssh-ed25519,rsa-sha2-512\nTrustedUserCAKeys /etc/ssh/user_ca.pub\nMaxAuthTries 6\nMaxSessions 10\nAuthorizedKeysCommand /usr/bin/sss_ssh_authorizedkeys\nSubsystem	sftp	/usr/lib/openssh/sftp-server\n",
    ),
    (
        "/root/.ssh/authorized_keys",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJx0ZmVyY2VudHJhbHNlcnZpY2VrZXkxMjM0NTY3ODkw ann@laptop\nssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQDJ0c7yV8u8m9x2J5p6QmVbZr3Lw1nT4kHsXoP9aGfEdKiUjYhTgRfVcDxSwQaZ1Mn2Bb3Vv4Cc5Xx6Zz7Ll8Kk9 bob@pc\nfrom=\"10.0.0.0/8\",command=\"/usr/bin/rrsync /srv\" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG9kZGx5bmFtZWRwdWJsaWNrZXlmb3J0ZXN0c29ubHkx backup\n",
    ),
    (
        "/etc/ssl/openssl.cnf",
        "HOME			= .\nopenssl_conf = openssl_init\n[ CA_default ]\ndir		= ./demoCA\nprivate_key	= $dir/private/cakey.pem\ndefault_bits		= 2048\ndefault_keyfile 	= privkey.pem\n# Passwords for private keys if not present they will be prompted for\n# input_password =\n# output_password =\n[ req_attributes ]\nchallengePassword		= A challenge password\nchallengePassword_min		= 4\nchallengePassword_max		= 20\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid:always,issuer\nkeyUsage = nonRepudiation, digitalSignature, keyEncipherment\nsigner_key	= $dir/private/tsakey.pem\n",
    ),
    (
        "/etc/postfix/main.cf",
        "smtpd_tls_cert_file=/etc/ssl/certs/ssl-cert-snakeoil.pem\nsmtpd_tls_key_file=/etc/ssl/private/ssl-cert-snakeoil.key\nsmtp_tls_session_cache_database = btree:${data_directory}/smtp_scache\nsmtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd\nsmtp_sasl_auth_enable = yes\nsmtp_sasl_security_options = noanonymous\nsmtpd_sasl_type = dovecot\nsmtpd_sasl_path = private/auth\nsmtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination\nvirtual_alias_maps = mysql:/etc/postfix/mysql-virtual.cf\nmydestination = $myhostname, web1.example.org, localhost\n",
    ),
    (
        "/etc/dovecot/conf.d/10-auth.conf",
        "disable_plaintext_auth = yes\n#auth_cache_size = 0\nauth_mechanisms = plain login\n!include auth-system.conf.ext\n#auth_krb5_keytab =\npassdb {\n  driver = passwd-file\n  args = scheme=CRYPT username_format=%u /etc/dovecot/users\n}\n#default_pass_scheme = SHA512-CRYPT\n#password_query = SELECT password FROM users WHERE user = '%u'\nssl_key = </etc/dovecot/private/dovecot.key\nssl_cert = </etc/dovecot/private/dovecot.pem\n#ssl_key_password =\nauth_username_format = %Lu\n#login_log_format_elements = user=<%u> method=%m rip=%r lip=%l mpid=%e %c\n# If set to \"yes\", new passwords will be encrypted\n",
    ),
    (
        "/etc/postgresql/15/main/pg_hba.conf",
        "# TYPE  DATABASE        USER            ADDRESS                 METHOD\nlocal   all             postgres                                peer\nhost    all             all             127.0.0.1/32            scram-sha-256\nhost    all             all             ::1/128                 password\nhost replication repl 10.0.0.0/8 md5\n# \"password\" sends passwords in clear text; \"scram-sha-256\" is preferred\n",
    ),
    (
        "/etc/postgresql/15/main/postgresql.conf",
        "#password_encryption = scram-sha-256	# scram-sha-256 or md5\nssl_cert_file = '/etc/ssl/certs/ssl-cert-snakeoil.pem'\nssl_key_file = '/etc/ssl/private/ssl-cert-snakeoil.key'\n#ssl_passphrase_command = ''\n#ssl_passphrase_command_supports_reload = off\n#krb_server_keyfile = 'FILE:${sysconfdir}/krb5.keytab'\n#authentication_timeout = 1min		# 1s-600s\n#session_replication_role = 'origin'\nsession_preload_libraries = ''\nlc_messages = 'en_US.UTF-8'\n",
    ),
    (
        "/etc/nginx/sites-enabled/app",
        "server {\n    listen 443 ssl;\n    ssl_certificate /etc/letsencrypt/live/example.org/fullchain.pem;\n    ssl_certificate_key /etc/letsencrypt/live/example.org/privkey.pem;\n    ssl_session_cache shared:SSL:10m;\n    ssl_session_timeout 1d;\n    ssl_session_tickets off;\n    auth_basic \"Restricted\";\n    auth_basic_user_file /etc/nginx/.htpasswd;\n    location / {\n        proxy_pass http://127.0.0.1:8080;\n        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n        proxy_set_header Authorization $http_authorization;\n        proxy_pass_header Set-Cookie;\n        proxy_cache_key $scheme$proxy_host$request_uri;\n        proxy_cookie_path / /app;\n        fastcgi_pass unix:/run/php/php8.2-fpm.sock;\n        fastcgi_param HTTPS on;\n    }\n}\n",
    ),
    (
        "/etc/apache2/sites-enabled/000.conf",
        "<VirtualHost *:443>\n  ServerName www.example.org\n  SSLCertificateKeyFile /etc/ssl/private/www.key\n  SSLPassPhraseDialog  exec:/usr/share/apache2/ask-for-passphrase\n  AuthType Basic\n  AuthUserFile /etc/apache2/.htpasswd\n  AuthName \"Password required\"\n  Require valid-user\n  ProxyPass /app http://127.0.0.1:8080/app\n  ProxyPassReverse /app http://127.0.0.1:8080/app\n  ProxyPassReverseCookiePath / /app\n  Header edit Set-Cookie ^(.*)$ $1;Secure\n  SSLSessionCache shmcb:/run/ssl_scache(512000)\n</VirtualHost>\n",
    ),
    (
        "/etc/passwd",
        "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nsshd:x:101:65534::/run/sshd:/usr/sbin/nologin\nann:x:1000:1000:Ann,,,:/home/ann:/bin/zsh\n",
    ),
    ("/etc/group", "root:x:0:\nshadow:x:42:\nsudo:x:27:ann\nssl-cert:x:110:postgres\n_ssh:x:109:\n"),
    (
        "/etc/fstab",
        "# <file system> <mount point>   <type>  <options>       <dump>  <pass>\nUUID=4f5e9a2c-1b3d-4c8e-9f7a-0d6b2e8c1a3f /               ext4    errors=remount-ro 0       1\nPARTUUID=8c1a3f4f-01 /boot vfat defaults 0 2\n//nas/x /mnt/nas cifs credentials=/etc/smbcredentials,uid=1000,gid=1000 0 0\n/dev/disk/by-id/nvme-SAMSUNG_MZVLB512HBJQ-000L7_S4ENNF0M501234-part1 /data xfs defaults 0 0\ntmpfs /tmp tmpfs size=2G 0 0\n",
    ),
    (
        "/etc/crypttab",
        "sda2_crypt UUID=4f5e9a2c-1b3d-4c8e-9f7a-0d6b2e8c1a3f none luks,discard\nswap /dev/sdb1 /dev/urandom swap,cipher=aes-xts-plain64\ndata UUID=11112222-3333-4444-5555-666677778888 /etc/keys/data.key luks\n",
    ),
    (
        "/etc/apt/sources.list.d/docker.list",
        "deb [arch=amd64 signed-by=/etc/apt/keyrings/docker.gpg] https://download.docker.com/linux/debian bookworm stable\ndeb-src [signed-by=/usr/share/keyrings/x-archive-keyring.gpg] https://user@mirror.example.org/debian bookworm main\n",
    ),
    (
        "/etc/netplan/01.yaml",
        "network:\n  version: 2\n  renderer: networkd\n  ethernets:\n    enp3s0:\n      dhcp4: true\n      match:\n        macaddress: 52:54:00:12:34:56\n      nameservers:\n        addresses: [10.0.0.2, 2001:db8::53]\n",
    ),
    (
        "/etc/systemd/system/app.service",
        "[Unit]\nDescription=App that keeps a password store\nAfter=network-online.target\n\n[Service]\nUser=app\nEnvironmentFile=-/etc/default/app\nEnvironment=APP_HOME=/srv/app LANG=C.UTF-8\nExecStart=/usr/bin/app --config /etc/app.conf --token-file /run/credentials/app.service/token\nLoadCredential=token:/etc/app/token\nPasswordFile=/etc/app/password\nKeyringMode=private\nProtectKernelTunables=yes\nPrivateTmp=true\nMemoryMax=2G\n\n[Install]\nWantedBy=multi-user.target\n",
    ),
    (
        "/srv/k8s/deploy.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app\n  labels:\n    app.kubernetes.io/name: app\nspec:\n  template:\n    spec:\n      serviceAccountName: app\n      automountServiceAccountToken: false\n      imagePullSecrets:\n        - name: registry-credentials\n      containers:\n        - name: app\n          image: registry.example.org/app@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n          env:\n            - name: DB_PASSWORD\n              valueFrom:\n                secretKeyRef:\n                  name: app-secret\n                  key: db-password\n            - name: PASSWORD_FILE\n              value: /run/secrets/db\n          volumeMounts:\n            - name: secret-volume\n              mountPath: /etc/secret\n      volumes:\n        - name: secret-volume\n          secret:\n            secretName: app-secret\n",
    ),
    (
        "/srv/compose.yml",
        "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD_FILE: /run/secrets/db_password\n      POSTGRES_USER: app\n      MYSQL_ROOT_PASSWORD: ${MYSQL_ROOT_PASSWORD}\n      API_TOKEN: ${API_TOKEN:?missing}\n    secrets:\n      - db_password\nsecrets:\n  db_password:\n    file: ./db_password.txt\n",
    ),
    (
        "/srv/ansible/site.yml",
        "- hosts: all\n  become: true\n  vars:\n    db_password: \"{{ vault_db_password }}\"\n    api_token: \"{{ lookup('env', 'API_TOKEN') }}\"\n  tasks:\n    - name: Set the password of root\n      ansible.builtin.user:\n        name: root\n        password: \"{{ root_hash | password_hash('sha512') }}\"\n        update_password: on_create\n    - name: Copy key\n      ansible.builtin.copy:\n        src: files/server.key\n        dest: /etc/ssl/private/server.key\n        mode: '0600'\n      no_log: true\n    - name: apt key\n      ansible.builtin.apt_key:\n        url: https://example.org/key.asc\n        state: present\n",
    ),
    (
        "/etc/sudo.conf",
        "# Sudo askpass:\n#Path askpass /usr/X11R6/bin/ssh-askpass\nPlugin sudoers_policy sudoers.so\nSet disable_coredump false\nDefaults passprompt=\"[sudo] password for %p: \"\nDefaults timestamp_timeout=15\nDefaults passwd_tries=3\nDefaults pwfeedback\n",
    ),
    (
        "/etc/default/grub",
        "GRUB_DEFAULT=0\nGRUB_TIMEOUT=5\nGRUB_DISTRIBUTOR=`lsb_release -i -s 2> /dev/null || echo Debian`\nGRUB_CMDLINE_LINUX_DEFAULT=\"quiet splash\"\nGRUB_CMDLINE_LINUX=\"cryptdevice=UUID=4f5e9a2c-1b3d-4c8e-9f7a-0d6b2e8c1a3f:root\"\n#GRUB_TERMINAL=console\n",
    ),
    (
        "/etc/default/keyboard",
        "# KEYBOARD CONFIGURATION FILE\nXKBMODEL=\"pc105\"\nXKBLAYOUT=\"de\"\nXKBVARIANT=\"nodeadkeys\"\nXKBOPTIONS=\"\"\nBACKSPACE=\"guess\"\n",
    ),
    (
        "/srv/app/settings.py",
        "import os\n\nSECRET_KEY = os.environ[\"SECRET_KEY\"]\nDB_PASSWORD = os.getenv(\"DB_PASSWORD\")\nAUTH_PASSWORD_VALIDATORS = [\n    {\"NAME\": \"django.contrib.auth.password_validation.MinimumLengthValidator\"},\n]\nSESSION_COOKIE_AGE = 1209600\nSESSION_ENGINE = \"django.contrib.sessions.backends.cache\"\nCSRF_COOKIE_NAME = \"csrftoken\"\nPASSWORD_HASHERS = [\"django.contrib.auth.hashers.Argon2PasswordHasher\"]\nPASSWORD_RESET_TIMEOUT = 259200\nTOKEN_TTL = 3600\n\ndef connect(user, password=None):\n    token = request.headers.get('Authorization')\n    if not password:\n        password = getpass.getpass(\"Password: \")\n    return db.connect(user=user, password=password)\n",
    ),
    (
        "/srv/app/login.js",
        "const password = document.getElementById('password').value;\nconst token = localStorage.getItem('token');\nif (password === '') { return; }\nfetch('/login', { headers: { Authorization: `Bearer ${token}` }, body: JSON.stringify({ user, password }) });\nexport const isSecret = (key) => secretKeys.includes(key);\nprocess.env.SECRET_KEY;\n",
    ),
    (
        "/usr/local/bin/backup",
        "#!/bin/sh\nset -eu\n# The password comes from the file, never from here.\nPASSWORD=$(cat /etc/backup/password)\nTOKEN=\"${TOKEN:-}\"\nread -rs PASS\nexport RESTIC_PASSWORD_FILE=/etc/restic/password\nmysqldump --defaults-extra-file=/etc/mysql/backup.cnf --all-databases | gzip > \"$1\"\ncurl -fsS -H \"Authorization: Bearer $TOKEN\" https://hc.example.org/ping\nsshpass -f /etc/backup/pw rsync -a /srv backup:\nopenssl enc -aes-256-cbc -pass file:/etc/backup/key -in x -out y\nif [ -z \"$PASSWORD\" ]; then echo 'no password' >&2; exit 1; fi\n",
    ),
    (
        "/etc/logrotate.d/app",
        "/var/log/app/*.log {\n    weekly\n    rotate 52\n    compress\n    create 0640 app adm\n    postrotate\n        systemctl kill -s HUP app\n    endscript\n}\n",
    ),
    (
        "/etc/samba/smb.conf",
        "[global]\n   security = user\n   encrypt passwords = yes\n   passdb backend = tdbsam\n   unix password sync = yes\n   passwd program = /usr/bin/passwd %u\n   passwd chat = *Enter\\snew\\s*\\spassword:* %n\\n *Retype\\snew\\s*\\spassword:* %n\\n *password\\supdated\\ssuccessfully* .\n   pam password change = yes\n   map to guest = bad user\n   null passwords = no\n   smb passwd file = /etc/samba/smbpasswd\n   idmap config * : backend = tdb\n",
    ),
    (
        "/etc/ldap/ldap.conf",
        "BASE	dc=example,dc=com\nURI	ldap://ldap.example.com ldap://ldap-provider.example.com:666\nTLS_CACERT	/etc/ssl/certs/ca-certificates.crt\npam_password md5\npam_password exop\nnss_map_attribute userPassword authPassword\nbind_policy soft\n",
    ),
    (
        "/etc/security/pwquality.conf",
        "# Number of characters in the new password that must not be present in the old password.\n# difok = 1\nminlen = 12\ndcredit = -1\n# dictpath =\n# badwords =\nenforce_for_root\nretry = 3\n",
    ),
    (
        "/etc/ntp.conf",
        "keys /etc/ntp/keys\ntrustedkey 4 8 42\nrequestkey 8\ncontrolkey 8\nserver 0.debian.pool.ntp.org iburst\nrestrict default kod nomodify\n",
    ),
    (
        "/etc/bind/named.conf",
        "include \"/etc/bind/rndc.key\";\nzone \"example.org\" { type primary; file \"db.example\"; key-directory \"/etc/bind/keys\"; dnssec-policy default; };\ntrust-anchors { . initial-key 257 3 8 \"AwEAAaz/tAm8yTn4Mfeh5eyI96WSVexTBAvkMgJzkKTOiW1vkIbzxeF3+/4RgWOq7HrxRixHlFlExOLAJr5emLvN7SWXgnLh4+B5xQlNVz8Og8kvArMtNROxVQuCaSnIDdD5LKyWbRd2n9WGe2R8PzgCmr3EgVLrjyBxWezF0jLHwVN8efS3rCj/EWgvIWgb9tarpVUDK/b58Da+sqqls3eNbuv7pr+eoZG+SrDK6nWeL3c6H5Apxz7LjVc1uTIdsIXxuOLYA4/ilBmSVIzuDWfdRUfhHdY6+cn8HFRm+2hM8AnXGXws9555KrUB5qihylGa8subX2Nn6UwNR1AkUTV74bU=\"; };\n",
    ),
    (
        "/srv/web/package-lock.json",
        "{\n  \"name\": \"x\",\n  \"lockfileVersion\": 3,\n  \"packages\": {\n    \"node_modules/js-tokens\": {\n      \"version\": \"4.0.0\",\n      \"resolved\": \"https://packages.example/js-tokens/-/js-tokens-4.0.0.tgz\",\n      \"integrity\": \"sha512-RdJUflcE3cUzKiMqQgsCu06FPu9UdIJO0beYbPhHN4k6apgJtifcoCtT9bcxOpYBtpD2kCM6Sbzg4CausW/PKQ==\"\n    },\n    \"node_modules/keyv\": { \"version\": \"4.5.4\", \"license\": \"MIT\" }\n  }\n}\n",
    ),
    (
        "/srv/app/Cargo.lock",
        "[[package]]\nname = \"secrecy\"\nversion = \"0.10.3\"\nsource = \"registry+https://packages.example/index\"\nchecksum = \"e891af845473308773346dc847b2c23ee78fe442e0472ac50e22a18a93d3ae5a\"\ndependencies = [\n \"zeroize\",\n]\n",
    ),
    (
        "/srv/app/requirements.txt",
        "django==4.2.11 --hash=sha256:6e6ff3db2d8dd0c986b4eec8554c8e4f919b5c1ff62a5b4390c17aff2ed6e5c4\npasslib==1.7.4\ncryptography>=42\ntokenizers==0.15.2\n",
    ),
    (
        "/etc/ssl/certs/x.pem",
        "-----BEGIN CERTIFICATE-----\nMIIDSjCCAjKgAwIBAgIQRK+wgNajJ7qJMDmGLvhAazANBgkqhkiG9w0BAQUFADA/\nMSQwIgYDVQQKExtEaWdpdGFsIFNpZ25hdHVyZSBUcnVzdCBDby4xFzAVBgNVBAMT\n-----END CERTIFICATE-----\n-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n",
    ),
    (
        "/etc/bind/db.example",
        "$TTL 3600\n@ IN SOA ns1.example.org. hostmaster.example.org. 2026112101 3600 600 86400 300\nmail._domainkey IN TXT \"v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC5N3lnvvrYgPCRSoqn+awTpE+iGYcKBPpo8HHbcFfCIIV10Hwo4PhCoGZSaKVHOjDm4yefKXhQjM7iKzEPuBatE7O47hAx1CJpNuIdLxhILSbEmbMxJrJAG0HZVn8z6EAoOHZNaPHmK2h4UUrjOG8zA5BHfzJf7tGwI+K619fFUwIDAQAB\"\n_acme-challenge IN CNAME x.acme.example.net.\nexample.org. IN DNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==\nweb1 IN SSHFP 4 2 123456789abcdef67890123456789abcdef67890123456789abcdef123456789\n",
    ),
    (
        "/var/log/app.log",
        "Nov 21 10:00:00 web1 sshd[123]: Accepted publickey for ann from 10.0.0.1 port 5000 ssh2: ED25519 SHA256:Yk2xTk0B1q5xV8bWmQe0sFz3Jr9Lh6NpA4CdGtUoEiM\nNov 21 10:00:01 web1 sshd[124]: Failed password for invalid user bob from 10.0.0.2 port 5001 ssh2\nNov 21 10:00:02 web1 sudo: pam_unix(sudo:session): session opened for user root(uid=0) by ann(uid=1000)\nNov 21 10:00:03 web1 systemd[1]: Started session-42.scope - Session 42 of User ann.\nNov 21 10:00:04 web1 dovecot: imap-login: Login: user=<ann>, method=PLAIN, rip=10.0.0.3, lip=10.0.0.4, mpid=4711, TLS, session=<pJ3ZkQ8nXK0KAAAD>\nNov 21 10:00:05 web1 kernel: audit: type=1400 audit(1795218926.885:3): apparmor=\"DENIED\" key=(null)\n",
    ),
    (
        "/srv/README.md",
        "# App\n\nThe password is stored in the vault; ask the team for a token.\n\n- Password: see the vault\n- Set `SECRET_KEY` before the start, e.g. `export SECRET_KEY=<your key>`.\n- API key: not needed\n\nUse `mysql -u root -p` and enter the password. The session key changes hourly.\nCall `curl -u user https://api.example.org` and type it.\nKey features: fast, small. Token ring: no. Authorization: required for writers.\nhttps://example.org/reset-password?next=/login\n",
    ),
    (
        "/etc/gitconfig",
        "[credential]\n	helper = cache --timeout=3600\n[user]\n	signingkey = 9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B\n	email = ann@example.org\n[url \"git@git.example.org:\"]\n	insteadOf = https://git.example.org/\n[commit]\n	gpgsign = true\n",
    ),
    (
        "/etc/cron.d/x",
        "SHELL=/bin/sh\nPATH=/usr/local/sbin:/usr/local/bin:/sbin:/bin\nMAILTO=root\n17 * * * * root cd / && run-parts --report /etc/cron.hourly\n0 4 * * 0 root /usr/bin/certbot renew --key-type ecdsa --cert-name example.org\n",
    ),
    (
        "/etc/php/8.2/fpm/php.ini",
        "session.save_handler = files\nsession.use_strict_mode = 0\nsession.name = PHPSESSID\nsession.cookie_httponly =\nsession.sid_length = 26\nsession.trans_sid_tags = \"a=href,area=href,frame=src,form=\"\nmysqli.default_pw =\n;mysqlnd.sha256_server_public_key =\nopcache.restrict_api=\nldap.max_links = -1\nodbc.default_pw = \n",
    ),
    (
        "/etc/haproxy/haproxy.cfg",
        "global\n    ssl-default-bind-ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256\nfrontend x\n    bind :443 ssl crt /etc/haproxy/certs/site.pem\n    acl is_auth path_beg /auth\n    use_backend auth if is_auth\nbackend x\n    cookie SRV insert indirect nocache\n    stick-table type ip size 200k expire 30m\n    server a 10.0.0.1:80 check cookie a\n    http-request auth realm Private unless auth_ok\n",
    ),
    (
        "/etc/sysctl.conf",
        "kernel.randomize_va_space = 2\nnet.ipv4.tcp_syncookies=1\nnet.ipv6.conf.all.use_tempaddr=2\nkernel.keys.maxkeys = 200\nfs.protected_hardlinks = 1\nnet.ipv4.tcp_fastopen_key = 00000000-00000000-00000000-00000000\n",
    ),
    (
        "/srv/app/tf/main.tf",
        "variable \"db_password\" {\n  type      = string\n  sensitive = true\n}\nresource \"aws_db_instance\" \"x\" {\n  password             = var.db_password\n  username             = \"app\"\n  kms_key_id           = aws_kms_key.x.arn\n  iam_database_authentication_enabled = true\n}\ndata \"aws_secretsmanager_secret\" \"x\" {\n  name = \"prod/db/password\"\n}\noutput \"token\" {\n  value     = module.auth.token\n  sensitive = true\n}\n",
    ),
    (
        "/srv/app/openapi.yaml",
        "components:\n  securitySchemes:\n    bearerAuth:\n      type: http\n      scheme: bearer\n      bearerFormat: JWT\n  schemas:\n    Login:\n      required: [user, password]\n      properties:\n        password:\n          type: string\n          format: password\n          minLength: 8\n        token:\n          type: string\n          description: the token that was sent by mail\n",
    ),
    (
        "/etc/snmp/snmpd.conf",
        "agentaddress  127.0.0.1,[::1]\nview   systemonly  included   .1.3.6.1.2.1.1\nsysLocation    Sitting on the Dock of the Bay\nmaster  agentx\ntrapsess -v 2c localhost\nrouser authPrivUser authpriv -V systemonly\n",
    ),
    (
        "/srv/git/x.patch",
        "diff --git a/x b/x\nindex 9f86d08..1884c7d 100644\n--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@ def password(self):\n-    return self._password\n+    return self.secret.password\ncommit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b\n",
    ),
    (
        "/etc/motd",
        "Welcome to web1.\nYour password expires in 14 days; change it with passwd.\nTickets: help@desk.example\n",
    ),
    (
        "/etc/adduser.conf",
        "DSHELL=/bin/bash\nUSERGROUPS=yes\nLAST_UID=59999\n#NAME_REGEX=\"^[a-z][-a-z0-9_]*\\$?$\"\n# check the password against a dictionary\nSETGID_HOME=no\nADD_EXTRA_GROUPS=0\n",
    ),
    (
        "/etc/debconf",
        "Name: passwd/root-password\nTemplate: passwd/root-password\nOwners: d-i\nFlags: seen\nType: password\nName: debconf/priority\nValue: high\n",
    ),
    (
        "/etc/dbus-1/x.xml",
        "<busconfig>\n  <policy user=\"root\">\n    <allow own=\"org.freedesktop.secrets\"/>\n    <allow send_destination=\"org.freedesktop.Secret.Service\"/>\n  </policy>\n  <property name=\"passwordField\" value=\"user_password\"/>\n</busconfig>\n",
    ),
];
