/** What the public pages say, in the six languages of the United Nations. */

export interface Words {
  readonly direction: 'ltr' | 'rtl'
  readonly unsubscribe: string
  /** The organisation's name is filled in for %. */
  readonly ask: string
  readonly button: string
  readonly done: string
  readonly doneMore: string
  readonly notUnderstood: string
  readonly notUnderstoodMore: string
  readonly noPage: string
  readonly noPageMore: string
  readonly fault: string
  readonly faultMore: string
  readonly corrected: string
  readonly correctedMore: string
}

const en: Words = {
  direction: 'ltr',
  unsubscribe: 'Unsubscribe',
  ask: 'Do you want to stop receiving emails from %?',
  button: 'Unsubscribe',
  done: 'You are unsubscribed',
  doneMore:
    'The address that this link was sent to gets no more emails from %. One that has already left may still arrive.',
  notUnderstood: 'Nothing was changed',
  notUnderstoodMore: 'The request was not one for unsubscribing. Open the link again and use the button.',
  noPage: 'This page is not here',
  noPageMore: 'Check that the address is complete: some programs cut long links in two.',
  fault: 'This did not work',
  faultMore: 'The fault is on our side, and nothing was changed. Please try again in a few minutes.',
  corrected: 'Corrected edition',
  correctedMore: 'This is not quite the email you received: links in it that did not work have been corrected.',
}

const fr: Words = {
  direction: 'ltr',
  unsubscribe: 'Se désabonner',
  ask: 'Souhaitez-vous ne plus recevoir de courriels de % ?',
  button: 'Se désabonner',
  done: 'Vous êtes désabonné(e)',
  doneMore:
    'L’adresse à laquelle ce lien a été envoyé ne recevra plus de courriels de %. Un message déjà parti peut encore arriver.',
  notUnderstood: 'Rien n’a été modifié',
  notUnderstoodMore:
    'La demande n’était pas une demande de désabonnement. Ouvrez de nouveau le lien et utilisez le bouton.',
  noPage: 'Cette page n’existe pas',
  noPageMore: 'Vérifiez que l’adresse est complète : certains logiciels coupent les longs liens.',
  fault: 'Cela n’a pas fonctionné',
  faultMore: 'L’erreur est de notre côté, et rien n’a été modifié. Veuillez réessayer dans quelques minutes.',
  corrected: 'Édition corrigée',
  correctedMore:
    'Ce n’est pas exactement le courriel que vous avez reçu : des liens qui ne fonctionnaient pas y ont été corrigés.',
}

const es: Words = {
  direction: 'ltr',
  unsubscribe: 'Darse de baja',
  ask: '¿Desea dejar de recibir correos de %?',
  button: 'Darse de baja',
  done: 'Se ha dado de baja',
  doneMore:
    'La dirección a la que se envió este enlace no recibirá más correos de %. Es posible que aún llegue alguno que ya se había enviado.',
  notUnderstood: 'No se ha cambiado nada',
  notUnderstoodMore: 'La solicitud no era para darse de baja. Abra de nuevo el enlace y use el botón.',
  noPage: 'Esta página no existe',
  noPageMore: 'Compruebe que la dirección está completa: algunos programas cortan los enlaces largos.',
  fault: 'No ha funcionado',
  faultMore: 'El error es nuestro y no se ha cambiado nada. Vuelva a intentarlo dentro de unos minutos.',
  corrected: 'Edición corregida',
  correctedMore: 'Este no es exactamente el correo que recibió: se han corregido enlaces que no funcionaban.',
}

