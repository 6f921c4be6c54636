//! The words of mail systems, in tables: who they say they are, how they begin, what they call a dead address. All
//! lower case with single spaces. A phrase belongs here when several systems use it or a system's every report has
//! it; never a host, an address or one mail's text.

/// Names that only mail systems have.
pub const ROBOTS: &[&str] = &[
    "mailer-daemon", "mailer_daemon", "maildaemon", "mail-daemon", "mailerdaemon",
    "mail delivery subsystem", "mail delivery system", "mail deliver system", "メール配送", "メールデリバリ",
    "mail delivery service", "delivery subsystem", "maildelivery", "mail-delivery", "mdaemon",
    "post_master", "bounce-notification", "ndr administrator", "smtp_mail_service",
];
/// Names that mail systems share with the people who run them.
pub const OFFICES: &[&str] = &[
    "postmaster", "post-master", "mail administrator", "mail-administrator", "system administrator",
    "systemadministrator", "error-mail", "errormail", "interscan", "virus", "antispam", "mailsystem",
    "mail system", "smtp", "postoffice", "mailgate", "mail gateway",
];
/// Headers that list failed addresses.
pub const FAILED_HEADERS: &[&str] =
    &["x-failed-recipients", "x-failed-recipient", "x-delivery-failed-recipients"];
