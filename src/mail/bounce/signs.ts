/**
 * Signs in words of what a mail is: that something failed, that it is late, that nobody wrote it. In the languages that
 * reporters use. A new reporter or language is a row here.
 */

/** Subjects of reports of failure. */
export const SUBJECT_FAILED: readonly RegExp[] = [
  /undeliver(?:able|ed)|non[- ]?deliver|not (?:be )?delivered|could ?n[o']t be (?:delivered|sent)|unable to deliver|deliver\w{0,3} (?:status|fail\w{0,4}|error|problem|report|notification)|fail\w{0,3} (?:mail|delivery|to deliver|notice)|failure (?:notice|delivery)|mail (?:delivery|fail\w{0,3}|error|system error)|returned mail|mail (?:was )?returned|return\w{0,3} to sender|(?:message|mail) (?:status|delivery|rejected|bounced)|\bbounce|mail could not|user unknown|rejected mail|mail rejected|message not|nondeliverable|(?:warning|notice): (?:message|could not send)|delayed mail|delivery (?:delayed|has been)|failure notice|postmaster notify|^\s{0,3}NDN:|DELIVERY FAILURE|letter (?:was )?not/i,
  /unzustellbar|nicht zugestellt|zustellung|fehlgeschlagen|rückläufer|unzustellbarkeit/i,
  /non remis|échec|non délivr|n['’]a pas (?:pu être|été) (?:remis|délivr|distribu)|retour(?:né)? (?:de|à)|non distribu|non-remise/i,
  /no se (?:pudo|puede|ha podido) entreg|no entregad|error de entrega|devuelto|fallo (?:en|de)|rechazad|imposible entregar/i,
  /mancat[ao] (?:consegna|recapito)|non (?:recapitat|consegnat)|impossibile recapitare|errore di consegna|fallit|notifica (?:di )?mancat/i,
  /não (?:foi )?(?:entregue|pôde)|falha na entrega|devolvid|não entregue|erro de entrega/i,
  /onbestelbaar|niet (?:afgeleverd|bezorgd)|mislukt|nie(?:dostarczon|doręcz)|zwrot|nedoručiteln|nem kézbesít|kézbesíthetetlen|levereras inte|olevere(?:rad|rbar)|kan ikke leveres|levering\S{0,2} mislyk|toimittaminen epäonnistui|ei voitu toimittaa|doručení se nezdařilo|livrare\S{0,4} (?:nu|eșuat)|nelivrat|imposibil de livrat|αδύνατη η παράδοση|παράδοση απέτυχε|לא ניתן למסור|تعذر تسليم|فشل تسليم|не вдалося доставити|không thể gửi|tidak (?:dapat )?terkirim|gagal (?:dikirim|terkirim)|ikke leveres|kunne ikke|ei voitu|teslim edilemed|iletilemedi|nelze doručit/i,
  /недоставлен|не доставлен|не может быть доставлен|невозможно доставить|недоставк|ошибка доставки|не удалось доставить|возврат/i,
  /配信不能|配信(?:エラー|できません|に失敗|失敗)|届けられません|配送(?:エラー|失敗|できません)|送信(?:エラー|できません)|配達不能|未配信|不達/,
  /退信|无法(?:投递|送达|传递|递送)|未(?:送达|投递|傳遞|传递)|投递失败|系统退信|传递失败|無法(?:傳遞|送達|投遞)|傳送失敗|发送失败/,
  /반송|전송 ?실패|배달 ?(?:실패|되지)/,
]

/** Sentences of the opening of such a report. */
export const TEXT_FAILED: readonly RegExp[] = [
  /(?:could|can|would|was|were|is|has|have|did|will)(?:\s?n[o']t|not|n['’]t)(?: be| been| able to be)? (?:deliver|sent|reach|accept|able to deliver|sent|processed)|unable to (?:be )?(?:deliver|send|reach|relay)|undeliverable|(?:un)?deliver\w{0,3} (?:has |to .{0,80})?(?:fail|error|impossible)|permanent(?:ly)? (?:fatal )?(?:error|fail)|fail\w{0,3} (?:permanently|to deliver|to be delivered|delivery)|delivery (?:attempt\w{0,2} )?(?:to .{0,200})?(?:has )?fail|did not reach|not reach the following|(?:following|recipient).{0,60}(?:address|recipient)\w{0,4}.{0,20} (?:failed|had|could|was rejected)|not delivered|returned to (?:you|sender)|(?:was|has been) (?:rejected|blocked)|being returned|address(?:es)? (?:failed|had)|we're sorry|i'm sorry to have to inform|error (?:has )?occurred while (?:attempting|sending|deliver)|delivery problem|unable to route|mailbox (?:is )?full|unknown user|unknown host|user unknown|non[- ]?deliver|mail you sent .{0,80}(?:not|fail|reject|bounce)|undelivered|there was an error delivering|delivery status notification|address(?:ee)? (?:is )?(?:unknown|not found|couldn['’]t)|giving up|failed recipients?\b|(?:been|was|is) returned because|error message below|invalid (?:user|recipient) address|not a valid (?:user|recipient|address)|not exactly match|got temporary|rejected for|bounced|not receive|error transferring|failure reasons?/i,
  /(?:nicht|konnte) .{0,120}(?:zugestellt|übermittelt|zustellen|gesendet|erreicht)|fehler bei der (?:übermittlung|zustellung)|unzustellbar|fehlgeschlagen/i,
  /(?:n['’]a pas|n['’]ont pas|ne peut|impossible|échec|échoué|pas pu) .{0,120}(?:remis|délivr|distribu|envoy|livr|être)|échec de la remise|non remis|n'a pas abouti/i,
  /no se (?:ha |pudo |puede |han )?(?:podido )?(?:entreg|enviar|encontr)|error (?:en|de) (?:la )?entrega|non (?:è stato|può|e' stato|ha potuto) .{0,60}(?:recapit|consegn|inviat|possibile)|impossibile (?:recapitare|consegnare)|não (?:foi|pode|pôde|p[oô]de) .{0,60}(?:entreg|enviad|possível)|falha (?:na|ao) entreg|recapito non riuscito/i,
  /не (?:может быть|был\S{0,2}|удалось|удаётся|удается|смог\S{0,2}) .{0,60}(?:доставлен|доставить|отправ)|недоставлен|не доставлен|невозможно доставить/i,
  /配信(?:でき|不能|に失敗|されません)|届けることができ|お届け(?:でき|する)|送信できません|届きません|配送でき|エラー|見つかりません/,
  /退回|退信|无法(?:投递|送达|传递|送到|发送|递送)|未(?:能|送达)|投递失败|无法将|無法(?:傳|送|投)|失败/,
  /(?:niet|kon) .{0,60}(?:afgeleverd|bezorgd|besteld)|nie (?:może|mógł|można|została|mogła) .{0,60}dostarcz|nem (?:sikerült|lehet).{0,40}kézbesít|nelze doručit|kunde inte (?:levereras|skickas)|gick inte att leverera|levering\S{0,3} .{0,60}(?:mislyk|feilet)|toimitus .{0,60}epäonnistui|doručení .{0,60}nezdařil|livrarea .{0,60}(?:eșuat|nu a)|παράδοση .{0,60}απέτυχε|המסירה|فشل تسليم|не вдалося доставити|không (?:thể|được) gửi|kunne ikke (?:leveres|sendes)|teslim edilemed|전송(?:하지|되지|에 실패)|반송/i,
]

/** It is late, and tried on. */
export const TEXT_DELAYED: readonly RegExp[] = [
  /has been delayed|(?:is|was|been) delayed|not yet (?:been )?delivered|ha(?:s|ve) not yet been delivered|ha(?:s|ve) not been delivered yet|delivery (?:is )?delayed|delay\w{0,2} in (?:delivery|delivering)|still (?:trying|be(?:ing)? retried|in the queue|attempting)|will (?:continue|keep|be retried|retry|try again|attempt)|you do not need to resend|no need to (?:resend|retry)|warning message only|this is (?:only )?a warning|on the queue for more than|(?:delivery|transient) (?:temporarily|non-fatal)|temporarily (?:delayed|undeliverable)|had transient|continue (?:to try|trying)|is being retried|no action is required on your part/i,
  /verzögert|wird weiterhin versucht|retard[ée]|tentera|a été retard|retraso|se ha retrasado|ritardo|ritardat|atrasad|задерж|повтор\S{0,3} попыт|遅延|遅れて|延迟|延遲|愆期|vertraagd|opóźni|fördröj/i,
]
export const SUBJECT_DELAYED =
  /delay|warning: (?:could not|message)|still being retried|not yet|verzögert|retard|retraso|ritard|atras|задержк|遅延|延迟|延遲|vertraag|opóźni|fördröj/i
export const SUBJECT_GIVEN_UP =
  /undeliver(?:able|ed)|return(?:ed|ing)|failure|failed|rejected|unzustellbar|non remis|退信|недоставлен/i
/** What ends a delay: the sentence of a report that was late before it failed. */
export const TEXT_GIVEN_UP =
  /permanent(?:ly)?(?: fatal)? (?:error|fail)|giving up|given up|could not be delivered to|(?<!will be )returned to (?:you|sender)|no further attempts|retry time(?:out)? exceeded|time(?:d)? ?out and (?:has been )?returned|maximum retry|failed permanently|delivery has failed/i

/** Subjects of what programs answer for people. */
export const SUBJECT_AUTOREPLY: readonly RegExp[] = [
  /^\s{0,3}\[(?:#|ticket|case|req|inc|sr)[\w#: -]{2,30}\]/i,
  /automa(?:tisk|attinen|tick[áé]|tikus|tyczn)|autosvar|autom\S{0,6} (?:svar|vastaus|odpověď|válasz|odpowied|răspuns)|autoodpow|odpowied\S{0,2} automat|automatski|răspuns automat|otomatik|balasan otomatis|αυτόματη απάντηση|απουσ[ιί]α|автоматич|אוטומטי|رد تلقائي|الرد التلقائي|پاسخ خودکار|trả lời tự động|ตอบกลับอัตโนมัติ|स्वचालित|respuesta autom|resposta autom|semesterhälsning|på semester|på ferie|lomalla|poissa|urlop|dovolen|szabadság|izinli|відпустц/i,
  /out[- ]of[- ](?:the[- ])?office|\booo\b|auto(?:matic|mated|matisch\w{0,2}|-?)[ -]?(?:reply|response|antwort|respond|answer|replay)|auto:|\[?auto[- ]?reply|autoreply|autoresponse|autorespond|automatisk|automatique|automatica|automática|automático|autom[aá]tic\w{0,2}|vacation|on holiday|away from|away (?:message|notice)|on leave|annual leave|maternity|abwesen|urlaub|nicht im (?:büro|haus)|absen[ct]|en congé|congés|fuera de (?:la )?oficina|ausen|fuori (?:sede|ufficio)|assen[zt]|férias|ausência|afwezig|frånvaro|fravær|poza biurem|nieobecno|mimo kancelář|отсутств|автоответ|автоматический ответ|вне офиса|в отпуск|отпуске|不在|自動返信|自動応答|自动回复|自動回覆|休假|外出|부재|자동 ?(?:응답|회신)|(?:re:|thank you|thanks).{0,40}(?:your (?:message|e-?mail|inquiry|enquiry|request)|contacting)|\[?(?:ticket|case|request|issue|helpdesk)\b.{0,6}#? ?[\w-]{2,30}|(?:ticket|case|request|message) (?:received|created|opened|confirmation)|we(?:'ve| have)? received your|received your (?:message|email|request)|empfangsbestätigung|lesebestätigung|eingangsbestätigung|accusé de réception|read:|gelesen:|lu\s?:|leído:|letto:|not read:|please confirm|confirm your (?:message|email)|verify your (?:message|email)|challenge|your message awaits moderator|moderator approval|awaiting approval|awaits/i,
]

/** Bodies of answers that ask the writer to prove to be a person (no report: the mail waits). */
export const TEXT_CHALLENGE =
  /(?:click|reply|follow|visit|confirm|prove|verify).{0,120}(?:you are (?:a )?(?:human|person|real|not a)|your message (?:will|to|can|is)|deliver(?:ed|y)? (?:of )?your (?:message|e-?mail)|approved sender|to be delivered|one[- ]time|be added to)|spam(?:arrest| arrest|blocker)|boxbe|challenge[- ]response|awaits? (?:moderator|approval)|held (?:until|for|in a queue)|waiting for (?:approval|moderat)|wait-?listed|guest list|approved (?:senders|beforehand)|tira-teima|vous authentifier|prouver que vous|bestätigen sie .{0,60}absender|para confirmar que (?:es|sos|eres)|para que sua mensagem seja|quarantine until|tmda|bluebottle|mailblocks/i

/** Bodies of such answers where the subject says nothing. */
export const TEXT_AUTOREPLY =
  /(?:i am|i'm|i will be|i'll be) (?:currently )?(?:out of|away|on (?:vacation|leave|holiday|annual|maternity|travel|parental|a )|travel|absent|not in)|out of (?:the )?office|thank you for (?:your (?:message|e-?mail|interest|enquiry|inquiry|mail)|contacting|writing)|automatic(?:ally)? (?:generated )?(?:reply|response)|this is an auto(?:matic|mated|-)\s?(?:reply|response|acknowledg)|we have received your|ich bin (?:bis|ab|vom|derzeit|zur ?zeit|nicht|im|erst|in der)|vielen dank für ihre|je suis (?:absent|en congé|actuellement)|merci (?:de|pour) votre|estoy (?:fuera|de vacaciones|ausente)|gracias por (?:su|contact)|sono (?:assente|fuori|in ferie)|grazie per|estou (?:ausente|de férias|fora)|obrigad|я (?:буду|нахожусь|в отпуске|отсутств)|спасибо за|благодарим|休暇|不在にして|ありがとうございます|您好.{0,20}(?:收到|邮件已)|已收到|尽快(?:回复|给)|感谢(?:您|你)的来信|ik ben (?:afwezig|niet|tot)|bedankt voor/i
