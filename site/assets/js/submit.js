// The page to submit a model: from a file or from nothing to an entry, checked, and on its way to
// the hub's repository. Nothing leaves the browser but by the reader's own hand.

import { t } from './i18n.js'
import { markdown } from './pages/markdown.js'
import { inspect, FileError, nothing } from './submit/bytes.js'
import { schemaFindings } from './submit/checks.js'
import { compose, ComposeError } from './submit/compose.js'
import { pullRequest, zip } from './submit/entry.js'
import { makeForm } from './submit/form.js'
import { dropZone } from './ui/drop.js'

/** @typedef {import('./submit/bytes.js').Facts} Facts */

const NAME = "$.properties['mlm:name']"

const page = element('submit')
const definitions = await (await fetch(page.dataset['form'] ?? '')).json()
const repository = page.dataset['repository'] ?? ''
const root = document.documentElement.dataset['root'] ?? ''
/** @type {Set<string>} */
const collections = new Set(await known())
const form = makeForm(element('submit-fields'), { ...definitions, collections: [...collections] }, changed)
const card = /** @type {HTMLTextAreaElement} */ (element('submit-card'))
const branch = /** @type {HTMLInputElement} */ (element('submit-branch'))
let facts = nothing()
/** @type {Record<string, any> | null} */
let given = null
/** @type {Uint8Array | null} */
let data = null
let turn = 0

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
function element(id) {
  const found = document.getElementById(id)
  if (!found) throw new Error(`there is no #${id}`)
  return found
}

/** The collections that the hub has. */
async function known() {
  const response = await fetch(`${root}search/manifest.json`)
  const manifest = response.ok ? await response.json() : { collections: [] }
  return manifest.collections.map((/** @type {{ id: string }} */ one) => one.id)
}

/** @param {File} file */
async function take(file) {
  const told = element('submit-told')
  told.className = 'notice notice--ok'
  told.hidden = false
  try {
    if (file.name.toLowerCase().endsWith('.json')) await takeItem(file)
    else {
      facts = await inspect(file)
      data = new Uint8Array(await file.arrayBuffer())
      given = null
      form.fill({ ...facts.answers, ...shapes(facts) })
    }
    told.textContent = t('Read {name} on this machine; what it tells is filled in below.', { name: file.name })
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    told.className = 'notice notice--error'
    told.textContent = error.message
  }
  changed()
}

/** @param {File} file */
async function takeItem(file) {
  const text = await file.text()
  try {
    given = JSON.parse(text)
  } catch {
    given = null
  }
  if (given?.['type'] !== 'Feature' || typeof given['properties'] !== 'object') {
    given = null
    throw new FileError(t('This file holds no STAC Item.'))
  }
  ;[facts, data] = [nothing(), null]
  form.fill(answersOf(given))
}

/**
 * The answers that an item has already.
 * @param {Record<string, any>} item
 */
function answersOf(item) {
  const properties = item['properties'] ?? {}
  const version = properties['version']
  const id = String(item['id'] ?? '')
  const named = version && id.endsWith(`-${version}`) ? id.slice(0, -version.length - 1) : id
  return {
    collection: item['collection'],
    model: named,
    version,
    title: properties['title'],
    description: properties['description'],
    keywords: properties['keywords'],
    tasks: properties['mlm:tasks'],
    architecture: properties['mlm:architecture'],
    license: properties['license'],
    producer: properties['providers']?.[0]?.name,
  }
}

/** @param {Facts} of */
function shapes({ inputs, outputs }) {
  const told = (/** @type {import('./submit/bytes.js').Tensor | undefined} */ tensor) =>
    tensor?.shape.map((size) => size ?? -1)
  return { input_shape: told(inputs[0]), output_shape: told(outputs[0]) }
}

/**
 * @param {Record<string, any>} answers
 * @param {{ key: string, text: string }[]} findings
 */
function composed(answers, findings) {
  try {
    return compose(facts, answers, definitions.sensors)
  } catch (error) {
    if (!(error instanceof ComposeError)) throw error
    findings.push({ key: 'bands', text: error.message })
    return null
  }
}

/** Compose, check and show again, a moment after the last change. */
function changed() {
  turn += 1
  const own = turn
  setTimeout(() => own === turn && void show(own), 250)
}

