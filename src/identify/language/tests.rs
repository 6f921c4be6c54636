//! A few lines as people write them to a help desk, in each language; and the mails that leave it open.

use super::*;
use crate::model::mail::Header;

fn mail(text: &str, headers: &[(&str, &str)]) -> Mail {
    let mut mail = crate::read::body(text);
    mail.headers =
        headers.iter().map(|(n, v)| Header { name: (*n).to_owned(), value: (*v).to_owned() }).collect();
    mail
}

fn guessed(text: &str, headers: &[(&str, &str)]) -> String {
    match language(&mail(text, headers)) {
        Some(Guess { language, clear: true }) => language.to_string(),
        Some(Guess { language, clear: false }) => format!("{language}?"),
        None => String::new(),
    }
}

const REQUESTS: &[(&str, &str)] = &[
    ("en", "Hello,\n\nthe printer on the second floor does not print. Could you please have a look?"),
    (
        "de",
        "Guten Tag,\n\nder Drucker im zweiten Stock druckt nicht mehr. Können Sie bitte einmal nachsehen?",
    ),
    (
        "fr",
        "Bonjour,\n\nl'imprimante du deuxième étage ne fonctionne pas depuis hier. Pouvez-vous la réparer ? Merci.",
    ),
    (
        "es",
        "Hola:\n\nla impresora del segundo piso no funciona desde ayer. ¿Puede alguien venir? Muchas gracias.",
    ),
    (
        "ca",
        "Hola,\n\nla impressora del segon pis no funciona però aquesta setmana la necessito molt. Gràcies.",
    ),
    ("pt", "Olá,\n\na impressora do segundo andar não funciona mais. Você pode ver isso? Muito obrigado."),
    ("it", "Buongiorno,\n\nla stampante del secondo piano non funziona più. Può venire qualcuno? Grazie."),
    (
        "nl",
        "Hallo,\n\nde printer op de tweede verdieping doet het niet meer. Kunnen jullie er naar kijken? Bedankt.",
    ),
    ("sv", "Hej,\n\nskrivaren på andra våningen fungerar inte. Kan ni titta på den när det passar? Tack."),
    (
        "da",
        "Hej,\n\nprinteren på anden sal virker ikke. Kan I kigge på den? Jeg skal bruge noget fra den. Tak.",
    ),
    (
        "no",
        "Hei,\n\nskriveren i andre etasje virker ikke. Kan dere se på den? Jeg får ikke skrevet ut noe. Takk.",
    ),
    ("is", "Halló,\n\nprentarinn á annarri hæð virkar ekki. Ég þarf að prenta út þetta skjal. Takk."),
    ("fi", "Hei,\n\ntoisen kerroksen tulostin ei toimi. Voitteko katsoa mitä sille on tapahtunut? Kiitos."),
    ("et", "Tere,\n\nteise korruse printer ei tööta ja ma ei saa midagi printida. Palun abi, aitäh."),
    ("pl", "Dzień dobry,\n\ndrukarka na drugim piętrze nie działa. Proszę o pomoc, dziękuję."),
    ("cs", "Dobrý den,\n\ntiskárna ve druhém patře nefunguje a není jasné, proč. Prosím o pomoc, děkuji."),
    (
        "sk",
        "Dobrý deň,\n\ntlačiareň na druhom poschodí nefunguje, ale netuším prečo. Prosím o pomoc, ďakujem, už sa to stalo.",
    ),
    ("hr", "Dobar dan,\n\nprinter na drugom katu ne radi. Može li netko doći? Molim vas, hvala."),
    (
        "sl",
        "Dober dan,\n\ntiskalnik v drugem nadstropju ne dela, ker so ga prestavili. Prosim za pomoč, hvala.",
    ),
    ("tr", "Merhaba,\n\nikinci kattaki yazıcı çalışmıyor. Lütfen bir bakar mısınız? Teşekkürler."),
    (
        "hu",
        "Jó napot!\n\nA második emeleti nyomtató nem működik már tegnap óta. Kérem, nézzék meg. Köszönöm.",
    ),
    (
        "ro",
        "Bună ziua,\n\nimprimanta de la etajul doi nu mai funcționează. Vă rog să o verificați. Mulțumesc.",
    ),
    ("lt", "Laba diena,\n\nspausdintuvas antrame aukšte neveikia, tai negaliu dirbti. Prašau padėti, ačiū."),
    ("lv", "Labdien,\n\nprinteris otrajā stāvā nav ieslēgts un es nevaru drukāt. Lūdzu, palīdziet, paldies."),
    ("id", "Halo,\n\nprinter di lantai dua tidak bisa mencetak. Mohon bantuan untuk ini. Terima kasih."),
    ("vi", "Chào anh,\n\nmáy in tầng hai không in được. Xin giúp tôi với. Cảm ơn."),
    ("ru", "Здравствуйте!\n\nПринтер на втором этаже не печатает. Пожалуйста, посмотрите, что это. Спасибо."),
    ("uk", "Добрий день!\n\nПринтер на другому поверсі не друкує. Будь ласка, подивіться, що це. Дякую."),
    ("bg", "Здравейте,\n\nпринтерът на втория етаж не работи. Моля, елате да го видите. Благодаря."),
    ("sr", "Добар дан,\n\nштампач на другом спрату није укључен. Молим вас да га погледате, хвала."),
    ("el", "Καλημέρα,\n\nο εκτυπωτής στον δεύτερο όροφο δεν λειτουργεί. Ευχαριστώ."),
    ("he", "שלום,\n\nהמדפסת בקומה השנייה לא עובדת. תודה."),
    ("ar", "مرحبا،\n\nالطابعة في الطابق الثاني لا تعمل. هل يمكنكم المساعدة؟ شكرا"),
    ("fa", "سلام،\n\nچاپگر طبقه دوم کار نمی کند. لطفا این را بررسی کنید. متشکرم"),
    ("th", "สวัสดีครับ\n\nเครื่องพิมพ์ชั้นสองใช้งานไม่ได้ครับ"),
    ("ja", "お世話になっております。\n\n2階のプリンタが動きません。確認をお願いします。"),
    ("ko", "안녕하세요.\n\n2층 프린터가 작동하지 않습니다. 확인 부탁드립니다."),
    ("zh", "您好，\n\n二楼的打印机坏了，请帮忙看一下。谢谢！"),
];

