// Checks the HTML of every page in a folder against the standard; prints one line a fault.
//
//     node site/checks/html.mjs FOLDER [LEFT_OUT]
//
// LEFT_OUT is a folder in it whose pages are not looked at.

import { readdir, readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'

import { HtmlValidate } from 'html-validate'

const checker = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: {
    // How it is written is no question of what it means.
    'attr-quotes': 'off',
    'doctype-style': 'off',
    'no-trailing-whitespace': 'off',
    'void-style': 'off',
    // Titles of models are their authors'; names of Python have dots; a list of suggestions that
    // appears while typing has no element of its own.
    'long-title': 'off',
    'valid-id': ['error', { relaxed: true }],
    'aria-label-misuse': ['error', { allowAnyNamable: true }],
    'prefer-native-element': ['error', { exclude: ['listbox'] }],
  },
})

const [folder = '.', leftOut] = process.argv.slice(2)
const names = (await readdir(folder, { recursive: true })).filter(
  (name) => name.endsWith('.html') && !(leftOut && name.startsWith(leftOut + sep)),
)
let faults = 0
for (const name of names.sort()) {
  const report = await checker.validateString(await readFile(join(folder, name), 'utf8'))
  for (const { messages } of report.results) {
    for (const { line, column, ruleId, message } of messages) {
      console.log(`${name}:${line}:${column}: ${ruleId}: ${message}`)
      faults += 1
    }
  }
}
console.error(`${names.length} pages, ${faults} faults`)
process.exitCode = faults || !names.length ? 1 : 0
