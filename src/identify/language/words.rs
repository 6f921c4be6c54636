//! Short words that hardly any sentence of a language does without, language by language: data only, lower case, with
//! spaces between. A word that is common in its neighbours too may stand in both; one that several others have as well
//! (`a`, `de`, `la`, `no`) says nothing and is left out.

/// Codes and words.
pub(super) const WORDS: &[(&str, &str)] = &[
    ("en", "the and are you this that have has not with from please does what when which would your they there but been cannot could hello"),
    ("de", "der die das und ist nicht ich wir sie ein eine einen mit auf für dem von kann bitte auch noch wird habe haben sich aber wenn oder seit mein meine unser mehr"),
    ("fr", "est pas je nous vous une dans pour avec sur qui cette mon bonjour merci depuis mais sont être été qu des les aux votre notre plus fait"),
    ("es", "el los las una por para con pero está del muy gracias hola desde cuando más hay tengo puede es mi nuestro usted también ha sin y"),
    ("ca", "els amb però és aquest aquesta gràcies molt meu nostre tinc dels també perquè quan hem està una per aquí hola"),
    ("pt", "não uma um em com os mais muito obrigado obrigada olá você quando tem meu minha nosso são mas ao pelo isso também já foi dos das está para por"),
    ("it", "il lo gli che non è di per con una sono del della dei questo questa anche ho grazie ciao buongiorno più come quando nel alla delle ha perché"),
    ("nl", "het een niet ik wij van dat met voor op zijn heeft naar bij deze maar ook geen mijn onze uw wordt graag bedankt kunnen nog er"),
    ("sv", "och att är inte jag ett för från till också hej tack vår eller när finns mig skulle kommer behöver det som på har kan"),
    ("da", "og at er ikke jeg et af til fra også hej tak vores eller når mig skal blev noget meget hvad hvis det som på har kan"),
    ("no", "og at er ikke jeg et av til fra også hei takk vår eller når meg nå skal ble noe mye hva hvis det som på har kan"),
    ("is", "ekki að ég það sem við þegar þetta hjá mér eða takk frá með og er um til hér okkur"),
    ("fi", "ja on ei että minä olen mutta kun tämä voi kiitos ovat myös jos mitä nyt sitten joka kuin tai ole hei meillä minun kanssa"),
    ("et", "ja on ei see ma olen kui aga tere aitäh palun mis või siis meie kas mul ning seda ka pole saab"),
    ("pl", "nie jest się że jak proszę dziękuję dzień dobry ale czy dla już przez który mnie nas tego są może od po mam"),
    ("cs", "je se že jsem není ale prosím děkuji dobrý nebo když který jsou už pro při tento protože nám vám mám také bude"),
    ("sk", "je sa že som nie ale prosím ďakujem dobrý alebo keď ktorý sú už pre pri tento pretože nám vám mám tiež bude"),
    ("hr", "je se da sam nije ali molim hvala dobar ili kada koji su već za što kako može nam vas mi"),
    ("sl", "je se da sem ni ali prosim hvala dober ker ko ki so že za kako tudi lahko pri ampak nam"),
    ("tr", "ve bir bu için değil ile çok var yok merhaba teşekkürler teşekkür ama olarak daha nasıl gibi olan kadar lütfen"),
    ("hu", "az és nem egy hogy ez kérem köszönöm már csak mert vagy volt még kell szeretném nekem lehet van"),
    ("ro", "și nu este că să mai din pentru vă rog mulțumesc bună sunt dar care când în pe cu nostru"),
    ("lt", "ir yra kad su į iš ar tai labas ačiū prašau bet mano kaip dėl nuo negaliu mūsų kai"),
    ("lv", "un ir nav ka ar uz par kas paldies lūdzu labdien bet mans kā vai nevaru mūsu tas"),
    ("id", "yang dan tidak ini itu dengan untuk dari saya kami bisa ada akan terima kasih mohon sudah pada atau karena juga"),
    ("vi", "và không của là tôi có được cho với này các một những xin cảm ơn chào nhưng khi đã bị"),
    ("ru", "и не на я что это как но мы вас меня пожалуйста здравствуйте спасибо если есть был для уже только по у"),
    ("uk", "і не на я що це як та але ми вас мене будь ласка дякую якщо є був для вже тільки добрий"),
    ("bg", "и не на аз че това как но ние вас моля благодаря здравейте ако има беше за да се от са"),
    ("sr", "и не на ја да је се су али молим хвала за нам што како није може"),
    ("ar", "في من على إلى لا هذا أن ما هل لم شكرا مرحبا السلام عليكم عن مع لكن كان"),
    ("fa", "در از به که این را با است و می برای سلام لطفا متشکرم نیست شود"),
];

/// Scripts that, among the languages of mail, one alone is written in: code, first and last character.
pub(super) const SCRIPTS: &[(&str, char, char)] = &[
    ("ja", '\u{3041}', '\u{30ff}'),
    ("ko", '\u{ac00}', '\u{d7a3}'),
    ("zh", '\u{4e00}', '\u{9fff}'),
    ("th", '\u{e01}', '\u{e4e}'),
    ("el", '\u{370}', '\u{3ff}'),
    ("he", '\u{5d0}', '\u{5ea}'),
    ("ka", '\u{10d0}', '\u{10ff}'),
    ("hy", '\u{531}', '\u{587}'),
];
