//! One row for each language: how the usual mail programs, set to it, put an older mail below an answer, and what phones
//! sign with. A row may leave out what no program was seen to write.

use super::{failing, kinds, new_text};
use crate::model::mail::PieceKind;

struct Row {
    language: &'static str,
    /// Above the older mail, which is not marked.
    gmail: &'static str,
    apple: &'static str,
    /// Above lines that are marked with `>`.
    thunderbird: &'static str,
    /// The head of the older mail, and what the desktop program says above it.
    outlook: &'static str,
    original: &'static str,
    forwarded: &'static str,
    phone: &'static str,
}

const ROWS: &[Row] = &[
    Row {
        language: "English",
        gmail: "On Mon, May 3, 2021 at 2:05 PM Ada Lovelace <ada@example.org> wrote:",
        apple: "On 3 May 2021, at 14:05, Ada Lovelace <ada@example.org> wrote:",
        thunderbird: "On 03/05/2021 14:05, Ada Lovelace wrote:",
        outlook: "From: Ada Lovelace <ada@example.org>\nSent: Monday, May 3, 2021 2:05 PM\nTo: Help\nSubject: x",
        original: "-----Original Message-----",
        forwarded: "---------- Forwarded message ---------",
        phone: "Sent from my iPhone",
    },
    Row {
        language: "German",
        gmail: "Am Mo., 3. Mai 2021 um 14:05 Uhr schrieb Ada Lovelace <ada@example.org>:",
        apple: "Am 03.05.2021 um 14:05 schrieb Ada Lovelace <ada@example.org>:",
        thunderbird: "Am 03.05.21 um 14:05 schrieb Ada Lovelace:",
        outlook: "Von: Ada Lovelace <ada@example.org>\nGesendet: Montag, 3. Mai 2021 14:05\nAn: Hilfe\nBetreff: x",
        original: "-----Ursprüngliche Nachricht-----",
        forwarded: "-------- Weitergeleitete Nachricht --------",
        phone: "Von meinem iPhone gesendet",
    },
    Row {
        language: "French",
        gmail: "Le lun. 3 mai 2021 à 14:05, Ada Lovelace <ada@example.org> a écrit :",
        apple: "Le 3 mai 2021 à 14:05, Ada Lovelace <ada@example.org> a écrit :",
        thunderbird: "Le 03/05/2021 à 14:05, Ada Lovelace a écrit :",
        outlook: "De : Ada Lovelace <ada@example.org>\nEnvoyé : lundi 3 mai 2021 14:05\nÀ : Aide\nObjet : x",
        original: "-----Message d'origine-----",
        forwarded: "---------- Forwarded message ---------",
        phone: "Envoyé de mon iPhone",
    },
    Row {
        language: "Spanish",
        gmail: "El lun, 3 may 2021 a las 14:05, Ada Lovelace (<ada@example.org>) escribió:",
        apple: "El 3 may 2021, a las 14:05, Ada Lovelace <ada@example.org> escribió:",
        thunderbird: "El 3/5/21 a las 14:05, Ada Lovelace escribió:",
        outlook: "De: Ada Lovelace <ada@example.org>\nEnviado: lunes, 3 de mayo de 2021 14:05\nPara: Ayuda\nAsunto: x",
        original: "-----Mensaje original-----",
        forwarded: "-------- Mensaje reenviado --------",
        phone: "Enviado desde mi iPhone",
    },
    Row {
        language: "Catalan",
        gmail: "Missatge de Ada Lovelace <ada@example.org> del dia dl., 3 de maig 2021 a les 14:05:",
        apple: "El 3 maig 2021, a les 14:05, Ada Lovelace <ada@example.org> va escriure:",
        thunderbird: "El 3/5/21 a les 14:05, Ada Lovelace ha escrit:",
        outlook: "De: Ada Lovelace <ada@example.org>\nEnviat el: dilluns, 3 de maig de 2021 14:05\nPer a: Ajuda\nTema: x",
        original: "-----Missatge original-----",
        forwarded: "-------- Missatge reenviat --------",
        phone: "Enviat des del meu iPhone",
    },
    Row {
        language: "Portuguese",
        gmail: "Em seg., 3 de mai. de 2021 às 14:05, Ada Lovelace <ada@example.org> escreveu:",
        apple: "Em 3 de mai. de 2021, à(s) 14:05, Ada Lovelace <ada@example.org> escreveu:",
        thunderbird: "Em 03/05/2021 14:05, Ada Lovelace escreveu:",
        outlook: "De: Ada Lovelace <ada@example.org>\nEnviado: segunda-feira, 3 de maio de 2021 14:05\nPara: Ajuda\nAssunto: x",
        original: "-----Mensagem original-----",
        forwarded: "-------- Mensagem encaminhada --------",
        phone: "Enviado do meu iPhone",
    },
    Row {
        language: "Italian",
        gmail: "Il giorno lun 3 mag 2021 alle ore 14:05 Ada Lovelace <ada@example.org> ha scritto:",
        apple: "Il giorno 3 mag 2021, alle ore 14:05, Ada Lovelace <ada@example.org> ha scritto:",
        thunderbird: "Il 03/05/21 14:05, Ada Lovelace ha scritto:",
        outlook: "Da: Ada Lovelace <ada@example.org>\nInviato: lunedì 3 maggio 2021 14:05\nA: Aiuto\nOggetto: x",
        original: "-----Messaggio originale-----",
        forwarded: "-------- Messaggio Inoltrato --------",
        phone: "Inviato da iPhone",
    },
    Row {
        language: "Dutch",
        gmail: "Op ma 3 mei 2021 om 14:05 schreef Ada Lovelace <ada@example.org>:",
        apple: "Op 3 mei 2021, om 14:05 heeft Ada Lovelace <ada@example.org> het volgende geschreven:",
        thunderbird: "Op 03-05-2021 om 14:05 schreef Ada Lovelace:",
        outlook: "Van: Ada Lovelace <ada@example.org>\nVerzonden: maandag 3 mei 2021 14:05\nAan: Hulp\nOnderwerp: x",
        original: "-----Oorspronkelijk bericht-----",
        forwarded: "-------- Doorgestuurd bericht --------",
        phone: "Verstuurd vanaf mijn iPhone",
    },
    Row {
        language: "Swedish",
        gmail: "Den mån 3 maj 2021 kl 14:05 skrev Ada Lovelace <ada@example.org>:",
        apple: "3 maj 2021 kl. 14:05 skrev Ada Lovelace <ada@example.org>:",
        thunderbird: "Den 2021-05-03 kl. 14:05, skrev Ada Lovelace:",
        outlook: "Från: Ada Lovelace <ada@example.org>\nSkickat: den 3 maj 2021 14:05\nTill: Hjälp\nÄmne: x",
        original: "-----Ursprungligt meddelande-----",
        forwarded: "-------- Vidarebefordrat meddelande --------",
        phone: "Skickat från min iPhone",
    },
    Row {
        language: "Danish",
        gmail: "Den man. 3. maj 2021 kl. 14.05 skrev Ada Lovelace <ada@example.org>:",
        apple: "Den 3. maj 2021 kl. 14.05 skrev Ada Lovelace <ada@example.org>:",
        thunderbird: "Den 03.05.2021 kl. 14.05 skrev Ada Lovelace:",
        outlook: "Fra: Ada Lovelace <ada@example.org>\nSendt: 3. maj 2021 14:05\nTil: Hjælp\nEmne: x",
        original: "-----Oprindelig meddelelse-----",
        forwarded: "-------- Videresendt besked --------",
        phone: "Sendt fra min iPhone",
    },
    Row {
        language: "Norwegian",
        gmail: "man. 3. mai 2021 kl. 14:05 skrev Ada Lovelace <ada@example.org>:",
        apple: "3. mai 2021 kl. 14:05 skrev Ada Lovelace <ada@example.org>:",
        thunderbird: "Den 03.05.2021 14:05, skrev Ada Lovelace:",
        outlook: "Fra: Ada Lovelace <ada@example.org>\nSendt: mandag 3. mai 2021 14:05\nTil: Hjelp\nEmne: x",
        original: "-----Opprinnelig melding-----",
        forwarded: "-------- Videresendt melding --------",
        phone: "Sendt fra min iPhone",
    },
    Row {
        language: "Icelandic",
        gmail: "Þann mán., 3. maí 2021 kl. 14:05 skrifaði Ada Lovelace <ada@example.org>:",
        apple: "",
        thunderbird: "Þann 3.5.2021 14:05, skrifaði Ada Lovelace:",
        outlook: "Frá: Ada Lovelace <ada@example.org>\nSent: mánudagur, 3. maí 2021 14:05\nTil: Hjálp\nEfni: x",
        original: "-----Upprunaleg skilaboð-----",
        forwarded: "-------- Áframsend skilaboð --------",
        phone: "Sent úr iPhone",
    },
    Row {
        language: "Finnish",
        gmail: "ma 3. toukok. 2021 klo 14.05 Ada Lovelace (ada@example.org) kirjoitti:",
        apple: "Ada Lovelace <ada@example.org> kirjoitti 3.5.2021 kello 14.05:",
        thunderbird: "Ada Lovelace kirjoitti 3.5.2021 klo 14.05:",
        outlook: "Lähettäjä: Ada Lovelace <ada@example.org>\nLähetetty: maanantai 3. toukokuuta 2021 14.05\nVastaanottaja: Apu\nAihe: x",
        original: "-----Alkuperäinen viesti-----",
        forwarded: "-------- Välitetty viesti --------",
        phone: "Lähetetty iPhonesta",
    },
    Row {
        language: "Estonian",
        gmail: "Kuupäev E, 3. mai 2021, kell 14:05 kirjutas Ada Lovelace <ada@example.org>:",
        apple: "",
        thunderbird: "Ada Lovelace kirjutas 03.05.2021 kell 14:05:",
        outlook: "Saatja: Ada Lovelace <ada@example.org>\nSaadetud: esmaspäev, 3. mai 2021 14:05\nAdressaat: Abi\nTeema: x",
        original: "-----Algne sõnum-----",
        forwarded: "-------- Edastatud kiri --------",
        phone: "Saadetud minu iPhone'ist",
    },
    Row {
        language: "Latvian",
        gmail: "pirmd., 2021. g. 3. maijs, plkst. 14:05 — lietotājs Ada Lovelace (<ada@example.org>) rakstīja:",
        apple: "",
        thunderbird: "03.05.2021 14:05, Ada Lovelace rakstīja:",
        outlook: "No: Ada Lovelace <ada@example.org>\nNosūtīts: pirmdiena, 2021. gada 3. maijs 14:05\nKam: Palīdzība\nTēma: x",
        original: "-----Sākotnējais ziņojums-----",
        forwarded: "-------- Pārsūtītā ziņa --------",
        phone: "Nosūtīts no mana iPhone",
    },
    Row {
        language: "Lithuanian",
        gmail: "2021-05-03, pr, 14:05 Ada Lovelace <ada@example.org> rašė:",
        apple: "",
        thunderbird: "2021-05-03 14:05, Ada Lovelace rašė:",
        outlook: "Nuo: Ada Lovelace <ada@example.org>\nIšsiųsta: 2021 m. gegužės 3 d., pirmadienis 14:05\nKam: Pagalba\nTema: x",
        original: "-----Pradinis laiškas-----",
        forwarded: "-------- Persiųstas laiškas --------",
        phone: "Išsiųsta iš mano iPhone",
    },
    Row {
        language: "Polish",
        gmail: "pon., 3 maj 2021 o 14:05 Ada Lovelace <ada@example.org> napisał(a):",
        apple: "Wiadomość napisana przez Ada Lovelace <ada@example.org> w dniu 3 maj 2021, o godz. 14:05:",
        thunderbird: "W dniu 3.05.2021 o 14:05, Ada Lovelace pisze:",
        outlook: "Od: Ada Lovelace <ada@example.org>\nWysłano: poniedziałek, 3 maja 2021 14:05\nDo: Pomoc\nTemat: x",
        original: "-----Wiadomość oryginalna-----",
        forwarded: "-------- Przekazana wiadomość --------",
        phone: "Wysłane z iPhone'a",
    },
    Row {
        language: "Czech",
        gmail: "po 3. 5. 2021 v 14:05 odesílatel Ada Lovelace <ada@example.org> napsal:",
        apple: "3. 5. 2021 v 14:05, Ada Lovelace <ada@example.org>:",
        thunderbird: "Dne 03. 05. 21 v 14:05 Ada Lovelace napsal(a):",
        outlook: "Od: Ada Lovelace <ada@example.org>\nOdesláno: pondělí 3. května 2021 14:05\nKomu: Pomoc\nPředmět: x",
        original: "-----Původní zpráva-----",
        forwarded: "-------- Přeposlaná zpráva --------",
        phone: "Odesláno z iPhonu",
    },
    Row {
        language: "Slovak",
        gmail: "po 3. 5. 2021 o 14:05 Ada Lovelace <ada@example.org> napísal(a):",
        apple: "3. 5. 2021 o 14:05, Ada Lovelace <ada@example.org> napísal:",
        thunderbird: "Dňa 3. 5. 2021 o 14:05 Ada Lovelace napísal(a):",
        outlook: "Od: Ada Lovelace <ada@example.org>\nOdoslané: pondelok 3. mája 2021 14:05\nKomu: Pomoc\nPredmet: x",
        original: "-----Pôvodná správa-----",
        forwarded: "-------- Preposlaná správa --------",
        phone: "Odoslané z iPhonu",
    },
    Row {
        language: "Slovene",
        gmail: "V pon., 3. maj 2021 ob 14:05 je oseba Ada Lovelace <ada@example.org> napisala:",
        apple: "",
        thunderbird: "Dne 3. 05. 21 ob 14:05 je Ada Lovelace napisal(a):",
        outlook: "Od: Ada Lovelace <ada@example.org>\nPoslano: ponedeljek, 3. maj 2021 14:05\nZa: Pomoč\nZadeva: x",
        original: "-----Izvirno sporočilo-----",
        forwarded: "-------- Posredovano sporočilo --------",
        phone: "Poslano iz mojega iPhone-a",
    },
    Row {
        language: "Croatian",
        gmail: "pon, 3. svi 2021. u 14:05 Ada Lovelace <ada@example.org> napisao je:",
        apple: "Dana 3. svi 2021., u 14:05, Ada Lovelace <ada@example.org> je napisao/la:",
        thunderbird: "Dana 3.5.2021. u 14:05, Ada Lovelace je napisao/la:",
        outlook: "Šalje: Ada Lovelace <ada@example.org>\nPoslano: ponedjeljak, 3. svibnja 2021. 14:05\nPrima: Pomoć\nPredmet: x",
        original: "-----Izvorna poruka-----",
        forwarded: "-------- Proslijeđena poruka --------",
        phone: "Poslano s mog iPhonea",
    },
    Row {
        language: "Serbian",
        gmail: "пон, 3. мај 2021. у 14:05 Ada Lovelace <ada@example.org> је написао/ла:",
        apple: "",
        thunderbird: "Дана 3.5.2021. у 14:05, Ada Lovelace је написао/ла:",
        outlook: "Од: Ada Lovelace <ada@example.org>\nПослато: понедељак, 3. мај 2021. 14:05\nЗа: Помоћ\nТема: x",
        original: "-----Оригинална порука-----",
        forwarded: "-------- Прослеђена порука --------",
        phone: "Послато са мог iPhone-а",
    },
    Row {
        language: "Hungarian",
        gmail: "Ada Lovelace <ada@example.org> ezt írta (időpont: 2021. máj. 3., H, 14:05):",
        apple: "2021. máj. 3. dátummal, 14:05 időpontban Ada Lovelace <ada@example.org> írta:",
        thunderbird: "2021. 05. 03. 14:05 keltezéssel, Ada Lovelace írta:",
        outlook: "Feladó: Ada Lovelace <ada@example.org>\nElküldve: 2021. május 3., hétfő 14:05\nCímzett: Segítség\nTárgy: x",
        original: "-----Eredeti üzenet-----",
        forwarded: "-------- Továbbított üzenet --------",
        phone: "Az iPhone-omról küldve",
    },
    Row {
        language: "Romanian",
        gmail: "În lun., 3 mai 2021 la 14:05, Ada Lovelace <ada@example.org> a scris:",
        apple: "Pe 3 mai 2021, la 14:05, Ada Lovelace <ada@example.org> a scris:",
        thunderbird: "Pe 03.05.2021 14:05, Ada Lovelace a scris:",
        outlook: "De la: Ada Lovelace <ada@example.org>\nTrimis: luni, 3 mai 2021 14:05\nCătre: Ajutor\nSubiect: x",
        original: "-----Mesaj original-----",
        forwarded: "-------- Mesaj redirecționat --------",
        phone: "Trimis de pe iPhone-ul meu",
    },
    Row {
        language: "Turkish",
        gmail: "Ada Lovelace <ada@example.org>, 3 May 2021 Pzt, 14:05 tarihinde şunu yazdı:",
        apple: "Ada Lovelace <ada@example.org> şunları yazdı (3 May 2021 14:05):",
        thunderbird: "3.05.2021 14:05 tarihinde Ada Lovelace yazdı:",
        outlook: "Kimden: Ada Lovelace <ada@example.org>\nGönderilen: 3 Mayıs 2021 Pazartesi 14:05\nKime: Yardım\nKonu: x",
        original: "-----Özgün İleti-----",
        forwarded: "-------- Yönlendirilmiş Mesaj --------",
        phone: "iPhone'umdan gönderildi",
    },
    Row {
        language: "Greek",
        gmail: "Στις Δευ 3 Μαΐ 2021 στις 2:05 μ.μ., ο χρήστης Ada Lovelace <ada@example.org> έγραψε:",
        apple: "Στις 3 Μαΐ 2021, στις 14:05, ο χρήστης Ada Lovelace <ada@example.org> έγραψε:",
        thunderbird: "Στις 3/5/2021 14:05, ο Ada Lovelace έγραψε:",
        outlook: "Από: Ada Lovelace <ada@example.org>\nΣτάλθηκε: Δευτέρα, 3 Μαΐου 2021 14:05\nΠρος: Βοήθεια\nΘέμα: x",
        original: "-----Αρχικό μήνυμα-----",
        forwarded: "-------- Προωθημένο μήνυμα --------",
        phone: "Στάλθηκε από το iPhone μου",
    },
    Row {
        language: "Russian",
        gmail: "пн, 3 мая 2021 г. в 14:05, Ada Lovelace <ada@example.org>:",
        apple: "3 мая 2021 г., в 14:05, Ada Lovelace <ada@example.org> написал(а):",
        thunderbird: "03.05.2021 14:05, Ada Lovelace пишет:",
        outlook: "От: Ada Lovelace <ada@example.org>\nОтправлено: 3 мая 2021 г. 14:05\nКому: Помощь\nТема: x",
        original: "-----Исходное сообщение-----",
        forwarded: "-------- Перенаправленное сообщение --------",
        phone: "Отправлено с iPhone",
    },
    Row {
        language: "Ukrainian",
        gmail: "пн, 3 трав. 2021 р. о 14:05 Ada Lovelace <ada@example.org> пише:",
        apple: "3 трав. 2021 р. о 14:05 Ada Lovelace <ada@example.org> пише:",
        thunderbird: "03.05.2021 14:05, Ada Lovelace пише:",
        outlook: "Від: Ada Lovelace <ada@example.org>\nНадіслано: 3 травня 2021 р. 14:05\nКому: Допомога\nТема: x",
        original: "-----Вихідне повідомлення-----",
        forwarded: "-------- Переслане повідомлення --------",
        phone: "Надіслано з iPhone",
    },
    Row {
        language: "Bulgarian",
        gmail: "На пн, 3.05.2021 г. в 14:05 Ada Lovelace <ada@example.org> написа:",
        apple: "",
        thunderbird: "На 3.05.21 г. в 14:05, Ada Lovelace написа:",
        outlook: "От: Ada Lovelace <ada@example.org>\nИзпратено: понеделник, 3 май 2021 г. 14:05\nДо: Помощ\nОтносно: x",
        original: "-----Оригинално съобщение-----",
        forwarded: "-------- Препратено съобщение --------",
        phone: "Изпратено от моя iPhone",
    },
    Row {
        language: "Hebrew",
        gmail: "\u{202b}בתאריך יום ב׳, 3 במאי 2021 ב-14:05 מאת \u{202a}Ada Lovelace\u{202c}\u{200f} <\u{202a}ada@example.org\u{202c}\u{200f}>:\u{202c}",
        apple: "\u{202b}ב-3 במאי 2021, בשעה 14:05, \u{200f}Ada Lovelace \u{200f}<ada@example.org> כתב/ה:\u{202c}",
        thunderbird: "בתאריך 03/05/2021 14:05, \u{200f}Ada Lovelace כתב:",
        outlook: "מאת: Ada Lovelace <ada@example.org>\nנשלח: יום שני 03 מאי 2021 14:05\nאל: עזרה\nנושא: x",
        original: "-----הודעה מקורית-----",
        forwarded: "-------- הודעה שהועברה --------",
        phone: "נשלח מה-iPhone שלי",
    },
    Row {
        language: "Arabic",
        gmail: "في الاثنين، 3 مايو 2021 في 2:05 م تمت كتابة ما يلي بواسطة Ada Lovelace <ada@example.org>:",
        apple: "في ٣ مايو ٢٠٢١، الساعة ٢:٠٥ م، كتب/كتبت Ada Lovelace <ada@example.org>:",
        thunderbird: "في 3\u{200f}/5\u{200f}/2021 14:05، كتب Ada Lovelace:",
        outlook: "من: Ada Lovelace <ada@example.org>\nتم الإرسال: 03 مايو, 2021 02:05 م\nإلى: مساعدة\nالموضوع: x",
        original: "-----الرسالة الأصلية-----",
        forwarded: "-------- الرسالة المعاد توجيهها --------",
        phone: "مرسل من الـ iPhone",
    },
    Row {
        language: "Persian",
        gmail: "در تاریخ دوشنبه ۳ مه ۲۰۲۱،\u{200f} ۱۴:۰۵ Ada Lovelace <ada@example.org> نوشت:",
        apple: "",
        thunderbird: "در 2021/05/03 14:05، Ada Lovelace نوشت:",
        outlook: "از: Ada Lovelace <ada@example.org>\nارسال: دوشنبه 3 مه 2021 14:05\nبه: کمک\nموضوع: x",
        original: "-----پیام اصلی-----",
        forwarded: "-------- پیام فوروارد شده --------",
        phone: "ارسال شده از iPhone من",
    },
    Row {
        language: "Thai",
        gmail: "ในวันที่ จ. 3 พ.ค. 2021 เวลา 14:05 Ada Lovelace <ada@example.org> เขียนว่า:",
        apple: "เมื่อ 3 พ.ค. 2564 เวลา 14:05 Ada Lovelace <ada@example.org> เขียนว่า:",
        thunderbird: "เมื่อ 3/5/2021 14:05 Ada Lovelace เขียนว่า:",
        outlook: "จาก: Ada Lovelace <ada@example.org>\nส่ง: 3 พฤษภาคม 2564 14:05\nถึง: Help\nเรื่อง: x",
        original: "-----ข้อความต้นฉบับ-----",
        forwarded: "-------- ข้อความที่ส่งต่อ --------",
        phone: "ส่งจาก iPhone ของฉัน",
    },
    Row {
        language: "Indonesian",
        gmail: "Pada tanggal Sen, 3 Mei 2021 pukul 14.05 Ada Lovelace <ada@example.org> menulis:",
        apple: "Pada 3 Mei 2021, pukul 14.05, Ada Lovelace <ada@example.org> menulis:",
        thunderbird: "Pada 03/05/2021 14:05, Ada Lovelace menulis:",
        outlook: "Dari: Ada Lovelace <ada@example.org>\nDikirim: Senin, 03 Mei 2021 14:05\nKepada: Bantuan\nPerihal: x",
        original: "-----Pesan Asli-----",
        forwarded: "-------- Pesan terusan --------",
        phone: "Dikirim dari iPhone saya",
    },
    Row {
        language: "Vietnamese",
        gmail: "Vào Th 2, 3 thg 5, 2021 vào lúc 14:05 Ada Lovelace <ada@example.org> đã viết:",
        apple: "Vào ngày 3 thg 5, 2021, lúc 14:05, Ada Lovelace <ada@example.org> đã viết:",
        thunderbird: "Vào 03/05/2021 14:05, Ada Lovelace đã viết:",
        outlook: "Từ: Ada Lovelace <ada@example.org>\nĐã gửi: Thứ Hai, 3 tháng 5 2021 14:05\nĐến: Help\nChủ đề: x",
        original: "-----Thư gốc-----",
        forwarded: "-------- Thư được chuyển tiếp --------",
        phone: "Đã gửi từ iPhone của tôi",
    },
    Row {
        language: "Japanese",
        gmail: "2021年5月3日(月) 14:05 Ada Lovelace <ada@example.org>:",
        apple: "2021/05/03 14:05、Ada Lovelace <ada@example.org>のメール:",
        thunderbird: "2021/05/03 14:05, Ada Lovelace wrote:",
        outlook: "差出人: Ada Lovelace <ada@example.org>\n送信日時: 2021年5月3日 14:05\n宛先: Help\n件名: x",
        original: "-----元のメッセージ-----",
        forwarded: "-------- 転送メッセージ --------",
        phone: "iPhoneから送信",
    },
    Row {
        language: "Korean",
        gmail: "2021년 5월 3일 (월) 오후 2:05, Ada Lovelace <ada@example.org>님이 작성:",
        apple: "2021. 5. 3. 오후 2:05, Ada Lovelace <ada@example.org> 작성:",
        thunderbird: "2021-05-03 오후 2:05에 Ada Lovelace 이(가) 쓴 글:",
        outlook: "보낸 사람: Ada Lovelace <ada@example.org>\n보낸 날짜: 2021년 5월 3일 월요일 오후 2:05\n받는 사람: Help\n제목: x",
        original: "-----원본 메시지-----",
        forwarded: "-------- 전달된 메시지 --------",
        phone: "나의 iPhone에서 보냄",
    },
    Row {
        language: "Chinese, simplified",
        gmail: "Ada Lovelace <ada@example.org> 于2021年5月3日周一 14:05写道：",
        apple: "2021年5月3日 14:05，Ada Lovelace <ada@example.org> 写道：",
        thunderbird: "在 2021/5/3 14:05, Ada Lovelace 写道:",
        outlook: "发件人: Ada Lovelace <ada@example.org>\n发送时间: 2021年5月3日 14:05\n收件人: Help\n主题: x",
        original: "-----原始邮件-----",
        forwarded: "-------- 转发的邮件 --------",
        phone: "发自我的iPhone",
    },
    Row {
        language: "Chinese, traditional",
        gmail: "Ada Lovelace <ada@example.org> 於 2021年5月3日 週一 下午2:05寫道：",
        apple: "Ada Lovelace <ada@example.org> 於 2021年5月3日 下午2:05 寫道：",
        thunderbird: "Ada Lovelace 於 2021/5/3 下午 02:05 寫道:",
        outlook: "寄件者: Ada Lovelace <ada@example.org>\n寄件日期: 2021年5月3日 下午 02:05\n收件者: Help\n主旨: x",
        original: "-----原始郵件-----",
        forwarded: "-------- 轉寄郵件 --------",
        phone: "從我的 iPhone 傳送",
    },
];

