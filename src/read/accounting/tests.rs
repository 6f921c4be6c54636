//! One set of processes in every version and byte order, beside what dump-acct prints of it.

use super::*;

const THIRD: &[u8] = include_bytes!("../../../tests/corpus/evidence/v3.bin");
const DUMPED: &str = include_str!("../../../tests/corpus/evidence/pacct-v3.dump-acct.txt");

#[test]
fn every_record_is_what_the_tool_prints() {
    let accounts = processes(THIRD);
    assert_eq!((accounts.processes.len(), accounts.unread), (66, 0));
    for (process, line) in accounts.processes.iter().zip(DUMPED.lines()) {
        let column = |n: usize| line.split('|').nth(n).unwrap().trim();
        let ticks = |n: usize| column(n).split('.').next().unwrap().to_owned();
        assert_eq!(process.name, column(0), "{line}");
        assert_eq!(process.pid.unwrap().to_string(), column(9), "{line}");
        assert_eq!(process.parent.unwrap().to_string(), column(10), "{line}");
        assert_eq!(
            (process.uid.to_string(), process.gid.to_string()),
            (column(5).into(), column(6).into()),
            "{line}"
        );
        assert_eq!((process.user / 10).to_string(), ticks(2), "{line}");
        assert_eq!((process.system / 10).to_string(), ticks(3), "{line}");
        assert_eq!((process.elapsed / 10).to_string(), ticks(4), "{line}");
        assert_eq!(process.terminal().unwrap_or("__".into()), column(13), "{line}");
        let signs = [
            (process.forked, 'F'),
            (process.privileged, 'S'),
            (process.dumped_core, 'D'),
            (process.killed, 'X'),
        ];
        let signs: String = signs.into_iter().filter_map(|(is, sign)| is.then_some(sign)).collect();
        assert_eq!(signs, column(11), "{line}");
        let status = process.exit().unwrap_or(0);
        assert!(process.killed || status.to_string() == column(12), "{line}: {status}");
    }
}

#[test]
fn every_version_and_byte_order_tells_the_same() {
    let third = processes(THIRD).processes;
    for (file, has_pid) in [
        (&include_bytes!("../../../tests/corpus/evidence/v3-be.bin")[..], true),
        (include_bytes!("../../../tests/corpus/evidence/v2.bin"), false),
        (include_bytes!("../../../tests/corpus/evidence/v2-be.bin"), false),
        (include_bytes!("../../../tests/corpus/evidence/v1.bin"), false),
        (include_bytes!("../../../tests/corpus/evidence/v1-be.bin"), false),
        (include_bytes!("../../../tests/corpus/evidence/v0.bin"), false),
        (include_bytes!("../../../tests/corpus/evidence/v0-be.bin"), false),
    ] {
        let accounts = processes(file);
        assert_eq!((accounts.processes.len(), accounts.unread), (66, 0));
        for (process, other) in accounts.processes.iter().zip(&third) {
            assert_eq!(process.pid.is_some(), has_pid);
            let bare = |p: &Process| Process { pid: None, parent: None, elapsed: 0, status: 0, ..p.clone() };
            assert_eq!(bare(process), bare(other));
            assert!(process.elapsed.abs_diff(other.elapsed) <= 20, "{process:?} {other:?}");
        }
    }
}

#[test]
fn what_is_no_record_is_passed_over() {
    assert_eq!(processes(b"").processes.len(), 0);
    assert_eq!(processes(&[0; 640]), Accounts { processes: vec![], unread: 640 });
    assert_eq!(processes(&[0xff; 130]).unread, 130);
    for end in 0..THIRD.len().min(300) {
        let accounts = processes(&THIRD[..end]);
        assert_eq!(accounts.processes.len(), end / 64, "{end}");
    }
    let spoilt = [&THIRD[..64], &[0xee; 64], &THIRD[64..128]].concat();
    assert_eq!(processes(&spoilt), Accounts { processes: processes(&THIRD[..128]).processes, unread: 64 });
    let killed = Process { status: 0x8b, ..processes(THIRD).processes[0].clone() };
    assert_eq!((killed.exit(), killed.signal()), (None, Some(11)));
}
