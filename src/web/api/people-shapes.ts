/** What the API takes and gives about people and lists. */
import { z } from 'zod'
import { deliveryState, language, line, next, time } from './shapes.ts'

const address = z.string().min(3).max(320)
const value = z.union([z.string().max(2_000), z.number(), z.boolean()])
const terms = z.strictObject({
  type: z.enum(['text', 'number', 'date', 'boolean']),
  default: z.string().max(2_000).nullable().default(null).describe('what who has none gets'),
})
/** As one would be read back from a file. */
const tag = z
  .string()
  .max(100)
  .regex(/^[^\s,;|][^,;|]*$/)
const fieldName = line(100)

export const listName = z.strictObject({ name: line(100) })
export const subscription = z.strictObject({ name: line(100), address })
export const person = z.strictObject({ address })

export const fieldsGiven = z.strictObject({ fields: z.record(fieldName, terms) })
export const fieldsBody = z
  .strictObject({ fields: z.record(fieldName, terms.nullable()) })
  .describe('null takes a field back')

export const lists = z.strictObject({
  lists: z.array(fieldsGiven.extend({ name: z.string(), subscribers: z.int() })),
})
export const list = fieldsGiven.extend({
  name: z.string(),
  people: z.int().describe('who may be written to'),
  unsubscribed: z.int(),
  paused: z.int(),
  suppressed: z.int(),
})

const state = z.enum(['subscribed', 'paused', 'unsubscribed'])
const ofPerson = {
  name: z.string().nullable(),
  language: z.string().nullable(),
  timeZone: z.string().nullable(),
}
const ofSubscription = {
  state,
  since: time,
  until: time.nullable().describe('when a pause ends'),
  tags: z.array(z.string()),
  fields: z.record(z.string(), value),
}

export const membersQuery = z.strictObject({
  after: z.coerce.number().int().min(0).optional().describe('the `after` of the page before'),
  where: line(2_000).optional().describe("a segment, as in a letter's front matter"),
})
export const members = z.strictObject({
  members: z.array(
    z.strictObject({
      address: z.string(),
      ...ofPerson,
      ...ofSubscription,
      suppressed: z.string().nullable().describe('why they are not written to'),
      consent: z.array(z.strictObject({ act: z.string(), at: time, source: z.string() })).describe('the oldest first'),
    }),
  ),
  after: next,
})

export const importBody = z
  .strictObject({
    people: z
      .array(
        z.strictObject({
          address: z.string().max(1_000),
          name: z.string().max(1_000).optional(),
          language: z.string().max(100).optional().describe('BCP 47'),
          timeZone: z.string().max(100).optional().describe('IANA, such as Europe/Paris'),
          tags: z.array(tag).max(100).default([]),
          fields: z.record(fieldName, value).default({}).describe("of the list's own"),
        }),
      )
      .min(1)
      .max(1_000),
    dryRun: z.boolean().default(false).describe('say what would become of them, and change nothing'),
  })
  .describe('people who have agreed to be on the list; the token is kept as the source')

export const imported = z.strictObject({
  added: z.int(),
  changed: z.int(),
  same: z.int(),
  unsubscribed: z.int().describe('had left, and stay so'),
  suppressed: z.int(),
  erased: z.int().describe('had asked to be forgotten'),
  twice: z.int().describe('stood among them before; the last word counts'),
  rejected: z.array(z.strictObject({ at: z.int().describe('from 0'), why: z.string() })),
})

export const joinBody = z
  .strictObject({
    address,
    name: line(200).optional(),
    language: language.default('en'),
    shown: z
      .string()
      .min(1)
      .max(2_000)
      .regex(/^(?:\P{Cc}|[\n\r\t])*$/u)
      .describe('the words that they said yes to, kept as evidence'),
  })
  .describe('somebody who wants to join; nothing but one letter is sent before they confirm it')

export const card = z.strictObject({
  address: z.string(),
  ...ofPerson,
  lists: z.array(z.strictObject({ list: z.string(), ...ofSubscription })),
  suppressed: z.strictObject({ reason: z.string(), at: time }).nullable(),
})

export const mails = z.strictObject({
  mails: z.array(
    z.strictObject({
      mailing: z.int(),
      kind: z.string(),
      subject: z.string(),
      n: z.int(),
      state: deliveryState,
      at: time,
      reply: z.string().nullable(),
      corrects: z.int().nullable(),
    }),
  ),
})

export const suppressBody = z.strictObject({ why: line(500).default('by hand') })
export const suppressed = z.strictObject({ fresh: z.boolean() })
