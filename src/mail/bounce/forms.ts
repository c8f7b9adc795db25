/**
 * How reporters that write sentences name the recipient that failed: a row a form, after the programs that use it.
 * Each expression is tried on one line. In `surely` forms the line is there to name the recipient; what `mentions`
 * finds is taken only where no sure form did. A new reporter is a row here.
 */

/** The place of an address in a form. What stands there is tidied and checked afterwards. */
const A = '["\'<(\\[]{0,3}((?:smtp:|mailto:)?[^\\s<>"\\[\\],;()=]{1,64}@[^\\s<>"\'\\[\\](),;:*|]{1,253})[>"\'\\])]{0,3}'

export interface Form {
  readonly reporters: string
  readonly line: RegExp
}

const form = (reporters: string, line: string): Form => ({ reporters, line: new RegExp(line, 'i') })

export const SURELY: readonly Form[] = [
  form('qmail, Yahoo, Courier, Postfix, OpenSMTPD, Mxlogic', `^\\s{0,12}${A}(?: \\([^)]{0,300}\\))?\\s?:(?:\\s|$)`),
  form('Exim, Gmail, Exchange 2007, Notes, James: a line of its own', `^[\\s*•·-]{0,12}${A}[.,;*]{0,3}$`),
  form('Exchange 2007 and later: with its own link beside it', `^\\s{0,12}${A}\\s?<?[<(\\[]mailto:`),
  form(
    'Exchange: a name before the address',
    `^\\s{0,12}(?:'|")?[^<>@:]{1,80}(?:'|")?\\s{1,3}[<(\\[]${A}[>)\\]]\\s{0,3}(?:<mailto:[^>]{1,300}>)?$`,
  ),
  form('Exchange 5.5 to 2003', `^\\s{0,12}'?${A}'? (?:on|am|le|el|il|em|op|den) \\S{0,14}\\s?\\d`),
  form('Exchange 2003 in Japanese and Chinese', `^\\s{0,12}'?${A}'?\\s{0,3}(?:\\d{4}[/年]|於|在)`),
  form('sendmail, GroupWise, McAfee: a reason behind it', `^\\s{1,12}${A}\\s{1,12}[(\\[]`),
  form('sendmail', `^\\s{0,12}${A}\\s{0,3}(?:\\.\\.\\.|\\s--?\\s|\\s{2,12}\\()`),
  form('sendmail', `^\\s{0,4}<${A}>\\s{0,20}(?:\\(|$)`),
  form('Exchange 5.5: X.400 with the Internet address in it', `\\bdda:smtp=${A}`),
  form('ActiveHunter', `^\\s{0,12}>>> ${A} <<<`),
  form('MailEnable, InterScan', `\\[smtp:${A}\\]`),
  form(
    'Sun Messaging Server, MailEnable, SurfControl, KDDI, hMailServer, X.400, MDaemon, and most others, in their language',
    `^[\\s*>-]{0,12}(?:failed |final |original |intended |bad |invalid |the |rejected |undeliverable |e-?mail )?(?:recipients?(?:\\(s\\))?(?: e-?mail)?(?: address(?:es)?)?|address(?:ee|es)?|(?<!>>> )rcpt[ -]?to|destination|user|mailbox|failed address|empfänger(?:adresse)?|adresse(?: du destinataire)?|destinataires?|destinatari[oa]s?|dirección|destinatário|indirizzo|получатель|адрес(?: получателя)?|кому|адресат|收件人(?:邮件)?(?:地址)?|收信人|收件者|投递地址|宛先(?:アドレス)?|受信者|送信先|geadresseerde|odbiorca|mottagare)\\s{0,3}[:：]\\s{0,8}(?:[^<>@:]{0,80}\\s)?${A}`,
  ),
  form(
    'IMail',
    `^\\s{0,4}(?:unknown (?:user|host)|undeliverable to|user mailbox exceeds allowed size|invalid final delivery user(?:id)?|delivery failed \\d{1,4} attempts|unknown domain|mailbox full|user unknown)\\s{0,3}:?\\s{1,3}${A}`,
  ),
  form(
    'MailFoundry, and others alike',
    `(?:unable to deliver (?:your |the |this |a )?(?:message|mail|e-?mail)? ?(?:to|for)|(?:could not|cannot|can't|couldn't) be delivered to|error delivering your (?:mail|message) to|was not delivered to|undeliverable to|did not reach|couldn't reach|not delivered to|delivery to|failed to deliver (?:your message |mail |message )?to|could not deliver (?:your |the )?(?:message|mail|e-?mail) to|wasn't delivered to|delivery (?:failed|failure)(?: for| to)?|no (?:such )?(?:user|mailbox)(?: here)?(?: by (?:that|the) name)?)\\s{0,3}:?\\s{0,3}(?:the (?:following )?(?:address|recipient|user)(?:es|s)?\\s{0,3}:?\\s{0,3})?\\*{0,2}${A}`,
  ),
  form(
    'Office 365, Gmail, and others alike',
    `(?:your|the) (?:e-?mail |mail )?message (?:sent )?to \\*{0,2}${A}\\*{0,2} (?:couldn|could|was|has|can|is|wasn|hasn)`,
  ),
  form(
    'Gmail and Outlook in German, French, Spanish, Italian, Portuguese, Russian',
    `(?:nachricht (?:wurde nicht )?an|n['’]a pas (?:pu être|été) (?:remis|distribué|délivré)e? à|message (?:à|pour)|mensaje (?:a|para)|no se (?:ha )?(?:podido )?(?:entreg\\S{0,4}|envi\\S{0,3}) (?:tu|el|su) mensaje a|messaggio (?:a|per)|mensagem (?:para|a)|не доставлено(?: пользователю| получателю| на адрес)?|сообщение (?:для|по адресу|на адрес)|письмо (?:для|по адресу|на адрес))\\s{0,2}:?\\s{0,2}\\*{0,2}${A}`,
  ),
  form(
    'QQ, NetEase, Sina',
    `(?:您(?:发|發)(?:送)?(?:到|给|給|往)|发送到|(?:无法|未能|無法)(?:投递|送达|发送|傳遞|传递)(?:到|至|给)?|收件人|邮件地址|发往)\\s{0,3}[（(“"<: ：]{0,4}${A}`,
  ),
  form('Japanese providers', `${A}\\s{0,3}(?:さん|様)?\\s?(?:宛|への|へ|に)(?:の)?(?:メール|メッセージ|配信|送信)?`),
]

