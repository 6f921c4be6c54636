//! What people write to a help address, in the languages and charsets they write it in.

use super::dice::Dice;
use encoding_rs::{
    BIG5, EUC_KR, Encoding, GB18030, ISO_2022_JP, ISO_8859_2, KOI8_R, UTF_8, WINDOWS_1251, WINDOWS_1252,
};

/// A language as its writers' programs send it.
pub struct Tongue {
    pub charset: &'static Encoding,
    /// As written behind `charset=`.
    pub label: &'static str,
    pub subjects: &'static [&'static str],
    pub sentences: &'static [&'static str],
}

/// What most people write here.
pub static ENGLISH: Tongue = Tongue {
    charset: UTF_8,
    label: "utf-8",
    subjects: &[
        "The VPN drops every {n} minutes",
        "Printer in room {n} prints blank pages",
        "No access to the shared drive",
        "Backup of host{n} fails with error {n}",
        "Please reset my password",
        "Certificate of www{n} has run out",
        "Disk quota on host{n}",
        "Calendar does not sync any more",
        "Projector in hall {n} shows no picture",
        "New SSH key for host{n}",
    ],
    sentences: &[
        "I have tried it {n} times and the result is always the same.",
        "Nothing was changed on my side.",
        "My colleague in room {n} sees this as well.",
        "It worked until yesterday, a reboot did not help.",
        "The machine is host{n}.lab.example, its address is 192.0.2.{n}.",
        "The last line of the log says \"timeout after {n} ms\".",
        "Could you have a look at it before Friday?",
        "It is not urgent, but this blocks the whole group.",
        "From another network it works.",
        "I can give you access whenever you like, I am in the office until five.",
        "See also the earlier request about the same machine, https://wiki.lab.example/page/{n}.",
        "Thank you for the quick answer last time!",
    ],
};

/// What the others write.
pub static OTHERS: &[Tongue] = &[
    Tongue {
        charset: WINDOWS_1252,
        label: "iso-8859-1",
        subjects: &["Drucker im Büro {n} druckt schräg", "Zugang für die neue Kollegin, Büro {n}"],
        sentences: &[
            "Guten Tag, der Drucker im Büro {n} druckt nur noch schräge Linien.",
            "Könnten Sie bitte einmal nachsehen? Für Rückfragen stehe ich gern zur Verfügung.",
            "Es wäre schön, wenn das bis übermorgen ginge.",
        ],
    },
    Tongue {
        charset: WINDOWS_1252,
        label: "windows-1252",
        subjects: &["Problème d’accès à la boîte « équipe {n} »"],
        sentences: &[
            "Bonjour, depuis hier l’accès à la boîte partagée « équipe {n} » est refusé.",
            "Le message dit : « délai dépassé » — et cela nous coûte déjà {n} € par jour…",
        ],
    },
    Tongue {
        charset: ISO_8859_2,
        label: "iso-8859-2",
        subjects: &["Błąd połączenia z serwerem {n}"],
        sentences: &[
            "Dzień dobry, od wczoraj serwer {n} zgłasza błąd połączenia.",
            "Proszę o pilną pomoc, zależy nam na czasie.",
        ],
    },
    Tongue {
        charset: KOI8_R,
        label: "koi8-r",
        subjects: &["Не работает почта на узле {n}"],
        sentences: &[
            "Здравствуйте, со вчерашнего дня не приходит почта на узле {n}.",
            "Посмотрите, пожалуйста.",
        ],
    },
    Tongue {
        charset: WINDOWS_1251,
        label: "windows-1251",
        subjects: &["Ошибка принтера {n}"],
        sentences: &["Добрый день! Принтер {n} печатает пустые страницы.", "Перезагрузка не помогла."],
    },
    Tongue {
        charset: ISO_2022_JP,
        label: "iso-2022-jp",
        subjects: &["サーバー{n}に接続できません"],
        sentences: &[
            "お世話になっております。昨日からサーバー{n}に接続できません。",
            "ご確認をお願いいたします。",
        ],
    },
    Tongue {
        charset: GB18030,
        label: "gb18030",
        subjects: &["无法登录服务器{n}"],
        sentences: &["您好，从昨天开始无法登录服务器{n}。", "请帮忙检查一下，谢谢！"],
    },
    Tongue {
        charset: BIG5,
        label: "big5",
        subjects: &["印表機{n}無法列印"],
        sentences: &["您好，印表機{n}從昨天開始無法列印。", "重新開機也沒有用。"],
    },
    Tongue {
        charset: EUC_KR,
        label: "euc-kr",
        subjects: &["서버 {n}에 연결할 수 없습니다"],
        sentences: &["안녕하세요, 어제부터 서버 {n}에 연결할 수 없습니다.", "확인 부탁드립니다."],
    },
    Tongue {
        charset: UTF_8,
        label: "UTF-8",
        subjects: &["Δεν λειτουργεί το σύστημα {n} 😕", "החיבור לשרת {n} נותק"],
        sentences: &[
            "Καλημέρα, από χθες δεν λειτουργεί το σύστημα {n} 😕.",
            "שלום, החיבור לשרת {n} נותק שוב ושוב.",
        ],
    },
];