/// Beginnings of subjects that are no report's: answered, forwarded, and answered by a vacation message.
pub const PASSED_ON: &[&str] = &[
    "automatic reply", "automatic response", "auto reply", "auto-reply", "autoreply", "out of office",
    "re:", "re :", "fwd:", "fw:", "aw:", "wg:", "sv:", "vs:", "tr:", "rv:", "antw:", "doorst:", "odp:",
    "pd:", "rif:", "i:", "r:", "res:", "enc:", "vb:", "ynt:", "ilt:", "转发", "回复", "转发：", "回复：",
];
/// Subjects of reports.
pub const SUBJECTS: &[&str] = &[
    "undeliver", "non-deliver", "non deliver", "nondeliver", "not delivered", "delivery status",
    "delivery failure", "delivery failed", "delivery has failed", "delivery error", "delivery problem",
    "delivery report", "delivery notification", "delivery unsuccessful", "failed delivery", "failed mail",
    "failure delivery", "failure notice", "failure notification", "returned mail", "returned message",
    "returned to sender", "returning message", "return to sender", "returned email", "mail system error",
    "mail error", "error mail", "error sending your mail", "error delivering", "could not be delivered",
    "could not deliver", "couldn't be delivered", "cannot be delivered", "can't be delivered",
    "cannot send message", "could not send message", "unable to deliver", "bounce notification", "[bounce]",
    "bounced mail", "mail bounced", "message status - undeliver", "rejecting your mail", "message rejected",
    "mail rejected", "rejected mail", "delivery delayed", "delayed mail", "message delayed", "(delay)",
    "(failure)", "warning: message", "warning: could not send", "mail failure", "message you sent blocked",
    "invalid recipient", "notification de non remise", "non remis", "échec de la remise", "echec de remise",
    "unzustellbar", "nicht zugestellt", "zustellung fehlgeschlagen", "rückläufer", "unzustellbarkeit",
    "no se puede entregar", "no entregado", "no se pudo entregar", "error de entrega", "não entregue",
    "não foi possível entregar", "falha na entrega", "mancata consegna", "non recapitabile",
    "messaggio non consegnato", "onbestelbaar", "kan niet worden bezorgd", "niet bezorgd", "olevererbar",
    "ej levererat", "kan inte levereras", "kan ikke leveres", "ei toimitettavissa",
    "não é possível entregar", "αδύνατη η παράδοση", "kunne ikke leveres", "ikke leveret",
    "ei voitu toimittaa", "niedostarcz", "nie można dostarczyć", "nedoručiteln", "kézbesíthetetlen",
    "недоставлен", "не доставлен", "ошибка доставки", "teslim edileme", "无法送达", "未送达", "未传递", "无法传递", "未傳遞",
    "傳遞失敗", "无法投递", "退信", "無法投遞", "無法傳遞", "배달되지", "반송", "配信不能", "配送不能", "配信できません", "送信できません", "送信エラー",
    "エラーメール", "メールエラー", "メールシステム", "受け取ることが出来ません", "受け取ることができません", "配信エラー", "届きません",
];
/// Phrases with which reports speak of what happened.
pub const OPENINGS: &[&str] = &[
    "hi. this is the", "this is the mail system at", "this is the postfix program",
    "this is the mail delivery", "message was created automatically by mail delivery",
    "mail delivery software", "created automatically by the smtp", "could not be delivered",
    "couldn't be delivered", "cannot be delivered", "can't be delivered", "can not be delivered",
    "was not delivered", "were not delivered", "not been delivered", "has not yet been delivered",
    "not delivered to", "did not reach", "didn't reach", "did not receive", "could not receive",
    "unable to deliver", "were unable to deliver", "was undeliverable", "is undeliverable",
    "undeliverable to", "undeliverable mail", "undeliverable message", "undelivered message",
    "message non-deliverable", "not deliverable", "delivery failure", "delivery failed",
    "delivery has failed", "delivery to the following", "delivery of the message", "delivery attempt",
    "delivery report", "delivery status notification", "delivery error", "delivery problem",
    "failed to deliver", "failed permanently", "failed to send", "failed addresses", "failed recipient",
    "had delivery problems", "had delivery errors", "failure reasons", "trouble delivering",
    "problem delivering", "error delivering", "could not deliver", "couldn't deliver", "cannot deliver",
    "can't deliver", "wasn't able to deliver", "not able to deliver", "could not send your",
    "could not be sent", "cannot be sent", "cannot send your", "following addresses had",
    "following address(es)", "permanent fatal errors", "transient non-fatal errors",
    "transcript of session", "transcript of the attempts", "following recipients", "following recipient",
    "recipient address:", "recipient was rejected", "was rejected by", "was rejected because",
    "has been rejected", "message was rejected", "mail was rejected", "message rejected",
    "e-mail was refused", "unsent reason", "returned mail", "returned to sender", "returning message",
    "bounced back", "user unknown", "unknown user", "unknown recipient", "no such user",
    "invalid final delivery userid", "invalid recipient", "invalid user address", "mailbox full",
    "mailbox is full", "over quota", "no valid recipients", "there was an error sending",
    "there was an error delivering", "couldn't be found", "account is disabled", "no longer in use by",
    "has been delayed", "not be delivered", "not accepting mail", "nicht zugestellt", "unzustellbar",
    "nicht ausgeliefert", "konnte nicht gesendet", "n'a pas pu être", "n'a pas été remis",
    "impossible de remettre", "no se pudo entregar", "no se ha podido entregar", "no se puede entregar",
    "não pôde ser entregue", "não foi entregue", "não foi possível entregar",
    "non è stato possibile consegnare", "non è stato consegnato", "non può essere consegnato",
    "kan niet worden bezorgd", "niet worden afgeleverd", "niet bezorgd", "kunde inte levereras",
    "kunne ikke leveres", "nie została dostarczona", "nie mogła zostać", "не было доставлено",
    "не может быть доставлено", "не удалось доставить", "не доставлено", "teslim edilemedi", "无法送达", "无法投递",
    "無法投遞", "退信", "배달되지", "반송", "送信できません", "配信できません", "送信できませ", "お届けすることができません", "お届けできません", "届けることが",
    "受け取ることが出来ません", "受け取ることができません", "送信エラー", "配信エラー", "不一致", "登録されていません", "送信に失敗", "配信に失敗", "配送に失敗",
    "配送できません", "配信不能",
];
/// How list managers introduce themselves.
pub const LIST_MANAGERS: &[&str] = &[
    "this is the ezmlm program", "this is the mlmmj program", "mailman mailing list bounce action notice",
    "mailing list membership",
];
/// Lines that announce the returned mail.
pub const RETURNED: &[&str] = &[
    "original message follows", "original message header", "original message text", "original message info",
    "original mail info", "-original message", "- original message", "original mail follows",
    "original message:", "header of the original message", "headers of the original message",
    "copy of the message", "copy of your message", "copy of the original", "copy of the first part",
    "message header follows", "message headers follow", "message text follows", "message body follows",
    "unsent message follows", "undelivered message follows", "undelivered message header",
    "here is your returned mail", "returned mail ---", "returned message follows", "returned message below",
    "begin returned message", "returned content", "bounced e-mail:", "included is a copy",
    "message contents follow", "your message reads", "end of message ****", "end of message **",
    "rejected message:", "---- original", "--- original", "--- undelivered", "--- returned",
    "--- begin message", "message d'origine", "ursprüngliche nachricht", "kopie der nachricht",
    "mensaje original", "mensagem original", "messaggio originale", "оригинальное сообщение",
    "исходное сообщение", "元のメッセージ", "オリジナルメッセージ",
];
/// Header fields at a line start that only a returned mail has.
pub const RETURNED_HEADERS: &[&str] = &[
    "Received:", "Return-Path: ", "Return-path: ", "Delivered-To: ", "DKIM-Signature: ", "X-Received: ",
    "X-Originating-IP: ",
];
/// What machines put in front of the address that failed.
pub const CULPRIT_STARTS: &[&str] = &[
    "rcpt to", "addressed to", "ultimately generated from", "generated from", "recipient address",
    "original address", "recipient", "user ", "user:", "address:", "address ", "unknown user",
    "unknown recipient", "unknown local", "undeliverable to", "mailbox ", "mailbox:",
    "invalid final delivery userid", "failed recipient", "for:", "for ", "target mail address",
    "your message to", "sorry, your message to", "550 5.1.1", "550 ", "553 ", "554 ", "552 ", "5.1.1",
    "smtp;", "final-recipient", "original-recipient", "rfc822;", "delivery to", "could not deliver to",
    "unable to deliver to", "宛先", "送信先", "destinataire", "empfänger", "destinatario",
];
/// Beginnings of lines that name somebody else.
pub const ASIDE_STARTS: &[&str] = &[
    "from:", "from ", "reply-to:", "sender:", "return-path:", "message-id:", "message id:", "subject:",
    "date:", "sent:", "mail from", ">>> mail from", "x-", "generating server", "reporting-mta", "cc:",
    "in-reply-to:", "references:",
];
/// Phrases of lines that name somebody else.
pub const ASIDES: &[&str] = &[
    "please contact", "please reply", "please send mail to", "for further assistance", "for assistance",
    "if you feel", "mail from:", "envelope-from", "from=<", "sender <", "sender:", "contact support",
    "questions", "message-id", "email help", "abuse@", "program at",
];
/// Local parts of machines.
pub const MACHINES: &[&str] =
    &["mailer-daemon", "postmaster", "maildaemon", "abuse", "noreply", "no-reply", "post_master"];
