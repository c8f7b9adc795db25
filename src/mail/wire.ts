/**
 * What stands between a message and the wire: only CRLF ends a line, and a dot at the start of a line is doubled
 * (RFC 5321 §4.5.2). A receiver may take \n.\n for the end of a message (VU#302671), so bare CR and LF are mended.
 */

const READY = Symbol('as it goes on the wire')
type Marked = Buffer & { [READY]?: true }

/** Marks a message that needs nothing done: who composed it has seen to that. To look costs 25 µs for 20 KB. */
export function wireReady(message: Buffer): Buffer {
  ;(message as Marked)[READY] = true
  return message
}

export function onTheWire(message: Buffer): Buffer {
  if ((message as Marked)[READY]) return message
  const text = message.toString('latin1')
  const lines = /\r(?!\n)|(?<!\r)\n/.test(text) ? text.replace(/\r\n?|\n/g, '\r\n') : text
  const ended = lines.endsWith('\r\n') ? lines : `${lines}\r\n`
  return Buffer.from(ended.replace(/^\.|(?<=\n)\./g, '..'), 'latin1')
}
