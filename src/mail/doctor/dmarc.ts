/** DMARC of the From domain (RFC 9989): a policy, reports that reach somebody, and an envelope that is aligned. */
import { type Diagnosis, examiner } from './diagnosis.ts'
import { tagsOf } from './dkim.ts'
import type { Zones } from './zones.ts'

/** Tags that RFC 9989 (appendix C.5) took away: receivers ignore them. */
const RETIRED = ['pct', 'rf', 'ri']

/** `from`: the domain of From; `envelope`: that of the envelope sender; `signing`: those that DKIM signs for. */
export async function examineDmarc(
  zones: Zones,
  { from, envelope, signing }: { from: string; envelope: string; signing: readonly string[] },
): Promise<Diagnosis[]> {
  const { good, unknown, warning, fault } = examiner('dmarc', from)
  // Loaded where it is asked for: it weighs 17 MB, and no worker needs it.
  const { dmarc } = await import('mailauth/lib/dmarc/index.js')
  const result = await dmarc({
    headerFrom: [from],
    spfDomains: [envelope],
    dkimDomains: signing.map((domain) => ({ domain })),
    resolver: zones.resolve as never,
  })
  if (result === false || result.status.result === 'none') {
    const remedy = `publish a TXT record at _dmarc.${from}: "v=DMARC1; p=none; rua=mailto:…", later p=reject`
    return [fault('no policy: large receivers refuse bulk mail without one', remedy)]
  }
  if (result.status.result === 'temperror') return [unknown('the record could not be read')]
  const tags = tagsOf(result.rr ?? '')
  const found: Diagnosis[] = []
  if (!tags.has('p')) found.push(fault('the record has no p=', 'write p=none, p=quarantine or p=reject'))
  else if (tags.get('p') === 'none') {
    found.push(warning('p=none asks receivers for nothing', 'when the reports show only your own mail: p=reject'))
  }
  const retired = RETIRED.filter((tag) => tags.has(tag))
  if (retired.length > 0) found.push(warning(`uses ${retired.join(', ')}, which nobody reads any more`, 'take it out'))
  if (!tags.has('rua')) found.push(warning('nobody gets the reports', 'add rua=mailto:…'))
  found.push(...(await strangersReports(zones, from, tags.get('rua') ?? '')))
  if (result.status.result !== 'pass') {
    const remedy = `take envelope addresses at ${from} or below it (BOUNCE_DOMAIN), or sign with DKIM for it`
    found.push(fault(`the envelope sender’s domain ${envelope} is not aligned with From`, remedy))
  }
  return found.some(({ state }) => state === 'fault')
    ? found
    : [good(`p=${tags.get('p')}, aligned with ${envelope}`), ...found]
}

/** A domain outside ours must say that it takes our reports (RFC 9990 §4), or none are sent there. */
async function strangersReports(zones: Zones, from: string, rua: string): Promise<Diagnosis[]> {
  const domains = rua.split(',').flatMap((uri) => /^\s*mailto:[^@\s]+@([^\s!?,]+)/i.exec(uri)?.[1]?.toLowerCase() ?? [])
  const outside = [...new Set(domains)].filter(
    (one) => one !== from && !one.endsWith(`.${from}`) && !from.endsWith(`.${one}`),
  )
  const found = await Promise.all(
    outside.map(async (one) => {
      const name = `${from}._report._dmarc.${one}`
      if ((await zones.txt(name)).some((text) => /^v=DMARC1\b/.test(text))) return []
      return [
        examiner('dmarc', from).warning(
          `${one} does not say that it takes our reports`,
          `have it publish "v=DMARC1" at ${name}`,
        ),
      ]
    }),
  )
  return found.flat()
}
