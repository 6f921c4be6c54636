//! As much of SMTP and LMTP as it takes to hand over a mail in a test. Anything unexpected is a panic.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A client's side of SMTP or LMTP.
pub struct Dialogue {
    tcp: BufReader<TcpStream>,
}

impl Dialogue {
    pub fn open(port: u16, hello: &str) -> Dialogue {
        let tcp = TcpStream::connect(("127.0.0.1", port)).unwrap();
        tcp.set_nodelay(true).unwrap();
        tcp.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let mut dialogue = Dialogue { tcp: BufReader::new(tcp) };
        dialogue.expect("2");
        dialogue.say(&format!("{hello} client.example\r\n"), "2");
        dialogue
    }

    pub fn send(&mut self, from: &str, to: &str, mail: &str) {
        self.say(&format!("MAIL FROM:<{from}>\r\n"), "2");
        self.say(&format!("RCPT TO:<{to}>\r\n"), "2");
        self.say("DATA\r\n", "3");
        let lines: String = mail
            .lines()
            .map(|l| if l.starts_with('.') { format!(".{l}\r\n") } else { format!("{l}\r\n") })
            .collect();
        self.say(&format!("{lines}.\r\n"), "2");
    }

    fn say(&mut self, text: &str, expected: &str) {
        self.tcp.get_mut().write_all(text.as_bytes()).unwrap();
        self.expect(expected);
    }

    fn expect(&mut self, expected: &str) {
        loop {
            let mut line = String::new();
            self.tcp.read_line(&mut line).unwrap();
            assert!(line.starts_with(expected), "{line:?}");
            if line.as_bytes().get(3) != Some(&b'-') {
                return;
            }
        }
    }
}
