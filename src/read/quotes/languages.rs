//! What mail programs call things, language by language: data only, looked up by the other files of this room.
//!
//! Everything is lower case and without its punctuation; `|` stands between words. A new language is a new row; a
//! word may be missing from a row without harm, since a date and an address speak for themselves.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// The words of one language.
struct Language {
    /// Words that open a line such as "On Monday, 3 May 2021, ...".
    opens: &'static str,
    /// "wrote": one word each.
    wrote: &'static str,
    from: &'static str,
    /// Labels that only a mail program writes above a date.
    sent: &'static str,
    /// Labels that people also write above a date.
    date: &'static str,
    to: &'static str,
    cc: &'static str,
    subject: &'static str,
    /// What stands between dashes above an older mail.
    original: &'static str,
    /// What stands between dashes, or before a colon, above a forwarded mail.
    forwarded: &'static str,
    /// How a phone's signature begins; `…` stands for what comes before its end.
    device: &'static str,
}

const LANGUAGES: &[Language] = &[
    // English
    Language {
        opens: "on|at|in",
        wrote: "wrote|writes",
        from: "from",
        sent: "sent|date sent|sent on",
        date: "date",
        to: "to",
        cc: "cc|bcc|copy to",
        subject: "subject",
        original: "original message|reply message|original|original appointment|original email",
        forwarded: "forwarded message|forwarded by|forwarded from|forwarded mail|begin forwarded message",
        device: "sent from|sent via|sent with|sent using|get outlook for|get bluemail for",
    },
    // German
    Language {
        opens: "am|um|vom",
        wrote: "schrieb|schrieben|geschrieben|schreibt",
        from: "von|absender",
        sent: "gesendet|gesendet am",
        date: "datum",
        to: "an|empfänger",
        cc: "kopie|blindkopie",
        subject: "betreff|betr",
        original: "ursprüngliche nachricht|originalnachricht|original-nachricht|urspr. nachricht|\
            ursprüngliche mail",
        forwarded: "weitergeleitete nachricht|weitergeleitet von|anfang der weitergeleiteten nachricht|\
            weitergeleitete e-mail",
        device: "gesendet von|gesendet mit|von meinem…gesendet|von meiner…gesendet|von unterwegs gesendet|\
            diese nachricht wurde von…gesendet|holen sie sich outlook|outlook für…beziehen",
    },
    // French
    Language {
        opens: "le",
        wrote: "écrit|écrivit",
        from: "de|expéditeur",
        sent: "envoyé|envoyé le|date d'envoi|date d’envoi|message du",
        date: "date|le",
        to: "à|a|pour|destinataire",
        cc: "copie|copie à|cc",
        subject: "objet|sujet",
        original: "message d'origine|message d’origine|message original|message initial|mail original",
        forwarded: "message transféré|message transmis|message réexpédié|début du message réexpédié|\
            début du message transféré|courriel transféré",
        device: "envoyé de|envoyé depuis|envoyé à partir|envoyé avec|obtenir outlook|\
            obtenez outlook|télécharger outlook|provenance : courrier",
    },
    // Spanish, Catalan
    Language {
        opens: "el|en",
        wrote: "escribió|escribio|escribe|escrit|escriure|missatge",
        from: "de",
        sent: "enviado|enviado el|enviada|enviat",
        date: "fecha|data",
        to: "para|per a",
        cc: "cc|cco",
        subject: "asunto|assumpte",
        original: "mensaje original|missatge original|correo original",
        forwarded: "mensaje reenviado|inicio del mensaje reenviado|missatge reenviat",
        device: "enviado desde|enviat des|obtener outlook|descargar outlook|obteniu l'outlook|obtén l'outlook",
    },
    // Portuguese
    Language {
        opens: "em|no|às",
        wrote: "escreveu|escrevia|escreve",
        from: "de",
        sent: "enviado|enviada em|enviado em|enviada",
        date: "data",
        to: "para",
        cc: "cc|cco",
        subject: "assunto",
        original: "mensagem original|mensagem de origem",
        forwarded: "mensagem encaminhada|mensagem reencaminhada|início da mensagem encaminhada|\
            início da mensagem reencaminhada",
        device: "enviado do|enviado de|enviado da|enviado através|enviado via|obter o outlook|\
            obtenha o outlook",
    },
    // Italian
    Language {
        opens: "il|in",
        wrote: "scritto|scrisse|scrive",
        from: "da",
        sent: "inviato|inviato il",
        date: "data",
        to: "a",
        cc: "cc|ccn|p.c",
        subject: "oggetto",
        original: "messaggio originale|messaggio originario",
        forwarded: "messaggio inoltrato|inizio messaggio inoltrato|inizio del messaggio inoltrato",
        device: "inviato da|inviato dal|inviato con|inviato tramite|ottieni outlook|scarica outlook",
    },
    // Dutch
    Language {
        opens: "op",
        wrote: "schreef|geschreven|schrijft",
        from: "van",
        sent: "verzonden|verstuurd",
        date: "datum",
        to: "aan",
        cc: "cc|kopie",
        subject: "onderwerp|betreft",
        original: "oorspronkelijk bericht|origineel bericht|oorspronkelijke bericht",
        forwarded: "doorgestuurd bericht|begin doorgestuurd bericht|doorgestuurde bericht|doorgezonden bericht",
        device: "verzonden vanaf|verstuurd vanaf|verzonden met|verzonden via|verstuurd met|verzonden vanuit|\
            download outlook",
    },
    // Swedish
    Language {
        opens: "den|på",
        wrote: "skrev|skriver",
        from: "från",
        sent: "skickat|skickad",
        date: "datum",
        to: "till",
        cc: "kopia",
        subject: "ämne",
        original: "ursprungligt meddelande|originalmeddelande|ursprungsmeddelande",
        forwarded: "vidarebefordrat meddelande|vidarebefordrat brev|början på vidarebefordrat meddelande|\
            vidarebefordrat mail",
        device: "skickat från|skickades från|hämta outlook|skaffa outlook",
    },
    // Danish, Norwegian
    Language {
        opens: "den|på|d",
        wrote: "skrev|skrevet|skriver",
        from: "fra",
        sent: "sendt",
        date: "dato",
        to: "til",
        cc: "kopi",
        subject: "emne",
        original: "oprindelig meddelelse|oprindelig besked|original meddelelse|opprinnelig melding|\
            original melding|oprindelig mail",
        forwarded: "videresendt besked|videresendt meddelelse|videresendt melding|start på videresendt besked|\
            start på videresendt melding|videresendt e-post",
        device: "sendt fra|sendt via|hent outlook|få outlook|last ned outlook",
    },
    // Finnish, Estonian
    Language {
        opens: "kuupäev",
        wrote: "kirjoitti|kirjutas",
        from: "lähettäjä|saatja",
        sent: "lähetetty|saadetud",
        date: "päivämäärä|päiväys|pvm|kuupäev",
        to: "vastaanottaja|saaja",
        cc: "kopio|koopia",
        subject: "aihe|teema",
        original: "alkuperäinen viesti|algkiri|originaalkiri|algne sõnum",
        forwarded: "välitetty viesti|edelleenlähetetty viesti|välitetty viesti alkaa|edastatud kiri|\
            edastatud sõnum",
        device: "lähetetty|hanki outlook|saadetud minu",
    },
    // Polish
    Language {
        opens: "w|dnia|dn",
        wrote: "napisał|napisała|pisze|pisał|pisała|napisano|napisana",
        from: "od|nadawca",
        sent: "wysłano|wysłane|data wysłania",
        date: "data",
        to: "do|adresat",
        cc: "dw|kopia",
        subject: "temat",
        original: "wiadomość oryginalna|oryginalna wiadomość|treść oryginalnej wiadomości|wiadomość pierwotna",
        forwarded: "wiadomość przekazana|przekazana wiadomość|wiadomość przesłana dalej|\
            początek przekazanej wiadomości|treść przekazanej wiadomości",
        device: "wysłane z|wysłano z|pobierz outlook|pobierz aplikację outlook",
    },
    // Czech, Slovak
    Language {
        opens: "dne|dňa",
        wrote: "napsal|napsala|píše|napísal|napísala",
        from: "od|odesílatel|odosielateľ",
        sent: "odesláno|odoslané",
        date: "datum|dátum",
        to: "komu|pro|příjemce",
        cc: "kopie|kópia",
        subject: "předmět|predmet",
        original: "původní zpráva|původní e-mail|původní email|pôvodná správa",
        forwarded: "přeposlaná zpráva|přeposlaný e-mail|začátek přeposílané zprávy|preposlaná správa",
        device: "odesláno z|odesláno pomocí|odoslané z|stáhnout outlook|stáhněte si outlook|získat outlook|získať outlook|získajte outlook",
    },
    // Croatian, Serbian, Slovene
    Language {
        opens: "dana|dne",
        wrote: "napisao|napisala|piše",
        from: "od|šalje|pošiljatelj",
        sent: "poslano|poslato",
        date: "datum",
        to: "za|prima|prejemnik",
        cc: "kp",
        subject: "predmet|zadeva|naslov",
        original: "izvorna poruka|originalna poruka|izvirno sporočilo|prvotna poruka",
        forwarded: "proslijeđena poruka|prosleđena poruka|posredovano sporočilo",
        device: "poslano s|poslano z|poslano iz|poslato sa",
    },
    // Serbian in its own script, Macedonian
    Language {
        opens: "дана|на",
        wrote: "написао|написала|пише|напиша",
        from: "од|шаље",
        sent: "послато|испратено",
        date: "датум",
        to: "за|прима|до",
        cc: "копија",
        subject: "предмет|наслов",
        original: "оригинална порука|изворна порука|оригинална порака",
        forwarded: "прослеђена порука|препратена порака",
        device: "послато са|послато с|испратено од",
    },
    // Russian
    Language {
        opens: "в|от",
        wrote: "написал|написала|пишет|писал|писала|написали",
        from: "от|от кого",
        sent: "отправлено|отправлен",
        date: "дата",
        to: "кому",
        cc: "копия",
        subject: "тема",
        original: "исходное сообщение|оригинальное сообщение|исходное письмо|первоначальное сообщение|\
            original message",
        forwarded: "пересылаемое сообщение|пересланное сообщение|перенаправленное сообщение|пересылаемое письмо|\
            начало переадресованного сообщения|начало пересылаемого сообщения",
        device: "отправлено с|отправлено из|отправлено от|получить outlook|скачать outlook",
    },
    // Ukrainian, Bulgarian
    Language {
        opens: "у|о|на",
        wrote: "написав|написала|пише|писав|пишe|написа",
        from: "від|від кого|от",
        sent: "надіслано|відправлено|изпратено",
        date: "дата",
        to: "кому|до",
        cc: "копія|копие",
        subject: "тема|относно",
        original: "вихідне повідомлення|початкове повідомлення|оригінальне повідомлення|оригинално съобщение",
        forwarded: "переслане повідомлення|перенаправлене повідомлення|пересилання повідомлення|\
            препратено съобщение|початок листа, який пересилається",
        device: "надіслано з|відправлено з|надіслано через|изпратено от|отримати outlook",
    },
    // Turkish
    Language {
        opens: "tarihinde",
        wrote: "yazdı|yazmış|yazıyor",
        from: "kimden|gönderen",
        sent: "gönderilen|gönderme tarihi|gönderildi",
        date: "tarih",
        to: "kime|alıcı",
        cc: "bilgi",
        subject: "konu",
        original: "orijinal mesaj|özgün ileti|orjinal mesaj|asıl ileti",
        forwarded: "yönlendirilen ileti|iletilen mesaj|yönlendirilmiş mesaj|iletilmiş mesajın başlangıcı|\
            iletilmiş ileti başlangıcı",
        device: "…dan gönderildi|…den gönderildi|…tan gönderildi|…ten gönderildi|…outlook'u edinin|…outlook’u edinin",
    },
    // Greek
    Language {
        opens: "στις|την|στην",
        wrote: "έγραψε|έγραψαν|γράφει",
        from: "από|αποστολέας",
        sent: "στάλθηκε|αποστολή|εστάλη",
        date: "ημερομηνία|ημ/νία",
        to: "προς|παραλήπτης",
        cc: "κοιν|κοινοποίηση",
        subject: "θέμα",
        original: "αρχικό μήνυμα|πρωτότυπο μήνυμα",
        forwarded: "προωθημένο μήνυμα|έναρξη προωθημένου μηνύματος",
        device: "στάλθηκε από|εστάλη από|αποστολή από|λήψη του outlook",
    },
    // Hungarian
    Language {
        opens: "ekkor",
        wrote: "írta|írt|írja",
        from: "feladó",
        sent: "elküldve|küldve",
        date: "dátum",
        to: "címzett",
        cc: "másolatot kap|másolat",
        subject: "tárgy",
        original: "eredeti üzenet|eredeti levél",
        forwarded: "továbbított üzenet|továbbított levél",
        device: "küldve az|az…küldve|…ról küldve|…ről küldve|az outlook…beszerzése",
    },
    // Romanian
    Language {
        opens: "în|la|pe|in",
        wrote: "scris|scrie",
        from: "de la|expeditor",
        sent: "trimis|trimisă",
        date: "data",
        to: "către|catre",
        cc: "cc",
        subject: "subiect",
        original: "mesaj original|mesajul original|mesaj inițial",
        forwarded: "mesaj redirecționat|mesaj redirectionat|mesaj transmis mai departe|\
            început mesaj redirecționat",
        device: "trimis de pe|trimis din|trimis cu|trimis prin|obțineți outlook",
    },
    // Baltic and others seen now and then: Lithuanian, Latvian, Icelandic, Indonesian
    Language {
        opens: "pada|þann",
        wrote: "rašė|parašė|rakstīja|skrifaði|menulis",
        from: "nuo|no|frá|dari",
        sent: "išsiųsta|nosūtīts|sent|dikirim|terkirim",
        date: "data|datums|dagsetning|tanggal",
        to: "kam|til|kepada",
        cc: "kopija|afrit",
        subject: "tema|temats|efni|subjek|perihal",
        original: "originalus laiškas|pradinis laiškas|pradinis pranešimas|sākotnējais ziņojums|sākotnējā ziņa|upprunaleg skilaboð|pesan asli",
        forwarded: "persiųstas laiškas|pārsūtītā ziņa|áframsend skilaboð|pesan terusan|pesan yang diteruskan",
        device: "išsiųsta iš|nosūtīts no|sent úr|dikirim dari|dapatkan outlook",
    },
    // Japanese
    Language {
        opens: "",
        wrote: "wrote",
        from: "差出人|送信者|from",
        sent: "送信日時|送信日|送信",
        date: "日時|日付",
        to: "宛先",
        cc: "cc",
        subject: "件名",
        original: "元のメッセージ|original message|元メッセージ|オリジナルメッセージ",
        forwarded: "転送メッセージ|転送されたメッセージ|forwarded message|ここから転送メッセージ",
        device: "…から送信|…から送信されました|outlook for ios を入手|outlook を入手",
    },
    // Chinese, both scripts
    Language {
        opens: "在|于|於",
        wrote: "写道|寫道",
        from: "发件人|寄件者|寄件人|發件人",
        sent: "发送时间|發送時間|寄件日期|傳送時間|发送日期|已傳送",
        date: "日期|时间|時間",
        to: "收件人|收件者",
        cc: "抄送|副本|副本抄送",
        subject: "主题|主題|主旨",
        original: "原始邮件|原邮件|原始郵件|邮件原件|回复的原邮件|原始信件",
        forwarded: "转发邮件|转发的邮件|轉寄郵件|转发邮件信息|被转发邮件的信息|轉寄的郵件|以下是转发的邮件|以下是轉寄的郵件|下面是被转发的邮件",
        device: "发自我的|發自我的|从我的…发送|從我的…傳送|寄自我的|发送自|获取outlook|获取 outlook|取得 outlook|傳送自",
    },
    // Korean
    Language {
        opens: "",
        wrote: "작성|썼습니다|썼음|작성함",
        from: "보낸사람|보낸 사람|발신",
        sent: "보낸날짜|보낸 날짜|보낸시간|발송",
        date: "날짜|일시",
        to: "받는사람|받는 사람|수신",
        cc: "참조",
        subject: "제목",
        original: "원본 메시지|원본 메일|원본메시지|original message",
        forwarded: "전달된 메시지|전달된 이메일|전달한 메시지|전달된 메일",
        device: "…에서 보냄|…에서 보냈습니다|ios용 outlook",
    },
    // Vietnamese
    Language {
        opens: "vào|lúc|ngày",
        wrote: "viết",
        from: "từ|người gửi",
        sent: "đã gửi|ngày gửi",
        date: "ngày",
        to: "đến|tới|người nhận",
        cc: "đồng gửi",
        subject: "chủ đề|tiêu đề",
        original: "thư gốc|tin nhắn gốc|thông điệp gốc",
        forwarded: "thư được chuyển tiếp|thư đã chuyển tiếp|bắt đầu thư được chuyển tiếp|\
            tin nhắn được chuyển tiếp",
        device: "đã gửi từ|được gửi từ|tải outlook",
    },
    // Arabic
    Language {
        opens: "في|بتاريخ",
        wrote: "كتب|كتبت|كتابة",
        from: "من",
        sent: "تم الإرسال|أرسلت|مرسل|التاريخ",
        date: "تاريخ",
        to: "إلى|الى",
        cc: "نسخة",
        subject: "الموضوع",
        original: "الرسالة الأصلية|رسالة أصلية",
        forwarded: "رسالة معاد توجيهها|الرسالة المعاد توجيهها|رسالة محولة",
        device: "مرسل من|أرسلت من|أُرسلت من|تم الإرسال من",
    },
    // Persian
    Language {
        opens: "در",
        wrote: "نوشت|نوشته",
        from: "از",
        sent: "ارسال|ارسال شده",
        date: "تاریخ",
        to: "به|گیرنده",
        cc: "رونوشت",
        subject: "موضوع",
        original: "پیام اصلی",
        forwarded: "پیام فوروارد شده|پیام هدایت شده|پیام ارسال شده",
        device: "ارسال شده از|فرستاده شده از",
    },
    // Hebrew
    Language {
        opens: "בתאריך|ב|ביום",
        wrote: "כתב|כתבה|מאת",
        from: "מאת",
        sent: "נשלח",
        date: "תאריך",
        to: "אל",
        cc: "עותק",
        subject: "נושא",
        original: "הודעה מקורית",
        forwarded: "הודעה שהועברה|הודעה מועברת",
        device: "נשלח מה|נשלח מ|קבל את outlook",
    },
    // Thai
    Language {
        opens: "เมื่อ|วันที่",
        wrote: "เขียนว่า|เขียน",
        from: "จาก",
        sent: "ส่งเมื่อ|ส่ง",
        date: "วันที่",
        to: "ถึง",
        cc: "สำเนา",
        subject: "เรื่อง|หัวเรื่อง",
        original: "ข้อความต้นฉบับ",
        forwarded: "ข้อความที่ส่งต่อ",
        device: "ส่งจาก",
    },
];

