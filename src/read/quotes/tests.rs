//! Replies as people and their mail programs write them, cut into what is new and what was there before.

use super::pieces;
use crate::model::mail::{Piece, PieceKind};
use proptest::prelude::*;

mod languages;

fn new_text(text: &str) -> String {
    let new = pieces(text).into_iter().filter(|p| p.kind == PieceKind::New).map(|p| p.text);
    new.collect::<String>().trim().to_owned()
}

fn kinds(text: &str) -> Vec<PieceKind> {
    pieces(text).into_iter().map(|p| p.kind).collect()
}

fn whole(pieces: &[Piece]) -> String {
    pieces.iter().map(|p| p.text.as_str()).collect()
}

/// As mail programs write them, above text that is not marked with `>`.
const ATTRIBUTIONS: &[&str] = &[
    // English
    "On Mon, 3 May 2021 at 14:05, Ada Lovelace <ada@example.org> wrote:",
    "On Monday, May 3, 2021 at 2:05 PM Ada Lovelace\n<ada@example.org> wrote:",
    "On May 3, 2021, at 14:05, Ada Lovelace <\nada.with.a.long.address@department.example.org>\nwrote:",
    "On 03/05/2021 14:05, Ada Lovelace wrote:",
    "On Mon, 2021-05-03 at 14:05 +0200, Ada Lovelace wrote:",
    "--- On Mon, 5/3/21, Ada Lovelace <ada@example.org> wrote:",
    "---- On Mon, 03 May 2021 14:05:02 +0200 ada@example.org wrote ----",
    "---- Ada Lovelace wrote ----",
    "-----Ada Lovelace <ada@example.org> wrote: -----",
    "Ada Lovelace <ada@example.org> wrote on Mon, 3 May 2021 at 14:05:",
    "Ada Lovelace <ada@example.org> writes:",
    "At 14:05 03/05/2021, Ada Lovelace <ada@example.org> wrote:",
    "2021-05-03 14:05 GMT+02:00 Ada Lovelace <ada@example.org>:",
    "Monday, 3 May 2021, 14:05 +0300 from Ada Lovelace <ada@example.org>:",
    "*On Mon, 3 May 2021 at 14:05, Ada Lovelace <ada@example.org> wrote:*",
    "On Mon, May 3, 2021 at 2:05 PM 'Ada Lovelace' via help <\nhelp@example.org> wrote:",
    "On Monday, May 3rd, 2021 at 2:05 PM, Ada Lovelace <ada@example.org> wrote:",
    "On 3 May 2021, 14:05 +0200, Ada Lovelace <ada@example.org>, wrote:",
    "On Mon, 3 May 2021 14:05:00 +0200\nAda Lovelace <ada@example.org> wrote:",
    "On Mon, May 03, 2021 at 02:05:00PM +0200, Ada Lovelace wrote:",
    "On Monday, May 3, 2021 14:05 CEST, Ada Lovelace <ada@example.org> wrote:",
    "On Mon, 3 May 2021, Ada Lovelace wrote:",
    ">>> Ada Lovelace <ada@example.org> 5/3/2021 2:05 PM >>>",
    // German
    "Am Montag, 3. Mai 2021, 14:05:00 CEST schrieb Ada Lovelace:",
    "Am Montag, dem 03.05.2021 um 14:05 +0200 schrieb Ada Lovelace:",
    "Am Mo., 3. Mai 2021 um 14:05 Uhr schrieb Ada Lovelace <ada@example.org>:",
    "Am 03.05.21 um 14:05 schrieb Ada Lovelace:",
    "Am 3. Mai 2021 14:05:02 MESZ schrieb Ada Lovelace\n<ada@example.org>:",
    "Ada Lovelace <ada@example.org> schrieb am Mo., 3. Mai 2021,\n14:05:",
    // French
    "Le lun. 3 mai 2021 à 14:05, Ada Lovelace <ada@example.org> a écrit :",
    "Le lun. 3 mai 2021 à 14:05, Ada Lovelace <ada@example.org>\na écrit\u{a0}:",
    "Le 03/05/2021 à 14:05, Ada Lovelace a écrit :",
    "- Le 2021-05-03 14:05, Ada Lovelace a écrit :",
    // Spanish, Catalan
    "El lun, 3 may 2021 a las 14:05, Ada Lovelace (<ada@example.org>)\nescribió:",
    "El 3/5/21 a las 14:05, Ada Lovelace escribió:",
    "El dl., 3 de maig 2021 a les 14:05, Ada Lovelace (<ada@example.org>) va escriure:",
    // Portuguese
    "Em seg., 3 de mai. de 2021 às 14:05, Ada Lovelace <ada@example.org> escreveu:",
    "No dia 3 de maio de 2021 às 14:05, Ada Lovelace <ada@example.org> escreveu:",
    "Em 03/05/2021 14:05, Ada Lovelace escreveu:",
    // Italian
    "Il giorno lun 3 mag 2021 alle ore 14:05 Ada Lovelace <ada@example.org> ha scritto:",
    "Il 03/05/21 14:05, Ada Lovelace ha scritto:",
    "In data 3 maggio 2021 14:05:02 \"Ada Lovelace\" <ada@example.org> ha scritto:",
    // Dutch
    "Op ma 3 mei 2021 om 14:05 schreef Ada Lovelace <ada@example.org>:",
    "Op 3 mei 2021, om 14:05 heeft Ada Lovelace <ada@example.org> het volgende geschreven:",
    "Op 03-05-2021 om 14:05 schreef Ada Lovelace:",
    // Swedish, Danish, Norwegian
    "Den mån 3 maj 2021 kl 14:05 skrev Ada Lovelace <ada@example.org>:",
    "Den 2021-05-03 kl. 14:05, skrev Ada Lovelace:",
    "Den man. 3. maj 2021 kl. 14.05 skrev Ada Lovelace <ada@example.org>:",
    "man. 3. mai 2021 kl. 14:05 skrev Ada Lovelace <ada@example.org>:",
    "På 3 mai 2021 kl. 14:05 skrev Ada Lovelace (ada@example.org):",
    // Finnish
    "ma 3. toukok. 2021 klo 14.05 Ada Lovelace (ada@example.org) kirjoitti:",
    // Polish
    "pon., 3 maj 2021 o 14:05 Ada Lovelace <ada@example.org> napisał(a):",
    "W dniu 3.05.2021 o 14:05, Ada Lovelace pisze:",
    "Dnia 3 maja 2021 14:05 Ada Lovelace <ada@example.org> napisał(a):",
    // Czech, Slovak
    "po 3. 5. 2021 v 14:05 odesílatel Ada Lovelace <ada@example.org> napsal:",
    "Dne 03. 05. 21 v 14:05 Ada Lovelace napsal(a):",
    "po 3. 5. 2021 o 14:05 Ada Lovelace <ada@example.org> napísal(a):",
    // Russian, Ukrainian, Bulgarian
    "пн, 3 мая 2021 г. в 14:05, Ada Lovelace <ada@example.org>:",
    "03.05.2021, 14:05, \"Ada Lovelace\" <ada@example.org>:",
    "Понедельник, 3 мая 2021, 14:05 +03:00 от Ada Lovelace <ada@example.org>:",
    "03.05.2021 14:05, Ada Lovelace пишет:",
    "3 мая 2021 г., в 14:05, Ada Lovelace <ada@example.org> написал(а):",
    "пн, 3 трав. 2021 р. о 14:05 Ada Lovelace <ada@example.org> пише:",
    "На пн, 3.05.2021 г. в 14:05 Ada Lovelace <ada@example.org> написа:",
    // Turkish, Greek, Hungarian, Romanian
    "Ada Lovelace <ada@example.org>, 3 May 2021 Pzt, 14:05 tarihinde şunu yazdı:",
    "Στις Δευ, 3 Μαΐ 2021 στις 2:05 μ.μ., ο χρήστης Ada Lovelace <ada@example.org>\nέγραψε:",
    "Ada Lovelace <ada@example.org> ezt írta (időpont: 2021. máj. 3., H, 14:05):",
    "În lun., 3 mai 2021 la 14:05, Ada Lovelace <ada@example.org> a scris:",
    // Japanese, Chinese, Korean, Vietnamese
    "2021年5月3日(月) 14:05 Ada Lovelace <ada@example.org>:",
    "2021/05/03 14:05、Ada Lovelace <ada@example.org>のメール:",
    "2021/05/03 14:05、Ada Lovelace <ada@example.org> のメッセージ:",
    "Ada Lovelace <ada@example.org> 于2021年5月3日周一 下午2:05写道：",
    "在 2021年5月3日，下午2:05，Ada Lovelace <ada@example.org> 写道：",
    "Ada Lovelace <ada@example.org> 於 2021年5月3日 週一 下午2:05寫道：",
    "2021년 5월 3일 (월) 오후 2:05, Ada Lovelace <ada@example.org>님이 작성:",
    "Vào Th 2, 3 thg 5, 2021 vào lúc 14:05 Ada Lovelace <ada@example.org>\nđã viết:",
    // Hebrew, Arabic, Thai, Indonesian
    "\u{202b}בתאריך יום ב׳, 3 במאי 2021 ב-14:05 מאת \u{202a}Ada Lovelace\u{202c}\u{200f} <\u{202a}ada@example.org\u{202c}\u{200f}>:\u{202c}",
    "في الاثنين، 3 مايو 2021 في 2:05 م تمت كتابة ما يلي بواسطة Ada Lovelace <ada@example.org>:",
    "เมื่อ จ. 3 พ.ค. 2021 เวลา 14:05 Ada Lovelace <ada@example.org> เขียนว่า:",
    "Pada tanggal Sen, 3 Mei 2021 pukul 14.05 Ada Lovelace <ada@example.org> menulis:",
];

