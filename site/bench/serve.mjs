// A server of static files with Range for benchmarks: reads no more of a file than is asked for.
//
//     node site/bench/serve.mjs FOLDER            # prints its address

import { open } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join, normalize } from 'node:path'

const folder = process.argv[2] ?? '.'

async function answer(request, response) {
  const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname))
  let file
  try {
    file = await open(join(folder, path))
    const { size } = await file.stat()
    const asked = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
    const first = asked ? Number(asked[1]) : 0
    const last = asked ? Math.min(Number(asked[2]), size - 1) : size - 1
    const body = Buffer.alloc(Math.max(0, last - first + 1))
    await file.read(body, 0, body.length, first)
    const headers = { 'Content-Length': body.length }
    response.writeHead(asked ? 206 : 200, asked ? { ...headers, 'Content-Range': `bytes ${first}-${last}/${size}` } : headers)
    response.end(body)
  } catch {
    response.writeHead(404).end()
  } finally {
    await file?.close()
  }
}

const server = createServer(answer).listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`))