/// Subjects of success.
pub const SUCCESS: &[&str] = &[
    "(success)", "(relay)", "(relayed)", "(expanded)", "successful mail delivery", "successfully delivered",
    "delivery confirmation", "delivered:",
];
/// Phrases of a report on a mail that is still being tried.
pub const DELAY: &[&str] = &[
    "delayed", "warning: could not send", "this is a warning message only", "warning message only",
    "delivery attempts will continue", "will be retried", "will continue to try", "will keep trying",
    "still trying", "no action is required on your part", "do not need to resend", "not yet been delivered",
    "has not yet been", "retry for", "verzögert", "retardé", "retrasad", "atrasad", "ritardat", "vertraagd",
    "opóźnion", "задержан",
];
/// Phrases of a report on a mail that is not tried any more.
pub const GIVEN_UP: &[&str] = &[
    "giving up", "given up", "gave up", "permanent error", "failed permanently", "permanent fatal",
    "permanent failure", "too old", "expired", "will be deleted", "returned to sender", "returning message",
    "undeliverable", "has failed", "delivery failed", "(failure)", "not been delivered within",
    "not delivered within", "could not be delivered to",
];
/// Full, or the refusal was of the mail's content, of the sender or of the sending host: the address lives, whatever else
/// is said.
pub const LIVING: &[&str] = &[
    "mailbox full", "mailbox is full", "mailbox was full", "mailfolder is full", "folder is full",
    "inbox is full", "is full", "mailbox for user is full", "quota", "overquota", "exceeded storage",
    "storage limit", "out of storage", "not enough storage", "insufficient storage", "insufficient disk",
    "insufficient system", "disk full", "not enough disk", "disk space", "no space left",
    "too many messages", "mailbox size", "mailbox exceeds", "mailbox limit", "exceeded mailbox",
    "mailbox has exceeded", "had been full", "has reached its limit", "too full", "reached disk", "spam",
    "junk mail", "blacklist", "black list", "blocklist", "block list", "blocked using", "blocked by",
    "dnsbl", "rbl ", "reputation", "unsolicited", "virus", "malware", "bulk mail", "suspicious content",
    "message content", "content rejected", "content reject", "your hostname", "your host ", "your ip",
    "your reverse", "client host", "sending ip", "reverse dns", "reverse lookup", "ptr record", "spf ",
    "dkim", "dmarc", "relaying", "relay access", "relay not", "not relay", "to relay", "relay denied",
    "rcpthosts", "sender rejected", "sender address", "not found, try again", "容量", "一杯", "いっぱい", "制限を超",
    "上限", "迷惑メール", "已满", "已滿", "空间不足", "垃圾邮件", "voll.", "ist voll", "überfüllt", "est pleine",
    "boîte pleine", "está lleno", "llena", "está cheia", "está cheio", "è piena", "переполнен", "спам",
    "przepełnion",
];
/// No such user, no such host, closed, moved.
pub const DEAD: &[&str] = &[
    "recipient address rejected: access denied", "user unknown", "unknown user", "user is unknown",
    "users unknown", "no such user", "no such local user", "unknown recipient", "recipient unknown",
    "recipient is unknown", "unknown address", "address unknown", "unknown local", "unknown mailbox",
    "mailbox unknown", "mailbox is unknown", "unknown account", "account unknown", "unknown or illegal",
    "unknown to us", "no such mailbox", "no such address", "no such recipient", "no such account",
    "no such person", "no such id", "no such email", "no mailbox", "no account", "no user",
    "no valid recipients", "no longer exist", "no longer valid", "no longer available", "no longer active",
    "no longer in use", "no longer on server", "no longer at", "no longer with", "no longer employed",
    "not exist", "doesn't exist", "does not exist", "nonexistent", "non-existent", "non existent",
    "user not found", "user was not found", "recipient not found", "recipientnotfound", "recipnotfound",
    "mailbox not found", "mailbox was not found", "address not found", "account not found",
    "name is not found", "name not found", "not found in", "not found;", "couldn't be found",
    "could not be found", "wasn't found", "was not found", "cannot be found", "can't be found",
    "invalid recipient", "invalid mailbox", "invalid address", "invalid user", "invalid account",
    "invalid final delivery", "invalid local", "recipient invalid", "address is invalid",
    "mailbox is invalid", "bad destination", "bad recipient", "bad email address", "illegal user",
    "undeliverable address", "unrouteable address", "unroutable address", "unrouteable mail domain",
    "unroutable mail domain", "unroutable domain", "not a valid mailbox", "not a valid user",
    "not a valid recipient", "not a valid address", "not a valid email", "not a known user", "not known to",
    "user not known", "address not known", "isn't known", "is unknown", "name is not recognized",
    "address not recognized", "user not recognized", "recipient not recognized", "not listed in",
    "not our customer", "not a local", "not local", "not one of our", "unavailable user",
    "mailbox unavailable", "mailbox name not allowed", "mailbox not available", "mailbox not local",
    "user doesn't have a", "user does not have a", "doesn't have an account", "does not have an account",
    "dns lookup failure", "not accepting network messages", "this account is not active", "is not active",
    "not an active", "is inactive", "inactive user", "inactive account", "inactive mailbox",
    "account inactive", "deactivated", "account has been disabled", "mailbox has been disabled",
    "user has been disabled", "address has been disabled", "disabled user", "disabled account",
    "account disabled", "account is disabled", "mailbox is disabled", "user is disabled",
    "address is disabled", "recipient is disabled", "to reach is disabled", "user disabled",
    "mailbox disabled", "disabled or discontinued", "disabled, not accepting", "discontinued",
    "account closed", "account has been closed", "account is closed", "mailbox is closed",
    "account has been deleted", "mailbox has been deleted", "account has been removed",
    "user has been removed", "mailbox has been removed", "account has been terminated", "expired account",
    "account expired", "account has expired", "has moved", "have moved", "user has moved", "new address is",
    "update your address book", "no one by that name", "nobody by that name", "unknown host",
    "host unknown", "host not found", "hostname not found", "domain not found", "unknown domain",
    "domain unknown", "no such domain", "no such host", "nxdomain", "name or service not known",
    "couldn't find any host", "couldn't find a mail exchanger", "cannot find any host",
    "could not find any host", "cannot resolve", "can't resolve", "no mail exchanger", "no mx record",
    "no mx", "null mx", "nullmx", "does not accept mail", "doesn't accept mail", "does not accept email",
    "does not accept any", "host lookups failed permanently", "illegal host", "badly formed or",
    "wasn't able to find", "dns type 'mx' lookup", "non-existent hosts", "nonexistent hosts", "宛先不明",
    "存在しません", "存在しない", "見つかりません", "登録されていません", "不一致", "ユーザー不明", "该用户不存在", "不存在", "找不到", "无此用户", "查無",
    "unbekannt", "existiert nicht", "nicht gefunden", "ungültige adresse", "inconnu", "introuvable",
    "n'existe pas", "no existe", "desconocid", "no encontr", "no se encontr", "não existe",
    "não encontrado", "não foi encontrado", "inexistente", "sconosciut", "non esiste", "inesistente",
    "non trovato", "onbekend", "bestaat niet", "niet gevonden", "okänd", "finns inte", "hittades inte",
    "findes ikke", "finnes ikke", "ei löydy", "tuntematon", "nie istnieje", "nieznany", "neexistuje",
    "nem létezik", "не существует", "не найден", "неизвестн", "bulunamadı", "존재하지",
];
/// Policy, size, authentication, network: the address may well take the next mail.
pub const ALIVE: &[&str] = &[
    "too large", "too big", "size limit", "message size", "exceeds", "exceed", "oversize", "policy",
    "prohibit", "not permitted", "not allowed", "not authorized", "not authorised", "unauthorized",
    "unauthenticated", "authenticat", "access denied", "access is denied", "permission denied", "relay",
    "rcpthosts", "spf", "dkim", "dmarc", "ptr", "reverse dns", "reverse lookup", "rdns", "helo", "ehlo",
    "sender rejected", "sender address", "sender denied", "sender verif", "blocked", "banned", "filter",
    "refused", "rejected for", "restrict", "suspend", "temporar", "try again", "try later", "deferred",
    "greylist", "graylist", "timed out", "timeout", "time out", "connection", "lost", "no route",
    "unreachable", "too many", "rate limit", "socket error", "retries", "attempts", "long time",
    "giving up", "gave up", "receiving mail at a rate", "receiving mail too", "throttl", "too fast",
    "hop count", "hops", "loop", "resource", "system error", "server error", "internal error",
    "local error", "i/o error", "command died", "exit status", "tls", "certificate", "expired",
    "not responding", "syntax error", "rejected by", "overload", "busy", "attachment", "blocking",
];
/// Words that show that the refusal was of the sender or of the mail, not of the address: the server had taken the
/// address already, or had not heard it yet.
pub const ANOTHER_STAGE: &[&str] = &[
    "after mail from", "in reply to mail from", "response to mail from", "in reply to end of data",
    "in reply to data", "after end of data", "after data", "response to end of data", "smtp command data",
    ">>> data <<< 5", "our final data", "smtp transmission failure", "in reply to ehlo", "in reply to helo",
    "after initial connection", "after ehlo", "after helo", "sender address rejected", "domain of sender",
    "sender domain",
];
/// A pipelined DATA shows the answers to RCPT below it, and these where no address was taken.
pub const NO_ADDRESS_TAKEN: &[&str] =
    &["need rcpt", "no valid recipients", "need recipient", "no recipients"];
/// Codes under which the address lives whatever the words: the sender's address was refused (RFC 3463 3.2), the mailbox
/// is full, the mail too large, or an administrator closed the account for a while (RFC 5248 X.7.13).
pub const LIVING_CODES: &[&str] = &["5.1.7", "5.1.8", "5.2.2", "5.2.3", "5.3.4", "5.7.13"];
/// Codes that mean it when nothing else is said (RFC 3463 3.2 to 3.5, RFC 7505).
pub const DEAD_CODES: &[&str] =
    &["5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10", "5.2.1", "5.4.4", "5.4.310"];