/// Those of one kind that do not hold, with their language.
fn broken(
    what: impl Fn(&Row) -> &'static str,
    holds: impl Fn(&str) -> bool,
) -> Vec<(&'static str, &'static str)> {
    let cases = ROWS.iter().map(|row| (row.language, what(row))).filter(|(_, case)| !case.is_empty());
    cases.filter(|(_, case)| failing(&[case], &holds) != [] as [&str; 0]).collect()
}

/// What stands above an older mail that nothing marks.
fn ends_the_answer(head: &str) -> bool {
    let text = format!("Yes, done.\n\n{head}\n\nIt fails.\n\n!close\n\nAda\n");
    new_text(&text) == "Yes, done."
}

fn is_part_of_the_quote(head: &str) -> bool {
    new_text(&format!("Yes, done.\n{head}\n> It fails.\n>\n> Ada\n\nAnd below.\n"))
        == "Yes, done.\n\nAnd below."
}

#[test]
fn gmail() {
    assert_eq!(broken(|row| row.gmail, ends_the_answer), []);
    assert_eq!(broken(|row| row.gmail, is_part_of_the_quote), []);
}

#[test]
fn apple_mail() {
    assert_eq!(broken(|row| row.apple, ends_the_answer), []);
    assert_eq!(broken(|row| row.apple, is_part_of_the_quote), []);
}

