//! Reading one mail: a short text, five kilobytes of text and HTML, and one with half a megabyte of attachment.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jiff::Timestamp;
use trackle::read;
use trackle_benches::mailgen::dice::Dice;
use trackle_benches::mailgen::mime::{Draft, File};
use trackle_benches::mailgen::words::{self, ENGLISH, OTHERS, Tongue};

fn mail(tongue: &'static Tongue, text: usize, html: bool, attachment: usize) -> Vec<u8> {
    let mut dice = Dice::new(7);
    let text = words::prose(tongue, text, &mut dice);
    let file = || File { name: "screenshot.png", media: "image/png", bytes: Dice::new(8).bytes(attachment) };
    let draft = Draft {
        from: ("Jörg Müller", "joerg@uni.example"),
        to: "help@team.example",
        subject: tongue.subjects[0],
        date: Timestamp::from_second(1_790_000_000).unwrap(),
        id: "1@uni.example",
        thread: None,
        text: &text,
        tongue,
        html,
        files: if attachment > 0 { vec![file()] } else { Vec::new() },
        proven: true,
    };
    draft.bytes(&mut dice)
}

fn read_one(c: &mut Criterion) {
    let mut group = c.benchmark_group("read");
    for (name, mail) in [
        ("short text", mail(&ENGLISH, 400, false, 0)),
        ("text and HTML, 5 kB", mail(&OTHERS[0], 1_100, true, 0)),
        ("attachment, 500 kB", mail(&ENGLISH, 700, true, 370_000)),
    ] {
        group.throughput(Throughput::Bytes(mail.len() as u64));
        group.bench_function(name, |b| b.iter(|| read::mail(std::hint::black_box(&mail)).unwrap()));
    }
    group.finish();
}

criterion_group!(benches, read_one);
criterion_main!(benches);
