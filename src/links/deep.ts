/** Deep links and home pages, told apart by the address alone. */
import { HOME_PATH, TRACKING_PARAMETER } from './signs.ts'

/** More than a home page: a path, or a query that asks for something. */
export function isDeep(url: URL): boolean {
  return !isHomePath(url.pathname) || [...url.searchParams.keys()].some((key) => !TRACKING_PARAMETER.test(key))
}

/** `/`, `/fr/`, `/us/index.html`: two letters count where they are a language or a country, so /hr-policy and /ok do not. */
function isHomePath(path: string): boolean {
  const match = HOME_PATH.exec(path)
  if (!match) return false
  const code = match[1]
  return code === undefined || isName('language', code) || isName('region', code.toUpperCase())
}

/** Made when first asked: their tables cost ten milliseconds. */
const names = new Map<string, Intl.DisplayNames>()

function isName(type: 'language' | 'region', code: string): boolean {
  const known = names.get(type) ?? new Intl.DisplayNames('en', { type, fallback: 'none' })
  names.set(type, known)
  return known.of(code) !== undefined
}
