/** What software of another make reads in our bytes: Debian's python3 with its email package, and its python3-dkim. */
import { execFileSync } from 'node:child_process'
import { haveServers } from '../../scripts/servers/packages.ts'

const PYTHON = '/usr/bin/python3'

export const havePython = (): boolean => haveServers([PYTHON], ['python3'])
export const haveDkimpy = (): boolean =>
  haveServers([PYTHON, '/usr/lib/python3/dist-packages/dkim/__init__.py'], ['python3', 'python3-dkim', 'python3-nacl'])

/** Runs a program that reads JSON from standard input and answers in JSON. */
export function askPython<T>(program: string, input: unknown): T {
  const answer = execFileSync(PYTHON, ['-I', '-c', program], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  return JSON.parse(answer) as T
}

const VERIFY = `
import base64, dkim, json, sys
asked = json.load(sys.stdin)
def txt(name, timeout=5):
    return asked['records'].get(name.decode().rstrip('.'), '').encode() or None
def verdicts(raw):
    message = base64.b64decode(raw)
    found = dkim.DKIM(message)
    count = sum(1 for name, value in found.headers if name.lower() == b'dkim-signature')
    answers = []
    for at in range(count):
        try:
            answers.append(bool(dkim.DKIM(message).verify(idx=at, dnsfunc=txt)))
        except Exception as error:
            answers.append(str(error) or type(error).__name__)
    return answers
json.dump([verdicts(raw) for raw in asked['messages']], sys.stdout)
`

/** For each message, whether each of its signatures holds, or why it cannot be read. `records`: name → TXT. */
export const verdictsOfDkimpy = (
  messages: readonly Buffer[],
  records: Record<string, string>,
): (boolean | string)[][] => askPython(VERIFY, { messages: messages.map((raw) => raw.toString('base64')), records })

/** A mail as Python's email package reads it. */
export interface ReadMail {
  /** Names and values as decoded and unfolded, in order. */
  readonly fields: readonly (readonly [string, string])[]
  /** What it found wrong, anywhere in the mail. */
  readonly defects: readonly string[]
  readonly from: readonly string[]
  readonly to: readonly string[]
  /** Seconds since the epoch. */
  readonly date: number
  readonly type: string
  readonly parts: readonly {
    readonly type: string
    readonly charset: string
    readonly language: string
    readonly encoding: string
    readonly text: string
  }[]
}

const READ = `
import base64, email, email.policy, json, sys
def defects(message):
    found = list(message.defects)
    for name, value in message.items():
        found += getattr(value, 'defects', ())
    for part in message.iter_parts() if message.is_multipart() else ():
        found += defects(part)
    return found
def addresses(field):
    return [one.addr_spec for one in field.addresses] if field else []
def read(raw):
    message = email.message_from_bytes(base64.b64decode(raw), policy=email.policy.default)
    parts = list(message.iter_parts()) if message.is_multipart() else [message]
    return {
        'fields': [[name, str(value)] for name, value in message.items()],
        'defects': [type(one).__name__ + ': ' + str(one) for one in defects(message)],
        'from': addresses(message['From']), 'to': addresses(message['To']),
        'date': message['Date'].datetime.timestamp(), 'type': message.get_content_type(),
        'parts': [{'type': p.get_content_type(), 'charset': str(p.get_content_charset()),
                   'language': str(p['Content-Language']), 'encoding': str(p['Content-Transfer-Encoding']),
                   'text': p.get_content()} for p in parts],
    }
json.dump([read(raw) for raw in json.load(sys.stdin)], sys.stdout)
`

export const readByPython = (messages: readonly Buffer[]): ReadMail[] =>
  askPython(
    READ,
    messages.map((raw) => raw.toString('base64')),
  )
