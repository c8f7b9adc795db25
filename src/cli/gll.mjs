#!/usr/bin/env node
/**
 * The launcher behind `gll`: runs main under a Node that is new enough. In a clone main is TypeScript beside this file,
 * and the right Node may be the one that set-up brought; the package has it compiled, in dist.
 */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { keepCompiled, NODE_NEEDED, rightNode, runsHere, runUnder } from './node.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..', '..')
const source = join(here, 'main.ts')
const main = existsSync(source) ? source : join(root, 'dist', 'src', 'cli', 'main.js')
const setup = join(root, 'scripts', 'setup.mjs')
const remedy = existsSync(setup) ? `run: node ${setup}` : `install Node ${NODE_NEEDED} or newer`

const node = rightNode(root)
if (node === null) {
  leave(`gll: needs Node ${NODE_NEEDED} or newer, and this is ${process.versions.node}; ${remedy}`)
} else if (main.endsWith('.ts') && !existsSync(join(root, 'node_modules'))) {
  leave(`gll: its dependencies are not installed; ${remedy}`)
} else if (runsHere()) {
  if (main === source) keepCompiled(root)
  await import(pathToFileURL(main).href)
} else {
  runUnder(node, [main, ...process.argv.slice(2)])
}

function leave(line) {
  process.stderr.write(`${line}\n`)
  process.exitCode = 3
}
