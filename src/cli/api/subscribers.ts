/** One person, for programs. What is done to them is kept with the token that did it. */
import { parseAddress } from '../../mail/index.ts'
import type { ApiTools } from '../../web/index.ts'
import { type Behind, nameOf } from './behind.ts'

type SubscriberTools = Pick<ApiTools, 'subscriber' | 'mailsTo' | 'suppress' | 'erase'>

export function subscriberTools({ ledger, tokens, now }: Behind): SubscriberTools {
  const cardOf = async (text: string) => {
    const address = parseAddress(text)
    return 'fault' in address ? null : await ledger.subscriber({ key: address.key })
  }
  return {
    subscriber: cardOf,
    mailsTo: async (text) => {
      const card = await cardOf(text)
      return card && (await ledger.who({ subscriber: card.id }))
    },
    suppress: async (text, why, caller) => {
      const address = parseAddress(text)
      if ('fault' in address) return { fault: `the address ${address.fault}` }
      return { fresh: await ledger.suppress({ key: address.key, reason: why, source: nameOf(caller), now: now() }) }
    },
    erase: async (text, caller) => {
      const address = parseAddress(text)
      if ('fault' in address) return false
      const hash = tokens.addressHash(address.key)
      return await ledger.erase({ key: address.key, hash, source: nameOf(caller), now: now() })
    },
  }
}
