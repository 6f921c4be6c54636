//! Vacation messages without a header to say so, one for each language; and people who write about absence.

use super::super::away::AWAY;
use super::*;

/// Language, subject as a mail program sets it, and the text that people put there.
const MESSAGES: &[(&str, &str, &str)] = &[
    ("English", "Automatic reply: Printer", "I am out of the office until Monday."),
    ("German", "Automatische Antwort: Drucker", "Ich bin bis Montag nicht im Büro."),
    ("German, older", "Abwesenheitsnotiz: Drucker", "Ich bin im Urlaub und ab Montag wieder erreichbar."),
    ("French", "Réponse automatique : Imprimante", "Je suis absent jusqu'à lundi."),
    ("Spanish", "Respuesta automática: Impresora", "Estoy fuera de la oficina hasta el lunes."),
    ("Catalan", "Resposta automàtica: Impressora", "Soc fora de l'oficina fins dilluns."),
    ("Portuguese", "Resposta automática: Impressora", "Estou de férias até segunda-feira."),
    ("Italian", "Risposta automatica: Stampante", "Sono fuori ufficio fino a lunedì."),
    ("Dutch", "Automatisch antwoord: Printer", "Ik ben tot maandag afwezig."),
    ("Swedish", "Autosvar: Skrivaren", "Jag är på semester till måndag."),
    ("Danish", "Automatisk svar: Printer", "Jeg er på ferie til mandag."),
    ("Norwegian", "Fraværsmelding: Skriveren", "Jeg er ikke på kontoret før mandag."),
    ("Icelandic", "Sjálfvirkt svar: Prentari", "Ég er í fríi til mánudags."),
    ("Finnish", "Automaattinen vastaus: Tulostin", "Olen lomalla maanantaihin asti."),
    ("Estonian", "Automaatvastus: Printer", "Olen puhkusel esmaspäevani."),
    ("Latvian", "Automātiska atbilde: Printeris", "Esmu atvaļinājumā līdz pirmdienai."),
    ("Lithuanian", "Automatinis atsakymas: Spausdintuvas", "Šiuo metu atostogauju."),
    ("Polish", "Odpowiedź automatyczna: Drukarka", "Jestem na urlopie do poniedziałku."),
    ("Czech", "Automatická odpověď: Tiskárna", "Jsem na dovolené do pondělí."),
    ("Slovak", "Automatická odpoveď: Tlačiareň", "Som na dovolenke do pondelka."),
    ("Slovene", "Samodejni odgovor: Tiskalnik", "Sem na dopustu do ponedeljka."),
    ("Croatian", "Automatski odgovor: Pisač", "Na godišnjem odmoru sam do ponedjeljka."),
    ("Serbian", "Аутоматски одговор: Штампач", "На годишњем одмору сам до понедељка."),
    ("Hungarian", "Automatikus válasz: Nyomtató", "Hétfőig szabadságon vagyok."),
    ("Romanian", "Răspuns automat: Imprimantă", "Sunt în concediu până luni."),
    ("Turkish", "Otomatik Yanıt: Yazıcı", "İzinde olduğum için yanıt veremiyorum."),
    ("Greek", "Αυτόματη απάντηση: Εκτυπωτής", "Βρίσκομαι εκτός γραφείου έως τη Δευτέρα."),
    ("Russian", "Автоматический ответ: Принтер", "Я в отпуске до понедельника."),
    ("Ukrainian", "Автоматична відповідь: Принтер", "Я у відпустці до понеділка."),
    ("Bulgarian", "Автоматичен отговор: Принтер", "В отпуск съм до понеделник."),
    ("Hebrew", "תשובה אוטומטית: מדפסת", "אני בחופשה עד יום שני."),
    ("Arabic", "رد تلقائي: الطابعة", "أنا في إجازة حتى يوم الاثنين."),
    ("Persian", "پاسخ خودکار: چاپگر", "تا دوشنبه در مرخصی هستم."),
    ("Japanese", "自動応答: プリンタ", "月曜日まで休暇をいただいております。"),
    ("Korean", "자동 회신: 프린터", "월요일까지 휴가입니다."),
    ("Chinese, simplified", "自动答复: 打印机", "我正在休假，周一回来。"),
    ("Chinese, traditional", "自動回覆: 印表機", "我正在休假，週一回來。"),
    ("Vietnamese", "Trả lời tự động: Máy in", "Tôi đang nghỉ phép đến thứ Hai."),
    ("Thai", "ตอบกลับอัตโนมัติ: เครื่องพิมพ์", "ดิฉันลาพักร้อนถึงวันจันทร์"),
    ("Indonesian", "Balasan otomatis: Printer", "Saya sedang cuti sampai hari Senin."),
];

#[test]
fn vacation_messages_of_many_languages() {
    let mut wrong = Vec::new();
    for (language, subject, text) in MESSAGES {
        let nature = nature(&mail("ann@x.example", subject, text, &[]));
        if nature.kind != Kind::AutoReply || !nature.sounds_away {
            wrong.push((language, nature.why));
        }
        for subject in [format!("Re: {subject}"), format!("[help #12] {subject}")] {
            assert!(super::nature(&mail("ann@x.example", &subject, "", &[])).sounds_away, "{subject}");
        }
    }
    assert_eq!(wrong, []);
    assert_eq!((MESSAGES.len(), AWAY.len()), (40, 35));
}

#[test]
fn people_who_write_about_absence_are_people() {
    for (subject, text) in [
        ("Urlaub: Vertretung", "Ich bin ab Montag im Urlaub. Wer vertritt mich?"),
        ("Abwesenheitsnotiz", "Wie stelle ich sie ein?"),
        ("Abwesenheitsnotizen kommen nicht an", "Ich war im Urlaub, und niemand wusste es."),
        ("Auto: Schlüssel", "Der Wagen steht noch da, ich bin im Urlaub."),
        ("Absences mal comptées", "J'étais en congé."),
        ("Ferie", "Jeg er på ferie fra mandag og kan ikke logge ind."),
        ("休暇の申請", "休暇の申請ができません。"),
    ] {
        assert_eq!(nature(&mail("ann@x.example", subject, text, &[])).kind, Kind::Mail, "{subject}");
    }
    for (subject, away) in [
        ("Re: Please confirm your request [c17-abc]", false),
        ("Autobahn", false),
        ("AW: Bitte bestätigen Sie Ihre Anfrage", false),
        ("Absencenote", false),
        ("Out of office Re: Please confirm", true),
        ("自動返信プリンタ", true),
        ("Abwesenheitsnotiz", true),
        ("", false),
    ] {
        assert_eq!(nature(&mail("ann@x.example", subject, "", &[])).sounds_away, away, "{subject}");
    }
}

#[test]
fn the_table_is_as_texts_are_compared() {
    for word in AWAY.iter().flat_map(|language| language.subjects.iter().chain(language.phrases)) {
        assert_eq!(*word, start(word, 100), "{word}");
        assert!(word.chars().count() > 1, "{word}");
    }
}