/// "wrote" where words are not set apart by spaces: what such a line ends in.
const WROTE_GLUED: [&str; 9] =
    ["写道", "寫道", "のメッセージ", "のメール", "書きました", "작성", "쓴 글", "เขียนว่า", "เขียน"];

/// "sent" is said of other things too: these count at the end only.
const WROTE_AT_THE_END: &str = "sent|replied|envoyé";

/// Lines under which a ticket system keeps its own text, in between rule characters.
const ABOVE_THIS_LINE: &str = "reply above this line|reply above the line|reply above this|write above this line|write above\
    |type your reply above|type above this line|comment above this line|please reply above\
    |enter your reply above|respond above this line|antworten sie oberhalb dieser\
    |antwort oberhalb dieser|oberhalb dieser zeile|oberhalb dieser linie|über dieser linie antworten\
    |au-dessus de cette ligne|ci-dessus de cette ligne|encima de esta línea|por encima de esta linea\
    |acima desta linha|sopra questa linea|sopra questa riga|boven deze lijn|boven deze regel\
    |ovanför denna linje|ovanför den här raden|over denne linje|over denne linjen\
    |tämän rivin yläpuolelle|powyżej tej linii|nad tuto čáru|nad tímto řádkem|выше этой строки\
    |над этой чертой|вище цього рядка|bu satırın üzerine|bu çizginin üzerine|πάνω από αυτή τη γραμμή\
    |請在此行上方|请在此行上方|この行より上|이 줄 위에";

