/** What the API takes and gives. */
import { z } from 'zod'

const time = z.iso.datetime().describe('UTC')

export const messageBody = z
  .strictObject({
    template: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/)
      .describe('NAME of MESSAGES_DIR/NAME.md'),
    to: z.string().min(3).max(320).describe('one address'),
    language: z
      .string()
      .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/)
      .optional()
      .describe('BCP 47: the template NAME.LANGUAGE.md, or NAME.md where there is none'),
    data: z.record(z.string().min(1).max(64), z.string().max(65_536)).default({}).describe("the template's fields"),
  })
  .describe('a message to one person')

export const messageId = z.strictObject({ id: z.string().regex(/^[1-9]\d{0,14}-[1-9]\d{0,8}$/) })

export const message = z.strictObject({
  id: z.string(),
  state: z
    .enum([
      'pending',
      'handed',
      'accepted',
      'deferred',
      'rejected',
      'uncertain',
      'bounced',
      'suppressed',
      'cancelled',
      'expired',
    ])
    .describe('accepted: by the relay; what a bounce says later is bounced'),
  reply: z.string().nullable().describe("the relay's last words"),
  createdAt: time,
  changedAt: time,
})

export const mailingId = z.strictObject({ id: z.coerce.number().int().positive() })
export const mailingsQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) })
export const whyBody = z.strictObject({ why: z.string().min(1).max(500).describe('kept in the record') })

export const mailing = z.strictObject({
  mailing: z.int(),
  kind: z.string(),
  subject: z.string(),
  state: z.enum(['scheduled', 'proving', 'running', 'held', 'done', 'cancelled']),
  why: z.string().nullable().describe('of a mailing that is held or cancelled'),
  audience: z.int(),
  counts: z.record(z.string(), z.int()).describe('readers by state; they add up to the audience'),
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
})
export const mailings = z.strictObject({ mailings: z.array(mailing) })

export const links = z.strictObject({
  links: z.array(z.strictObject({ url: z.string(), state: z.string(), holders: z.int() })),
})

export const listName = z.strictObject({ name: z.string().min(1).max(100) })
export const joinBody = z
  .strictObject({
    address: z.string().min(3).max(320),
    name: z.string().max(200).optional(),
    language: z
      .string()
      .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/)
      .default('en'),
    shown: z.string().min(1).max(2_000).describe('the words that they said yes to, kept as evidence'),
  })
  .describe('somebody who wants to join; nothing but one letter is sent before they confirm it')

export const lists = z.strictObject({ lists: z.array(z.strictObject({ name: z.string(), subscribers: z.int() })) })