/// Not enough to tell an older mail by, unless it is marked with `>`.
const MARKED_ONLY: &[&str] = &[
    "Ada Lovelace wrote:",
    "Quoting Ada Lovelace <ada@example.org>:",
    "Ada Lovelace kirjoitti 3.5.2021 klo 14:05:",
    "2021/5/3 Ada Lovelace <ada@example.org>",
    "Ada schrieb:",
    "Zitat von Ada Lovelace <ada@example.org>:",
    "Monday, May 3, 2021, 2:05:00 PM, you wrote:",
    "Ada Lovelace wrote on 5/3/21 2:05 PM:",
];

/// As mail programs write them above an older mail that is answered.
const HEADS: &[&str] = &[
    "-----Original Message-----",
    "----- Original Message ----- \nFrom: Ada\nTo: help@example.org\nSent: Monday",
    "‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐\nOn Monday, May 3rd, 2021 at 14:05, Ada wrote:",
    "-------- Original Message --------\nSubject: \tIt fails\nDate: \tMon, 3 May 2021 14:05\nFrom: \tAda <ada@example.org>",
    "-----Ursprüngliche Nachricht-----\nVon: Ada Lovelace\nGesendet: Montag, 3. Mai 2021 14:05\nAn: Hilfe\nBetreff: AW: x",
    "-------- Originalnachricht --------\nVon: Ada <ada@example.org>\nDatum: 03.05.21 14:05 (GMT+01:00)\nAn: x@example.org",
    "-----Message d'origine-----\nDe : Ada\nEnvoyé : lundi 3 mai 2021 14:05\nÀ : Aide\nObjet : RE: x",
    "-----Mensaje original-----\nDe: Ada\nEnviado el: lunes, 3 de mayo de 2021 14:05\nPara: Ayuda\nAsunto: RE: x",
    "-----Mensagem original-----\nDe: Ada",
    "-----Messaggio originale-----\nDa: Ada",
    "-----Oorspronkelijk bericht-----\nVan: Ada",
    "-----Ursprungligt meddelande-----\nFrån: Ada",
    "-----Opprinnelig melding-----\nFra: Ada",
    "-----Alkuperäinen viesti-----\nLähettäjä: Ada",
    "-----Wiadomość oryginalna-----\nOd: Ada",
    "---------- Původní e-mail ----------\nOd: Ada",
    "-----Исходное сообщение-----\nОт: Ada",
    "------------------ 原始邮件 ------------------\n发件人: \"Ada\"",
    "________________________________\nFrom: Ada Lovelace <ada@example.org>\nSent: Monday, May 3, 2021 2:05 PM\nTo: help@example.org",
    "*From:* Ada Lovelace [mailto:\nada@example.org]\n*Sent:* Monday, May 3, 2021 2:05 PM\n*To:* help@example.org\n*Subject:* x",
    "**From:** Ada Lovelace <ada@example.org>\n\n**Date:** Monday\n\n**To:** help@example.org",
    "Von: Ada Lovelace <ada@example.org>\nGesendet: Montag, 3. Mai 2021 14:05\nAn: Hilfe <help@example.org>\nBetreff: x",
    "De : Ada Lovelace <ada@example.org>\nEnvoyé : lundi 3 mai 2021 14:05\nÀ : Aide\nObjet : x",
    "De: Ada Lovelace <ada@example.org>\nDate: lun., 3 mai 2021 à 14:05\nÀ: Aide",
    "Da: Ada Lovelace\nInviato: lunedì 3 maggio 2021 14:05\nA: Aiuto\nOggetto: x",
    "Van: Ada Lovelace\nVerzonden: maandag 3 mei 2021 14:05\nAan: Hulp\nOnderwerp: x",
    "Från: Ada Lovelace\nSkickat: den 3 maj 2021 14:05\nTill: Hjälp\nÄmne: x",
    "Fra: Ada Lovelace\nSendt: 3. maj 2021 14:05\nTil: Hjælp\nEmne: x",
    "Lähettäjä: Ada Lovelace\nLähetetty: maanantai 3. toukokuuta 2021 14.05\nVastaanottaja: Apu\nAihe: x",
    "Od: Ada Lovelace <ada@example.org>\nWysłano: 3 maja 2021 14:05\nDo: Pomoc\nTemat: x",
    "Od: Ada Lovelace <ada@example.org>\nKomu: help@example.org\nDatum: 3. 5. 2021 14:05\nPředmět: x",
    "От: Ada Lovelace\nОтправлено: 3 мая 2021 г. 14:05\nКому: Help\nТема: x",
    "Від: Ada Lovelace <ada@example.org>\nНадіслано: 3 травня 2021 р.\nКому: Help\nТема: x",
    "Kimden: Ada Lovelace <ada@example.org>\nGönderilen: 3 Mayıs 2021 14:05\nKime: Help\nKonu: x",
    "Από: Ada Lovelace <ada@example.org>\nΣτάλθηκε: Δευτέρα, 3 Μαΐου 2021\nΠρος: Help\nΘέμα: x",
    "Feladó: Ada <ada@example.org>\nElküldve: 2021. május 3.\nCímzett: Help\nTárgy: x",
    "De la: Ada <ada@example.org>\nTrimis: luni, 3 mai 2021\nCătre: Help\nSubiect: x",
    "差出人: Ada <ada@example.org>\n送信日時: 2021年5月3日 14:05\n宛先: Help\n件名: x",
    "发件人: Ada <ada@example.org>\n发送时间: 2021年5月3日 14:05\n收件人: Help\n主题: x",
    "보낸 사람: Ada <ada@example.org>\n보낸 날짜: 2021년 5월 3일\n받는 사람: Help\n제목: x",
    "Message du : 03/05/2021 14:05\nDe : \"Ada\" <ada@example.org>\nA : help@example.org\nSujet : x",
    "## Reply above this line ##",
    "-=-=- Please write above this line -=-=-",
    "##- Bitte antworten Sie oberhalb dieser Zeile -##",
];

