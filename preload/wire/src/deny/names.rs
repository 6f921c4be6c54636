//! The names of secrets, and what in a name tells that it is none.

use super::table::words;

words! {
    /// Whole names.
    NAMES FRONT
        [Shadow "shadow gshadow nshadow master.passwd spwd.db opasswd"]
        [Sudoers "sudoers"]
        [Credentials ".netrc _netrc .authinfo .pgpass pgpass.conf .my.cnf .mylogin.cnf debian.cnf .git-credentials .s3cfg \
            .boto passwd-s3fs .npmrc .pypirc .dockercfg .vault-token .vault_pass .vault-pass \
            .vault_password vault_pass vault-pass htpasswd .htdigest .fetchmailrc .mbsyncrc .msmtprc \
            .getmailrc .offlineimaprc .smbcredentials .smbcreds .cifscreds .terraformrc .databrickscfg \
            .rediscli_auth rclone.conf credentials.tfrc.json settings-security.xml accessTokens.json \
            application_default_credentials.json application-default-credentials.json gitlab-secrets.json \
            chap-secrets pap-secrets srp-secrets sasldb2 passwd.client smbpasswd secrets.tdb passdb.tdb secrets.ldb \
            userlist.txt passwd.md5 passwd.cdb .erlang.cookie .Xauthority .ICEauthority"]
        [Key "authkey munge.key privatekey presharedkey secring.gpg private.asc private.gpg"]
        [Disk "crypto_keyfile.bin keyfile"]
        [Wallet "wallet.dat"]
        [Mail "mbox"]
        [Memory "random-seed"]
        [Kubernetes "node-token k3s.yaml kubeconfig"]
        [History ".viminfo fish_history .histfile .zhistory .lesshst"]
        [Browser "logins.json key3.db key4.db signons.sqlite"]
        [Environment ".env"];
    /// Beginnings of names.
    STARTS FRONT
        [Key "id_rsa id_dsa id_ecdsa id_ed25519 id_xmss privkey private_key private-key"]
        [Kerberos "krb5cc_"]
        [Credentials "sasl_passwd sasl-passwd relay_passwd client_secret service-account-key service_account_key \
            vault-password vault_password msal_token_cache .password .passwd"]
        [Environment ".env. .env- .env_ .envr"];
    /// Ends of names.
    ENDS BACK
        [KeyStore ".p12 .pfx .jks .jceks .bks .bcfks .keystore"]
        [Passwords ".kdbx .kdb .1pux .psafe3 .agilekeychain .opvault"]
        [Kerberos ".keytab"]
        [Key ".ppk .p8 .pk8 .pvk .priv .private .agekey .snk .keyring"]
        [Disk ".keyfile"]
        [Network ".ovpn"]
        [Wireless ".psk .nmconnection"]
        [Kubernetes ".kubeconfig"]
        [Credentials ".tfstate .tfvars .tfvars.json .secret .secrets .credentials .htpasswd .passwd .token"]
        [Environment ".env"];
    /// Ends of names that begin with a dot.
    HISTORY BACK
        [History "_history -history .history"];
    /// Names without their ending, of files that hold settings or nothing else.
    STEMS FRONT
        [Credentials "secret secrets credential credentials creds password passwords token tokens access_token access_tokens \
            auth_token apikey api_key api-key psk"];
    /// Ends of whole names without an ending: `db_password`.
    TAILS BACK
        [Credentials "_password -password _passwd _secret -secret _secrets _token -token _credentials -credentials _psk"];
    /// Ends of names of keys, and of what may be one.
    KEYS BACK
        [Key ".key"]
        [Certificate ".pem .der"]
        [Loose "_key -key"];
    /// In the name of what may be a key: it is one.
    KEY_WORDS FRONT
        [Listed "key priv secret combined"];
    /// It is none. Short words begin behind a sign, or with the name: letters of a longer one are no word.
    CERTIFICATE_WORDS FRONT
        [Listed "cert chain .crt -crt _crt .csr -csr bundle rootca root-ca root_ca -ca. _ca. dhparam -dh. ffdhe isrg trust"];
    /// The same at the beginning.
    AUTHORITIES FRONT
        [Listed "ca. ca- ca_ cacert dh. dh1 dh2 dh4 crl. csr. crt."];
    /// Words of what everybody may have.
    PUBLIC_WORDS FRONT
        [Listed "public pubkey pub_ pub- .pub _pub -pub archive release"];
    /// What lies in a directory of keys and is none.
    NO_KEYS FRONT
        [Listed "authorized_keys authorized_keys2 known_hosts known_hosts2 config rc allowed_signers"];
    /// Endings of settings.
    CONFIGURATION BACK
        [Listed ".yml .yaml .json .toml .ini .txt .conf .cfg .properties .xml .csv .env .cnf .inc .php .local"];
    /// Endings of what shows how a file is written.
    EXAMPLES BACK
        [Listed ".example .sample .template .tmpl .dist .defaults .default .schema .j2 .erb"];
    /// Endings of databases.
    DATABASES BACK
        [Listed ".sqlite .sqlite3 .sqlite2 .db .db3 .sqlite-wal .sqlite-shm .sqlite-journal .db-wal .db-shm .db-journal \
            .mdb .tdb .ldb .kch"];
    /// Endings of one kind of files.
    PUBLIC BACK [Listed ".pub"];
    SETTINGS BACK [Listed ".conf"];
    KERBEROS_SETTINGS BACK [Listed ".conf .acl"];
    ISSUED BACK [Listed ".crt"];
    RINGS BACK [Listed ".keyring"];
    /// Beginnings of one kind of files.
    WIRELESS FRONT [Listed "wpa_supplicant"];
}
