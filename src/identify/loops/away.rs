//! How vacation messages begin and what they say, one row for each language. All lower case, with single spaces; words
//! such as "holiday" are left out of the subjects: people ask about those. A subject alone proves nothing.

/// The words of one language.
pub struct Away {
    /// Beginnings of subjects, as mail programs and people set them.
    pub subjects: &'static [&'static str],
    /// Phrases near the beginning of the text.
    pub phrases: &'static [&'static str],
}

/// Every language.
pub const AWAY: &[Away] = &[
    // English
    Away {
        subjects: &[
            "automatic reply", "automated reply", "automatic response", "automated response", "auto reply",
            "auto-reply", "autoreply", "auto response", "auto-response", "autoresponse", "auto respond",
            "autorespons", "out of office", "out of the office", "out-of-office", "out of office autoreply",
            "out of office auto reply", "out of office auto-reply", "out of office reply", "vacation message",
            "vacation reply", "vacation", "on vacation", "away from", "away from my mail", "away from office",
            "i am out of the office", "i'm out of the office",
        ],
        phrases: &[
            "out of the office", "out of office", "back in the office", "away from the office", "away from my",
            "not in the office", "on vacation", "on holiday", "on leave", "annual leave", "parental leave",
            "maternity leave", "away until", "currently away", "will be away", "am away", "limited access to",
            "no access to email", "automatic reply", "automated reply", "automatic response", "automated response",
            "auto-reply", "autoreply", "automatically generated", "upon my return", "when i return",
            "when i am back", "when i get back",
        ],
    },
    // German
    Away {
        subjects: &[
            "abwesenheitsnotiz", "abwesenheit", "abwesend", "abwesenheitsmeldung", "abwesenheitsbenachrichtigung",
            "abwesenheitsassistent", "automatische antwort", "automatische rückmeldung", "automatische antwortmail",
            "nicht im büro", "nicht im haus", "außer haus",
        ],
        phrases: &[
            "abwesend", "nicht im büro", "nicht im haus", "außer haus", "im urlaub", "nicht erreichbar",
            "wieder erreichbar", "automatisch generiert", "automatische antwort", "meiner abwesenheit", "in elternzeit",
        ],
    },
    // French
    Away {
        subjects: &[
            "réponse automatique", "reponse automatique", "absence du bureau", "message d'absence",
            "message d’absence", "notification d'absence", "absent du bureau", "en congé", "en congés", "absence",
        ],
        phrases: &["absent", "en congé", "de retour", "mon absence", "réponse automatique", "en vacances"],
    },
    // Spanish
    Away {
        subjects: &[
            "respuesta automática", "respuesta automatica", "fuera de la oficina", "fuera de oficina",
        ],
        phrases: &["fuera de la oficina", "de vacaciones", "ausente", "mi ausencia", "respuesta automática"],
    },
    // Catalan, Galician
    Away {
        subjects: &["resposta automàtica", "fora de l'oficina", "fora de l’oficina", "resposta automática", "resposta automatica"],
        phrases: &["fora de l'oficina", "fora de l’oficina", "de vacances", "absent", "fóra da oficina"],
    },
    // Portuguese
    Away {
        subjects: &[
            "fora do escritório", "ausência temporária", "ausência do escritório", "resposta de ausência", "ausência",
        ],
        phrases: &["de férias", "fora do escritório", "ausente", "minha ausência", "resposta automática"],
    },
    // Italian
    Away {
        subjects: &["risposta automatica", "fuori sede", "fuori ufficio", "assente", "assenza"],
        phrases: &["in ferie", "assente", "fuori ufficio", "fuori sede", "mia assenza", "risposta automatica"],
    },
    // Dutch
    Away {
        subjects: &[
            "automatisch antwoord", "automatische reactie", "automatische beantwoording", "afwezigheidsmelding",
            "afwezigheidsbericht", "afwezigheid", "afwezig", "niet aanwezig", "buiten kantoor",
        ],
        phrases: &["afwezig", "met vakantie", "op vakantie", "niet aanwezig", "niet op kantoor"],
    },
    // Swedish
    Away {
        subjects: &[
            "autosvar", "automatiskt svar", "automatsvar", "frånvaro", "frånvaromeddelande", "frånvarobesked",
            "inte på kontoret", "ej på kontoret",
        ],
        phrases: &["på semester", "inte på kontoret", "är ledig", "åter på kontoret", "frånvarande", "föräldraledig"],
    },
    // Danish, Norwegian
    Away {
        subjects: &[
            "autosvar", "automatisk svar", "automatisk besvarelse", "fraværsmelding", "fraværsbesked", "fravær",
            "ikke til stede", "ikke på kontoret", "borte fra kontoret",
        ],
        phrases: &[
            "på ferie", "ikke på kontoret", "ikke til stede", "ute av kontoret", "ferie frem til", "fraværende",
            "tilbage på", "tilbake på",
        ],
    },
    // Icelandic
    Away {
        subjects: &["sjálfvirkt svar", "fjarvera"],
        phrases: &["í fríi", "fjarverandi", "í sumarfríi"],
    },
    // Finnish
    Away {
        subjects: &["automaattinen vastaus", "automaattivastaus", "poissaoloviesti", "poissaolo", "poissa toimistosta", "poissa"],
        phrases: &["lomalla", "poissa", "tavoitettavissa"],
    },
    // Estonian
    Away {
        subjects: &["automaatvastus", "automaatne vastus", "kontorist väljas"],
        phrases: &["puhkusel", "kontorist väljas", "kontorist eemal", "lähetuses"],
    },
    // Latvian
    Away {
        subjects: &["automātiska atbilde", "automātiskā atbilde", "ārpus biroja", "prombūtne", "prombūtnes paziņojums"],
        phrases: &["atvaļinājumā", "prombūtnē", "ārpus biroja"],
    },
    // Lithuanian
    Away {
        subjects: &["automatinis atsakymas", "automatinis atsakas", "ne biure"],
        phrases: &["atostogauju", "atostogose", "ne biure", "nebūsiu", "nedirbu"],
    },
    // Polish
    Away {
        subjects: &[
            "odpowiedź automatyczna", "automatyczna odpowiedź", "autoodpowiedź", "autoresponder", "poza biurem",
            "nieobecność", "nieobecny", "nieobecna",
        ],
        phrases: &["na urlopie", "nieobecn", "poza biurem", "w biurze do"],
    },
    // Czech, Slovak
    Away {
        subjects: &[
            "automatická odpověď", "automatická odpoveď", "mimo kancelář", "mimo kanceláře", "mimo kancelárie",
            "mimo kanceláriu", "nepřítomnost", "neprítomnosť",
        ],
        phrases: &["na dovolené", "nepřítom", "mimo kancelář", "na dovolenke", "neprítom", "mimo kancelári"],
    },
    // Slovene
    Away {
        subjects: &["samodejni odgovor", "avtomatski odgovor", "odsotnost", "odsoten", "odsotna"],
        phrases: &["na dopustu", "odsoten", "odsotna", "odsotnost", "izven pisarne"],
    },
    // Croatian, Serbian
    Away {
        subjects: &[
            "automatski odgovor", "аутоматски одговор", "van ureda", "izvan ureda", "van kancelarije", "odsutnost",
            "odsutan",
        ],
        phrases: &[
            "na godišnjem odmoru", "izvan ureda", "van ureda", "odsutan", "odsutna", "van kancelarije", "na odmoru",
            "на годишњем одмору", "одсутан", "на одмору",
        ],
    },
    // Hungarian
    Away {
        subjects: &["automatikus válasz", "automatikus üzenet", "házon kívül", "távollét"],
        phrases: &["szabadságon", "házon kívül", "távol vagyok", "távollétem", "nem vagyok az irodában"],
    },
    // Romanian
    Away {
        subjects: &["răspuns automat", "raspuns automat", "în afara biroului", "absent din birou"],
        phrases: &["în concediu", "in concediu", "nu sunt la birou", "în afara biroului", "lipsesc", "plecat din"],
    },
    // Turkish
    Away {
        subjects: &["otomatik yanıt", "otomatik cevap", "ofis dışında", "ofis dışı", "izindeyim"],
        phrases: &["izinde", "ofis dışında", "ofiste değilim", "tatilde"],
    },
    // Greek
    Away {
        subjects: &["αυτόματη απάντηση", "εκτός γραφείου", "εκτός έδρας", "απουσία"],
        phrases: &["εκτός γραφείου", "σε άδεια", "απουσιάζω", "απουσία", "με άδεια"],
    },
    // Russian
    Away {
        subjects: &["автоматический ответ", "автоответ", "автоответчик", "вне офиса", "нет на месте"],
        phrases: &["в отпуске", "отсутств", "вне офиса", "нет на месте", "в командировке"],
    },
    // Ukrainian
    Away {
        subjects: &["автоматична відповідь", "автовідповідь", "поза офісом"],
        phrases: &["у відпустці", "у відпустку", "відсутн", "поза офісом", "не в офісі"],
    },
    // Bulgarian
    Away {
        subjects: &["автоматичен отговор", "извън офиса", "отсъствие"],
        phrases: &["в отпуск", "извън офиса", "отсъствам", "отсъствие"],
    },
    // Hebrew
    Away {
        subjects: &["תשובה אוטומטית", "מענה אוטומטי", "תגובה אוטומטית", "מחוץ למשרד"],
        phrases: &["מחוץ למשרד", "בחופשה", "בחופש", "לא נמצא במשרד"],
    },
    // Arabic
    Away {
        subjects: &["رد تلقائي", "الرد التلقائي", "خارج المكتب"],
        phrases: &["خارج المكتب", "في إجازة", "إجازة سنوية", "خارج مكتبي"],
    },
    // Persian
    Away {
        subjects: &["پاسخ خودکار", "پاسخ اتوماتیک", "خارج از دفتر"],
        phrases: &["در مرخصی", "خارج از دفتر", "مرخصی هستم", "در دفتر نیستم"],
    },
    // Japanese
    Away {
        subjects: &["自動応答", "自動返信", "不在通知", "不在連絡", "不在のお知らせ"],
        phrases: &["休暇", "不在", "外出", "自動返信", "自動応答", "お休み"],
    },
    // Korean
    Away {
        subjects: &["자동 회신", "자동 응답", "자동회신", "자동응답", "부재 중", "부재중"],
        phrases: &["휴가", "부재", "자리를 비"],
    },
    // Chinese, both scripts
    Away {
        subjects: &["自动回复", "自动答复", "自動回覆", "自動回復", "外出通知", "不在办公室", "不在辦公室", "休假通知"],
        phrases: &["不在办公室", "不在辦公室", "休假", "外出", "出差", "自动回复", "自動回覆", "度假"],
    },
    // Vietnamese
    Away {
        subjects: &["trả lời tự động", "thư trả lời tự động", "vắng mặt"],
        phrases: &["nghỉ phép", "vắng mặt", "không có mặt", "đi công tác"],
    },
    // Thai
    Away {
        subjects: &["ตอบกลับอัตโนมัติ", "การตอบกลับอัตโนมัติ", "ข้อความตอบกลับอัตโนมัติ", "ไม่อยู่ที่สำนักงาน"],
        phrases: &["ลาพักร้อน", "ไม่อยู่ที่สำนักงาน", "ไม่อยู่ในสำนักงาน", "ลาหยุด", "ลาพักผ่อน"],
    },
    // Indonesian, Malay
    Away {
        subjects: &["balasan otomatis", "jawaban otomatis", "balasan automatik", "di luar kantor"],
        phrases: &["sedang cuti", "di luar kantor", "tidak berada di kantor", "sedang bercuti"],
    },
];