/** @param {number} own */
async function show(own) {
  const { answers, faults, missing } = form.read()
  const findings = faults.map(({ field, fault }) => ({ key: field.key, text: `${t(field.label)}: ${fault}` }))
  findings.push(
    ...missing.map((field) => ({ key: field.key, text: t('{field} is still needed.', { field: t(field.label) }) })),
  )
  const draft = composed(answers, findings)
  const item = draft && merged(draft.item)
  if (!card.dataset['own']) card.value = cardText(answers)
  const [html, found] = await Promise.all([markdown(card.value, { top: 2 }), item ? schemaFindings(item) : []])
  if (own !== turn) return
  element('submit-preview').innerHTML = html
  // What the form asks for is told once, in its own words; names are made of what is asked for.
  const asked = new Set(missing.flatMap(({ key, path }) => (key === 'model' ? [path, NAME] : [path])))
  findings.push(...found.filter(({ about }) => !asked.has(about)).map(({ path, message }) => ({ key: '', text: `${path}: ${message}` })))
  showFindings(findings)
  element('submit-item').textContent = item ? JSON.stringify(item, null, 2) : ''
  const named = Boolean(answers['collection'] && answers['model'] && answers['version'])
  const file = draft?.file && data ? { name: draft.file, data } : null
  const ready = item && draft && named && !faults.length
  const first = !collections.has(answers['collection'])
  element('submit-new').hidden = !(ready && first)
  offer(ready ? { folder: draft.folder, item, card: card.value, owner: answers['owner'], file, first } : null)
}

/**
 * An item that was dropped keeps what the form does not ask for.
 * @param {Record<string, any>} item
 */
function merged(item) {
  if (!given) return item
  const kept = { ...given['properties'], ...item['properties'] }
  const place = item['geometry'] ? {} : { geometry: given['geometry'], ...(given['bbox'] ? { bbox: given['bbox'] } : {}) }
  const extensions = [...new Set([...item['stac_extensions'], ...(given['stac_extensions'] ?? [])])]
  const assets = { ...given['assets'], ...item['assets'] }
  return { ...given, ...item, ...place, stac_extensions: extensions, properties: kept, assets }
}

/** @param {Record<string, any>} answers */
function cardText(answers) {
  // In English, as cards are in every hub; their readers come from everywhere.
  const parts = {
    Use: 'What it is for, and how it is run.',
    Limits: 'Where it fails, and what it must not be used for.',
    Data: 'What it was trained and tested on, and under which licence the data are.',
    Metrics: 'How well it does on data kept apart.',
  }
  const lines = [`# ${answers['title'] ?? answers['model'] ?? 'A model'}`, '']
  if (answers['description']) lines.push(answers['description'], '')
  // What nobody wrote is no part of the card that others read.
  for (const [heading, hint] of Object.entries(parts)) lines.push(`## ${heading}`, '', `<!-- ${hint} -->`, '')
  return lines.join('\n')
}

/** @param {{ key: string, text: string }[]} findings */
function showFindings(findings) {
  const list = element('submit-findings')
  list.replaceChildren(
    ...findings.map(({ key, text }) => {
      const line = document.createElement('li')
      if (!key) line.textContent = text
      else {
        const button = document.createElement('button')
        button.type = 'button'
        button.className = 'submit__finding'
        button.textContent = text
        button.addEventListener('click', () => form.focus(key))
        line.append(button)
      }
      return line
    }),
  )
  const clean = findings.length === 0
  element('submit-verdict').textContent = clean
    ? t('Nothing found here. The full check runs on the pull request.')
    : t('Still to do before the full check, which runs on the pull request:')
  element('submit-verdict').classList.toggle('notice--ok', clean)
}

/** @param {import('./submit/entry.js').Entry | null} entry */
function offer(entry) {
  const download = /** @type {HTMLButtonElement} */ (element('submit-zip'))
  download.disabled = !entry
  download.onclick = entry ? () => save(entry) : null
  const steps = entry && repository ? pullRequest(entry, repository, branch.value.trim() || 'patch-1') : null
  element('submit-github').hidden = !steps
  element('submit-upload').hidden = Boolean(steps)
  const list = element('submit-steps')
  list.replaceChildren(
    ...(steps ?? []).map(({ path, href }) => {
      const line = document.createElement('li')
      const link = document.createElement('a')
      Object.assign(link, { href, target: '_blank', rel: 'noopener', textContent: path })
      line.append(link)
      return line
    }),
  )
}

/** @param {import('./submit/entry.js').Entry} entry */
function save(entry) {
  const link = document.createElement('a')
  const packed = /** @type {Uint8Array<ArrayBuffer>} */ (zip(entry))
  link.href = URL.createObjectURL(new Blob([packed], { type: 'application/zip' }))
  link.download = `${entry.folder.replaceAll('/', '-')}.zip`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

function start() {
  dropZone(element('submit-drop'), take)
  card.addEventListener('input', () => {
    card.dataset['own'] = 'true'
    changed()
  })
  branch.addEventListener('input', changed)
  page.hidden = false
  changed()
}

start()
