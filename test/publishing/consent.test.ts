/** The letters that ask for a yes: in every language they pass the gate that all mail passes. */
import { readConfig } from '../../src/config.ts'
import { confirmationLetter, make } from '../../src/edition/index.ts'
import { gate, houseOf, tokensOf } from '../../src/publishing/index.ts'

const config = readConfig({ SECRET_KEY: 'k'.repeat(32), FROM: 'GLL <gll@gll.test>' })
const tools = { config, tokens: tokensOf(config, Buffer.from('k'.repeat(32))), now: Date.now }
/** Nothing in these letters is to be looked at: their one link is a page of ours. */
const looker = {
  look: async (requests: readonly unknown[]) => {
    if (requests.length > 0) throw new Error('a page of ours was looked at')
    return []
  },
} as never

describe.each(['en', 'fr', 'es', 'ru', 'ar', 'zh'])('in %s', (language) => {
  test.each(['join', 'address'] as const)(
    'the letter that asks about %s is sound, and its button is a page of ours',
    async (name) => {
      const letter = await confirmationLetter(name, language)
      const edition = await make(letter, { kind: 'confirmation', house: houseOf(config), now: new Date(0) })
      const confirm = `${config.publicUrl}/confirm/${tools.tokens.confirmation(7)}`
      const reader = { organisation: config.organisation, confirm }
      const checked = await gate({ ...tools, looker }, edition, { readers: [reader] })
      expect('refused' in checked ? checked.refused.faults : []).toEqual([])
      expect(edition.language).toBe(language)
      const forged = { ...reader, confirm: `${confirm.slice(0, -1)}${confirm.endsWith('a') ? 'b' : 'a'}` }
      await expect(gate({ ...tools, looker }, edition, { readers: [forged] })).rejects.toThrow('looked at')
    },
  )
})
