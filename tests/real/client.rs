//! A person's mail program at an INBOX: reads, marks, moves and deletes mail as people do. As much of IMAP as that takes.

use crate::servers::{PASSWORD, Servers};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Logged in, the INBOX is open.
pub struct Client {
    tcp: BufReader<TcpStream>,
    commands: usize,
}

impl Client {
    pub fn of(servers: &Servers, user: &str) -> Client {
        let tcp = TcpStream::connect(("127.0.0.1", servers.imap_port)).unwrap();
        tcp.set_nodelay(true).unwrap();
        tcp.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let mut client = Client { tcp: BufReader::new(tcp), commands: 0 };
        client.line();
        let password = PASSWORD.replace('\\', "\\\\").replace('"', "\\\"");
        client.says(&format!("LOGIN {user} \"{password}\""));
        client.says("SELECT INBOX");
        client
    }

    fn line(&mut self) -> String {
        let mut line = Vec::new();
        self.tcp.read_until(b'\n', &mut line).unwrap();
        String::from_utf8_lossy(&line).into_owned()
    }

    /// Gives a command; what came before its OK.
    pub fn says(&mut self, command: &str) -> String {
        self.commands += 1;
        let tag = format!("c{}", self.commands);
        self.tcp.get_mut().write_all(format!("{tag} {command}\r\n").as_bytes()).unwrap();
        let mut answer = String::new();
        loop {
            let line = self.line();
            if let Some(end) = line.strip_prefix(&format!("{tag} ")) {
                assert!(end.starts_with("OK"), "{command}: {end}");
                return answer;
            }
            assert!(!line.is_empty(), "{command}: it hung up");
            answer.push_str(&line);
        }
    }

    /// The UIDs of the mails for which this holds.
    pub fn search(&mut self, what: &str) -> Vec<u32> {
        // what has come meanwhile is told first
        self.says("NOOP");
        let answer = self.says(&format!("UID SEARCH {what}"));
        let found = answer.lines().find_map(|line| line.strip_prefix("* SEARCH"));
        found.unwrap_or_default().split_whitespace().map(|uid| uid.parse().unwrap()).collect()
    }

    /// Reads a mail, which marks it as read; its subject.
    pub fn reads(&mut self, uid: u32) -> Option<String> {
        let mail = self.says(&format!("UID FETCH {uid} (BODY[])"));
        mail.lines().find_map(|line| line.strip_prefix("Subject: ")).map(str::to_owned)
    }
}
