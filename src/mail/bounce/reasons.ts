/**
 * From what a receiving system said to why, and to whether the address is at fault for good.
 *
 * Words first, in the order of the table: systems give 550 and 5.0.0 for anything, and the words of those that know
 * better are plain. What shields a person from suppression stands above what would suppress them: spam, policy and
 * authentication before an unknown mailbox. Then the status (RFC 3463), then the code. Each expression is bounded.
 */
import { classify, parseReply } from '../reply.ts'
import type { BounceReason } from './words.ts'

interface Row {
  readonly reason: BounceReason
  readonly says: RegExp
}

/** A disabled mailbox may be opened again: it is not hard here, and rule B5 looks at its status. */
const HARD: ReadonlySet<BounceReason> = new Set(['no-such-mailbox', 'no-such-domain', 'gone', 'moved'])

const WORDS: readonly Row[] = [
  {
    reason: 'greylisted',
    says: /gr[ea]y[- ]?list|try again in \d{1,6} ?s|postgrey|please retry (?:later|in)/i,
  },
  {
    reason: 'throttled',
    says: /receiving mail (?:at a rate|too quickly)|rate[- ]?limit|too many (?:messages|connections|recipients|errors|mails|emails|concurrent|invalid recipients|unknown)|throttl|\b(?:hourly|daily|sending) (?:limit|quota|rate)|exceed\w{0,3} (?:the |your )?(?:max\w{0,5} )?(?:number of )?(?:messages|emails|connections|sending)|unusual rate|max defers|RP-00[1-3]\b|\bTS0[1-4]\b|4\.7\.28|deferred due to user complaints|connection limit|frequency limited|limit\w{0,3} (?:of|for) (?:connection|frequency)/i,
  },
  {
    reason: 'timeout',
    says: /QUEUE\.Expired|(?:message|delivery|mail|queue|retry|retries)\S{0,3} (?:time |period |has |was |lifetime )?(?:expired|timed ?out)|retry time(?:out)? (?:not reached|exceeded)|too long in (?:the )?queue|in (?:the )?queue too long/i,
  },
  {
    reason: 'auth',
    says: /\b(?:spf|dkim|dmarc)\b.{0,80}(?:fail|reject|not |unable|must|policy|invalid|check|required|pass)|(?:fail\w{0,3}|reject\w{0,3}|due to|against|violat\w{0,5}).{0,60}\b(?:spf|dkim|dmarc)\b|unauthenticated (?:e-?)?mail|sender (?:policy framework|id\b)|authentication(?:-results| required| is required|required)|must (?:be )?authenticate|requires? authentication|not authenticated|unauthenticated sender|\bPTR\b|reverse (?:dns|lookup|hostname|ip)|rdns|cannot find your (?:reverse )?hostname|cannot resolve your (?:address|domain|hostname)|no (?:reverse|ptr)|fcrdns|5\.7\.(?:2[0-9]|515)\b|helo command rejected|invalid helo|forged helo|\b(?:helo|ehlo)\b.{0,40}(?:host|name|not|invalid|reject)/i,
  },
  {
    reason: 'spam',
    says: /\bspam\b|\bDT:SPM\b|spamm|junk ?mail|unsolicited|\bbulk (?:e-?)?mail|blacklist|black list|blocklist|block list|blocked using|blocked by|\brbl\b|\bdnsbl\b|spamhaus|spamcop|barracuda(?:central|networks)|sorbs|senderbase|\breputation\b|\bPH01\b|possible forgery|\bSC-00\d|messages from .{0,60}weren't sent|\bDY-00|\bHVU:|\bCS01\b|cloudmark|senderscore|has been (?:blocked|blacklisted|banned)|ip (?:address )?.{0,60}(?:blocked|listed|banned|blacklisted)|(?<!not )\blisted (?:at|in|by|on)\b|\bBANNED\b|content (?:filter )?rejected|looks? like spam|identified as|suspicious|phish|垃圾|вес\S{0,3} спам|спам|スパム|迷惑メール/i,
  },
  {
    reason: 'content',
    says: /\bvirus|malware|infected|trojan|\bworm\b|attachment|executable|message content|bad content|content (?:is )?not (?:accept|allow)|rejected (?:because|due to|for) (?:of )?(?:the )?content|malformed(?! (?:or unexpected )?name ?server)|bare (?:lf|cr)|8bit|line too long|header (?:too|line|is)|invalid header|missing (?:from|date|message-id|header|subject)|duplicate header|rfc ?(?:2822|5322)|\brfc ?822(?! ?;)|not 5322|not (?:rfc )?compliant|message (?:was )?rejected due to content|\bmime\b|unable to verify the (?:attach|mime)|conversion (?:with loss|required)|dangerous|вирус|病毒|ウイルス/i,
  },
  {
    reason: 'relay-denied',
    says: /relay(?:ing)? (?:is )?(?:not (?:allowed|permitted|authorized)|denied|prohibited|access denied|disabled|attempt|restricted|refused|operation rejected|blocked)|not (?:permitted|allowed|able) to relay|unable to relay|cannot relay|can't relay|won't relay|no relay|rely denied|insecure (?:email|mail) relay|rcpthosts|not (?:a )?(?:gateway|relay host)|we do not relay|do(?:es)? not relay|relay (?:from|to) .{0,60}(?:denied|not allowed)|\brelaying\b|not local host|not a gateway/i,
  },
  {
    reason: 'sender',
    says: /sender (?:address|domain|e-?mail)?.{0,60}(?:rejected|not found|unknown|invalid|does not exist|refused|denied|verif|not (?:exist|valid|accept))|sender (?:is )?(?:rejected|denied|blocked|unknown|refused|not allowed)|(?:invalid|bad|unknown|unresolvable|unroutable|unverified|fake|null|empty) sender|return[- ]path .{0,40}(?:invalid|not)|mail from .{0,60}(?:domain|not exist|rejected|unresolv|invalid)|cannot (?:verify|resolve) (?:the )?sender|domain of sender|your (?:e-?mail )?address .{0,40}(?:rejected|not allowed|blocked)|5\.1\.[78]\b|not accepting mail from|don'?t accept (?:mail|messages) from|not authori[sz]ed to send|rejected by (?:the )?recipient|(?:due to|by|based on) (?:the )?(?:recipient|user)(?:'s)? (?:e-?mail )?preference|you (?:are|have been) (?:blocked|not allowed)|sender verify/i,
  },
  {
    reason: 'policy',
    says: /restrictnotauth|not have permission|not (?:authorized|authorised|permitted|allowed) to (?:send|post|submit)|notauthori|(?:local|security|administrative|site|organi[sz]ation(?:al)?|recipient|admin) polic|policy (?:violation|rejection|reasons|restriction|reject)|(?:for|due to|by) polic|transport ?rules?\b|prohibit|RESOLVER\.RST\.(?:AuthReq|NotAuth|Restrict|SendSizeLimit)|only accepts? (?:messages|mail) from|only (?:members|subscribers)|not a (?:member|subscriber)|members? only|non-?members?|approval|moderat|administrative prohibition|message (?:has been )?(?:rejected|refused) by (?:the )?(?:recipient|user|filter)|rejected by (?:your|header|the) (?:policy|header|rule|administrator)|access denied[.,] (?:bad|banned)|5\.7\.(?:1|13[0-9]|750|511)[ :;].{0,40}(?:client|not authori|delivery not|service)/i,
  },
  {
    reason: 'loop',
    says: /too many hops|\bloop|hop count|mail loop|loops back|routing loop|5\.4\.(?:6|14)\b|maximum (?:hop|number of hops|forward)|exceeded the maximum hop|forwarding loop|too many ['"]?received/i,
  },
  {
    reason: 'mailbox-full',
    says: /mail ?box .{0,40}\b(?:full|over|exceed|quota|limit|size)|mailbox full|mail box (?:is )?full|(?:over|exceed\w{0,3}|out of|above|beyond|under) (?:the |his |her |its |their |allowed |mail |disk |storage |user |mailbox |email |e-mail |maximum |max ){0,3}(?:quota|storage|mailbox size|allotted)|quota (?:\w{1,12} ){0,3}(?:exceed|full|reach|violat|usage)|quotaexceed|overquota|not enough (?:\w{1,12} )?(?:storage |disk )?space|insufficient (?:\w{1,12} )?(?:disk |system )?(?:storage|space)|disk (?:quota|full|space)|no (?:disk |more )?space left|inbox is full|account is full|is (?:over|out of) (?:its |the |his )?quota|user is over|has exceeded|exceeds allowed size|mailbox.{0,20}(?:maximum|too large)|storage (?:space|quota|limit|exceed|full)|too many messages (?:in|on) (?:this|the) mailbox|kvóta|voll\b|überfüllt|kontingent|boîte (?:aux lettres |de réception )?(?:est )?pleine|quota dépass|buzón (?:está )?lleno|casella piena|caixa (?:de correio )?(?:cheia|lotada)|переполнен|превышен\S{0,4} (?:квот|лимит|размер)|容量|メールボックスが(?:いっぱい|一杯)|空间不足|邮箱已满|邮箱容量|4\.2\.2\b|5\.2\.2\b/i,
  },
  {
    reason: 'too-big',
    says: /(?:message|mail|e-?mail|size|letter|data)(?: file| header)?(?: size)? .{0,30}(?:too (?:big|large|long)|exceed|over the (?:max|limit)|larger than|above the)|too (?:big|large) (?:message|mail|e-?mail)|message[- ]?(?:too[- ]?(?:big|large|long)|size)|exceed\w{0,3} .{0,40}(?:message|mail|fixed|maximum|max|size) ?(?:message )?(?:size|limit|length)|max(?:imum)? (?:message )?size|SIZE (?:limit|exceed)|RST\.(?:Send|Recip)SizeLimit|larger than (?:the )?(?:current|max|allow)|(?:zu|trop) (?:groß|gro(?:s|ss)|volumineux|gros)\b|слишком (?:большо|велик)|大小超过|サイズ|5\.2\.3\b|5\.3\.4\b/i,
  },
  {
    reason: 'moved',
    says: /has moved|(?:user|mailbox|recipient|account|address) (?:has )?moved|no longer at|address has changed|new address (?:is|of)|user not local; please try|please (?:use|update|send to) (?:the |your |his |her )?(?:new )?(?:address|records)|551 .{0,40}not local|neue adresse|nouvelle adresse|5\.1\.6\b/i,
  },
  {
    reason: 'gone',
    says: /(?:mail ?box|account|user|address|recipient|e-?mail|member(?:ship)?)\b.{0,70}\b(?:deleted|cancel+ed|terminated|no longer (?:valid|available|used|in use|exist|with)|withdrawn|removed)|(?:cancel+ed|deleted) (?:mail ?box|account|user|recipient|address|e-?mail)|no longer (?:works?|employ|with (?:us|the company)|here|valid|a valid|on (?:server|this)|a user|available)|has left (?:the|our)|gelöscht|supprimé|eliminad|удал[её]н(?!о)|已(?:删除|注销|离职)/i,
  },
  {
    reason: 'disabled',
    says: /(?:mail ?box|account|user|address|recipient|e-?mail|member(?:ship)?|domain)\b.{0,70}\b(?:disabled|discontinued|inactive|suspended|deactivated|locked|frozen|closed|expired|archived|on hold|no longer (?:active|accept|monitored|receiv)|not active)|\b(?:disabled|inactive|suspended|deactivated|expired|closed|dormant) (?:mail ?box|account|user|recipient|address|e-?mail)|no longer active|account (?:is )?(?:temporarily )?(?:disabled|suspended|unavailable|deactivated)|unavailable or access denied|deactivated due to|this (?:account|user|mailbox|address) .{0,30}(?:disabled|inactive|suspended)|mailbox is (?:inactive|disabled|frozen|inaccessible|unavailable because)|deaktiviert|gesperrt|stillgelegt|désactivé|suspendu|deshabilitad|desativad|inattiv|отключ[её]н|заблокирован|неактив|停用|禁用|冻结/i,
  },
  {
    reason: 'no-such-domain',
    says: /(?:host|domain)(?: name)?(?: or domain name)? (?:is |was )?(?:unknown|not found|does(?: not|n't) exist|invalid|lookup failed)|no such (?:domain|host)|no mail (?:servers?|exchangers?) (?:appear|exist|found|for|could)|unknown (?:host|domain|mail domain)|(?:unrouteable|unroutable|unrouted) (?:mail )?domain|nxdomain|bad (?:destination )?(?:host|domain|system)|host unknown|no (?:mx|dns) (?:record|found|entry|or a)|no (?:valid )?mx\b|couldn'?t find any host|cannot find (?:any )?(?:host|domain|the (?:host|domain)|mail server)|can'?t find (?:the )?(?:host|domain|server)|domain .{0,80}(?:does(?: not|n't) exist|not found|couldn'?t be found|could not be found|invalid|is not valid|has no|isn'?t valid|no mail)|does(?: not|n't) accept (?:e-?)?mail|null ?mx|all relevant mx records point to non-?existent|mx (?:record|lookup|host).{0,50}(?:does not|doesn't|not found|fail|invalid|point)|invalid (?:domain|host|mx)|not a valid domain|illegal host|name service error for .{0,120}host not found(?!, try)|host not found(?!, try)|domain(?:ain)? lookup failed|ISP: unknown|unable to (?:resolve|find|look up) .{0,30}(?:domain|host|mx|ip address|dns)|address resolution|keine? (?:mx|domain)|(?:domain|domäne|host)\S{0,10} .{0,60}(?:nicht gefunden|existiert nicht|unbekannt)|domaine .{0,60}(?:introuvable|inconnu|n'existe pas)|домен .{0,60}не (?:найден|существует)|域名不存在|找不到.{0,10}域|ドメイン.{0,20}(?:見つかりません|存在しません)|5\.1\.2\b|5\.4\.310\b/i,
  },
  {
    // As Exchange and others say it in their languages.
    reason: 'no-such-mailbox',
    says: /(?:trovare|trovato) (?:l['’])?(?:indirizzo|destinatario)|adres\S{0,4} .{0,60}(?:niet gevonden|bestaat niet|onbekend)|onbekende (?:gebruiker|ontvanger)|adress\S{0,4} .{0,60}(?:kunde inte hittas|hittades inte|finns inte)|adresse\S{0,3} .{0,60}(?:ikke fundet|ikke funnet|findes ikke|finnes ikke)|osoitetta .{0,60}(?:ei löydy|ei löytynyt)|nie znaleziono .{0,40}adres|adres\S{0,4} .{0,60}(?:nie istnieje|nie został znalezion)|adres\S{0,3} .{0,60}(?:nebyl\S{0,2} nalezen|neexistuj)|cím\S{0,3} .{0,60}nem található|adres\S{0,3} .{0,60}(?:bulunamadı|yok)|adres\S{0,3} .{0,60}nu (?:a fost găsit|există)|διεύθυνση .{0,60}δεν βρέθηκε|הכתובת .{0,60}לא נמצא|العثور على .{0,60}(?:البريد|العنوان)|адрес\S{0,3} .{0,60}не знайден|주소.{0,40}(?:찾을 수 없|존재하지)|존재하지 않는 (?:사용자|주소|메일)|không tìm thấy .{0,40}(?:địa chỉ|email)|alamat .{0,60}tidak ditemukan/i,
  },
  {
    reason: 'mailbox-full',
    says: /postvak .{0,40}\bvol\b|postlåd\S{0,3} .{0,40}\bfull|postkass\S{0,3} .{0,40}\bfuld|postboks\S{0,3} .{0,40}\bfull|postilaatikko .{0,40}täynnä|skrzynk\S{0,3} .{0,40}(?:pełn|przepełn)|schránk\S{0,3} .{0,40}pln|postafiók\S{0,3} .{0,40}megtelt|posta kutusu .{0,40}dolu|casella .{0,40}piena|buz[oó]n .{0,60}lleno|caixa .{0,60}(?:cheia|lotada)|boîte .{0,60}pleine|postfach .{0,60}voll|ящик\S{0,3} .{0,60}(?:переполнен|заполнен)|사서함.{0,30}가득|邮箱.{0,20}已满|一杯|いっぱい/i,
  },
  {
    reason: 'no-such-mailbox',
    says: /(?:user|recipient|rcpt|mail ?box|address|account|addressee|alias|e-?mail(?: address)?|local[- ]?part|name|username|member|subscriber|customer)\b.{0,120}?(?:unknown|not (?:be )?(?:found|exist|known|listed|recogni[sz]ed|valid|correct|a valid|here|local|on (?:this|our)|available here|in (?:the|our|my)|hosted|registered|defined)|does(?: not|n['’]?t|nt) (?:seem to )?exist|do(?: not|n't) exist|doesn['’]?t have|couldn['’]?t be found|wasn['’]?t found|was not found|could not be found|cannot be found|invalid|non-?exist|no such|undeliverable address|has no|is bad|incorrect|misspelled|nonexist|isn['’]?t (?:valid|here))|(?:unknown|invalid|no such|bad|nonexist\w{0,4}|illegal|incorrect|unrecogni[sz]ed|non-?existing|wrong|unrouteable|unroutable|undeliverable) (?:final |local |remote |destination |e-?mail |mail )?(?:user|recipient|mail ?box|address|account|person|alias|local[- ]?part|name|username|addressee)|no (?:mail ?box|such (?:user|person|mailbox|recipient|account|address|name|customer|local)|account|user|recipients?|valid (?:recipients?|cert))(?: here)?\b|user ?unknown|unknown ?user|userunk|bad[_ ]recipient|invalid final delivery user|not a (?:valid|known|local) (?:user|mailbox|recipient|address|account|mail)|not (?:our|my) (?:customer|user)|can(?:no|')t find .{0,40}(?:user|mailbox|address|recipient)|not listed in|recipnotfound|recipientnotfound|RESOLVER\.ADR|does(?: not|n't) (?:have|like|accept) (?:a |an |any )?(?:recipient|mailbox|account|.{0,30}account)|(?:user|mailbox|recipient) unavailable|account not available|previously bounced|mailbox (?:name )?not (?:allowed|available)|unavailable mailbox|name not allowed|no one (?:here )?by that name|nobody (?:here )?(?:with|by) that name|nicht im .{0,40}(?:verzeichnis|adressbuch)|nest pas répertorié|n['’](?:est|apparaît) pas .{0,40}(?:répertori|annuaire|carnet)|sorry,? no mailbox|is not (?:handled|hosted|accepted) here|recipient address rejected: (?:user|unknown|undeliverable|invalid|address|unverified)|could not (?:find|deliver to) (?:that )?(?:user|mailbox)|address (?:error|unknown)|misspel|invalid-recipient|unknown or illegal alias|typo|not have (?:a|an) .{0,40}account|(?:empf(?:ä|ae)nger|benutzer|adresse|postfach|mailbox|konto)\S{0,5} .{0,90}(?:unbekannt|nicht gefunden|existiert nicht|nicht (?:vorhanden|bekannt|gültig|verfügbar)|ungültig)|(?:unbekannt|ungültig)\S{0,3} (?:empfänger|benutzer|adresse)|(?:utilisateur|destinataire|adresse|compte|boîte)\S{0,3} .{0,90}(?:inconnu|introuvable|inexistant|n['’]existe (?:pas|plus)|n['’]a pas été trouv|invalide|pas valide)|(?:usuario|destinatario|buz[oó]n|direcci[oó]n|cuenta|utente|indirizzo|casella|usu[aá]rio|destinat[aá]rio|endere[cç]o|conta)\S{0,3} .{0,90}(?:desconocid|no existe|no (?:se )?encontr|inexistente|sconosciut|non (?:esiste|trovat|è stat)|desconhecid|n[aã]o (?:existe|encontrad|foi encontrad)|inv[aá]lid)|(?:пользовател|получател|адрес|ящик)\S{0,4} .{0,90}(?:не (?:найден|существует|зарегистрирован|обнаружен)|неизвест|неверн|отсутству)|(?:нет такого|неизвестн\S{0,4}|несуществующ\S{0,3}) (?:пользовател|получател|адрес|ящик)|ディレクトリ.{0,20}(?:見つかりません|ありません|存在しません)|ユーザ.{0,20}(?:見つかりません|存在しません|不明|いません)|宛先.{0,40}(?:見つかりません|存在しません|不明|誤)|アドレス.{0,30}(?:見つかりません|見つからなかった|存在しません|不明|誤)|(?:用户|收件人|邮箱|帐号|账号|地址|信箱|使用者|收件者)\S{0,30}(?:不存在|未找到|找不到|无法找到|未知|错误|無效|无效|不正确)|(?:找不到|无此|不存在)\S{0,12}(?:用户|收件人|邮箱|帐号|账号|地址)|5\.1\.(?:0|1|3|10)\b/i,
  },
  {
    reason: 'timeout',
    says: /timed? ?-?out|expired|giving up|retry time(?:out)? (?:not reached|exceeded)|too (?:long|old)|unreachable|no route to host|connection (?:refused|reset|lost|dropped|closed|failed|died|interrupted|was closed|attempt)|lost connection|requests? to connect|cannot (?:connect|reach)|could not (?:connect|reach|establish)|couldn'?t (?:connect|establish)|unable to (?:connect|reach|open|establish)|not respond|did(?: not|n't) respond|no (?:answer|response|reply)|failed to connect|host (?:is )?down|network (?:error|problem|is)|delivery time|no hosts? could be reached|in the queue (?:too|for)|temporar(?:y|ily) (?:lookup|name|dns)|host not found, try|dns (?:error|lookup fail|temporar|server)|name server|max(?:imum)? (?:retry|retries|time)|tls (?:is )?(?:required|not|handshake|negotiat)|starttls|zeitüberschreitung|délai|таймаут|超时|タイムアウト|[45]\.4\.[17]\b|4\.4\.\d/i,
  },
  {
    reason: 'system',
    says: /(?:local|system|internal|server|configuration|software|configur\w{0,5}|database|ldap|i\/o|input\/output|mailer|temporary|command|pipe|transport|service|processing|delivery) (?:\w{1,12} )?(?:error|fail\w{0,4}|problem|unavailable|misconfigur)|misconfigur|out of memory|resources temporarily|service (?:not available|unavailable|currently)|no such file or directory|permission denied|cannot (?:open|create|write|update)|can'?t (?:open|create|write)|unable to (?:open|write|create|lock)|try (?:again )?later|not currently|temporarily|shut(?:ting)? down/i,
  },
  {
    reason: 'policy',
    says: /\bpolic|\bdenied\b|\bdeny\b|blocked|refus|reject|not (?:allowed|permitted|authori|accept)|forbidden|restrict|unacceptable|transaction failed|unwelcome|отклонен|отказано|拒绝|拒收|拒否|abgelehnt|zurückgewiesen|refusé|rechazad|rifiutat|recusad/i,
  },
]

/** What an unknown mailbox is called by those who say no more than 'access denied'. */
const DIRECTORY_EDGE = /5\.4\.1\b.{0,30}recipient address rejected/i

export interface Judged {
  readonly reason: BounceReason
  readonly hard: boolean
  readonly status: string | null
}

/**
 * @param said    the reply or the sentence of the receiving system
 * @param status  the report's own status field, or null
 * @param action  what is delayed is never hard
 */
export function judge(said: string, status: string | null, action: string): Judged {
  const text = said.replace(/\s{1,200}/g, ' ').slice(0, 1_500)
  const better = precise(status, statusIn(text))
  const reason = reasonOf(text, better)
  return { reason, status: better, hard: action === 'failed' && HARD.has(reason) && !onlyForNow(text, better) }
}

/**
 * Carriers and filters say 'unknown user' also to a letter that its reader has barred, and can only when they have seen
 * it: words without a number, said of the text and not of the recipient, are not the address's fault for certain.
 */
export function unlessOfText(judged: Judged, around: string): Judged {
  const isOfText =
    AFTER_DATA.test(around) &&
    !/\brcpt[ _](?:to|command|first)\b/i.test(around) &&
    !/^5\.1\.\d/.test(judged.status ?? '')
  return isOfText && judged.reason === 'no-such-mailbox' ? { ...judged, hard: false } : judged
}

const AFTER_DATA = /(?:in reply to|response to|after|final|command:?|>>>) (?:the )?(?:end of )?data\b/i

/** A failure that its own code calls passing: mailboxes of systems that are down are unknown too. */
function onlyForNow(text: string, status: string | null): boolean {
  if (/try again/i.test(text)) return true
  if (/\b(?:550|551|553|5\.1\.\d{1,3}|nxdomain)\b|^dns error:? domain name not found/i.test(text)) return false
  return status?.startsWith('4') === true || /(?:^|[^\d.])4[0-5]\d[ -]/.test(text)
}

function reasonOf(text: string, status: string | null): BounceReason {
  if (DIRECTORY_EDGE.test(text)) return 'no-such-mailbox'
  const byWords = WORDS.find((row) => row.says.test(withoutNames(text)))?.reason
  const byStatus = reasonOfStatus(status)
  if (byWords === undefined) return byStatus ?? byReply(text)
  // A name server that did not answer has not said that there is no such domain, whatever number is made of it.
  if (byWords === 'timeout' && byStatus === 'no-such-domain') return byWords
  // Loose words say less than a precise status; words of a mailbox say more than a loose one.
  if ((byWords === 'policy' || byWords === 'system' || byWords === 'timeout') && byStatus) return byStatus
  // Of a mailbox that is shut some reporters make 5.1.1 themselves: it counts where the reply itself has it.
  if (byWords === 'disabled' && byStatus === 'no-such-mailbox')
    return status && text.includes(status) ? byStatus : byWords
  if (byWords === 'loop' && byStatus === 'no-such-mailbox') return byStatus
  if (byStatus === 'timeout' && (byWords === 'disabled' || status?.endsWith('.4.7'))) return byStatus
  if (byWords === 'no-such-mailbox' && (byStatus === 'mailbox-full' || byStatus === 'no-such-domain')) return byStatus
  if (byWords === 'no-such-mailbox' && byStatus === 'disabled' && /available/i.test(text)) return byStatus
  return byWords
}

/** Addresses, web pages and the names of hosts are not what was said, however they are spelt. */
const withoutNames = (text: string): string =>
  text
    .replace(/https?:\/\/\S{1,500}/g, ' ')
    .replace(/\bhost (?=\S{1,255}\.[a-z0-9])\S{1,255}(?: ?\[[^\]\s]{1,60}\])?:?(?: said:)?/gi, 'host ')
    .replace(/<?[^\s<>"'@;:]{1,64}@[a-z0-9.-]{1,253}>?/gi, ' ')

/** By subject and detail (RFC 3463 §3; RFC 7505, RFC 7372); null where that says nothing. */
function reasonOfStatus(status: string | null): BounceReason | null {
  const [level, subject, detail] = (status ?? '').split('.')
  if (level !== '4' && level !== '5') return null
  switch (subject) {
    case '1':
      if (detail === '2') return 'no-such-domain'
      if (detail === '6') return 'moved'
      if (detail === '7' || detail === '8') return 'sender'
      return detail === '0' || detail === '5' || detail === '9' ? null : 'no-such-mailbox'
    case '2':
      if (detail === '1') return 'disabled'
      if (detail === '2') return 'mailbox-full'
      return detail === '3' ? 'too-big' : null
    case '3':
      if (detail === '4') return 'too-big'
      return detail === '1' ? 'mailbox-full' : detail === '0' ? null : 'system'
    case '4':
      if (detail === '4' && level === '5') return 'no-such-domain'
      if (detail === '310') return 'no-such-domain'
      return detail === '6' || detail === '14' ? 'loop' : detail === '0' ? null : 'timeout'
    case '5':
      return detail === '0' ? null : 'system'
    case '6':
      return 'content'
    case '7':
      if (detail === '0') return null
      return detail !== undefined && /^(?:2[0-9]|515)$/.test(detail) ? 'auth' : 'policy'
    default:
      return null
  }
}

/** By the code alone, as the lanes class a reply at RCPT. */
function byReply(text: string): BounceReason {
  const line = /(?:^|[^\d.])([2-5]\d\d[ -].{0,400})/.exec(text)?.[1]
  if (line === undefined) return 'unknown'
  switch (classify(parseReply(line), 'rcpt')) {
    case 'hard':
      return 'no-such-mailbox'
    // A 550 in words that nobody knows is not the address's fault for certain: nobody is suppressed for it at once.
    case 'hard-by-text':
      return 'unknown'
    case 'greylisted':
      return 'greylisted'
    case 'throttled':
      return 'throttled'
    case 'too-big':
      return 'too-big'
    case 'policy':
      return 'policy'
    case 'soft':
    case 'session-end':
      return 'timeout'
    default:
      return 'unknown'
  }
}

/** A status code in free text: `550 5.1.1`, `#5.1.1`, `(5.1.1)`. */
function statusIn(text: string): string | null {
  const match = /(?:^|[\s#(<[:;"'-])([245]\.\d{1,3}\.\d{1,3})(?![\d.])/.exec(text)
  return match?.[1] ?? null
}

/** Of two statuses the one that says more: a report's own is often x.0.0 where the reply in it is plain. */
function precise(own: string | null, quoted: string | null): string | null {
  if (own === null || quoted === null) return own ?? quoted
  const vague = /^\d\.(?:0\.0|\d\.0)$/
  const isBetter = vague.test(own) && (!vague.test(quoted) || (own.endsWith('.0.0') && !quoted.endsWith('.0.0')))
  return isBetter ? quoted : own
}