const FORWARDS: &[&str] = &[
    "---------- Forwarded message ---------\nFrom: Ada <ada@example.org>",
    "Begin forwarded message:",
    "-------- Weitergeleitete Nachricht --------",
    "Anfang der weitergeleiteten Nachricht:",
    "---------- Message transféré ---------",
    "Début du message réexpédié :",
    "---------- Mensaje reenviado ----------",
    "---------- Messaggio inoltrato ----------",
    "---------- Doorgestuurd bericht ----------",
    "-------- Пересылаемое сообщение --------",
    "----- Forwarded by Ada Lovelace/HQ on 03/05/2021 14:05 -----",
    "----- Forwarded message from Ada <ada@example.org> -----",
    "---------- 转发的邮件 ----------",
];

const DEVICES: &[&str] = &[
    "Sent from my iPhone",
    "Sent from my HTC phone on the Now Network!",
    "Sent from Mail for Windows 10",
    "*Sent from Outlook*",
    "Sent from my Verizon, Samsung Galaxy smartphone",
    "Sent with [ProtonMail](https://protonmail.example) Secure Email.",
    "Von meinem Samsung Galaxy Smartphone gesendet.",
    "Sent from Yahoo Mail on Android",
    "Get Outlook for iOS<https://aka.ms/o0ukef>",
    "Get [Outlook for Android](https://x.example)",
    "Von meinem iPhone gesendet",
    "Gesendet mit der GMX Mail App",
    "Envoyé de mon iPhone",
    "Envoyé à partir de Outlook pour iOS",
    "Enviado desde mi iPhone",
    "Enviado do meu iPhone",
    "Inviato da iPhone",
    "Verstuurd vanaf mijn iPhone",
    "Skickat från min iPhone",
    "Sendt fra min iPhone",
    "Lähetetty iPhonesta",
    "Wysłane z iPhone'a",
    "Odesláno z iPhonu",
    "Отправлено с iPhone",
    "Надіслано з iPhone",
    "iPhone'umdan gönderildi",
    "Στάλθηκε από το iPhone μου",
    "Az iPhone-omról küldve",
    "iPhoneから送信",
    "发自我的iPhone",
    "나의 iPhone에서 보냄",
    "Đã gửi từ iPhone của tôi",
];