/** A reply that quotes the address, and commands that name it: sure enough, where no sure form is there. */
export const QUOTED: readonly Form[] = [
  form('Exim, of an address that it keeps to itself', `^\\s{0,12}\\((?:generated|expanded) from ${A}\\)`),
  form('SMTP', `\\b[45]\\d\\d[ -](?:#?\\d\\.\\d{1,3}\\.\\d{1,3}[ :])?.{0,100}?[<( "']${A}`),
  form('SMTP', `\\brcpt to:\\s{0,2}<?${A}`),
  form(
    'Exim, Domino',
    `(?:user|recipient|address|account|mailbox|utilisateur|benutzer|usuario|usuário|utente|пользователь|адресат|адрес)\\b.{0,80}?[\\s<("']${A}.{0,160}(?:not|unknown|n't|invalid|no |exist|fail|disabled|full|unbekannt|nicht|inconnu|no existe|non|não|не )`,
  ),
  form(
    'any',
    `(?:unknown|invalid|no such|undeliverable|nonexistent|bad|illegal|failed|unable|unrouteable).{0,60}?[\\s<("':]${A}`,
  ),
  form('any', `(?:mailbox|account|inbox) (?:of|for|belonging to)\\s{1,3}${A}`),
]

/** Where the returned message begins: nothing below is the reporter's. */
export const RETURNED_BELOW: readonly RegExp[] = [
  /^\s{0,12}[-=_*#]{2,80}\s{0,5}(?:the |this is |a |here is |below |start of |begin )?.{0,40}(?:original|returned|unsent|copy of|below this line|old message|forwarded|header and top|message (?:header|not accepted|follows|text|body|is attached)|undelivered message|weitergeleitet|ursprüngliche|message d['’]origine|mensaje original|messaggio originale|mensagem original|исходное|пересылаем|原始|转发|元のメッセージ)/i,
  /^\s{0,12}(?:possibly truncated )?(?:the |your )?(?:original|unsent|returned) (?:message|mail|e-?mail|text)(?: text| headers?| body)?(?: follows.{0,20})?\s{0,3}[:.]?\s{0,3}$/i,
  /^\s{0,12}(?:your|the|unsent|received|a copy of (?:the|your)|the (?:original|first|following)) {0,3}(?:message|mail|email|text|e-mail|headers?)(?: text| headers?| body)?(?: is| was)? (?:follows?|attached|below|headers?|returned).{0,20}$/i,
  /^\s{0,12}(?:original message headers?|message headers? follow\w{0,2}|original headers?|headers? follow|ursprüngliche nachrichtenk\S{0,20}|ursprüngliche nachrichtenheader|originale nachrichtenk\S{0,10}|en-têtes? (?:de message|du message) d['’]origine|encabezados? de(?:l)? mensajes? original\w{0,2}|intestazioni (?:originali|del messaggio)|cabeçalhos? (?:de|da) mensage\S{1,3} origina\S{1,3}|исходные заголовки|заголовки исходного|originele berichtkop\S{0,6}|元のメッセージ ?ヘッダー|原始邮件(?:头|标题|標頭)?|原始郵件標頭|郵件標頭|oryginalne nagłówki).{0,30}:?\s{0,3}$/i,
  /^\s{0,12}(?:below is|here is|i include below|included is|below this|attached is|what follows is|this is) (?:a copy of|the (?:original|beginning)|your|the start).{0,60}$/i,
  /^\s{0,12}-{4,80}\s{0,5}content-type:/i,
  /^\s{0,4}: Message contains \[\d{1,4}\] file attachments/i,
  /^(?:> ?)?(?:Received|Return-Path|DKIM-Signature|Delivered-To|X-Received|MIME-Version|ARC-Seal): /,
]

/** Lines that quote the header of the message; their addresses are not those that failed. */
export const HEADER_LINE =
  /^[\s>*|]{0,12}(?:from|sender|reply-to|return-path|envelope-from|mail from|subject|message-?id|date|sent|received|by|cc|bcc|x-[\w-]{1,40}|references|in-reply-to|errors-to|delivered-to|list-[\w-]{1,30}|von|betreff|absender|gesendet|de|objet|envoyé|asunto|enviado|da|oggetto|assunto|от|тема|отправитель|发件人|主题|差出人|件名|送信者|發件人|寄件者|generating server|reporting-mta|contact|please contact|for (?:help|assistance|further)|if you)\s{0,5}[:：]/i

/** The subject of the returned message, as reports quote it. */
export const SUBJECT_LINE =
  /^[\s>*|]{0,12}(?:subject|betreff|objet|asunto|oggetto|assunto|onderwerp|тема|主题|主旨|件名)\s{0,5}[:：]/i

/** The message's own To: line, which names a recipient where nothing else does. */
export const TO_LINE = /^[\s>*|]{0,12}(?:to|an|à|para|a|кому|收件人|宛先)\s{0,5}[:：]\s{0,5}(.{1,600})$/i
/** Whom to write to for help. */
export const HELP_LINE =
  /postmaster@|mailer-daemon@|abuse@|support@|helpdesk@|contact\b|for (?:further |more |additional )?(?:assistance|help|information)|please (?:reply|send|e?-?mail|forward|write)|if you (?:believe|think|feel|have|need|want)|questions|administrator|https?:\/\/|sent by|reported by|unsubscribe|generated (?:by|from)/i