const ru: Words = {
  direction: 'ltr',
  unsubscribe: 'Отписаться',
  ask: 'Вы больше не хотите получать письма от отправителя «%»?',
  button: 'Отписаться',
  done: 'Вы отписались',
  doneMore:
    'На адрес, на который была отправлена эта ссылка, больше не будут приходить письма от отправителя «%». Уже отправленное письмо ещё может прийти.',
  notUnderstood: 'Ничего не изменено',
  notUnderstoodMore: 'Это не был запрос на отписку. Откройте ссылку ещё раз и нажмите кнопку.',
  noPage: 'Такой страницы нет',
  noPageMore: 'Проверьте, полностью ли указан адрес: некоторые программы обрывают длинные ссылки.',
  fault: 'Не получилось',
  faultMore: 'Ошибка на нашей стороне, ничего не изменено. Попробуйте ещё раз через несколько минут.',
  corrected: 'Исправленный выпуск',
  correctedMore: 'Это не совсем то письмо, которое вы получили: в нём исправлены ссылки, которые не работали.',
}

const ar: Words = {
  direction: 'rtl',
  unsubscribe: 'إلغاء الاشتراك',
  ask: 'هل تريد التوقف عن تلقي رسائل البريد الإلكتروني من %؟',
  button: 'إلغاء الاشتراك',
  done: 'تم إلغاء اشتراكك',
  doneMore: 'لن يتلقى العنوان الذي أُرسل إليه هذا الرابط أي رسائل أخرى من %. وقد تصل رسالة سبق إرسالها.',
  notUnderstood: 'لم يتغير شيء',
  notUnderstoodMore: 'لم يكن الطلب طلبًا لإلغاء الاشتراك. افتح الرابط مرة أخرى واستخدم الزر.',
  noPage: 'هذه الصفحة غير موجودة',
  noPageMore: 'تحقق من اكتمال العنوان، فبعض البرامج تقطع الروابط الطويلة.',
  fault: 'لم تنجح العملية',
  faultMore: 'الخطأ من جانبنا ولم يتغير شيء. يُرجى المحاولة مرة أخرى بعد بضع دقائق.',
  corrected: 'نسخة مصححة',
  correctedMore: 'تختلف هذه الصفحة قليلًا عن الرسالة التي تلقيتها، فقد صُحّحت فيها روابط لم تكن تعمل.',
}

const zh: Words = {
  direction: 'ltr',
  unsubscribe: '退订',
  ask: '您不想再收到“%”的电子邮件吗？',
  button: '退订',
  done: '您已退订',
  doneMore: '收到此链接的邮箱地址将不再收到“%”的电子邮件。已经发出的邮件可能仍会送达。',
  notUnderstood: '未作任何更改',
  notUnderstoodMore: '该请求不是退订请求。请重新打开链接并点击按钮。',
  noPage: '没有此页面',
  noPageMore: '请检查网址是否完整：有些程序会截断较长的链接。',
  fault: '操作未成功',
  faultMore: '问题出在我们这边，未作任何更改。请过几分钟再试。',
  corrected: '更正版',
  correctedMore: '本页与您收到的邮件略有不同：其中失效的链接已得到更正。',
}

const TABLE: Readonly<Record<string, Words>> = { en, fr, es, ru, ar, zh }
export const LANGUAGES: readonly string[] = Object.keys(TABLE)

/** The words for the first of these languages (BCP 47) that is in the table, and its code; English where none is. */
export function wordsFor(...languages: readonly string[]): { readonly language: string; readonly words: Words } {
  for (const language of languages) {
    const code = language.toLowerCase().split('-')[0] ?? ''
    const words = Object.hasOwn(TABLE, code) ? TABLE[code] : undefined
    if (words) return { language: code, words }
  }
  return { language: 'en', words: en }
}

/** Languages of an Accept-Language header, the most wanted first (RFC 9110 §12.5.4). */
export function acceptedLanguages(header: string | undefined): string[] {
  return (header ?? '')
    .slice(0, 500)
    .split(',')
    .map((entry) => {
      const [language = '', ...parameters] = entry.split(';').map((part) => part.trim())
      const weight = parameters.find((parameter) => parameter.startsWith('q='))
      return { language, weight: weight === undefined ? 1 : Number(weight.slice(2)) || 0 }
    })
    .filter(({ language, weight }) => language !== '' && weight > 0)
    .sort((one, other) => other.weight - one.weight)
    .map(({ language }) => language)
}
