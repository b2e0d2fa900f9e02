// A server of static files with Range for benchmarks: reads no more of a file than is asked for.
//
//     node site/bench/serve.mjs FOLDER [PAGES]    # prints its address
//
// PAGES lies below /.bench/; /.spent tells the bytes and requests of all else. Nothing is to be
// kept by browsers, so that every byte is counted that a search asks for.

import { open } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'

const [folder = '.', pages = '.'] = process.argv.slice(2)
const KINDS = { '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json' }
const BENCH = '/.bench/'
const spent = { bytes: 0, requests: 0 }

async function answer(request, response) {
  const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname))
  response.setHeader('Cache-Control', 'no-store')
  response.setHeader('Content-Type', KINDS[extname(path)] ?? 'application/octet-stream')
  if (path === '/.spent') return response.end(JSON.stringify(spent))
  const isPage = path.startsWith(BENCH)
  const place = isPage ? join(pages, path.slice(BENCH.length)) : join(folder, path)
  const { status, headers, body } = await read(place, request.headers.range)
  if (!isPage) {
    spent.requests += 1
    spent.bytes += body.length
  }
  response.writeHead(status, { ...headers, 'Content-Length': body.length }).end(body)
}

async function read(place, range) {
  let file
  try {
    file = await open(place)
    const { size } = await file.stat()
    const asked = /^bytes=(\d+)-(\d+)$/.exec(range ?? '')
    const first = asked ? Number(asked[1]) : 0
    const last = asked ? Math.min(Number(asked[2]), size - 1) : size - 1
    const body = Buffer.alloc(Math.max(0, last - first + 1))
    await file.read(body, 0, body.length, first)
    return { status: asked ? 206 : 200, headers: asked ? { 'Content-Range': `bytes ${first}-${last}/${size}` } : {}, body }
  } catch {
    return { status: 404, headers: {}, body: Buffer.alloc(0) }
  } finally {
    await file?.close()
  }
}

const server = createServer(answer).listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`))