#[test]
fn a_request_shows_its_language() {
    let wrong: Vec<(&str, String)> = REQUESTS
        .iter()
        .map(|(code, text)| (*code, guessed(text, &[])))
        .filter(|(code, found)| code != found)
        .collect();
    assert_eq!(wrong, []);
}

#[test]
fn what_shows_nothing_is_left_open() {
    for text in [
        "",
        "Printer 3",
        "yes",
        "ja, danke",
        "#12 OK",
        "die die die die die",
        "http://www.example.org/the/and/this/that",
        "Der Drucker sagt, die Datei ist: \"not found, please check that the disk\"",
        "漢字",
        "E: the file\nFehler: die Datei",
    ] {
        assert_eq!(guessed(text, &[]), "", "{text}");
    }
    // another's words are not the writer's
    let quoted = "ok\n\n> der Drucker ist nicht mehr da und ich bitte Sie\n";
    assert_eq!(guessed(quoted, &[]), "");
    let mut long = "der die das und ist nicht ich ".repeat(100_000);
    long.push_str(&"x".repeat(1_000_000));
    assert_eq!(guessed(&long, &[]), "de");
}

#[test]
fn headers_count_where_the_text_does_not_speak() {
    let german = "Der Drucker ist kaputt, bitte kommen Sie, ich kann nicht arbeiten.";
    let long = "Der Drucker ist kaputt, und ich kann nicht arbeiten. Bitte kommen Sie, wenn es noch geht, aber mit Toner.";
    for (text, headers, found) in [
        ("Printer 3", &[("Content-Language", "de-AT")][..], "de?"),
        ("Printer 3", &[("Accept-Language", "de-DE, en-US;q=0.7")], "de?"),
        ("Printer 3", &[("Accept-Language", "fr"), ("Content-Language", "de")], "de?"),
        ("Printer 3", &[("Accept-Language", "fr"), ("Content-Language", "de, en")], "fr?"),
        ("Printer 3", &[("Accept-Language", "*"), ("Content-Language", "klingon")], ""),
        (german, &[("Content-Language", "de")], "de"),
        (german, &[("Content-Language", "en-US")], "en?"),
        (long, &[("Content-Language", "en-US")], "de"),
        ("2階のプリンタが動きません。", &[("Content-Language", "en-US")], "ja"),
    ] {
        assert_eq!(guessed(text, headers), found, "{text} {headers:?}");
    }
}

#[test]
fn the_tables_are_lower_case_and_name_languages_once() {
    let mut codes: Vec<&str> =
        WORDS.iter().map(|(code, _)| *code).chain(SCRIPTS.iter().map(|s| s.0)).collect();
    for code in &codes {
        assert_eq!(Language::parse(code).unwrap().code(), *code);
    }
    codes.sort_unstable();
    let all = codes.len();
    codes.dedup();
    assert_eq!(codes.len(), all);
    for (code, words) in WORDS {
        let mut own: Vec<&str> = words.split(' ').collect();
        assert!(own.iter().all(|w| !w.is_empty() && *w == w.to_lowercase()), "{code}");
        let all = own.len();
        own.sort_unstable();
        own.dedup();
        assert_eq!(own.len(), all, "{code}");
    }
}