/// First and last names, some of which ASCII cannot spell.
pub static FIRST: &[&str] =
    &["Ada", "Jörg", "Émilie", "Wei", "Olga", "Sean", "Priya", "Łukasz", "Noor", "Per", "Lucía", "John"];
pub static LAST: &[&str] =
    &["Nowak", "Müller", "Dubois", "Chen", "Petrova", "Walsh", "Sharma", "Kim", "Åström", "Peña", "Smith"];

/// Names of files, with their media types.
pub static FILES: &[(&str, &str)] = &[
    ("error.log", "text/plain"),
    ("screenshot.png", "image/png"),
    ("Bildschirmfoto von gestern, Büro.png", "image/png"),
    ("report.pdf", "application/pdf"),
    ("config.tar.gz", "application/gzip"),
    ("fix.patch", "text/x-diff"),
    ("Übersicht.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
];

/// Fills numbers in.
pub fn filled(pattern: &str, dice: &mut Dice) -> String {
    let mut text = pattern.to_owned();
    while let Some(at) = text.find("{n}") {
        text.replace_range(at..at + 3, &(dice.below(200) + 2).to_string());
    }
    text
}

/// Paragraphs of at least so many bytes, their lines shorter than 76 characters.
pub fn prose(tongue: &Tongue, bytes: usize, dice: &mut Dice) -> String {
    let mut text = String::with_capacity(bytes + 200);
    let mut width = 0;
    while text.len() < bytes {
        let sentence = filled(dice.pick(tongue.sentences), dice);
        for word in sentence.split(' ') {
            let long = word.chars().count() + 1;
            if width > 0 {
                text.push(if width + long > 75 { '\n' } else { ' ' });
                width = if width + long > 75 { 0 } else { width };
            }
            text.push_str(word);
            width += long;
        }
        if dice.percent(25) {
            text.push_str("\n\n");
            width = 0;
        }
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// Lines such as a machine writes into its log.
pub fn log(bytes: usize, dice: &mut Dice) -> String {
    const WHO: [&str; 4] = ["sshd", "kernel", "postfix/smtpd", "systemd"];
    const WHAT: [&str; 4] =
        ["connection reset by peer", "timeout after", "out of memory near", "accepted key for"];
    let mut text = String::with_capacity(bytes + 100);
    while text.len() < bytes {
        let (hour, minute, second) = (dice.below(24), dice.below(60), dice.below(60));
        let (host, pid, number) = (dice.below(500), dice.below(30_000), dice.below(100_000));
        let (who, what) = (dice.pick(&WHO), dice.pick(&WHAT));
        text.push_str(&format!(
            "Nov 12 {hour:02}:{minute:02}:{second:02} host{host} {who}[{pid}]: {what} {number}\n"
        ));
    }
    text
}
