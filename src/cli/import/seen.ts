/** Whom a file has named already. */

/** Beyond so many people the memory would grow with the file; who stands in it twice is then simply taken twice. */
const MOST = 2_000_000

/** Says of each person, by the hash of their key, whether the file has named them before. */
export function seenBy(): (person: { readonly hash: string }) => boolean {
  const seen = new Set<number>()
  return ({ hash }) => {
    if (seen.size >= MOST) return false
    const at = short(hash)
    if (seen.has(at)) return true
    seen.add(at)
    return false
  }
}

/** 48 bits of a keyed hash (base64url): two of a million people agree in them once in five hundred files. */
const short = (hash: string): number => Buffer.from(hash.slice(0, 12), 'base64url').readUIntBE(0, 6)
