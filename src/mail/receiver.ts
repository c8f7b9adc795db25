/**
 * Who keeps a mailbox. Their servers judge a sender as one, whatever domain of theirs a mailbox is under, so what one of
 * them says of us is known of all. A domain that is in no such family stands for itself: who serves it is in its MX, and
 * asking DNS for every recipient is the relay's work.
 */

/** By the first, which names the family. */
const FAMILIES: readonly (readonly string[])[] = [
  ['gmail.com', 'googlemail.com'],
  ['outlook.com', 'hotmail.com', 'live.com', 'msn.com', 'windowslive.com', 'passport.com'],
  ['yahoo.com', 'ymail.com', 'rocketmail.com', 'aol.com', 'aim.com', 'myyahoo.com'],
  ['icloud.com', 'me.com', 'mac.com'],
  ['gmx.net', 'gmx.de', 'gmx.com', 'gmx.at', 'gmx.ch', 'web.de', 'mail.com'],
  ['mail.ru', 'bk.ru', 'inbox.ru', 'list.ru', 'internet.ru'],
  ['yandex.ru', 'yandex.com', 'ya.ru', 'yandex.kz', 'yandex.by'],
  ['qq.com', 'foxmail.com'],
  ['163.com', '126.com', 'yeah.net'],
  ['orange.fr', 'wanadoo.fr'],
  ['proton.me', 'protonmail.com', 'pm.me'],
]
/** Families with a domain for each country, such as yahoo.co.uk and hotmail.fr. */
const COUNTRIES: Readonly<Record<string, string>> = {
  outlook: 'outlook.com',
  hotmail: 'outlook.com',
  live: 'outlook.com',
  yahoo: 'yahoo.com',
}
const BY_DOMAIN = new Map(FAMILIES.flatMap((family) => family.map((domain) => [domain, family[0] ?? domain] as const)))

/** The name of whoever keeps this mailbox: a domain in lower case. Asked for each message, so it looks up and no more. */
export function receiverOf(address: string): string {
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase()
  const known = BY_DOMAIN.get(domain)
  if (known !== undefined) return known
  const [, family = ''] = /^(outlook|hotmail|live|yahoo)\.(?:com?\.)?[a-z]{2}$/.exec(domain) ?? []
  return COUNTRIES[family] ?? domain
}