/// Those of the cases that do not hold.
fn failing<'a>(cases: &[&'a str], holds: impl Fn(&str) -> bool) -> Vec<&'a str> {
    cases.iter().copied().filter(|case| !holds(case)).collect()
}

const NONE: [&str; 0] = [];

#[test]
fn attributions_of_many_languages() {
    let plain = |head: &str| new_text(&format!("Yes, done.\n\n{head}\n\nIt fails.\n\nAda\n")) == "Yes, done.";
    assert_eq!(failing(ATTRIBUTIONS, plain), NONE);
}

#[test]
fn answers_below_marked_quotes_of_many_languages() {
    let marked = |head: &str| {
        let text = format!("Yes, done.\n{head}\n> It fails.\n>\n> Ada\n\nAnd below.\n");
        new_text(&text) == "Yes, done.\n\nAnd below."
    };
    assert_eq!(failing(ATTRIBUTIONS, marked), NONE);
    assert_eq!(failing(MARKED_ONLY, marked), NONE);
}

#[test]
fn heads_of_many_languages() {
    let older = |head: &str| {
        let text = format!("Yes, done.\n\n{head}\n\nIt fails.\n\n> older\n\n!close\n");
        new_text(&text) == "Yes, done." && kinds(&text) == [PieceKind::New, PieceKind::Quote]
    };
    assert_eq!(failing(HEADS, older), NONE);
}

