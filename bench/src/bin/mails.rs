//! Writes the mails that the benches use as one mbox (RFC 4155), for other programs to be measured with.
//!
//!     target/release/mails MAILS FILE

use jiff::SignedDuration;
use std::fs::File;
use std::io::{BufWriter, Write};
use trackle::clock::{Clock, SystemClock};
use trackle_benches::mailgen::Post;

fn main() {
    let mut words = std::env::args().skip(1);
    let count: usize = words.next().and_then(|n| n.parse().ok()).expect("the number of mails");
    let file = words.next().expect("the file to write");
    let mut out = BufWriter::new(File::create(&file).unwrap());
    let mut post = Post::new(1, 0, SystemClock.now() - SignedDuration::from_hours(12));
    for _ in 0..count {
        let mail = post.mail();
        writeln!(out, "From bench@team.example Mon Nov 16 09:14:00 2026").unwrap();
        for line in mail.split_inclusive(|b| *b == b'\n') {
            // a line that begins like the next mail's first, however often quoted, is quoted once more
            if line.iter().skip_while(|b| **b == b'>').take(5).eq(b"From ") {
                out.write_all(b">").unwrap();
            }
            out.write_all(line.strip_suffix(b"\r\n").unwrap_or(line)).unwrap();
            if line.ends_with(b"\r\n") {
                out.write_all(b"\n").unwrap();
            }
        }
        writeln!(out).unwrap();
    }
    out.flush().unwrap();
}
