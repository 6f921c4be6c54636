//! Command lines with a secret in each, and without.

use crate::redact::Redactor;

fn line(line: &str) -> String {
    Redactor::new().line(line).0
}

#[test]
fn each_program_hands_its_secret_over_in_its_own_way() {
    for text in [
        "mysql -u root -pS3cretWord app",
        "mysqldump -pS3cretWord --all-databases",
        "sudo mysql -pS3cretWord",
        "docker exec -it db mysql -uroot -pS3cretWord",
        "PGPASSWORD=S3cretWord psql -h db",
        "sshpass -p S3cretWord ssh x",
        "sshpass -pS3cretWord ssh x",
        "docker login -u me -p S3cretWord registry.example",
        "curl -u me:S3cretWord https://x",
        "curl -ume:S3cretWord https://x",
        "curl --user=me:S3cretWord https://x",
        "curl -H 'Authorization: Bearer S3cretWord' x",
        "curl -H 'X-Api-Key: Zk81LqPw93XmT5vR' x",
        "wget --password=S3cretWord x",
        "wget --http-password S3cretWord x",
        "openssl rsa -in k -passin pass:S3cretWord",
        "openssl enc -k S3cretWord",
        "ldapsearch -x -w S3cretWord",
        "redis-cli -a S3cretWord ping",
        "redis-cli AUTH S3cretWord",
        "echo 'root:S3cretWord' | chpasswd",
        "echo S3cretWord | sudo -S id",
        "echo S3cretWord | passwd --stdin bob",
        "htpasswd -b /x bob S3cretWord",
        "useradd -p S3cretWord bob",
        "zip -P S3cretWord a.zip b",
        "7z x -pS3cretWord a.7z",
        "smbclient -U me%S3cretWord //x/y",
        "snmpwalk -v2c -c S3cretWord host",
        "ipmitool -H x -U y -P S3cretWord power on",
        "ssh-keygen -N S3cretWord -f x",
        "bash -c 'mysql -pS3cretWord'",
        "ssh host \"mysql -pS3cretWord -e 'select 1'\"",
        "vault kv put secret/x pw=S3cretWord",
        "kubectl create secret generic x --from-literal=a=S3cretWord",
        "mysql --password=S3cretWord",
        "foo --db-password S3cretWord",
        "export DB_PASSWORD=S3cretWord",
        "git clone https://me:S3cretWord@example.org/x.git",
        "chpasswd <<< 'root:S3cretWord'",
        "nmcli dev wifi connect Home password S3cretWord",
        "wpa_passphrase Home S3cretWord",
        "swaks -ap S3cretWord",
        "aws configure set aws_secret_access_key S3cretWord",
        "psql postgres://me:S3cretWord@db/app",
        "gpg --batch --passphrase S3cretWord -c x",
        "mysql -e \"ALTER USER x IDENTIFIED BY 'S3cretWord'\"",
        "set -x DB_PASSWORD S3cretWord",
        "docker run -e DB_PASSWORD=S3cretWord x",
        "keytool -storepass S3cretWord -list",
        "rabbitmqctl add_user bob S3cretWord",
        "dig -y hmac-sha256:k:S3cretWord x",
        "mount -t cifs //x/y /mnt -o username=me,password=S3cretWord,uid=0",
        "sqlplus me/S3cretWord@db",
        "xfreerdp /u:me /p:S3cretWord",
    ] {
        let redacted = line(text);
        assert!(
            !redacted.contains("S3cretWord") && !redacted.contains("Zk81LqPw93XmT5vR"),
            "{text}\n{redacted}"
        );
        assert!(redacted.contains("«redacted:"), "{redacted}");
    }
}

#[test]
fn ordinary_lines_stay_as_they_are() {
    for text in [
        "mysql -u root -p",
        "mysql -p < dump.sql",
        "vim /etc/ssh/sshd_config",
        "passwd bob",
        "ssh -p 2222 host",
        "mkdir -p /a/b",
        "cp -p a b",
        "docker run -p 80:80 nginx",
        "systemctl restart postfix",
        "apt install libpam-passwdqc",
        "grep -r password /etc",
        "chmod 600 ~/.ssh/id_ed25519",
        "psql -h db -U app -W",
        "docker login --password-stdin",
        "ansible-playbook --ask-pass x.yml",
        "curl -u \"$USER:$PASS\" https://x",
        "mysql -p\"$PASS\"",
        "cat /etc/passwd",
        "sed -i 's/PasswordAuthentication yes/PasswordAuthentication no/' /etc/ssh/sshd_config",
        "apt-key add release.key",
        "git commit -m 'reset password policy'",
        "tar -xpf a.tar",
        "useradd -m -s /bin/bash bob",
        "ssh-keygen -t ed25519 -f /root/.ssh/id_ed25519",
        "openssl x509 -in cert.pem -noout -text",
        "curl https://example.org/key.asc",
        "usermod -aG docker bob",
        "nmap -p 1-1024 host",
        "kubectl get secret -n x",
        "redis-cli info",
        "rsync --password-file=/etc/rsync.pw a b",
    ] {
        assert_eq!(line(text), text);
    }
}