#[test]
fn forwards() {
    for head in FORWARDS {
        let text = format!("Please look.\n\n{head}\nSubject: x\n\nIt fails.\n");
        assert_eq!(kinds(&text), [PieceKind::New, PieceKind::Forward], "{head}");
        assert_eq!(kinds(&format!("{head}\n\nIt fails.\n")), [PieceKind::Forward], "{head}");
    }
    let below = "Begin forwarded message:\n\n> From: Ada\n> \n> It fails.\n\nPlease look.\n";
    assert_eq!(kinds(below), [PieceKind::Forward, PieceKind::New]);
    // Outlook passes on without saying so.
    let bare = "From: Ada <ada@example.org>\nSent: Monday\nTo: Bob\nSubject: x\n\nIt fails.\n";
    assert_eq!(kinds(bare), [PieceKind::Forward]);
    assert_eq!(kinds(&format!("Sent from my iPhone\n\n{bare}")), [PieceKind::Signature, PieceKind::Forward]);
    assert_eq!(kinds(&bare.replace('\n', "\n> ").replacen("From", "> From", 1)), [PieceKind::Forward]);
    assert_eq!(kinds(&format!("\n-- \nBob\n\n{bare}")), [PieceKind::Signature, PieceKind::Forward]);
}

#[test]
fn devices() {
    use PieceKind::*;
    let signature = |line: &str| {
        let text = format!("Yes, done.\n\n{line}\n");
        let answered = format!("{text}\nOn Mon, 3 May 2021 at 14:05, Ada <ada@example.org> wrote:\n> x\n");
        kinds(&text) == [New, Signature] && kinds(&answered) == [New, Signature, Quote]
    };
    assert_eq!(failing(DEVICES, signature), NONE);
}

