/** Addresses that unsubscribe whoever writes to them: `u-TOKEN@domain`, with the token of the unsubscribe page. */

export const leaveAddress = (token: string, domain: string): string => `u-${token}@${domain}`

/** The token in such an address, as it stands there; null for any other address. */
export function leaveToken(address: string, domain: string): string | null {
  const [, token = null, host = ''] =
    /^<?u-([a-z2-7]{20,62})@([a-z0-9.-]{1,253})>?$/.exec(address.trim().toLowerCase()) ?? []
  return host.replace(/\.$/, '') === domain ? token : null
}
