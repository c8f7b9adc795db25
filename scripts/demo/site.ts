/** A small web site whose pages can die: what the letter of the demo points at. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Site extends AsyncDisposable {
  readonly url: string
  /** From now on the page answers 404. */
  kill(path: string): void
}

const page = (title: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>
<body><h1>${title}</h1><p>A page of the demonstration's own site, with enough words on it to be a page.</p></body></html>`

/** `pages`: title by path. Everything else is 404. */
export async function openSite(pages: Readonly<Record<string, string>>): Promise<Site> {
  const dead = new Set<string>()
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    const title = dead.has(path) ? undefined : pages[path]
    response.writeHead(title === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' })
    response.end(page(title ?? 'Not found'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    kill: (path) => dead.add(path),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
