/** Makes the mailing of the drill by the very steps of `gll send`. */
import type { Config } from '../../src/config.ts'
import { make } from '../../src/edition/index.ts'
import type { Ledger } from '../../src/ledger/index.ts'
import { gate, houseOf, lookerOf, publish, secretKey, tokensOf } from '../../src/publishing/index.ts'

const PAGE = 1_000

/** `reader12@drill.test` is the twelfth person on the list, and so the twelfth delivery. */
export const addressOf = (n: number): string => `reader${n}@drill.test`
export const numberOf = (address: string): number => Number(/^reader(\d+)@/.exec(address)?.[1] ?? 0)

export async function publishDrill(config: Config, ledger: Ledger, size: { people: number; kb: number }) {
  const tokens = tokensOf(config, secretKey(config))
  for (let from = 1; from <= size.people; from += PAGE) {
    const people = Array.from({ length: Math.min(PAGE, size.people - from + 1) }, (_, at) => {
      const address = addressOf(from + at)
      return { address, key: address, hash: tokens.addressHash(address), name: `Reader ${from + at}`, language: 'en' }
    })
    await ledger.importPeople({ list: 'drill', people, source: 'the drill', now: Date.now() })
  }
  const source = { name: 'drill.md', format: 'md', text: letterOf(size.kb) } as const
  const edition = await make(source, { kind: 'announcement', house: houseOf(config), now: new Date() })
  await using looker = await lookerOf(config)
  const tools = { config, ledger, looker, now: Date.now, tokens: tokensOf(config, secretKey(config)) }
  const checked = await gate(tools, edition)
  if ('refused' in checked) throw new Error(`the letter of the drill is refused: ${JSON.stringify(checked.refused)}`)
  const order = { list: 'drill', expect: size.people, dueAt: Date.now(), lanes: config.lanes }
  return (await publish(tools, checked, order)).mailing
}

/** Both parts carry the words, so each is half of it. */
function letterOf(kb: number): string {
  const paragraph = `${'Listening to patients is a skill that a ward can learn, a meeting at a time. '.repeat(6).trim()}\n\n`
  const words = paragraph.repeat(Math.max(1, Math.round((kb * 1_024) / 2 / paragraph.length)))
  return `---\nsubject: A long letter for {{name}}\nlist: drill\nlanguage: en\n---\nDear {{name}},\n\n${words}`
}