/// What a mailing list adds below: one of these marks its footer.
const LIST_FOOTER: &str = "mailing list|mailinglist|unsubscribe|listinfo|google groups|list archive|list-unsubscribe\
    |to post to this group|liste de diffusion|lista de correo|mailingliste|désabonner|abbestellen\
    |cancelar a subscri|cancelar la suscripción|de lijst|postorius";

/// A field of a mail's head as repeated above an older mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Field {
    From,
    Sent,
    Date,
    To,
    Cc,
    Subject,
}

static LABELS: LazyLock<HashMap<&'static str, Field>> = LazyLock::new(|| {
    let mut labels = HashMap::new();
    for l in LANGUAGES {
        let rows = [
            (l.cc, Field::Cc),
            (l.date, Field::Date),
            (l.to, Field::To),
            (l.subject, Field::Subject),
            (l.sent, Field::Sent),
            (l.from, Field::From),
        ];
        for (words, field) in rows {
            for word in words.split('|') {
                labels.entry(word).or_insert(field);
            }
        }
    }
    labels
});

static OPENS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| LANGUAGES.iter().flat_map(|l| l.opens.split('|')).collect());
static WROTE: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| LANGUAGES.iter().flat_map(|l| l.wrote.split('|')).collect());

static ORIGINAL: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| LANGUAGES.iter().flat_map(|l| l.original.split('|')).collect());
static FORWARDED: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| LANGUAGES.iter().flat_map(|l| l.forwarded.split('|')).collect());

