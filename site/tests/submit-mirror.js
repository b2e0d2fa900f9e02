// Prints what the submit page makes of answers and files. A test of the Python package compares it
// with what `geocairn new` makes of them.
//
//     node site/tests/submit-mirror.js < cases.json

import { readFileSync } from 'node:fs'

import { AnswerError, parseAnswer } from '../assets/js/submit/answers.js'
import { FileError, inspect, nothing } from '../assets/js/submit/bytes.js'
import { compose, ComposeError } from '../assets/js/submit/compose.js'

const { form, cases, answers } = JSON.parse(readFileSync(0, 'utf8'))
/** @type {Map<string, any>} */
const fields = new Map(form.fields.map((/** @type {any} */ field) => [field.key, field]))

/** @param {Record<string, string>} texts */
function read(texts) {
  const parsed = Object.entries(texts).map(([key, text]) => [key, parseAnswer(fields.get(key), text, form)])
  return Object.fromEntries(parsed.filter(([, value]) => value !== undefined))
}

/** @param {{ name?: string, data?: string, answers: Record<string, string> }} one */
async function made(one) {
  try {
    const data = one.data === undefined ? null : Buffer.from(one.data, 'base64')
    const facts = data ? await inspect(new File([data], one.name ?? '')) : nothing()
    const { item, folder } = compose(facts, read(one.answers), form.sensors)
    return { item, folder }
  } catch (error) {
    if (error instanceof FileError || error instanceof ComposeError) return { refused: error.message }
    throw error
  }
}

/** @param {[string, string]} one */
function answered([key, text]) {
  try {
    return { value: parseAnswer(fields.get(key), text, form) ?? null }
  } catch (error) {
    if (error instanceof AnswerError) return { refused: error.message }
    throw error
  }
}

process.stdout.write(JSON.stringify({ items: await Promise.all(cases.map(made)), answers: answers.map(answered) }))