#[test]
fn thunderbird() {
    assert_eq!(broken(|row| row.thunderbird, is_part_of_the_quote), []);
}

#[test]
fn outlook() {
    assert_eq!(broken(|row| row.outlook, ends_the_answer), []);
    assert_eq!(broken(|row| row.original, ends_the_answer), []);
}

#[test]
fn forwards() {
    let forward = |head: &str| {
        use PieceKind::{Forward, New};
        kinds(&format!("Please look.\n\n{head}\nSubject: x\n\nIt fails.\n")) == [New, Forward]
    };
    assert_eq!(broken(|row| row.forwarded, forward), []);
}

#[test]
fn phones() {
    let signature =
        |line: &str| kinds(&format!("Yes, done.\n\n{line}\n")) == [PieceKind::New, PieceKind::Signature];
    assert_eq!(broken(|row| row.phone, signature), []);
}

/// What other phones and programs sign with.
const PROGRAMS: &[(&str, &str)] = &[
    ("English", "Get Outlook for Android"),
    ("English", "Sent from my Galaxy"),
    ("English", "Sent from Yahoo Mail for iPhone"),
    ("German", "Gesendet von Outlook für Android"),
    ("German", "Holen Sie sich Outlook für iOS"),
    ("German", "Outlook für iOS beziehen"),
    ("German", "Gesendet von meinem Samsung Galaxy Smartphone."),
    ("French", "Télécharger Outlook pour iOS"),
    ("French", "Obtenez Outlook pour Android"),
    ("French", "Envoyé depuis mon smartphone Samsung Galaxy."),
    ("French", "Envoyé depuis l'application Mail Orange"),
    ("Spanish", "Obtener Outlook para iOS"),
    ("Spanish", "Enviado desde mi Samsung Galaxy"),
    ("Catalan", "Obteniu l'Outlook per a l'iOS"),
    ("Portuguese", "Obter o Outlook para iOS"),
    ("Portuguese", "Enviado do meu smartphone Samsung Galaxy."),
    ("Portuguese", "Enviado do Email para Windows"),
    ("Italian", "Scarica Outlook per iOS"),
    ("Italian", "Inviato dal mio smartphone Samsung Galaxy."),
    ("Dutch", "Download Outlook voor iOS"),
    ("Dutch", "Verzonden vanaf mijn Galaxy"),
    ("Dutch", "Verzonden vanuit Mail voor Windows"),
    ("Swedish", "Hämta Outlook för iOS"),
    ("Swedish", "Skickat från E-post för Windows"),
    ("Danish", "Hent Outlook til iOS"),
    ("Danish", "Sendt fra min Galaxy"),
    ("Norwegian", "Få Outlook for iOS"),
    ("Norwegian", "Last ned Outlook for Android"),
    ("Finnish", "Hanki Outlook for iOS"),
    ("Finnish", "Lähetetty Samsung Galaxy -älypuhelimesta."),
    ("Polish", "Pobierz aplikację Outlook dla systemu iOS"),
    ("Polish", "Wysłane z mojego telefonu Galaxy"),
    ("Czech", "Stáhněte si Outlook pro iOS"),
    ("Czech", "Odesláno pomocí aplikace Outlook pro Android"),
    ("Slovak", "Získať Outlook pre iOS"),
    ("Hungarian", "Az Outlook iOS beszerzése"),
    ("Hungarian", "Samsung Galaxy okostelefonomról küldve."),
    ("Romanian", "Obțineți Outlook pentru iOS"),
    ("Turkish", "iOS için Outlook'u edinin"),
    ("Turkish", "Samsung Galaxy akıllı telefonumdan gönderildi."),
    ("Greek", "Λήψη του Outlook για iOS"),
    ("Greek", "Στάλθηκε από το Galaxy μου"),
    ("Russian", "Получить Outlook для iOS"),
    ("Russian", "Отправлено с устройства Galaxy"),
    ("Russian", "Отправлено из мобильной Яндекс Почты"),
    ("Ukrainian", "Отримати Outlook для iOS"),
    ("Ukrainian", "Надіслано з пристрою Galaxy"),
    ("Croatian", "Poslano iz aplikacije Outlook za Android"),
    ("Japanese", "Outlook for iOS を入手"),
    ("Japanese", "iPhoneから送信されました"),
    ("Korean", "iOS용 Outlook 다운로드"),
    ("Korean", "내 Galaxy에서 보냄"),
    ("Chinese, simplified", "获取 Outlook for iOS"),
    ("Chinese, simplified", "从我的 Galaxy 发送"),
    ("Chinese, traditional", "取得 Outlook for iOS"),
    ("Indonesian", "Dapatkan Outlook untuk iOS"),
    ("Vietnamese", "Tải Outlook cho iOS"),
];

#[test]
fn programs() {
    let signature =
        |line: &str| kinds(&format!("Yes, done.\n\n{line}\n")) == [PieceKind::New, PieceKind::Signature];
    let broken: Vec<_> = PROGRAMS.iter().filter(|(_, line)| !signature(line)).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn there_are_many() {
    let mut names: Vec<&str> = ROWS.iter().map(|row| row.language).collect();
    names.dedup();
    assert_eq!((names.len(), ROWS.len()), (39, 39));
}