/// The field that a label (lower case, without its colon) stands for.
pub(super) fn field(label: &str) -> Option<Field> {
    LABELS.get(label).copied()
}

/// Whether this lower-case word opens an "On ... wrote:" line.
pub(super) fn opens(word: &str) -> bool {
    OPENS.contains(word)
}

/// Whether this lower-case word says "wrote".
pub(super) fn wrote(word: &str) -> bool {
    WROTE.contains(word)
}

/// Whether this lower-case text, without its colon, ends in a "wrote" that no space sets apart.
pub(super) fn ends_in_wrote(text: &str) -> bool {
    WROTE_GLUED.iter().any(|w| text.ends_with(w))
}

/// What follows "original message" or the like, when this lower-case text begins so.
pub(super) fn after_original(text: &str) -> Option<&str> {
    longest_prefix(text, &ORIGINAL)
}

/// What follows "forwarded message" or the like, when this lower-case text begins so.
pub(super) fn after_forwarded(text: &str) -> Option<&str> {
    longest_prefix(text, &FORWARDED)
}

/// Whether this lower-case word says "wrote" at the end of a line.
pub(super) fn wrote_at_the_end(word: &str) -> bool {
    wrote(word) || WROTE_AT_THE_END.split('|').any(|w| w == word)
}

/// Whether this lower-case text reads as a phone's or mail program's own signature does.
pub(super) fn names_device(text: &str) -> bool {
    LANGUAGES.iter().flat_map(|l| l.device.split('|')).any(|d| {
        let (begin, end) = d.split_once('…').unwrap_or((d, ""));
        text.strip_prefix(begin).is_some_and(|rest| rest.trim_end_matches('.').ends_with(end))
    })
}

