/** Whom a file has named already: one person in it twice, and twins whose addresses differ in case alone. */

/** Beyond so many people the memory would grow with the file; who stands in it twice is then simply taken twice. */
const MOST = 2_000_000

export interface Seen {
  /** `twice`, or `twin`: Ann@ beside ann@, which may be one mailbox (RFC 5321 §2.4 leaves it to its host). */
  meet(person: { readonly key: string; readonly hash?: string }): 'twice' | 'twin' | 'new'
}

export function seenBy(hash: (key: string) => string): Seen {
  const exact = new Set<number>()
  const folded = new Set<number>()
  return {
    meet({ key, hash: own }) {
      if (exact.size >= MOST) return 'new'
      const at = short(own ?? hash(key))
      if (exact.has(at)) return 'twice'
      exact.add(at)
      const lower = key.toLowerCase()
      if (lower === key) return folded.has(at) ? 'twin' : 'new'
      const below = short(hash(lower))
      const twin = exact.has(below) || folded.has(below)
      folded.add(below)
      return twin ? 'twin' : 'new'
    },
  }
}

/** 48 bits of a keyed hash (base64url): two of a million people agree in them once in five hundred files. */
const short = (hash: string): number => Buffer.from(hash.slice(0, 12), 'base64url').readUIntBE(0, 6)
