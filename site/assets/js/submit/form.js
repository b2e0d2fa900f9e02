// The form: a control for every field that the definitions have.

import { t } from '../i18n.js'
import { AnswerError, parseAnswer } from './answers.js'

/**
 * @typedef {import('./answers.js').Definitions} Definitions
 * @typedef {import('./answers.js').FormField} FormField
 */

const NARROW = new Set(['number', 'count', 'date', 'id'])
// The scalings of several bands outgrow a line, but are no prose.
const TALL = new Set(['text'])

/**
 * @param {HTMLElement} place
 * @param {Definitions} form
 * @param {() => void} changed
 */
export function makeForm(place, form, changed) {
  /** @type {Map<string, HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>} */
  const controls = new Map()
  for (const group of form.groups) {
    const set = document.createElement('fieldset')
    set.className = 'submit__group'
    const legend = document.createElement('legend')
    legend.textContent = t(group.label)
    set.append(legend)
    for (const field of form.fields.filter((one) => one.group === group.key)) {
      const { row, control } = makeRow(field, form)
      controls.set(field.key, control)
      set.append(row)
      control.addEventListener('input', () => {
        if (field.key === 'sensor') offerBands(form, control.value)
        changed()
      })
      control.addEventListener('change', () => tell(field))
    }
    place.append(set)
  }
  offerBands(form, '')

  /** @param {FormField} field */
  function tell(field) {
    const fault = faultOf(field)
    const control = controls.get(field.key)
    const note = document.getElementById(`fault-${field.key}`)
    if (!control || !note) return
    control.setAttribute('aria-invalid', String(Boolean(fault)))
    note.textContent = fault
    note.hidden = !fault
  }

  /** @param {FormField} field */
  function faultOf(field) {
    const control = controls.get(field.key)
    try {
      parseAnswer(field, control?.value ?? '', form)
      return ''
    } catch (error) {
      if (error instanceof AnswerError) return t('This {fault}.', { fault: error.message })
      throw error
    }
  }

  return {
    /** What is answered, and the fields whose answers cannot be or are missing. */
    read() {
      /** @type {Record<string, any>} */
      const answers = {}
      const faults = []
      const missing = []
      for (const field of form.fields) {
        const fault = faultOf(field)
        const value = fault ? undefined : parseAnswer(field, controls.get(field.key)?.value ?? '', form)
        if (fault) faults.push({ field, fault })
        else if (value !== undefined) answers[field.key] = value
        else if (field.required) missing.push(field)
      }
      return { answers, faults, missing }
    },
    /**
     * Put in what a file tells, where nothing is answered yet.
     * @param {Record<string, any>} known
     */
    fill(known) {
      for (const field of form.fields) {
        const control = controls.get(field.key)
        const value = known[field.key]
        if (!control || control.value || value === undefined || value === null) continue
        control.value = Array.isArray(value) ? value.join(', ') : String(value)
        if (field.key === 'sensor') offerBands(form, control.value)
      }
      changed()
    },
    /** @param {string} key */
    focus(key) {
      controls.get(key)?.focus()
    },
  }
}

/**
 * @param {FormField} field
 * @param {Definitions} form
 */
function makeRow(field, form) {
  const row = document.createElement('div')
  row.className = `submit__row${NARROW.has(field.kind) ? ' submit__row--narrow' : ''}`
  const label = document.createElement('label')
  label.htmlFor = `field-${field.key}`
  label.textContent = t(field.label)
  if (field.required) {
    const mark = document.createElement('span')
    mark.className = 'muted'
    mark.textContent = ` (${t('needed')})`
    label.append(mark)
  }
  const help = document.createElement('p')
  help.className = 'submit__help muted'
  help.id = `help-${field.key}`
  help.textContent = t(field.help)
  const control = makeControl(field, form)
  control.id = `field-${field.key}`
  control.classList.add('field')
  control.setAttribute('aria-describedby', `${help.id} fault-${field.key}`)
  if (field.required) control.setAttribute('aria-required', 'true')
  const fault = document.createElement('p')
  fault.className = 'submit__fault'
  fault.id = `fault-${field.key}`
  fault.hidden = true
  row.append(label, help, control, fault)
  for (const list of control.dataset['list'] ? [suggestions(field, form)] : []) row.append(list)
  return { row, control }
}

/**
 * @param {FormField} field
 * @param {Definitions} form
 */
function makeControl(field, form) {
  if (field.kind === 'choice') {
    const select = document.createElement('select')
    select.append(new Option(t('Not known'), ''))
    for (const value of form.choices[field.choices ?? ''] ?? []) select.append(new Option(value, value))
    return select
  }
  if (TALL.has(field.kind)) {
    const area = document.createElement('textarea')
    area.rows = 3
    area.placeholder = field.example
    return area
  }
  const input = document.createElement('input')
  input.type = 'text'
  input.placeholder = field.example
  input.autocomplete = 'off'
  input.spellcheck = field.kind === 'line'
  if (suggested(field, form).length || field.choices === 'bands') {
    input.setAttribute('list', `list-${field.key}`)
    input.dataset['list'] = 'true'
  }
  return input
}

/**
 * @param {FormField} field
 * @param {Definitions} form
 */
function suggested(field, form) {
  if (field.choices === 'places') return Object.keys(form.places)
  if (field.key === 'collection') return form.collections ?? []
  if (field.kind === 'license') return Object.values(form.licences)
  return form.choices[field.choices ?? ''] ?? []
}

/**
 * @param {FormField} field
 * @param {Definitions} form
 */
function suggestions(field, form) {
  const list = document.createElement('datalist')
  list.id = `list-${field.key}`
  list.append(...suggested(field, form).map((value) => new Option(value, value)))
  return list
}

/**
 * The bands of a sensor, in their usual order.
 * @param {Definitions} form
 * @param {string} sensor
 */
function offerBands(form, sensor) {
  const list = document.getElementById('list-bands')
  const bands = form.sensors[sensor]?.bands ?? []
  list?.replaceChildren(...(bands.length ? [new Option('', bands.map((band) => band.name).join(', '))] : []))
}