/// Whether this lower-case text asks to write above it.
pub(super) fn says_above(text: &str) -> bool {
    ABOVE_THIS_LINE.split('|').any(|p| text.contains(p))
}

/// Whether this lower-case text is from a mailing list's footer.
pub(super) fn names_list(text: &str) -> bool {
    LIST_FOOTER.split('|').any(|p| text.contains(p))
}

fn longest_prefix<'a>(text: &'a str, phrases: &[&str]) -> Option<&'a str> {
    phrases.iter().filter_map(|p| text.strip_prefix(p)).min_by_key(|rest| rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_lower_case() {
        for l in LANGUAGES {
            let all = [
                l.opens,
                l.wrote,
                l.from,
                l.sent,
                l.date,
                l.to,
                l.cc,
                l.subject,
                l.original,
                l.forwarded,
                l.device,
            ];
            for word in all {
                assert_eq!(word, word.to_lowercase(), "{word}");
            }
        }
    }

    #[test]
    fn labels_keep_their_first_meaning() {
        for (label, expected) in [
            ("from", Field::From),
            ("sent", Field::Sent),
            ("date", Field::Date),
            ("von", Field::From),
            ("an", Field::To),
            ("objet", Field::Subject),
            ("à", Field::To),
            ("发件人", Field::From),
            ("от", Field::From),
            ("кому", Field::To),
        ] {
            assert_eq!(field(label), Some(expected), "{label}");
        }
        assert_eq!(field("hello"), None);
    }
}