#[test]
fn new_text_stays_new() {
    let kept = |text: &str| new_text(text) == text;
    let cases = [
        "On your machine, run this:\n\n    telnet 127.0.0.1\n\nand tell me what you see.",
        "As Ada wrote on 3 May 2021:\n\nit fails when the disk is full.\n\nI see that too.",
        "Ada wrote:\nit fails. I see that too.",
        "Sent from my desk, which is easier than a phone.",
        "Sent from the warehouse",
        "Von meinem Rechner aus geht es nicht",
        "Das habe ich Bob gesendet",
        "Envoyé par Bob hier",
        "나의 iPhone에서 문제가 있습니다",
        "Look:\n-----\nConnected to Host\nada@host.example.org\n-----\nAny idea?",
        "Hi\n\nHelp\n----\nThere is a mailing list for that.",
        "Hi\n\nPeople\n------\nAda\nada@example.org",
        "2012-10-31  Ada  <ada@example.org>\n\t    Bob <bob@example.org>\n\t    Eve <eve@example.org>:\n\n\t* a.c: New.",
        "Please ask Ada (ada@example.org) about\nthe disk. Last week she\nwrote:\n\nit is full.",
        "Look:\n-----\nthe page www.example.org is gone",
        "3 May 2021 14:05 I have written this and sent that to Bob:\n\nhello",
        "2021-05-03 14:05 mail was sent to <bob@example.org>, who answered:\n\nhello",
        "As we discussed (see the mail of ada@example.org) Bob wrote the following:\n\nhello",
        "The notice was sent from my iPhone.",
        "I said -- and this is no signature -- that it fails.",
        "Steps\n-----\n\n1. Start it\n2. See it fail\n\n-----\n\nThat is all.",
        "To: nobody in particular\n\nHello",
        "From: London\nTo: Paris\nDate: 3 May",
        "Q: does it start?\nA: no.\nFrom: what I see it does not.",
        "Look here\n>>> >>>  http://www.example.org <<<\nand click",
        "2024-01-15 14:30:25 started\n2024-01-15 14:30:26 stopped\n\nThat is the log.",
        "host 192.0.2.22 [192.0.2.22]: error after MAIL FROM:<ada@example.org>:\n550 no",
        "The original message was lost.",
        "I got a forwarded message from Ada.",
        "Could you reply above this line next time?\nThanks",
        "🎉\n\n—\nAda\nCountess",
        "I saw this:\n\n>From here it looks fine",
        "a\n-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    ];
    assert_eq!(failing(&cases, kept), NONE);
}

#[test]
fn answers_between_quotes() {
    let text = "Hi,\n\nOn Mon, 3 May 2021, Ada wrote:\n> Does it start?\n\nNo.\n\n> Does it stop?\nYes.\n\n-- \nBob\n";
    assert_eq!(new_text(text), "Hi,\n\n\nNo.\n\nYes.");
    use PieceKind::*;
    assert_eq!(kinds(text), [New, Quote, New, Quote, New, Signature]);
    assert_eq!(new_text("> Does it start?\nNo.\n> Stop?\nNo.\n"), "No.\nNo.");
}

#[test]
fn a_wrapped_quote_is_one_quote() {
    let line = "> This is a line that some mail program has wrapped at its end since it was too";
    assert_eq!(kinds(&format!("{line}\nlong.\n> Next.\n")), [PieceKind::Quote]);
    // A whole sentence, or a capital letter, speaks for an answer.
    assert_eq!(new_text(&format!("{line} long?\nno\n> Next.\n")), "no");
    assert_eq!(new_text(&format!("{line}\nNo\n> Next.\n")), "No");
    assert_eq!(new_text("> See (http://example.org/a\nb?c=d)\n> Next.\n"), "");
}

#[test]
fn an_attribution_may_share_a_line() {
    let text = "yes On Wed, Apr 4, 2012 at 3:59 PM, ada@example.org wrote:\n> Start?\n";
    assert_eq!(new_text(text), "yes");
    assert_eq!(new_text(&text.replace("yes", "yes---")), "yes");
    assert_eq!(whole(&pieces(text)), text);
    assert_eq!(new_text("> On Wed, Apr 4, 2012 at 3:59 PM, ada@example.org wrote:\n\nyes\n"), "yes");
}

#[test]
fn signatures_and_footers() {
    use PieceKind::*;
    for (text, expected) in [
        ("Hi\n\n-- \nBob\n", vec![New, Signature]),
        ("Hi\n\n--\nBob\n", vec![New, Signature]),
        ("Hi\n\n__\nBob\n", vec![New, Signature]),
        ("Hi\n\n—\nSent from Mailbox\n", vec![New, Signature]),
        ("Hi\n\n______________\nBob\nbob@example.org\n", vec![New, Signature]),
        ("Hi\n\n—————\nBob\n+1 555 0123 4567\n", vec![New, Signature]),
        ("Hi\n\n-- \nBob\n\nSent from my iPhone\n", vec![New, Signature]),
        (
            "Hi\n\n-- \nBob\n____________________\nhelp mailing list\nhelp@example.org\n",
            vec![New, Signature, Footer],
        ),
        ("Hi\n________________________\nhelp mailing list\nhelp@example.org\n", vec![New, Footer]),
        (
            "Hi\n\n-- \nYou received this message because you are subscribed to the Google Groups \"x\" group.\n",
            vec![New, Footer],
        ),
        (
            "Hi\n\n---------------------------------\nTo unsubscribe, e-mail: x-unsubscribe@example.org\n",
            vec![New, Footer],
        ),
        ("> Hi\n\n-- \nBob\n", vec![Quote, Signature]),
    ] {
        assert_eq!(kinds(text), expected, "{text}");
    }
    let long = format!("Hi\n\n--\n{}", "A line of text.\n".repeat(30));
    assert_eq!(kinds(&long), [New]);
}

#[test]
fn armour_is_no_text() {
    let signed = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n!close\n\n- -- \nBob\n-----BEGIN PGP SIGNATURE-----\n\niQ\n\
                  -----END PGP SIGNATURE-----\n";
    assert_eq!(new_text(signed), "!close");
    // What is quoted stays quoted, and nobody's answer is swallowed.
    let open = "a\n-----BEGIN PGP SIGNATURE-----\n> b\nc\n";
    assert_eq!(new_text(open), "a\nc");
    let older = format!("a\n-----Original Message-----\n{signed}");
    assert_eq!(kinds(&older), [PieceKind::New, PieceKind::Quote]);
}

#[test]
fn commands_are_not_found_in_older_mail() {
    let hidden = |head: &str| new_text(&format!("ok\n\n{head}\n\n!close\n")) == "ok";
    assert_eq!(failing(&[ATTRIBUTIONS, HEADS, FORWARDS].concat(), hidden), NONE);
}

#[test]
fn hostile_texts_come_back_whole() {
    for text in [
        ">".repeat(1_000_000),
        ">\n".repeat(20_000),
        "x".repeat(1_000_000),
        " ".repeat(1_000_000),
        "\n".repeat(20_000),
        "On Mon, 3 May 2021 at 14:05, Ada <\n".repeat(3_000),
        "On Mon, 3 May 2021 at 14:05, Ada wrote\n\n\n".repeat(3_000),
        "Ada wrote:\n\n\n\n".repeat(3_000),
        "From: a\n".repeat(3_000),
        "To: a\nx\ny\n".repeat(3_000),
        "--\n".repeat(5_000),
        "____\n".repeat(5_000),
        "---\nbob@example.org\n".repeat(3_000),
        "Sent from my iPhone\n".repeat(3_000),
        "-----BEGIN PGP SIGNATURE-----\n".repeat(3_000),
        "-----BEGIN PGP SIGNED MESSAGE-----\n".repeat(3_000),
        "> x\ny\n".repeat(3_000),
        "On On On On 1 wrote:".repeat(3_000),
    ] {
        assert_eq!(whole(&pieces(&text)), text);
    }
}

fn fragment() -> impl Strategy<Value = String> {
    let known: Vec<&'static str> = [ATTRIBUTIONS, HEADS, FORWARDS, DEVICES].concat();
    prop_oneof![
        "[ -~]{0,40}",
        "(>|> |>> )?\\PC{0,30}",
        Just(String::new()),
        Just("-- ".to_owned()),
        Just("________".to_owned()),
        proptest::sample::select(known).prop_map(str::to_owned),
    ]
}

proptest! {
    #[test]
    fn the_pieces_are_the_text(parts in proptest::collection::vec(fragment(), 0..30), end in "\n?") {
        let text = parts.join("\n") + &end;
        let cut = pieces(&text);
        prop_assert_eq!(whole(&cut), text);
        prop_assert!(cut.iter().all(|p| !p.text.is_empty()));
        prop_assert!(cut.windows(2).all(|w| w.first().map(|p| p.kind) != w.last().map(|p| p.kind)));
    }

    #[test]
    fn any_text_comes_back_whole(text in "\\PC{0,200}|(\\PC|\n){0,200}") {
        prop_assert_eq!(whole(&pieces(&text)), text);
    }

    #[test]
    fn a_quoted_line_is_never_new(lines in proptest::collection::vec("[a-z !]{0,30}", 1..10)) {
        let quoted: String = lines.iter().map(|l| format!("> {l}\n")).collect();
        prop_assert_eq!(new_text(&quoted), "");
    }
}
